"""Catalog, vectors and words as one: the writer, which commits to all three.

The order of a commit makes every crash harmless: ids that are about to change are noted in the catalog (`pending`);
vectors, then words, are written; one catalog transaction makes the new versions current (the commit point) and raises
the generation; obsolete ids leave vectors and words; the note is cleared. A hit that is not current in the catalog is
dropped by the readers, and the next writer removes what a crash left.
"""

from __future__ import annotations

import datetime
import logging
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import filelock

from kb.errors import FingerprintError, StoreBusyError
from kb.index.audit import Difference, audit
from kb.index.catalog.catalog import Catalog
from kb.index.embedding import Embedded, NewVersion, embed
from kb.index.layout import (
    CATALOG_FILE,
    LOCK_FILE,
    VECTORS_FOLDER,
    WORDS_FOLDER,
    check_encoder,
    index_folder,
    remove_unused,
)
from kb.index.lexical import Lexical, Text
from kb.index.texts import TEXTS_VERSION
from kb.index.vectors import Vectors
from kb.models.encoder import Encoder

logger = logging.getLogger(__name__)


@contextmanager
def locked(store: Path) -> Iterator[None]:
    """The store's lock, which whoever writes holds. Raises StoreBusyError when another process has it."""
    store.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(store / LOCK_FILE)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        raise StoreBusyError(
            f"{store} : une autre mise à jour de la base est en cours. Attendez qu'elle finisse, puis relancez."
        ) from None
    try:
        yield
    finally:
        lock.release()


