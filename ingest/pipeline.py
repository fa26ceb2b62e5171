"""The ingestion path, chained here only: list -> plan -> read -> split -> encode -> commit -> report."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from ingest.ingestion import Progress, Run
from ingest.report import IngestReport
from ingest.sources.config import FolderSource, Source
from ingest.sources.folder_ingestion import take_folder, take_path
from ingest.split import SPLITTER_VERSION
from ingest.stages import Stages
from kb.errors import DocumentError, StoreError
from kb.index.writer import IndexWriter
from kb.models.encoder import Encoder
from kb.records.corrections import Correction, checked, drop_correction, keep_correction, read_corrections
from kb.settings import Settings

# How the system, SQLite, Chroma and tantivy say that a disk or a quota is full, or that it writes no more.
_DISK_FULL = re.compile(
    r"No space left on device|disk is full|disk quota exceeded|disk I/O error|File too large|os error (?:27|28|122)\b",
    re.IGNORECASE,
)


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

    def take(run: Run) -> None:
        from ingest.sources.address import take_address  # httpx and lxml are slow to import

        for path in paths:
            if re.match(r"[a-zA-Z][\w+.-]+:/", str(path)):
                take_address(run, str(path), source)
            else:
                take_path(run, Path(path), source)

    return _run(take, settings, encoder, "ingest", confirm, progress)


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

    def take(run: Run) -> None:
        from ingest.sources.web_ingestion import take_site

        for each in sources:
            if isinstance(each, FolderSource):
                take_folder(run, each.path, each.name)
            else:
                take_site(run, each)
        run.note_missing_sources({each.name for each in sources})

    return _run(take, settings, encoder, "sync", confirm, progress)


def correct(
    document_id: str, given: Mapping[str, str] | None, settings: Settings, encoder: Encoder, *, person: str = ""
) -> IngestReport:
    """Corrects what a document says about itself, for good: `given` holds a text for each field.

    None takes all corrections of the document back. Raises ReperesError for an unknown document or a wrong value.
    """
    path = settings.app_database

    def take(run: Run) -> None:
        if given is None:
            run.put_as_it_was(document_id)
            return
        document = run.catalog.document(document_id)
        if document is None:
            raise DocumentError(document_id, "ce document n'est pas dans la base")
        original, kept = read_corrections(path).get(document_id, Correction({})).changed(document, checked(given))
        keep_correction(path, document_id, kept, person)
        run.correct(original, kept)

    report = _run(take, settings, encoder, "correct", confirm=False, progress=None)
    if given is None or not read_corrections(path)[document_id].fields:
        drop_correction(path, document_id)
    return report


def _run(
    take: Callable[[Run], None],
    settings: Settings,
    encoder: Encoder,
    command: str,
    confirm: bool,
    progress: Progress | None,
) -> IngestReport:
    began, clock = datetime.now(UTC).isoformat(timespec="seconds"), time.monotonic()
    with _full_disk_told(settings.store), IndexWriter(settings.store, encoder, SPLITTER_VERSION) as writer:
        with Stages(writer) as stages:
            run = Run(writer, stages, settings, encoder, confirm, progress)
            take(run)
            run.put_corrected()
            run.finish()
        generation = writer.finish()
        report = replace(
            run.report,
            passages=writer.catalog.status().passages,
            generation=generation,
            began=began,
            seconds=round(time.monotonic() - clock, 3),
        )
        writer.catalog.journal.add_report({"command": command, **asdict(report)})
        return report


@contextmanager
def _full_disk_told(store: Path) -> Iterator[None]:
    """Turns what libraries say of a full disk into one French sentence."""
    try:
        yield
    except Exception as error:
        if _DISK_FULL.search(str(error)):
            raise StoreError(
                f"{store} : le disque est plein, ou refuse d'écrire. Rien de ce que la base contenait n'est perdu : "
                "faites de la place, puis relancez la même commande."
            ) from error
        raise
