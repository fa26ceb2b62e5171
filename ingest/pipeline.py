"""The ingestion path, chained here only: list -> plan -> read -> split -> encode -> commit -> report.

`Ingestion` is the walk of a file or page into the base, from top to bottom; `ingest` and `sync` say which sources go
through it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from ingest.erasing import settle_erasures
from ingest.full_disk import full_disk_told
from ingest.items import Item, SkipItem
from ingest.readers.bounded import Readers
from ingest.report import IngestReport, Note, Progress, ReportBuilder
from ingest.sources import given_source, open_listing
from ingest.sources.source import Source
from ingest.split import SPLITTER_VERSION
from ingest.steps.batches import Batches, Way
from ingest.steps.plan import Plan
from ingest.steps.stages import Stages
from ingest.steps.versions import new_version, storable
from ingest.steps.withdrawal import Withdrawal, Withdraws
from kb.errors import DocumentError, StoreError
from kb.index.catalog.catalog import Catalog
from kb.index.embedding import NewVersion
from kb.index.opening import open_store
from kb.index.writer import IndexWriter
from kb.models.encoder import Encoder
from kb.records.places import place_of
from kb.settings import Settings
from kb.types import Document


def ingest(
    paths: Sequence[Path | str],
    settings: Settings,
    encoder: Encoder,
    *,
    source: str | None = None,
    confirm: bool = False,
    progress: Progress | None = None,
) -> IngestReport:
    """Ingests folders (complete listings: what is gone from them is withdrawn), files (which withdraw nothing) and
    addresses of the web: a page, or all that a feed or sitemap leads to.

    One unreadable document stops nothing: it is in the report, and its version of before stays. Raises StoreError
    when the store cannot be written.
    """
    with open_ingestion(settings, encoder, confirm=confirm, progress=progress) as ingestion:
        for path in paths:
            ingestion.ingest_source(given_source(path, source))
        return ingestion.finish("ingest")


def sync(
    sources: Sequence[Source],
    settings: Settings,
    encoder: Encoder,
    *,
    confirm: bool = False,
    progress: Progress | None = None,
) -> IngestReport:
    """Brings the base in line with all of `sources`. What goes wrong in one stops none of the others.

    Raises StoreError when the store cannot be written.
    """
    with open_ingestion(settings, encoder, confirm=confirm, progress=progress) as ingestion:
        for source in sources:
            ingestion.ingest_source(source)
        ingestion.withdraw_unlisted(sources)
        return ingestion.finish("sync")


@contextmanager
def open_ingestion(
    settings: Settings, encoder: Encoder, *, confirm: bool = False, progress: Progress | None = None
) -> Iterator[Ingestion]:
    """An ingestion into the store of the settings, whose one writer it is. Raises StoreError for a full disk."""
    with (
        full_disk_told(settings.store),
        IndexWriter(open_store(settings), encoder, SPLITTER_VERSION) as writer,
        Stages(writer) as stages,
        Readers(settings.store) as readers,
    ):
        yield Ingestion(writer, stages, readers, settings, encoder, confirmed=confirm, progress=progress)


class Writes(Withdraws, Protocol):
    """What an ingestion writes with: the index's writer, or what stands in for it in a trial (`foreseeing`)."""

    @property
    def catalog(self) -> Catalog:
        """The catalog."""

    def finish(self) -> int:
        """Notes that an ingestion ended; the generation."""


class Ingestion:
    """One ingestion: sources are gone through item by item, and documents become current batch by batch. Of a trial
    nothing stays but what `writer` and `stages` keep.
    """

    def __init__(
        self,
        writer: Writes,
        stages: Way,
        readers: Readers,
        settings: Settings,
        encoder: Encoder,
        *,
        confirmed: bool,
        progress: Progress | None,
        is_trial: bool = False,
    ) -> None:
        self.plan = Plan(writer.catalog, settings, readers, confirmed=confirmed, is_trial=is_trial)
        self.report = ReportBuilder(progress)
        readers.told = self.report.begin  # a scanned document takes long: page by page
        self._batches = Batches(stages, self._written)
        self._withdrawal = Withdrawal(writer, self.plan, self.report)
        self._writer = writer
        self._encoder = encoder
        self._began, self._clock = datetime.now(UTC), time.monotonic()

    def ingest_source(self, source: Source) -> None:
        """All items of a source, then the withdrawal of what it holds no more."""
        self.commit()  # a file may stand in a folder that was just gone through: what the plan knows is up to date
        try:
            listing = open_listing(source, self.plan, self.commit)
            self.report.follow(listing)
            for item in listing.items():  # list
                self._ingest_item(item)
            self.commit()
            self.report.add_listing(listing)
            self._withdrawal.withdraw(listing.source, listing.gone())  # what a complete listing holds no more
            listing.withdrawn()
        except DocumentError as error:
            self.report.fail(error.source, error.reason)

    def _ingest_item(self, item: Item) -> None:
        """One item, up to the batch that its document becomes current with. What goes wrong in it stops no other."""
        self.report.begin(item.name)
        try:
            item.check()  # plan: unchanged or erased for good, it is skipped; another source's, refused
            document = item.read()  # read
            self.write(self.plan.corrected(document), item.file_hash)
            item.done()
        except SkipItem as skipped:
            self.report.skip(item.name, skipped)
        except DocumentError as error:
            self.report.fail_item(item.name, error.reason)

    def write(self, document: Document, file_hash: str) -> None:
        """Has a document made current, unless the base holds the same words. Raises DocumentError when it has none."""
        document = storable(document)
        if self.plan.is_unchanged(document, file_hash):
            self.report.unchanged()
            return
        version = new_version(document, self._encoder, file_hash)  # split
        self.report.change(document, self.plan.held(document.id))
        self._batches.add(version)  # encode, commit: batch by batch, while the next items are read

    def commit(self) -> None:
        """Waits until all documents so far are current."""
        self._batches.drain()
        self.plan.keep_file_hashes()

    def _written(self, version: NewVersion) -> None:
        """Told by the batches of each version that is current now."""
        self.report.written(version.document, is_new=self.plan.note_current(version))
        for remark in version.document.remarks:
            self.report.notice(version.document.id, remark)

    def withdraw_unlisted(self, sources: Sequence[Source]) -> None:
        """After a sync: what belongs to sources that are listed no more."""
        self._withdrawal.withdraw_unlisted({source.name for source in sources if source.name})

    def finish(self, command: str) -> IngestReport:
        """Has what was corrected since it was last read made current; then the report, kept under the command."""
        self.commit()
        for document, file_hash in self.plan.newly_corrected():
            self.report.expect_one()
            self.write(document, file_hash)
        self.commit()
        self.report.begin("")
        try:
            if not self.plan.is_trial:
                settle_erasures(self.plan.settings)
        except StoreError as error:
            self.report.fail(str(place_of(self.plan.settings)), str(error))
        report = self.report.build(  # report
            generation=self._writer.finish(),
            passages=self.plan.catalog.status().passages,
            began=self._began.isoformat(timespec="seconds"),
            seconds=round(time.monotonic() - self._clock, 3),
        )
        # Of a document that was erased for good not even the name may stay.
        kept = replace(
            report,
            failed=self._without_erased(report.failed),
            notices=self._without_erased(report.notices),
            ignored_files=self._without_erased(report.ignored_files),
        )
        self.plan.catalog.journal.add_report({"command": command, **asdict(kept)})
        return report

    def _without_erased(self, notes: Sequence[Note]) -> tuple[Note, ...]:
        return tuple(note for note in notes if not self.plan.is_forgotten(note.source))
