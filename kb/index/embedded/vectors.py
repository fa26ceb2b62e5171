"""The vectors of passages and sections, in Chroma. Distances become cosines here and nowhere else.

Chroma loses vectors when two processes hold writing clients, so a writer opens this only under the index's lock.
A reader opens its own and opens it again to see what a writer has added since.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from kb.errors import StoreError
from kb.index.catalog.among import Among, Space
from kb.index.vectors import SPACES, looked_through
from kb.models.encoder import FloatMatrix

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateHNSWConfiguration
    from chromadb.api.models.Collection import Collection

# Wider than Chroma's defaults (16, 100, 100): with those a few vectors in a thousand cannot be reached by any query.
_HNSW: CreateHNSWConfiguration = {"space": "cosine", "max_neighbors": 32, "ef_construction": 200, "ef_search": 200}

# Clients of one path in one process share what is behind them (and none would see what another process added since):
# each is given a spelling of the path that no other has. Chroma keeps its list of them without a lock of its own.
_OPENING = threading.Lock()
_SPELLINGS: set[str] = set()
_EACH_TIME = 2  # changes after which Chroma saves a graph: the fewest that it takes
_BATCH_SIZE = 100  # Chroma's own, which it does not tell
_PAGE = 2_000  # vectors read at a time


class ChromaVectors:
    """The vectors stored in the folder `path`, made when missing if `create`.

    Raises StoreError when they are missing (and not to be made), or measured with another distance than the cosine.
    """

    def __init__(self, path: Path, *, create: bool = False) -> None:
        if not create and not path.is_dir():
            raise StoreError(f"{path} : les vecteurs manquent. Supprimez la base puis lancez « reperes ingest ».")
        import chromadb  # slow to import: the command line's help does without
        from chromadb.config import Settings as ChromaSettings

        settings = ChromaSettings(anonymized_telemetry=False, allow_reset=False)
        with _OPENING:
            self._spelling = next(
                spelling for n in itertools.count() if (spelling := str(path) + "/." * n) not in _SPELLINGS
            )
            self._client = cast("Client", chromadb.PersistentClient(path=self._spelling, settings=settings))
            _SPELLINGS.add(self._spelling)
        self._batch = self._client.get_max_batch_size()
        self._collections: dict[Space, Collection] = {}
        self._counts: dict[Space, int] = {}  # counting takes as long as a search: done once between two changes
        try:
            for space in SPACES:
                self._collections[space] = self._collection(space, create)
        except StoreError:
            self.close()
            raise

    def _collection(self, space: Space, create: bool) -> Collection:
        # Without embedding_function=None Chroma would attach one that downloads a model.
        if create:
            collection = self._client.get_or_create_collection(
                space, configuration={"hnsw": _HNSW}, embedding_function=None
            )
        else:
            collection = self._client.get_collection(space, embedding_function=None)
        # Chroma ignores the configuration asked for when the collection is there already.
        distance = (collection.configuration_json.get("hnsw") or {}).get("space")
        if distance != _HNSW["space"]:
            raise StoreError(
                f"Les vecteurs de la base sont comparés autrement ({distance}) qu'il ne faut. "
                "Supprimez la base puis lancez « reperes ingest »."
            )
        return collection

    def close(self) -> None:
        """Lets go of the files."""
        with _OPENING:
            self._client.close()
            _SPELLINGS.discard(self._spelling)

    def load(self) -> None:
        """Has Chroma read its graphs into memory, which it does by itself at the first search."""
        for collection in self._collections.values():
            held = collection.peek(1)["embeddings"]
            if held is not None and len(held):
                collection.query(query_embeddings=np.asarray(held[:1], dtype=np.float32), n_results=1, include=[])

    def count(self, space: Space) -> int:
        """How many vectors a space holds."""
        if space not in self._counts:
            self._counts[space] = self._collections[space].count()
        return self._counts[space]

    def upsert(self, space: Space, ids: Sequence[str], vectors: FloatMatrix) -> None:
        """Stores unit vectors, shape (n, d), under `ids` (n, without repeats), in place of what stood there."""
        self._counts.clear()
        for start in range(0, len(ids), self._batch):
            part = slice(start, start + self._batch)
            self._collections[space].upsert(ids=list(ids[part]), embeddings=vectors[part])

    def delete(self, ids: Iterable[str]) -> None:
        """Removes vectors from both spaces; ids that are not there are no error."""
        self._counts.clear()
        wanted = list(ids)
        for collection in self._collections.values():
            for start in range(0, len(wanted), self._batch):
                collection.delete(ids=wanted[start : start + self._batch])

    def get(self, ids: Sequence[str]) -> dict[str, Any]:
        """The vectors (float32, shape (d,)) of those of `ids` that are stored, in either space."""
        found: dict[str, Any] = {}
        for collection in self._collections.values():
            for start in range(0, len(ids), self._batch):
                result = collection.get(ids=list(ids[start : start + self._batch]), include=["embeddings"])
                embeddings = result["embeddings"]
                if embeddings is not None and len(embeddings):
                    found.update(zip(result["ids"], np.asarray(embeddings, dtype=np.float32), strict=True))
        return found

    @contextmanager
    def saved_at_once(self, space: Space) -> Iterator[None]:
        """Has Chroma write the graph of a small space to the disk as it is filled, within the block.

        It does so by itself after a thousand changes only. Until then every process that opens the graph writes an
        empty one, whose room holds what was in that process's memory: sentences that were erased, if it had read them.
        Must come before anything else is done with the space: Chroma reads these settings once.
        """
        collection = self._collections[space]
        usual = int((collection.configuration_json.get("hnsw") or {})["sync_threshold"])
        collection.modify(configuration={"hnsw": {"sync_threshold": _EACH_TIME, "batch_size": _EACH_TIME}})
        yield
        collection.modify(configuration={"hnsw": {"sync_threshold": usual, "batch_size": _BATCH_SIZE}})

    def items(self, space: Space) -> Iterator[tuple[str, Any]]:
        """Every id of a space with its vector (float32, shape (d,)); None for one whose vector cannot be had."""
        collection = self._collections[space]
        for start in range(0, collection.count(), _PAGE):
            ids = collection.get(limit=_PAGE, offset=start, include=[])["ids"]
            stored = self.get(ids) if ids else {}
            yield from ((vector_id, stored.get(vector_id)) for vector_id in ids)

    def search(self, space: Space, vector: FloatMatrix, n: int, among: Among | None = None) -> list[tuple[str, float]]:
        """The `n` nearest ids to a unit vector, shape (d,), with their cosines, best first; only `among` if given."""
        if among is None:
            return self._nearest(space, vector, n, None)
        # To be given the ids of most vectors takes Chroma 0.4 s in a base of 100,000 passages.
        if number := looked_through(n, among.share()):
            near = self._nearest(space, vector, number, None)
            fitting = among.fitting(space, [vector_id for vector_id, _ in near])
            found = [hit for hit in near if hit[0] in fitting][:n]
            if len(found) == n or len(near) < number:
                return found
        return self._nearest(space, vector, n, among.ids(space))

    def _nearest(self, space: Space, vector: FloatMatrix, n: int, ids: list[str] | None) -> list[tuple[str, float]]:
        n = min(n, self.count(space) if ids is None else len(ids))
        if n == 0:
            return []
        result = self._collections[space].query(
            query_embeddings=[vector.tolist()],
            n_results=n,
            include=["distances"],
            ids=ids,
        )
        distances = result["distances"]
        assert distances is not None
        return [(vector_id, 1.0 - distance) for vector_id, distance in zip(result["ids"][0], distances[0], strict=True)]
