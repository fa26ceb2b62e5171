"""Catalog, vectors and words as one: the writer, which commits to all three through the store's maker."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from kb.errors import FingerprintError
from kb.index.audit import Difference
from kb.index.catalog.catalog import Catalog, Transaction
from kb.index.embedding import Embedded, NewVersion, embed
from kb.index.lexical import Text
from kb.index.store import Change, Store, Writing, check_encoder
from kb.index.texts import TEXTS_VERSION
from kb.models.encoder import Encoder


class IndexWriter:
    """The one writer of a store: a context manager that holds the store's lock.

    Raises StoreBusyError when another process is writing, FingerprintError when the store was made with another
    encoder or splitter.
    """

    def __init__(self, store: Store, encoder: Encoder, splitter_version: str) -> None:
        self._store = store
        self._encoder = encoder
        self._splitter = f"{splitter_version}.{TEXTS_VERSION}"
        self._held = ExitStack()
        self._opened: Writing | None = None

    def __enter__(self) -> Self:
        if not self._store.exists():
            _ = self._encoder.identity  # a model that cannot be loaded leaves no empty base behind
        try:
            self._opened = self._held.enter_context(self._store.writing())
            self._check_fingerprint()
            self._opened.settle()
        except BaseException:
            self._release()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._release()

    @property
    def catalog(self) -> Catalog:
        """The catalog, while the writer is open."""
        return self._writing.catalog

    def commit(self, versions: Sequence[NewVersion]) -> None:
        """Makes versions of documents current, all of them or none."""
        self.write(self.embed(versions))

    def embed(self, versions: Sequence[NewVersion]) -> Embedded:
        """Versions with the vectors of what is new in them; nothing is written. May run beside `write` of others."""
        return embed(versions, self.catalog, self._writing.vectors, self._encoder)

    def write(self, embedded: Embedded) -> None:
        """Makes versions of documents current, all of them or none."""
        before = self.catalog.ids_of(version.document.id for version in embedded.versions)
        titles = {row.id: title for row, title in embedded.sections}
        section_of = {row.passage.id: row.section_id for row in embedded.passages}
        now = _now()

        def in_catalog(connection: Transaction) -> None:
            sections = [row for row, _ in embedded.sections]
            self.catalog.put_documents(connection, embedded.versions, embedded.passages, sections, now)
            self.catalog.put_windows(connection, embedded.windows)

        self._writing.apply(
            Change(
                in_catalog,
                vectors={
                    "passages": ([passage.id for passage in embedded.new_passages], embedded.passage_vectors),
                    "sections": ([section.id for section in embedded.new_sections], embedded.section_vectors),
                },
                texts={
                    "passages": [
                        Text(passage.id, passage.document_id, titles[section_of[passage.id]], passage.text)
                        for passage in embedded.new_passages
                    ],
                    "sections": [
                        Text(section.id, section.document_id, titles[section.id]) for section in embedded.new_sections
                    ],
                },
                obsolete=before - embedded.ids,
            )
        )

    def withdraw(self, document_ids: Sequence[str]) -> None:
        """Takes documents out of search; they stay listed as withdrawn."""
        if not document_ids:
            return
        now = _now()

        def in_catalog(connection: Transaction) -> None:
            for document_id in document_ids:
                self.catalog.withdraw_document(connection, document_id, now)

        self._writing.apply(Change(in_catalog, obsolete=self.catalog.ids_of(document_ids)))

    def audit(self) -> list[Difference]:
        """Everything on which catalog, vectors and words do not agree."""
        return self._writing.audit()

    def remove_strays(self, ids: Sequence[str]) -> None:
        """Takes ids that belong to no document out of all three."""
        self._writing.apply(Change(lambda connection: self.catalog.drop_ids(connection, ids), obsolete=ids))

    def write_anew(self, versions: Sequence[NewVersion]) -> None:
        """Makes current versions current again, with all that is stored for them embedded and written anew."""
        names = [version.document.id for version in versions]

        def in_catalog(connection: Transaction) -> None:
            for name in names:
                self.catalog.clear_derived(connection, name)

        self._writing.apply(Change(in_catalog, obsolete=self.catalog.ids_of(names)))
        self.commit(versions)

    def finish(self) -> int:
        """Notes that an ingestion ended; returns the generation."""
        with self.catalog.transaction() as connection:
            self.catalog.set(connection, {"last_ingestion": _now()})
        return self.catalog.generation()

    @property
    def _writing(self) -> Writing:
        if self._opened is None:
            raise RuntimeError("the writer of a store is a context manager")
        return self._opened

    def _check_fingerprint(self) -> None:
        encoder, splitter = self.catalog.get("encoder"), self.catalog.get("splitter")
        if encoder is None:
            with self.catalog.transaction() as connection:
                self.catalog.set(connection, {"encoder": self._encoder.identity, "splitter": self._splitter})
            return
        check_encoder(self._store.name, encoder, self._encoder)
        if splitter != self._splitter:
            raise FingerprintError(
                f"{self._store.name} : les passages de cette base ont été découpés par une autre version de Repères "
                f"({splitter}, il faut {self._splitter}). Lancez « reperes rebuild » pour la refaire."
            )

    def _release(self) -> None:
        self._opened = None
        self._held.close()


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
