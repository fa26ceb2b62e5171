"""Files that are images: a scan or a photograph of pages, with nothing in them to read but what recognition sees."""

from __future__ import annotations

from dataclasses import replace

from ingest.readers.block_builder import one_line
from ingest.readers.dates import date_near_title
from ingest.readers.metadata import Metadata, canonical_url
from ingest.readers.ocr.image_files import MOST_PAGES, TooLargeError, UnreadableError, count_pages
from ingest.readers.ocr.remarks import INSTALL, remarks
from ingest.readers.pdf.layout import first_big_line, text_and_pages
from ingest.readers.pdf.lines import cleaned
from ingest.readers.pdf.recognised import lines_of, stretches
from ingest.readers.reading import Given, PictureError, Reading, RecognitionWanted
from kb.errors import DocumentError

_TOO_LARGE = "l'image a trop de points pour être lue ; réduisez-la à 300 points par pouce"


def read(given: Given) -> Reading:
    """The text of the images of a file. Raises RecognitionWanted first; DocumentError for what is no image, is too
    large, or has no text."""
    if given.recognised is None:
        raise RecognitionWanted(range(_count(given)))
    pages = given.recognised
    told = remarks(pages)
    numbers = range(max(pages, default=-1) + 1)
    lines = cleaned([lines_of(pages[number]) if number in pages else [] for number in numbers])
    title = first_big_line(lines)
    text, starts = text_and_pages(lines, title)
    if not text:
        raise _without_text(given)
    first = [one_line(line.text) for line in next((page for page in lines if page), [])]
    found = replace(Metadata(title=title, date=date_near_title(first[:10])), url=canonical_url(None, given.url))
    return Reading(found, text, starts, told, stretches(text, starts, pages))


def _count(given: Given) -> int:
    try:
        count = count_pages(given.content)
    except TooLargeError:
        raise DocumentError(given.name, _TOO_LARGE) from None
    except UnreadableError:
        raise DocumentError(
            given.name, "cette image ne peut pas être lue : vérifiez son format, ou enregistrez-la en PNG ou en JPEG"
        ) from None
    if count > MOST_PAGES:
        raise DocumentError(given.name, f"plus de {MOST_PAGES} pages dans un fichier d'images ; découpez-le")
    return count


def _without_text(given: Given) -> DocumentError:
    outcomes = {page.outcome for page in (given.recognised or {}).values()}
    if "absent" in outcomes:
        return PictureError(given.name, f"image : la reconnaissance de caractères (OCR) n'est pas là ; {INSTALL}")
    if "large" in outcomes:
        return DocumentError(given.name, _TOO_LARGE)
    if outcomes & {"time", "failed"}:
        return DocumentError(
            given.name, "la reconnaissance de caractères (OCR) n'aboutit pas ; vérifiez l'image ou réenregistrez-la"
        )
    return PictureError(given.name, "image : la reconnaissance de caractères (OCR) n'y voit aucun texte")
