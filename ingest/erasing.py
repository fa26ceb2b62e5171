"""forget: erasing documents for good, from the base and from what people keep of them; and letting them come back.

The base first and what was recognised of their pages, app.db after: whatever is written meanwhile is erased with the
rest, or finds the marks. A step that fails half-way is gone on with by the next `forget` of the same documents, and by
every ingestion and start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime

from rapidfuzz import process

from ingest.readers.ocr.kept import erase_pages
from kb.errors import StoreError
from kb.index.catalog.journal import mark
from kb.index.opening import open_store
from kb.index.store import Change, Store
from kb.records.database import AppDatabase
from kb.records.places import place_of, shared_place_of
from kb.records.shared.folder import check_folder
from kb.settings import Settings
from kb.web.uploads import Uploads


def forget(settings: Settings, document_ids: Sequence[str]) -> None:
    """Erases documents for good, also from what `app.db` keeps of them, and keeps them from coming back; of an added
    file the copy in the folder of added files goes too.

    A document that was erased before is no error: what an erasure that failed half-way left is erased then, and what
    another replica has kept of it since. Raises StoreError for an id that is not known, SettingsError where the folder
    of added files is another one than the replicas share.
    """
    check_folder(settings.uploads_folder, shared_place_of(settings))
    store, uploads = open_store(settings), Uploads(settings.uploads_folder, settings.max_file_mb)
    with closing(store.catalog()) as catalog:
        known, forgotten = list(catalog.states()), catalog.journal.forgotten()
    for document_id in document_ids:
        if document_id not in known and mark(document_id) not in forgotten:
            near = [name for name, *_ in process.extract(document_id, known, limit=3, score_cutoff=60)]
            hint = f" Vouliez-vous dire : {', '.join(near)} ?" if near else ""
            raise StoreError(f"{document_id} : la base n'a pas de document de ce nom.{hint}")
    if there := [document_id for document_id in document_ids if document_id in known]:
        store.erase(there, datetime.now(UTC).isoformat(timespec="seconds"))
    else:
        store.finish_erasing()
    again = [document_id for document_id in document_ids if document_id not in known]
    if again and shared_place_of(settings) is not None:
        _tell_again(store, again)
    erase_pages(settings.store, set(map(mark, document_ids)))
    for document_id in document_ids:
        uploads.forget(document_id)
    # After the base: from here on no answer can be made of them, and those under way find the marks.
    with AppDatabase(place_of(settings)) as database:
        database.erase_documents(document_ids, lambda names: _texts(store, names))
    settle_erasures(settings)


def settle_erasures(settings: Settings) -> None:
    """Brings `app.db` in line with what the base was made to forget. Raises StoreError when it cannot be opened."""
    store = open_store(settings)
    if not (place_of(settings).exists() and store.exists()):
        return
    with closing(store.catalog()) as catalog:
        forgotten, held = catalog.journal.forgotten(), catalog.states()
    erase_pages(settings.store, forgotten)
    with AppDatabase(place_of(settings)) as database:
        database.settle_erasures(forgotten, held, lambda names: _texts(store, names))


class ErasedElsewhere:
    """What this machine keeps besides the base, of documents that another replica erased: call it with each generation.

    Cheap while nothing new was erased. The copy of the words follows by itself.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._settled: Mapping[str, str | None] = {}

    def __call__(self) -> None:
        """Erases it. Raises ReperesError when the base cannot be read, or a page cannot be removed."""
        with closing(open_store(self._settings).catalog()) as catalog:
            forgotten = catalog.journal.forgotten_when()
        if new := forgotten.items() - self._settled.items():
            erase_pages(self._settings.store, {mark for mark, _ in new})
        self._settled = forgotten


def _tell_again(store: Store, document_ids: Sequence[str]) -> None:
    """Has every replica look again for what it keeps of documents that were erased before, with a generation for it."""
    with store.writing() as writing:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        note = writing.catalog.journal.note_forgotten
        writing.apply(Change(lambda connection: note(connection, document_ids, now)))


def _texts(store: Store, document_ids: Sequence[str]) -> list[str]:
    with closing(store.catalog()) as catalog:
        return [f"{document.title}\n{document.text}" for document in catalog.documents(document_ids).values()]


def allow(settings: Settings, document_ids: Sequence[str]) -> list[str]:
    """Lets documents that were erased come back with the next ingestion; those of the ids that had been erased."""
    with closing(open_store(settings).catalog()) as catalog:
        return [document_id for document_id in document_ids if catalog.journal.allow(document_id)]
