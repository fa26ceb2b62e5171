"""What is drawn on a page besides letters: the rules of its tables, and how much of it pictures cover."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ingest.readers.pdf.page import Rule

# What is looked at on a page: maps and charts have tens of thousands of paths, and no table as many rules.
_MOST_OBJECTS = 20_000
_MOST_RULES = 3_000
_MOST_SEGMENTS = 2_000  # of one path
_THIN = 3.0  # points: what is no thicker is a line
_SHORT = 4.0  # points: what is no longer is a dot


@dataclass(frozen=True, slots=True)
class Drawing:
    """Rules, lying or standing; the area that pictures cover, in square points, and the part of it that images do; how
    many paths there are."""

    rules: tuple[Rule, ...]
    pictures: float
    images: float
    paths: int


def drawn_on(page: Any) -> Drawing:
    """What is drawn on a page of PDFium."""
    import pypdfium2.raw as pdfium

    rules: list[Rule] = []
    pictures, images, paths = 0.0, 0.0, 0
    numbers = tuple(ctypes.c_float() for _ in range(4))
    for index in range(min(pdfium.FPDFPage_CountObjects(page.raw), _MOST_OBJECTS)):
        drawn = pdfium.FPDFPage_GetObject(page.raw, index)
        kind = pdfium.FPDFPageObj_GetType(drawn)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT or not pdfium.FPDFPageObj_GetBounds(drawn, *numbers):
            continue
        left, low, right, high = (number.value for number in numbers)
        if kind != pdfium.FPDF_PAGEOBJ_PATH:
            area = max(0.0, right - left) * max(0.0, high - low)
            pictures += area
            images += area if kind == pdfium.FPDF_PAGEOBJ_IMAGE else 0.0
            continue
        paths += 1
        if len(rules) < _MOST_RULES:
            rules.extend(_rules(pdfium, drawn, (left, low, right, high)))
    return Drawing(tuple(rules), pictures, images, paths)


def _rules(pdfium: Any, path: Any, box: Rule) -> Iterator[Rule]:
    """The rules that a path draws: itself when it is thin, the edges of a box, or its straight parts."""
    left, low, right, high = box
    if right - left <= _SHORT and high - low <= _SHORT:
        return
    if right - left <= _THIN or high - low <= _THIN:
        yield box
        return
    count = pdfium.FPDFPath_CountSegments(path)
    if count <= 5 and _is_box(pdfium, path, count):
        yield from _edges(left, low, right, high)
    elif count <= _MOST_SEGMENTS:
        yield from _straight(pdfium, path, count)


def _edges(left: float, low: float, right: float, high: float) -> Iterator[Rule]:
    yield left, low, right, low
    yield left, high, right, high
    yield left, low, left, high
    yield right, low, right, high


def _is_box(pdfium: Any, path: Any, count: int) -> bool:
    """Whether a path of four or five points is a box: its first side lies or stands."""
    if count < 4:
        return False
    (_, (x, y)), (_, (other_x, other_y)) = _points(pdfium, path, 2)
    return abs(x - other_x) < 0.05 or abs(y - other_y) < 0.05


def _points(pdfium: Any, path: Any, count: int) -> Iterator[tuple[int, tuple[float, float]]]:
    """(kind, point) of the segments of a path, in the path's own measure."""
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(path, index)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        yield pdfium.FPDFPathSegment_GetType(segment), (x.value, y.value)


def _straight(pdfium: Any, path: Any, count: int) -> Iterator[Rule]:
    """The lying and standing parts of a path of many: a whole table may be drawn at one go."""
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(path, matrix)
    before: tuple[float, float] | None = None
    for kind, (x, y) in _points(pdfium, path, count):
        here = matrix.a * x + matrix.c * y + matrix.e, matrix.b * x + matrix.d * y + matrix.f
        if kind == pdfium.FPDF_SEGMENT_LINETO and before:
            wide, tall = abs(here[0] - before[0]), abs(here[1] - before[1])
            if min(wide, tall) <= 0.5 and max(wide, tall) > _SHORT:
                yield min(here[0], before[0]), min(here[1], before[1]), max(here[0], before[0]), max(here[1], before[1])
        before = here
