"""PDF: parsed page by page, pages that are scans recognised, then laid out as blocks, page numbers kept."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from ingest.readers.block_builder import one_line
from ingest.readers.dates import date_near_title
from ingest.readers.metadata import Metadata, canonical_url, without_site_name
from ingest.readers.ocr.remarks import INSTALL, remarks
from ingest.readers.pdf.layout import first_big_line, text_and_pages
from ingest.readers.pdf.lines import Line, Page, body_size, cleaned
from ingest.readers.pdf.parsing import parse
from ingest.readers.pdf.recognised import lines_of, stretches
from ingest.readers.pdf.scanned import scanned_pages
from ingest.readers.reading import Given, Reading, RecognisedPage, RecognitionWanted, no_text, too_long
from kb.errors import DocumentError

# Titles that programs write into a file when its author gave none.
_NO_TITLE = re.compile(
    r"(?:microsoft (?:word|powerpoint|excel)\b.*|untitled.*|sans titre.*|(?:document|presentation|présentation) ?\d*"
    r"|présentation powerpoint|powerpoint presentation|.*\.(?:docx?|odt|pdf|indd|pptx?|xlsx?|rtf|qxp|ai)|\W*)",
    re.IGNORECASE,
)
_DAMAGED = "le PDF est tronqué ou endommagé ; récupérez-le à nouveau"


def read(given: Given) -> Reading:
    """The text of a PDF. Raises RecognitionWanted first for one with scanned pages; DocumentError for one that is
    protected or damaged, or of which nothing can be read."""
    if b"%PDF-" not in given.content[:1024]:
        raise DocumentError(given.name, "ce n'est pas un fichier PDF ; vérifiez son format")
    if b"%%EOF" not in given.content.rstrip()[-2048:]:
        # PDFium mends such a file as it can, silently without the pages that are gone.
        raise DocumentError(given.name, _DAMAGED)
    parsed = _parsed(given)
    if parsed["characters"] > given.max_text_bytes:
        raise too_long(given, parsed["characters"])
    pages = [[Line(**line) for line in page] for page in parsed["pages"]]
    recognised = _recognised(given, pages, parsed["pictured"])
    body = body_size(pages)
    for number, page in recognised.items():
        pages[number] = lines_of(page, body) or pages[number]
    reading = _reading(given, cleaned(pages), parsed["title"], len(recognised))
    read = [number for number, page in recognised.items() if page.lines]
    return replace(reading, remarks=remarks(recognised), recognised=stretches(reading.text, reading.page_starts, read))


def _recognised(given: Given, pages: list[Page], pictured: list[float]) -> dict[int, RecognisedPage]:
    """The pages that are scans, as they were recognised. Raises RecognitionWanted when they were not yet."""
    wanted = scanned_pages([sum(len(line.text.strip()) for line in page) for page in pages], pictured)
    if wanted and given.recognised is None:
        raise RecognitionWanted(wanted)
    recognised = given.recognised or {}
    return {number: recognised[number] for number in wanted if number in recognised}


def _reading(given: Given, pages: list[Page], declared_title: str, scanned: int) -> Reading:
    title: str | None = without_site_name(one_line(declared_title))
    if _NO_TITLE.fullmatch(title or ""):
        title = first_big_line(pages)
    text, starts = text_and_pages(pages, title)
    if not text:
        raise _scan(given, len(pages)) if scanned else no_text(given)
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


def _scan(given: Given, count: int) -> DocumentError:
    """The refusal of a scan of which nothing was read."""
    told = f"PDF scanné : {count} page{'s' if count > 1 else ''} sans texte"
    outcomes = {page.outcome for page in (given.recognised or {}).values()}
    if "absent" in outcomes:
        return DocumentError(given.name, f"{told} ; la reconnaissance de caractères (OCR) n'est pas là : {INSTALL}")
    if outcomes <= {"read"}:
        return DocumentError(
            given.name, f"{told}, même pour la reconnaissance de caractères (OCR) ; vérifiez le fichier"
        )
    return DocumentError(
        given.name, f"{told} : la reconnaissance de caractères (OCR) n'a pas abouti ; découpez-le ou réenregistrez-le"
    )