class IndexWriter:
    """The one writer of a store: a context manager that holds the store's lock.

    With `aside` it writes another index than the one in use, in that folder; the caller holds the lock (`locked`).
    Raises StoreBusyError when another process is writing, FingerprintError when the store was made with another
    encoder or splitter.
    """

    def __init__(self, store: Path, encoder: Encoder, splitter_version: str, aside: Path | None = None) -> None:
        self._store = store
        self._aside = aside
        self._encoder = encoder
        self._splitter = f"{splitter_version}.{TEXTS_VERSION}"
        self._held = ExitStack()

    def __enter__(self) -> Self:
        try:
            if self._aside is None:
                self._held.enter_context(locked(self._store))
                remove_unused(self._store)
            self._open(self._aside or index_folder(self._store))
        except BaseException:
            self._release()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._release()

    def _open(self, folder: Path) -> None:
        if not (folder / CATALOG_FILE).is_file():
            _ = self._encoder.identity  # a model that cannot be loaded leaves no empty base behind
        self.catalog = Catalog(folder / CATALOG_FILE, create=True)
        self._vectors = Vectors(folder / VECTORS_FOLDER, create=True)  # only under the lock: see kb/index/vectors.py
        # A second for 100,000 vectors, while the encoder is loaded and the first documents are read: Chroma would do it
        # at the first change.
        self._loading = threading.Thread(target=self._load, args=(self._vectors,), name="load vectors")
        self._loading.start()
        self._check_fingerprint()
        self._lexical = Lexical(folder / WORDS_FOLDER, write=True)
        self._settle()

    def commit(self, versions: Sequence[NewVersion]) -> None:
        """Makes versions of documents current, all of them or none."""
        self.write(self.embed(versions))

    def embed(self, versions: Sequence[NewVersion]) -> Embedded:
        """Versions with the vectors of what is new in them; nothing is written. May run beside `write` of others."""
        return embed(versions, self.catalog, self._vectors, self._encoder)

    def write(self, embedded: Embedded) -> None:
        """Makes versions of documents current, all of them or none."""
        before = self.catalog.ids_of(version.document.id for version in embedded.versions)
        with self.catalog.transaction() as connection:
            self.catalog.add_pending(connection, {*embedded.new_ids, *before})
        self._vectors.upsert("passages", [passage.id for passage in embedded.new_passages], embedded.passage_vectors)
        self._vectors.upsert("sections", [section.id for section in embedded.new_sections], embedded.section_vectors)
        titles = {row.id: title for row, title in embedded.sections}
        sections = {row.passage.id: row.section_id for row in embedded.passages}
        self._lexical.upsert(
            "passages",
            [
                Text(passage.id, passage.document_id, titles[sections[passage.id]], passage.text)
                for passage in embedded.new_passages
            ],
        )
        self._lexical.upsert(
            "sections", [Text(section.id, section.document_id, titles[section.id]) for section in embedded.new_sections]
        )
        self._lexical.commit()
        now = _now()
        with self.catalog.transaction() as connection:
            for version in embedded.versions:
                document_id = version.document.id
                self.catalog.put_document(
                    connection,
                    version.document,
                    version.content_hash,
                    version.file_hash,
                    [row for row in embedded.passages if row.passage.document_id == document_id],
                    [row for row, _ in embedded.sections if row.document_id == document_id],
                    version.mentions,
                    now,
                )
            self.catalog.put_windows(connection, embedded.windows)
            self.catalog.bump_generation(connection)
        self._remove(before - embedded.ids)

    def withdraw(self, document_ids: Sequence[str]) -> None:
        """Takes documents out of search; they stay listed as withdrawn."""
        if not document_ids:
            return
        before = self.catalog.ids_of(document_ids)
        with self.catalog.transaction() as connection:
            self.catalog.add_pending(connection, before)
            for document_id in document_ids:
                self.catalog.withdraw_document(connection, document_id, _now())
            self.catalog.bump_generation(connection)
        self._remove(before)

    def audit(self) -> list[Difference]:
        """Everything on which catalog, vectors and words do not agree."""
        return list(audit(self.catalog, self._vectors, self._lexical))

    def remove_strays(self, ids: Sequence[str]) -> None:
        """Takes ids that belong to no document out of all three."""
        with self.catalog.transaction() as connection:
            self.catalog.drop_ids(connection, ids)
        self._remove(ids)

    def write_anew(self, versions: Sequence[NewVersion]) -> None:
        """Makes current versions current again, with all that is stored for them embedded and written anew."""
        names = [version.document.id for version in versions]
        before = self.catalog.ids_of(names)
        with self.catalog.transaction() as connection:
            self.catalog.add_pending(connection, before)
            for name in names:
                self.catalog.clear_derived(connection, name)
            self.catalog.bump_generation(connection)
        self._remove(before)
        self.commit(versions)

    def finish(self) -> int:
        """Notes that an ingestion ended; returns the generation."""
        with self.catalog.transaction() as connection:
            self.catalog.set(connection, {"last_ingestion": _now()})
        return self.catalog.generation()

    def _remove(self, ids: Iterable[str]) -> None:
        """Removes obsolete ids from vectors and words; then all three agree."""
        obsolete = list(ids)
        if obsolete:
            self._vectors.delete(obsolete)
            self._lexical.delete(obsolete)
            self._lexical.commit()
        with self.catalog.transaction() as connection:
            self.catalog.clear_pending(connection)

    def _settle(self) -> None:
        """Finishes or undoes what an interrupted writer left."""
        pending = self.catalog.pending()
        if pending:
            logger.info("settling %d ids left by an interrupted ingestion", len(pending))
            self._remove(set(pending) - self.catalog.current(pending))

    def _check_fingerprint(self) -> None:
        encoder, splitter = self.catalog.get("encoder"), self.catalog.get("splitter")
        if encoder is None:
            with self.catalog.transaction() as connection:
                self.catalog.set(connection, {"encoder": self._encoder.identity, "splitter": self._splitter})
            return
        check_encoder(self._store, encoder, self._encoder)
        if splitter != self._splitter:
            raise FingerprintError(
                f"{self._store} : les passages de cette base ont été découpés par une autre version de Repères "
                f"({splitter}, il faut {self._splitter}). Lancez « reperes rebuild » pour la refaire."
            )

    @staticmethod
    def _load(vectors: Vectors) -> None:
        try:
            vectors.load()
        except Exception:  # a courtesy: Chroma says the same at the first change, to whoever can tell it
            logger.debug("loading the vectors ahead failed", exc_info=True)

    def _release(self) -> None:
        if loading := self.__dict__.pop("_loading", None):
            loading.join()
        for name in ("_lexical", "_vectors", "catalog"):
            if part := self.__dict__.pop(name, None):
                part.close()
        self._held.close()


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
