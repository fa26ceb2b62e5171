"""One page of a PDF as a picture, and where quoted words stand on it: tasks of a child process (kb/bounded/child.py).

Every answer is {"error": "password" | "damaged" | "page"} for a file that PDFium cannot show, or what was asked for.
"""

from __future__ import annotations

import base64
import ctypes
import io
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import PIL.Image
import pypdfium2
import pypdfium2.raw as pdfium

from kb.web.originals.finding import find_words

_WRONG_PASSWORD = 4  # FPDF_ERR_PASSWORD
MOST_PIXELS = 6_000_000
"""Of a picture: a page of A4 at twice the width that it is shown at (`WIDTHS` in `leaves`) has 4.6 million."""
_LONGEST_SIDE = 16_384  # pixels: browsers show no longer ones
_UNITS = 1_000_000  # PDFium tells places in whole device pixels: on a page of so many, they are exact
_MOST_RECTANGLES = 200  # lines of a page
PIL.Image.preinit()  # loads what writes PNG, before the process may open no files any more
_Rectangle = tuple[float, float, float, float]  # left, top, right, bottom, in hundredths of the page


class _UnshownError(Exception):
    """A file that cannot be shown, by the word that its answer tells."""


def draw(content: bytes, about: dict[str, Any]) -> dict[str, Any]:
    """{"png": the page `about["page"]` (from 1), `about["width"]` pixels wide, in base 64}."""
    try:
        with _opened(content, about["page"]) as (_, page):
            width, height = page.get_size()
            scale = about["width"] / width
            scale *= min(1.0, math.sqrt(MOST_PIXELS / (width * height * scale * scale)))
            scale = min(scale, _LONGEST_SIDE / max(width, height))
            if min(width, height) * scale < 1:
                raise _UnshownError("page")
            picture: PIL.Image.Image = page.render(scale=scale, rev_byteorder=True).to_pil()
            written = io.BytesIO()
            picture.convert("RGB").save(written, "PNG")
            return {"png": base64.b64encode(written.getvalue()).decode("ascii")}
    except _UnshownError as error:
        return {"error": str(error)}
    except pypdfium2.PdfiumError:
        return {"error": "page"}


def outline(content: bytes, about: dict[str, Any]) -> dict[str, Any]:
    """{"pages": how many there are, "width" and "height" of the page in points, "has_text": whether it has any,
    "rectangles": [[left, top, width, height], …] around the words of `about["quote"]`, in hundredths of the page}.
    """
    try:
        with _opened(content, about["page"]) as (pdf, page):
            width, height = page.get_size()
            told = {"pages": len(pdf), "width": width, "height": height}
            text_page = page.get_textpage()
            try:
                count = max(0, pdfium.FPDFText_CountChars(text_page.raw))
                codes = [pdfium.FPDFText_GetUnicode(text_page.raw, index) for index in range(count)]
                found = find_words(codes, about["quote"], about["place"]) if about["quote"] else []
                boxes = [box for words in found for box in _lines(_boxes(page.raw, text_page.raw, *words))]
            finally:
                text_page.close()
            shown = [[round(x, 3) for x in (left, top, right - left, low - top)] for left, top, right, low in boxes]
            return told | {"has_text": any(code > 32 for code in codes), "rectangles": shown}
    except _UnshownError as error:
        return {"error": str(error)}
    except pypdfium2.PdfiumError:
        return {"error": "page"}


@contextmanager
def _opened(content: bytes, number: int) -> Iterator[tuple[Any, Any]]:
    try:
        pdf = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise _UnshownError("password" if error.err_code == _WRONG_PASSWORD else "damaged") from None
    try:
        pdf.init_forms()  # without, what is filled into a form is not drawn
        if not 1 <= number <= len(pdf):
            raise _UnshownError("page")
        page = pdf[number - 1]
        try:
            if not all(math.isfinite(side) and side > 0 for side in page.get_size()):
                raise _UnshownError("page")
            yield pdf, page
        finally:
            page.close()
    finally:
        pdf.close()


def _boxes(page: Any, text_page: Any, first: int, end: int) -> Iterator[_Rectangle]:
    """The rectangles that PDFium draws around characters, within the page as it is shown: cropped, and turned."""
    left, top, right, bottom = (ctypes.c_double() for _ in range(4))
    for index in range(min(_MOST_RECTANGLES, pdfium.FPDFText_CountRects(text_page, first, end - first))):
        if not pdfium.FPDFText_GetRect(text_page, index, left, top, right, bottom):
            continue
        corners = [_shown(page, x.value, y.value) for x, y in ((left, top), (right, bottom))]
        across, down = ([min(100.0, max(0.0, place)) for place in places] for places in zip(*corners, strict=True))
        if max(across) > min(across) and max(down) > min(down):
            yield min(across), min(down), max(across), max(down)


def _shown(page: Any, x: float, y: float) -> tuple[float, float]:
    across, down = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDF_PageToDevice(page, 0, 0, _UNITS, _UNITS, 0, x, y, across, down)
    return across.value * 100 / _UNITS, down.value * 100 / _UNITS


def _lines(boxes: Iterator[_Rectangle]) -> Iterator[_Rectangle]:
    """The rectangles with those of one line as one: PDFium begins another where the font changes, or at a space."""
    line: _Rectangle | None = None
    for box in boxes:
        if line is not None and _is_same_line(line, box):
            line = (min(line[0], box[0]), min(line[1], box[1]), max(line[2], box[2]), max(line[3], box[3]))
            continue
        if line is not None:
            yield line
        line = box
    if line is not None:
        yield line


def _is_same_line(line: _Rectangle, box: _Rectangle) -> bool:
    """Whether a rectangle goes on with a line: beside it, at its height, no further than between two words."""
    shared = min(line[3], box[3]) - max(line[1], box[1])
    lowest = min(line[3] - line[1], box[3] - box[1])
    gap = max(box[0] - line[2], line[0] - box[2])
    return shared > lowest / 2 and gap < _WIDEST_GAP


_WIDEST_GAP = 3.0  # hundredths of the page's width: less than what sets columns, and cells, apart
