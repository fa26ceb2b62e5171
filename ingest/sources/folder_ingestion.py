"""Folders and files of this machine, handed document by document to a run."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ingest.ingestion import Run
from ingest.readers import READERS_VERSION, SUFFIXES, read_document
from ingest.sources.folder import Item, list_folder, read_file
from kb.errors import DocumentError
from kb.text.domain import Domain


def take_path(run: Run, path: Path, source: str | None) -> None:
    """Ingests a folder (what is gone from it is withdrawn) or a file (which withdraws nothing)."""
    run.commit()  # a file may stand in a folder of the same run: the states have to be up to date
    if path.is_dir():
        take_folder(run, path, source or path.resolve().name or "documents")
        return
    name, item = _place(run, path, source)
    run.expect(1)
    _take(run, item, name)


def take_folder(run: Run, root: Path, source: str) -> None:
    """Ingests a folder as the whole of a source. A missing one is a failure that withdraws nothing."""
    run.commit()
    if not root.is_dir():
        run.fail(source, f"dossier introuvable ({root}) ; rien n'a été retiré. Vérifiez son nom")
        return
    catalog = run.catalog
    known = catalog.folders().get(source)
    if known and known != str(root.resolve()) and Path(known).is_dir() and not run.confirm:
        run.fail(
            source,
            f"la source « {source} » désigne déjà le dossier {known}, pas {root.resolve()} ; donnez un autre nom "
            "avec --source, ou --confirm pour remplacer l'un par l'autre",
        )
        return
    with catalog.transaction() as connection:
        catalog.set_folder(connection, source, str(root.resolve()))
    listing = list_folder(root, SUFFIXES)
    run.add(ignored=listing.ignored)
    for failure in listing.failed:
        run.fail(failure.source, failure.reason)
    run.expect(len(listing.items))
    for item in listing.items:
        _take(run, item, source)
    run.commit()
    if listing.complete:
        present = {item.id for item in listing.items} | {failure.source for failure in listing.failed}
        run.withdraw(source, run.current(source) - present)


def file_hash(content: bytes, source: str, document_id: str, domain: Domain) -> str:
    """The mark of a file's bytes and of all that decides what they become, in hexadecimal."""
    return hashlib.sha256(
        f"{READERS_VERSION}{domain.reading_mark} {source} {document_id}\n".encode() + content
    ).hexdigest()


def _place(run: Run, path: Path, source: str | None) -> tuple[str, Item]:
    """The source of a single file and its id there: of the folder that was ingested before, or of its own."""
    resolved = path.resolve()
    for name, root in run.catalog.folders().items():
        if source in {None, name} and resolved.is_relative_to(root):
            return name, Item(resolved.relative_to(root).as_posix(), path)
    return source or resolved.parent.name, Item(path.name, path)


def _take(run: Run, item: Item, source: str) -> None:
    run.begin(item.id)
    try:
        if run.is_forgotten(item.id):
            run.skip(ignored=1)
            return
        run.check_owner(item.id, source)
        content = read_file(item, run.settings.max_file_mb)
        digest = file_hash(content, source, item.id, run.domain)
        state = run.state(item.id)
        if state is not None and state.file_hash == digest:
            run.skip(unchanged=1)
            return
        limit = run.settings.max_text_mb
        document = read_document(
            content, name=item.id, source=source, document_id=item.id, max_text_mb=limit, domain=run.domain
        )
        run.put(document, digest)
    except DocumentError as error:
        run.fail(item.id, error.reason)
        run.skip()
