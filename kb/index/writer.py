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
from kb.french.acronyms import Mention
from kb.index.catalog import Catalog
from kb.index.layout import CATALOG_FILE, LOCK_FILE, VECTORS_FOLDER, WORDS_FOLDER, check_encoder
from kb.index.lexical import Lexical, Text
from kb.index.rows import PassageRow, SectionRow
from kb.index.texts import TEXTS_VERSION, passage_text, section_id, section_title, text_hash
from kb.index.vectors import Vectors
from kb.index.windows import Windows, pack, window_spans
from kb.models.encoder import Encoder, FloatMatrix
from kb.types import Document, Passage

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A document to make current, with its passages and what it says of acronyms.

    `content_hash` covers the content that its answers depend on, `file_hash` the bytes that it was read from.
    """

    document: Document
    content_hash: str
    file_hash: str
    passages: tuple[Passage, ...]
    mentions: tuple[Mention, ...] = ()


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
        new_passages = [(row.passage, text) for row, text in passages if row.passage.id in wanted]
        new_sections = [(row, text) for row, text in sections if row.id in wanted]
        vectors, windows = self._embed_passages(new_passages)
        self._vectors.upsert("passages", [passage.id for passage, _ in new_passages], vectors)
        self._vectors.upsert(
            "sections", [row.id for row, _ in new_sections], self._embed_titles([text for _, text in new_sections])
        )
        titles = {row.id: text for row, text in sections}
        self._lexical.upsert(
            "passages",
            [
                Text(row.passage.id, row.passage.document_id, titles[row.section_id], row.passage.text)
                for row, _ in passages
                if row.passage.id in wanted
            ],
        )
        self._lexical.upsert("sections", [Text(row.id, row.document_id, text) for row, text in new_sections])
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
                    version.mentions,
                    now,
                )
            self.catalog.put_windows(connection, windows)
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

    def _embed_passages(
        self, passages: Sequence[tuple[Passage, str]]
    ) -> tuple[FloatMatrix, list[tuple[str, str, bytes]]]:
        """Vectors of the texts embedded for passages, shape (n, d), and the catalog's rows of their windows.

        What was embedded before is used again.
        """
        texts = [text for _, text in passages]
        vectors = np.zeros((len(texts), self._encoder.dimension), dtype=np.float32)
        known = self._known(texts)
        stored = self._vectors.get(list(dict.fromkeys(known.values())))
        packed = self.catalog.windows(known.values())
        windows: dict[int, bytes] = {}
        missing: dict[str, list[int]] = {}
        for index, text in enumerate(texts):
            passage_id = known.get(text, "")
            if passage_id in stored and passage_id in packed:
                vectors[index], windows[index] = stored[passage_id], packed[passage_id]
            else:
                missing.setdefault(text, []).append(index)
        alone = {text: passages[places[0]][0].text for text, places in missing.items()}
        spans = [window_spans(each) for each in alone.values()]
        # The passage's own words end the text that is embedded for it: its title and headings come before.
        shifts = [len(text) - len(each) for text, each in alone.items()]
        encoded, of_windows = self._encoder.encode_windows(
            list(missing),
            [[(start + shift, end + shift) for start, end in each] for each, shift in zip(spans, shifts, strict=True)],
            "passage",
        )
        for places, vector, each, matrix in zip(missing.values(), encoded, spans, of_windows, strict=True):
            vectors[places] = vector
            windows |= dict.fromkeys(places, pack(Windows(tuple(each), matrix)))
        rows = [(each.id, each.document_id, windows[index]) for index, (each, _) in enumerate(passages)]
        return vectors, rows

    def _embed_titles(self, titles: Sequence[str]) -> FloatMatrix:
        """Vectors of the titles of sections, shape (n, d); those that were embedded before are used again."""
        known = self._known(titles)
        stored = self._vectors.get(list(dict.fromkeys(known.values())))
        missing = [text for text in dict.fromkeys(titles) if known.get(text) not in stored]
        encoded = dict(zip(missing, self._encoder.encode(missing, "passage"), strict=True))
        vectors = np.zeros((len(titles), self._encoder.dimension), dtype=np.float32)
        for index, text in enumerate(titles):
            vectors[index] = encoded[text] if text in encoded else stored[known[text]]
        return vectors

    def _known(self, texts: Sequence[str]) -> dict[str, str]:
        """For each text that was embedded before, the id of a passage or section that it was embedded for."""
        hashes = {text: text_hash(text) for text in texts}
        by_hash = self.catalog.ids_by_hash(hashes.values())
        return {text: by_hash[each] for text, each in hashes.items() if each in by_hash}

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
