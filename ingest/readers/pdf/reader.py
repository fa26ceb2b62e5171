"""PDF with text: parsed page by page, then laid out as blocks, page numbers kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ingest.readers.block_builder import one_line
from ingest.readers.dates import date_near_title
from ingest.readers.metadata import Metadata, authors_title, canonical_url, without_site_name
from ingest.readers.ocr.remarks import INSTALL, in_words, remarks
from ingest.readers.pdf.layout import first_big_line, text_and_pages
from ingest.readers.pdf.legible import UnreadablePages, unreadable_pages
from ingest.readers.pdf.lines import Page, body_size, cleaned
from ingest.readers.pdf.page import Parsed
from ingest.readers.pdf.parsing import DamagedError, parse
from ingest.readers.pdf.recognised import lines_of as recognised_lines
from ingest.readers.pdf.recognised import stretches
from ingest.readers.pdf.rows import lines_of
from ingest.readers.pdf.tables.page import with_tables
from ingest.readers.reading import Given, Reading, RecognisedPage, RecognitionWanted, no_text, too_long
from kb.errors import DocumentError

_LOGO, _BACKGROUND = 0.1, 0.7  # of the page: a letter's head covers less, what was scanned under its text more
_DAMAGED = "le PDF est tronqué ou endommagé ; récupérez-le à nouveau"


def read(given: Given) -> Reading:
    """The text of a PDF. Raises RecognitionWanted first for one with pages that have to be recognised; DocumentError
    for one that has no readable page, is protected or damaged.
    """
    if b"%PDF-" not in given.content[:1024]:
        raise DocumentError(given.name, "ce n'est pas un fichier PDF ; vérifiez son format")
    if b"%%EOF" not in given.content.rstrip()[-2048:]:
        # PDFium mends such a file as it can, silently without the pages that are gone.
        raise DocumentError(given.name, _DAMAGED)
    parsed = _parsed(given)
    if parsed.characters > given.max_text_bytes:
        raise too_long(given, parsed.characters)
    pages = [lines_of(page) for page in parsed.pages]
    unreadable = unreadable_pages(parsed.pages, pages)
    recognised = _recognised(given, unreadable)
    read = [number for number, page in recognised.items() if page.lines]
    if not unreadable.readable and not read:
        raise DocumentError(given.name, _refusal(unreadable, recognised))
    for number in unreadable.fonts:
        pages[number] = []
    body = body_size([page for number, page in enumerate(pages) if number not in read])
    for number in read:
        pages[number] = recognised_lines(recognised[number], body)
    reading = _reading(given, parsed, cleaned(pages))
    told = (*remarks(recognised, unreadable.fonts), *_images_left_out(parsed, recognised))
    return replace(reading, remarks=told, recognised=stretches(reading.text, reading.page_starts, read))


def _recognised(given: Given, unreadable: UnreadablePages) -> dict[int, RecognisedPage]:
    """The pages without readable text, as they were recognised. Raises RecognitionWanted when they were not yet."""
    wanted = sorted({*unreadable.images, *unreadable.fonts})
    if not unreadable.readable:
        wanted = list(range(unreadable.count))  # what has hardly any text may be drawn, too
    if wanted and given.recognised is None:
        raise RecognitionWanted(wanted)
    recognised = given.recognised or {}
    return {number: recognised[number] for number in wanted if number in recognised}


def _images_left_out(parsed: Parsed, recognised: Mapping[int, RecognisedPage]) -> Iterator[str]:
    """The remark on images among the text of pages, that may hold text: larger than a logo, and no background."""
    pages = [
        number
        for number, page in enumerate(parsed.pages)
        if _LOGO <= page.images < _BACKGROUND and number not in recognised
    ]
    if pages:
        yield f"{in_words(pages)} : images parmi le texte, laissées de côté"


def _refusal(unreadable: UnreadablePages, recognised: Mapping[int, RecognisedPage]) -> str:
    """Why a file of which nothing can be read is refused, and what to do."""
    outcomes = {page.outcome for page in recognised.values()}
    if "absent" in outcomes:
        return f"{unreadable.told} ; la reconnaissance de caractères (OCR) n'est pas là : {INSTALL}"
    if outcomes <= {"read"}:
        return f"{unreadable.told}, même pour la reconnaissance de caractères (OCR) ; vérifiez le fichier"
    return f"{unreadable.told} : la reconnaissance de caractères (OCR) n'a pas abouti ; découpez-le ou réenregistrez-le"


def _reading(given: Given, parsed: Parsed, kept: list[Page]) -> Reading:
    pages = [with_tables(page, content.rules) for page, content in zip(kept, parsed.pages, strict=True)]
    title = authors_title(without_site_name(one_line(parsed.title))) or authors_title(first_big_line(pages))
    text, starts = text_and_pages(pages, title)
    if not text:
        raise no_text(given)
    first = [one_line(line.text) for line in next((page for page in pages if page), [])[:10]]
    # The file's own dates say when it was made, not when its text was published.
    found = Metadata(title=title, date=date_near_title(first))
    found = replace(found, url=canonical_url(None, given.url))
    return Reading(found, text, starts)


def _parsed(given: Given) -> Parsed:
    """What PDFium makes of the file."""
    try:
        parsed = parse(given.content, given.max_text_bytes)
    except DamagedError as error:
        if error.why == "password":
            reason = "le PDF est protégé par un mot de passe ; enregistrez-le sans protection"
            raise DocumentError(given.name, reason) from None
        page = f"la page {error.page} est illisible : " if error.page else ""
        raise DocumentError(given.name, page + _DAMAGED) from None
    if not parsed.pages:
        raise DocumentError(given.name, _DAMAGED)
    return parsed
