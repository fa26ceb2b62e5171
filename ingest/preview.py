"""What would be understood of a file or a page, before it enters the base. Writes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.fetching.addresses import page_address
from ingest.fetching.fetch import open_fetcher
from ingest.readers import SUFFIXES
from ingest.readers.bounded import Readers
from ingest.sources.config import web_source
from ingest.sources.files import File, read_file
from ingest.split import split_document
from kb.errors import DocumentError
from kb.models.encoder import Encoder
from kb.settings import Settings
from kb.text.domain import domain_of
from kb.types import Document

_PASSAGES_SHOWN = 12
_TEXT_SHOWN = 6_000  # characters
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
        known = ", ".join(sorted(SUFFIXES))
        raise DocumentError(path.name, f"ce type de fichier n'est pas lu ; types lus : {known}")
    content = read_file(File(path.name, path), settings.max_file_mb)
    limit = settings.max_text_mb
    return readers.document(
        content,
        name=path.name,
        source="aperçu",
        document_id=path.name,
        max_text_mb=limit,
        domain=domain_of(settings),
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
