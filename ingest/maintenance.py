"""check, repair, rebuild: proving that the base equals its sources, and mending it where it does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from ingest.items import SkipItem
from ingest.pipeline import ingest
from ingest.readers import SUFFIXES
from ingest.readers.bounded import Readers
from ingest.report import Progress
from ingest.sources.files import list_folder
from ingest.sources.folder import FolderListing
from ingest.split import SPLITTER_VERSION
from ingest.steps.plan import Plan
from ingest.steps.versions import new_version
from kb.errors import DocumentError, StoreError
from kb.index.audit import Difference
from kb.index.catalog.catalog import Catalog
from kb.index.opening import open_store
from kb.index.store import Store
from kb.index.writer import IndexWriter
from kb.models.encoder import Encoder
from kb.settings import Settings

_BATCH = 64  # documents


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found. `repaired` is how many of the differences were mended; `differences` those that are left."""

    documents: int
    passages: int
    differences: tuple[Difference, ...]
    repaired: int = 0


def check(settings: Settings, encoder: Encoder, *, repair: bool = False) -> CheckReport:
    """Whether folders, catalog, vectors and words agree, document by document; with `repair` mends what does not.

    Pages of the web are not fetched: what was last had of them counts. Raises StoreError when there is no store.
    """
    store = _existing(settings)
    with Readers(most_recognised=1) as readers, IndexWriter(store, encoder, SPLITTER_VERSION) as writer:
        found = writer.audit()
        drifted = list(_drift(writer.catalog, settings, readers))
        repaired = len(found)
        if repair:
            _mend(writer, encoder, found)
            for drift in drifted:
                # A page whose document is missing is asked for again, whole, by the next sync.
                writer.catalog.journal.drop_pages(drift.source, drift.pages)
            found = writer.audit()
            repaired -= len(found)
        status = writer.catalog.status()
        folders = writer.catalog.folders()
    if repair and drifted:
        for name in sorted({drift.source for drift in drifted} & folders.keys()):
            ingest([Path(folders[name])], settings, encoder, source=name)
        with closing(store.catalog()) as catalog, Readers(most_recognised=1) as readers:
            left = list(_drift(catalog, settings, readers))
            status = catalog.status()
        repaired += len(drifted) - len(left)
        drifted = left
    differences = (*found, *(Difference(drift.document, drift.what) for drift in drifted))
    return CheckReport(status.documents, status.passages, differences, repaired if repair else 0)


def rebuild(settings: Settings, encoder: Encoder, *, progress: Progress | None = None) -> None:
    """Splits and embeds every document of the base anew, aside, then swaps the result in.

    Raises StoreError when there is no store, StoreBusyError when another process is writing.
    """

    def fill(aside: Store) -> None:
        with closing(aside.catalog()) as catalog:
            states = {name: state for name, state in catalog.states().items() if not state.withdrawn}
            with catalog.transaction() as connection:
                catalog.clear_derived(connection)
                catalog.clear_pending(connection)
                catalog.forget_fingerprint(connection)
        with IndexWriter(aside, encoder, SPLITTER_VERSION) as writer:
            names = list(states)
            for start in range(0, len(names), _BATCH):
                batch = names[start : start + _BATCH]
                documents = writer.catalog.documents(batch)
                writer.commit(
                    [
                        new_version(documents[name], encoder, states[name].file_hash)
                        for name in batch
                        if name in documents
                    ]
                )
                if progress:
                    progress(min(start + _BATCH, len(names)), len(names), batch[-1])
            writer.finish()
        aside.prove()

    _existing(settings).rebuild(fill)


@dataclass(frozen=True, slots=True)
class _Drift:
    source: str
    document: str
    what: str
    pages: tuple[str, ...] = ()


def _drift(catalog: Catalog, settings: Settings, readers: Readers) -> Iterator[_Drift]:
    """Where the folders and pages that documents come from say something else than the catalog."""
    plan = Plan(catalog, settings, readers, confirmed=False)
    yield from _drift_of_pages(catalog, {name for name, state in catalog.states().items() if not state.withdrawn})
    for source, folder in catalog.folders().items():
        root = Path(folder)
        if not root.is_dir():
            continue  # a disk that is not mounted: nothing can be said of it
        listing = FolderListing(source, list_folder(root, SUFFIXES), plan)
        for item in listing.items():
            try:
                item.check()
                item.read()
            except (SkipItem, DocumentError):
                continue  # as in the base, or not for it: ingestion tells of it, and keeps the version of before
            is_known = plan.state(item.name) is not None
            what = "le fichier a changé depuis" if is_known else "le fichier n'est pas dans la base"
            yield _Drift(source, item.name, f"{what} ; lancez « reperes sync »")
        for name in sorted(listing.gone()):
            yield _Drift(source, name, "le fichier n'existe plus ; lancez « reperes sync »")


def _drift_of_pages(catalog: Catalog, current: set[str]) -> Iterator[_Drift]:
    """Pages of the web that would not be read again while they do not change, but whose document is not there."""
    for source in catalog.journal.sources():
        for url, page in catalog.journal.pages(source).items():
            if page.document_id is not None and page.document_id not in current:
                yield _Drift(source, page.document_id, f"la page {url} n'a pas son document dans la base", (url,))


def _mend(writer: IndexWriter, encoder: Encoder, found: Sequence[Difference]) -> None:
    """Writes anew the documents that differ, and removes what belongs to none."""
    strays = [stray for difference in found if not difference.document for stray in difference.ids]
    if strays:
        writer.remove_strays(list(dict.fromkeys(strays)))
    names = list(dict.fromkeys(difference.document for difference in found if difference.document))
    states = writer.catalog.states()
    for start in range(0, len(names), _BATCH):
        documents = writer.catalog.documents(names[start : start + _BATCH])
        writer.write_anew(
            [new_version(document, encoder, states[document.id].file_hash) for document in documents.values()]
        )


def _existing(settings: Settings) -> Store:
    """The store of the settings. Raises StoreError when there is no base in it."""
    store = open_store(settings)
    if not store.exists():
        raise StoreError(f"{store.name} : la base n'existe pas encore. Lancez « reperes ingest » pour la constituer.")
    return store
