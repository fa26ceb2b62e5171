"""An ingestion over a copy of the catalog that nobody keeps: what it finds is what the real one would do."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from ingest.foreseeing.foreseen import Foreseen, Tried
from ingest.pipeline import Ingestion
from ingest.readers.bounded import Readers
from ingest.report import Progress
from ingest.sources.source import Source
from kb.index.catalog.catalog import Catalog
from kb.index.catalog.copying import copy_without_passages
from kb.index.catalog.file import FileCatalog
from kb.index.embedding import NewVersion
from kb.index.layout import CATALOG_FILE
from kb.index.opening import open_store
from kb.models.encoder import Encoder
from kb.settings import Settings

# Of scanned pages, seconds each: whether there is a text shows in these. The ingestion reads, and keeps, them all.
_PAGES_RECOGNISED = 2


def foresee(
    sources: Sequence[Source],
    settings: Settings,
    encoder: Encoder,
    *,
    is_sync: bool,
    confirm: bool = False,
    progress: Progress | None = None,
) -> Foreseen:
    """What an ingestion of `sources` would do now; with `is_sync` they are all that are listed.

    Reads the sources as the ingestion would, pages of the web included. Nothing is written into the base nor beside it.
    Raises StoreError when the base cannot be read.
    """
    store = open_store(settings)
    with (
        tempfile.TemporaryDirectory(prefix="reperes-") as folder,
        closing(FileCatalog(Path(folder) / CATALOG_FILE, create=True)) as copy,
        Readers(most_recognised=_PAGES_RECOGNISED) as readers,
    ):
        if store.exists():
            with closing(store.catalog()) as catalog:
                copy_without_passages(catalog, copy)
        trial = _Trial(copy)
        ingestion = Ingestion(
            trial, trial, readers, settings, encoder, confirmed=confirm, progress=progress, is_trial=True
        )
        for source in sources:
            ingestion.ingest_source(source)
        if is_sync:
            ingestion.withdraw_unlisted(sources)
        report = ingestion.finish("dry-run")
        withheld = ingestion.report.withheld
        trial.note_gone(list(withheld))
        return Foreseen(report, trial.tried, trial.gone, withheld)


class _Trial:
    """Stands in for the writer and for the stages: documents become current in the copy, without what is made of them,
    and are noted.
    """

    def __init__(self, copy: Catalog) -> None:
        self.catalog = copy
        self.tried: dict[str, Tried] = {}
        self.gone: dict[str, tuple[str, str]] = {}
        self._held = {name for name, state in copy.states().items() if not state.withdrawn}

    def submit(self, batch: Sequence[NewVersion]) -> Sequence[NewVersion]:
        """Makes versions current in the copy."""
        with self.catalog.transaction() as connection:
            for version in batch:
                document = version.document
                self.catalog.put_documents(connection, [replace(version, mentions=())], (), (), _now())
                self.tried[document.id] = Tried(
                    document.title, _hash(document.text), version.content_hash, document.id not in self._held
                )
        return batch

    def drain(self) -> Sequence[NewVersion]:
        """Nothing is under way."""
        return ()

    def withdraw(self, document_ids: Sequence[str]) -> None:
        """Takes documents out of the current ones of the copy."""
        self.note_gone(document_ids)
        with self.catalog.transaction() as connection:
            for document_id in document_ids:
                self.catalog.withdraw_document(connection, document_id, _now())

    def note_gone(self, document_ids: Sequence[str]) -> None:
        """Notes that documents would leave."""
        for document in self.catalog.documents(document_ids).values():
            self.gone[document.id] = _hash(document.text), document.title

    def finish(self) -> int:
        """There is no generation: nothing was made."""
        return 0


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
