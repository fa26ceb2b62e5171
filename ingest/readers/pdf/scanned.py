"""Which pages of a PDF are pictures of text: their words are for optical character recognition to read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

FEW = 100
"""Characters: a stamp, a page number, a reference put on a scan. A page with more has a text of its own."""
_SCANNED = 50  # fewer than that a page, on average, are stamps and numbers: the file as a whole is a scan
_WHOLE = 0.8  # of the page is what a scan covers; a photograph above its caption covers less


def pictured(page: Any) -> float:
    """How much of a page its images and drawings cover, from 0 to 1; -1 for a page with nothing on it at all."""
    low_x, low_y, high_x, high_y = page.get_bbox()
    import pypdfium2.raw as pdfium

    covered, empty = 0.0, True
    for item in page.get_objects(max_depth=1):
        empty = False
        if item.type not in {pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM}:
            continue
        left, bottom, right, top = item.get_bounds()
        width, height = min(right, high_x) - max(left, low_x), min(top, high_y) - max(bottom, low_y)
        covered += max(0.0, width) * max(0.0, height)
    return -1.0 if empty else min(1.0, covered / ((high_x - low_x) * (high_y - low_y) or 1.0))


def scanned_pages(characters: Sequence[int], covered: Sequence[float]) -> list[int]:
    """The pages, counted from 0, that have to be recognised, by the characters of each and what `pictured` says.

    A page without a letter is one as soon as there is anything on it: letters may be drawn as shapes.
    """
    few = _SCANNED if sum(characters) < _SCANNED * len(characters) else 0
    return [
        number
        for number, (count, share) in enumerate(zip(characters, covered, strict=True))
        if share >= 0 and (count <= few or (count < FEW and share >= _WHOLE))
    ]
