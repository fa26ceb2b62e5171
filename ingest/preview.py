"""What would be understood of a file or a page, before it enters the base. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.fetching.addresses import page_address
from ingest.fetching.fetch import open_fetcher
from ingest.readers import SUFFIXES
from ingest.readers.bounded import Readers
from ingest.readers.files.kinds import is_archive
from ingest.readers.files.unread import why_unread
from ingest.sources.config import web_source
from ingest.sources.files import File, read_file
from ingest.sources.parts import Opener
from ingest.split import split_document
from kb.errors import DocumentError
from kb.models.encoder import Encoder
from kb.settings import Settings
from kb.text.domain import domain_of
from kb.types import Document

_PASSAGES_SHOWN = 12
_TEXT_SHOWN = 6_000  # characters
_PARTS_READ = 20  # of an archive: somebody waits for the preview
_REMARKS_SHOWN = 20
_SOURCE = "aperçu"
_PAGES_RECOGNISED = 2  # of scanned pages, seconds each: the ingestion reads them all


@dataclass(frozen=True, slots=True)
class Preview:
    """A document as it was understood, and how it would be cut into passages."""

    document: Document
    passages: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """As plain values: the metadata, the beginning of the text, how many passages, the first ones."""
        document = self.document
        return {
            "id": document.id,
            "title": document.title,
            "date": document.date,
            "url": document.url,
            "rubric": document.rubric,
            "kind": document.kind,
            "programmes": list(document.programmes),
            "partners": list(document.partners),
            "pages": len(document.page_starts),
            "characters": len(document.text),
            "remarks": list(document.remarks),
            "is_archive": is_archive(document.id),
            "text": document.text[:_TEXT_SHOWN],
            "passages": len(self.passages),
            "first_passages": list(self.passages[:_PASSAGES_SHOWN]),
        }


def preview(what: str, settings: Settings, encoder: Encoder) -> Preview:
    """Reads a file, or the page at an address, as an ingestion would.

    Raises DocumentError, saying why, for what would not enter the base.
    """
    with Readers(most_recognised=_PAGES_RECOGNISED) as readers:
        if what.startswith(("http://", "https://")):
            document = _page(what, settings, readers)
        else:
            document = _file(Path(what), settings, readers)
    passages = split_document(document, encoder.count_tokens, encoder.max_tokens)
    if not passages:
        raise DocumentError(document.id, "aucun texte à indexer ; vérifiez le contenu du fichier")
    return Preview(document, tuple(passage.text for passage in passages))


def _file(path: Path, settings: Settings, readers: Readers) -> Document:
    if path.suffix.lower() not in SUFFIXES:
        raise DocumentError(path.name, why_unread(path.name, ", ".join(sorted(SUFFIXES))))
    content = read_file(File(path.name, path), settings.max_file_mb)
    if not is_archive(path.name):
        return _document(content, path.name, settings, readers)
    return _archive(content, path.name, settings, readers)


def _document(content: bytes, name: str, settings: Settings, readers: Readers) -> Document:
    return readers.document(
        content,
        name=name,
        source=_SOURCE,
        document_id=name,
        max_text_mb=settings.max_text_mb,
        domain=domain_of(settings),
    )


def _archive(content: bytes, name: str, settings: Settings, readers: Readers) -> Document:
    """A list of what an archive holds in the place of a document: each file in it will be one."""
    found: list[str] = []
    remarks: list[str] = []
    number = 0
    for part in Opener(readers, "", (), settings.max_file_mb).parts(content, name):
        trouble = part.trouble
        if part.content is not None:
            number += 1
            if number > _PARTS_READ:
                found.append(f"- {part.id}")
                continue
            try:
                document = _document(part.content, part.id, settings, readers)
                found.append(f"- {part.id} : {document.title} ({len(document.text.split())} mots)")
            except DocumentError as error:
                trouble = error.reason
        if trouble:
            remarks.append(f"{part.id} : {trouble}")
    if not found:
        raise DocumentError(name, "rien à lire dans cette archive" + "".join(f" ; {remark}" for remark in remarks[:3]))
    return Document(
        id=name,
        source=_SOURCE,
        title=name,
        text="\n".join(found),
        remarks=("chaque fichier de l'archive sera un document", *remarks[:_REMARKS_SHOWN]),
    )


def _page(url: str, settings: Settings, readers: Readers) -> Document:
    source = web_source(page_address(url), "page")
    with open_fetcher(settings) as fetch:
        page = fetch.get(source.urls[0], hosts=source.hosts, types=("text/", "application/"))
    return readers.document(
        page.content,
        name=page.url,
        source=source.name,
        document_id=page.url,
        media_type=page.media_type or None,
        url=page.url,
        max_text_mb=settings.max_text_mb,
        domain=domain_of(settings),
    )
