"""Catalog, vectors and words as one: the writer, which commits to all three.

The order of a commit makes every crash harmless: ids that are about to change are noted in the catalog (`pending`);
vectors, then words, are written; one catalog transaction makes the new versions current (the commit point) and raises
the generation; obsolete ids leave vectors and words; the note is cleared. A hit that is not current in the catalog is
dropped by the readers, and the next writer removes what a crash left.
"""

from __future__ import annotations

import datetime
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import filelock
import numpy as np

from kb.errors import FingerprintError, StoreBusyError
from kb.index.catalog import Catalog
from kb.index.layout import CATALOG_FILE, LOCK_FILE, VECTORS_FOLDER, WORDS_FOLDER, check_encoder
from kb.index.lexical import Lexical
from kb.index.rows import PassageRow, SectionRow
from kb.index.texts import TEXTS_VERSION, passage_text, section_id, section_title, text_hash
from kb.index.vectors import Vectors
from kb.models.encoder import Encoder, FloatMatrix
from kb.types import Document, Passage

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A document to make current, with its passages.

    `content_hash` covers the content that its answers depend on, `file_hash` the bytes that it was read from.
    """

    document: Document
    content_hash: str
    file_hash: str
    passages: tuple[Passage, ...]


class IndexWriter:
    """The one writer of a store: a context manager that holds the store's lock.

    Raises StoreBusyError when another process is writing, FingerprintError when the store was made with another
    encoder or splitter.
    """

    def __init__(self, store: Path, encoder: Encoder, splitter_version: str) -> None:
        self._store = store
        self._encoder = encoder
        self._splitter = f"{splitter_version}.{TEXTS_VERSION}"
        self._lock = filelock.FileLock(store / LOCK_FILE)

    def __enter__(self) -> Self:
        self._store.mkdir(parents=True, exist_ok=True)
        try:
            self._lock.acquire(timeout=0)
        except filelock.Timeout:
            raise StoreBusyError(
                f"{self._store} : une autre mise à jour de la base est en cours. "
                "Attendez qu'elle finisse, puis relancez."
            ) from None
        try:
            self.catalog = Catalog(self._store / CATALOG_FILE, create=True)
            self._check_fingerprint()
            self._vectors = Vectors(self._store / VECTORS_FOLDER, create=True)  # only now: see kb/index/vectors.py
            self._lexical = Lexical(self._store / WORDS_FOLDER, write=True)
            self._settle()
        except BaseException:
            self._release()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._release()

    def commit(self, versions: Sequence[NewVersion]) -> None:
        """Makes versions of documents current, all of them or none."""
        passages, sections = self._rows(versions)
        texts = {row.passage.id: text for row, text in passages} | {row.id: text for row, text in sections}
        before = self.catalog.ids_of(version.document.id for version in versions)
        # An id is made from all that its text is made from, so what is stored under a known id is right already.
        changed = [each for each in texts if each not in before]
        with self.catalog.transaction() as connection:
            self.catalog.add_pending(connection, {*changed, *before})
        wanted = set(changed)
        vectors = self._embed([texts[each] for each in changed])
        passage_ids = {row.passage.id for row, _ in passages}
        for space in ("passages", "sections"):
            keep = [i for i, each in enumerate(changed) if (each in passage_ids) == (space == "passages")]
            if keep:
                self._vectors.upsert(space, [changed[i] for i in keep], vectors[keep])
        self._lexical.upsert(
            "passages", [(row.passage.id, row.passage.text) for row, _ in passages if row.passage.id in wanted]
        )
        self._lexical.upsert("sections", [(row.id, text) for row, text in sections if row.id in wanted])
        self._lexical.commit()
        now = _now()
        with self.catalog.transaction() as connection:
            for version in versions:
                document_id = version.document.id
                self.catalog.put_document(
                    connection,
                    version.document,
                    version.content_hash,
                    version.file_hash,
                    [row for row, _ in passages if row.passage.document_id == document_id],
                    [row for row, _ in sections if row.document_id == document_id],
                    now,
                )
            self.catalog.bump_generation(connection)
        self._remove(before - texts.keys())

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

    def finish(self) -> int:
        """Notes that an ingestion ended; returns the generation."""
        with self.catalog.transaction() as connection:
            self.catalog.set(connection, {"last_ingestion": _now()})
        return self.catalog.generation()

    def _rows(
        self, versions: Sequence[NewVersion]
    ) -> tuple[list[tuple[PassageRow, str]], list[tuple[SectionRow, str]]]:
        """The catalog's rows of passages and sections, each with the text that is embedded for it."""
        passages: list[tuple[PassageRow, str]] = []
        sections: dict[str, tuple[SectionRow, str]] = {}
        embedded = self._embedded_texts(versions)
        for version in versions:
            document = version.document
            for passage in version.passages:
                section = section_id(document, passage.heading_path)
                text = embedded[passage.id]
                passages.append((PassageRow(passage, section, text_hash(text)), text))
                title = section_title(document.title, passage.heading_path)
                sections[section] = (SectionRow(section, document.id, text_hash(title)), title)
        return passages, list(sections.values())

    def _embedded_texts(self, versions: Sequence[NewVersion]) -> dict[str, str]:
        """What is embedded for each passage: with its context, or alone where that is more than the encoder reads."""
        pairs = [(passage, passage_text(each.document, passage)) for each in versions for passage in each.passages]
        counts = self._encoder.count_tokens([text for _, text in pairs])
        return {
            passage.id: text if tokens <= self._encoder.max_tokens else passage.text
            for (passage, text), tokens in zip(pairs, counts, strict=True)
        }

    def _embed(self, texts: Sequence[str]) -> FloatMatrix:
        """Vectors of texts, shape (n, d); those of texts that were embedded before are used again."""
        vectors = np.zeros((len(texts), self._encoder.dimension), dtype=np.float32)
        hashes = [text_hash(text) for text in texts]
        known = self.catalog.ids_by_hash(hashes)
        stored = self._vectors.get(list(dict.fromkeys(known.values())))
        missing: dict[str, list[int]] = {}
        for index, each in enumerate(hashes):
            vector = stored.get(known.get(each, ""))
            if vector is not None:
                vectors[index] = vector
            else:
                missing.setdefault(texts[index], []).append(index)
        encoded = self._encoder.encode(list(missing), "passage")
        for places, vector in zip(missing.values(), encoded, strict=True):
            vectors[places] = vector
        return vectors

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
                f"({splitter}, il faut {self._splitter}). Supprimez ce dossier puis lancez « reperes ingest »."
            )

    def _release(self) -> None:
        for name in ("_lexical", "_vectors", "catalog"):
            if part := self.__dict__.pop(name, None):
                part.close()
        self._lock.release()


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
