"""PDF with text: parsed page by page, then laid out as blocks, page numbers kept."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from ingest.readers.block_builder import one_line
from ingest.readers.dates import date_near_title
from ingest.readers.metadata import Metadata, canonical_url, without_site_name
from ingest.readers.pdf.layout import first_big_line, text_and_pages
from ingest.readers.pdf.lines import Line, Page, cleaned
from ingest.readers.pdf.parsing import parse
from ingest.readers.reading import Given, Reading, no_text, too_long
from kb.errors import DocumentError

# Fewer characters a page than this, on average, are stamps and numbers on scanned images.
_SCANNED = 50
# Titles that programs write into a file when its author gave none.
_NO_TITLE = re.compile(
    r"(?:microsoft (?:word|powerpoint|excel)\b.*|untitled.*|sans titre.*|(?:document|presentation|présentation) ?\d*"
    r"|présentation powerpoint|powerpoint presentation|.*\.(?:docx?|odt|pdf|indd|pptx?|xlsx?|rtf|qxp|ai)|\W*)",
    re.IGNORECASE,
)
_DAMAGED = "le PDF est tronqué ou endommagé ; récupérez-le à nouveau"


def read(given: Given) -> Reading:
    """The text of a PDF. Raises DocumentError for one that is scanned, protected or damaged."""
    if b"%PDF-" not in given.content[:1024]:
        raise DocumentError(given.name, "ce n'est pas un fichier PDF ; vérifiez son format")
    if b"%%EOF" not in given.content.rstrip()[-2048:]:
        # PDFium mends such a file as it can, silently without the pages that are gone.
        raise DocumentError(given.name, _DAMAGED)
    parsed = _parsed(given)
    if parsed["characters"] > given.max_text_bytes:
        raise too_long(given, parsed["characters"])
    pages = [[Line(**line) for line in page] for page in parsed["pages"]]
    characters = sum(len(line.text.strip()) for page in pages for line in page)
    if characters < _SCANNED * len(pages):
        raise DocumentError(
            given.name,
            f"PDF scanné : {len(pages)} page{'s' if len(pages) > 1 else ''} presque sans texte ; "
            "passez-le d'abord à la reconnaissance de caractères (OCR), par exemple avec « ocrmypdf -l fra »",
        )
    return _reading(given, cleaned(pages), parsed["title"])


def _reading(given: Given, pages: list[Page], declared_title: str) -> Reading:
    title: str | None = without_site_name(one_line(declared_title))
    if _NO_TITLE.fullmatch(title or ""):
        title = first_big_line(pages)
    text, starts = text_and_pages(pages, title)
    if not text:
        raise no_text(given)
    first = [one_line(line.text) for line in next((page for page in pages if page), [])]
    # The file's own dates say when it was made, not when its text was published.
    found = Metadata(title=title, date=date_near_title(first[:10]))
    return Reading(replace(found, url=canonical_url(None, given.url)), text, starts)


def _parsed(given: Given) -> dict[str, Any]:
    """What PDFium makes of the file."""
    parsed = parse(given.content, given.max_text_bytes)
    if parsed.get("error") == "password":
        raise DocumentError(given.name, "le PDF est protégé par un mot de passe ; enregistrez-le sans protection")
    if parsed.get("error") == "page":
        raise DocumentError(given.name, f"la page {parsed['page']} est illisible : {_DAMAGED}")
    if parsed.get("error") or not parsed["pages"]:
        raise DocumentError(given.name, _DAMAGED)
    return parsed
