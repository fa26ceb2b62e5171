"""The letters of a page -> pieces of text: what was drawn at one go, and what goes on from it on the same line."""

from __future__ import annotations

import ctypes
import itertools
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

_CUT_WORD = frozenset("\x02\ufffe")  # what PDFium puts for a hyphen and the line end after it
_LINE_ENDS = frozenset("\n\r") | _CUT_WORD
_BLANK = " \t\xa0\u202f\u2007\u2009\u200b\x00"
_WIDE = re.compile(r"[ \t\xa0\u2007]{2,}|\t")
_SPACE = re.compile(r"[ \t\xa0\u2007]+")
_BOLD = 600  # font weights from here on are bold
_GAP = 0.9  # of the letters' size: a wider gap parts two pieces; words of a line stand 0.2 to 0.6 apart
_ADVANCE = 0.62  # of the size, a letter's usual width being 0.5: a wider one hides a gap
_BIG = 16.0  # points: only letters as large as that can be a watermark in pale ink
_PALE = 0.7  # luminance from 0 (black) to 1
_SKEW = 4  # degrees: a page that was scanned askew
_SEE_THROUGH = 140  # of 255
# Fonts of symbols whose letters PDFium gives as the Latin ones of the same code.
_SYMBOLS = (b"wingding", b"webdings")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A piece as it is drawn on the page, not turned yet: where its base line begins and ends, in points."""

    text: str
    start: tuple[float, float]
    end: tuple[float, float]
    size: float
    bold: bool
    angle: int
    pale: bool
    spaced: bool
    cut: bool


@dataclass(frozen=True, slots=True)
class _Look:
    size: float
    bold: bool
    symbols: bool
    angle: int
    pale: bool


class Letters:
    """The letters of one page of PDFium."""

    def __init__(self, text_page: Any) -> None:
        import pypdfium2.raw as pdfium

        self._pdfium = pdfium
        self._page = text_page.raw
        self._count = text_page.count_chars()
        self._text = text_page.get_text_range() if self._count else ""
        if len(self._text) != self._count:  # letters outside the first plane, or without a code: one by one then
            codes = (pdfium.FPDFText_GetUnicode(self._page, index) for index in range(self._count))
            self._text = "".join(chr(code) if 0 < code < 0x110000 else "\x00" for code in codes)
        self._fonts: dict[int | None, tuple[bool, bool]] = {}
        self._matrix = pdfium.FS_MATRIX()
        self._numbers = [ctypes.c_double() for _ in range(4)]

    def pieces(self) -> list[Drawn]:
        """The pieces in the order of the file."""
        found: list[Drawn] = []
        broken, spaced = True, False
        for start, end, drawn in self._runs():
            text = self._text[start:end]
            if not drawn or not text.strip(_BLANK):
                spaced = spaced or bool(text.strip("\x00"))
                if not _LINE_ENDS.isdisjoint(text):
                    if found and not broken and not _CUT_WORD.isdisjoint(text):
                        found[-1] = replace(found[-1], text=found[-1].text + "-", cut=True)
                    broken = True
                continue
            look = self._look(start)
            for piece in self._parts(start, end, look, spaced):
                if found and not broken and _goes_on(found[-1], piece):
                    between = " " if piece.spaced else ""
                    found[-1] = replace(found[-1], text=found[-1].text + between + piece.text, end=piece.end)
                else:
                    found.append(piece)
                broken = False
            spaced = text[-1] in _BLANK
        return found

    def _runs(self) -> Iterator[tuple[int, int, bool]]:
        """(start, end, whether it was drawn) of the letters that were drawn at one go, and of what stands between."""
        pdfium = self._pdfium
        # The function with a number as its result: comparing pointers costs ten times as much.
        address = ctypes.cast(pdfium.FPDFText_GetTextObject, ctypes.c_void_p).value or 0
        drawn_by = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)(address)
        page = ctypes.cast(self._page, ctypes.c_void_p).value
        keys = list(map(drawn_by, itertools.repeat(page, self._count), range(self._count)))
        start = 0
        for end, (key, following) in enumerate(itertools.pairwise([*keys, -1]), 1):
            if key != following:
                yield start, end, key is not None
                start = end

    def _parts(self, start: int, end: int, look: _Look, spaced: bool) -> Iterator[Drawn]:
        """The run without white space around it, parted where its words stand far from each other."""
        text = self._text
        first, last = self._inked(start, end)
        whole = self._piece(first, last, look, spaced or first > start)
        width = math.dist(whole.start, whole.end)
        gaps = _WIDE
        if width > _ADVANCE * look.size * (last - first) and last - first > 3:
            gaps = _SPACE
        elif not _WIDE.search(text, first, last):
            yield whole
            return
        begun = first
        for gap in gaps.finditer(text, first, last):
            if self._distance(gap.start() - 1, gap.end(), look.angle) > _GAP * look.size:
                yield self._piece(begun, gap.start(), look, spaced or begun > start)
                begun = gap.end()
        yield self._piece(begun, last, look, spaced or begun > start)

    def _inked(self, start: int, end: int) -> tuple[int, int]:
        while start < end and self._text[start] in _BLANK:
            start += 1
        while end > start and self._text[end - 1] in _BLANK:
            end -= 1
        return start, end

    def _piece(self, start: int, end: int, look: _Look, spaced: bool) -> Drawn:
        text = self._text[start:end].replace("\x00", "")
        if look.symbols:
            text = "".join(chr(0xF000 + ord(letter)) if 0x20 < ord(letter) < 0x100 else letter for letter in text)
        text = _WIDE.sub(" ", text)
        cut = text[-1:] in _CUT_WORD
        text = text[:-1] + "-" if cut else text
        end_point = self._end(end - 1, look.angle)
        return Drawn(text, self._origin(start), end_point, look.size, look.bold, look.angle, look.pale, spaced, cut)

    def _origin(self, index: int) -> tuple[float, float]:
        x, y, _, _ = self._numbers
        self._pdfium.FPDFText_GetCharOrigin(self._page, index, x, y)
        return x.value, y.value

    def _end(self, index: int, angle: int) -> tuple[float, float]:
        """Where the letter ends on its base line."""
        x, y = self._origin(index)
        left, right, bottom, top = self._numbers
        self._pdfium.FPDFText_GetCharBox(self._page, index, left, right, bottom, top)
        if angle == 0:
            return right.value, y
        if angle == 180:
            return left.value, y
        return x, (top.value if angle < 180 else bottom.value)

    def _distance(self, before: int, after: int, angle: int) -> float:
        return math.dist(self._end(before, angle), self._origin(after))

    def _look(self, index: int) -> _Look:
        """How the letters of a run are set. PDF scales fonts of size 1 by the text's matrix."""
        pdfium, matrix = self._pdfium, self._matrix
        size = float(pdfium.FPDFText_GetFontSize(self._page, index))
        angle = 0
        if pdfium.FPDFText_GetMatrix(self._page, index, matrix):
            size *= (matrix.c**2 + matrix.d**2) ** 0.5 or 1.0
            if matrix.b or matrix.a < 0:
                angle = round(math.degrees(math.atan2(matrix.b, matrix.a))) % 360
                upright = 90 * round(angle / 90)
                angle = upright % 360 if abs(angle - upright) <= _SKEW else angle
        bold, symbols = self._font(index)
        return _Look(round(size, 1), bold, symbols, angle, size >= _BIG and self._is_pale(index))

    def _font(self, index: int) -> tuple[bool, bool]:
        """Whether letters are bold, by their font's weight or else by its name; whether they are symbols."""
        pdfium = self._pdfium
        font = pdfium.FPDFTextObj_GetFont(pdfium.FPDFText_GetTextObject(self._page, index))
        key = ctypes.cast(font, ctypes.c_void_p).value
        if key not in self._fonts:
            name, flags = ctypes.create_string_buffer(100), ctypes.c_int()
            pdfium.FPDFText_GetFontInfo(self._page, index, name, len(name), flags)
            lowered = name.value.lower()
            bold = pdfium.FPDFText_GetFontWeight(self._page, index) >= _BOLD or any(
                word in lowered for word in (b"bold", b"black", b"heavy")
            )
            self._fonts[key] = bold, any(word in lowered for word in _SYMBOLS)
        return self._fonts[key]

    def _is_pale(self, index: int) -> bool:
        red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
        if not self._pdfium.FPDFText_GetFillColor(self._page, index, red, green, blue, alpha):
            return False
        # Luminance by ITU-R BT.601, what grey is made of.
        grey = (0.299 * red.value + 0.587 * green.value + 0.114 * blue.value) / 255
        return grey > _PALE or alpha.value < _SEE_THROUGH


def _goes_on(before: Drawn, after: Drawn) -> bool:
    """Whether a piece only continues the one before it: the same letters, on the same line, close to it."""
    if (before.size, before.bold, before.angle) != (after.size, after.bold, after.angle) or before.cut:
        return False
    turn = math.radians(before.angle)
    across, up = after.start[0] - before.end[0], after.start[1] - before.end[1]
    gap = across * math.cos(turn) + up * math.sin(turn)
    rise = up * math.cos(turn) - across * math.sin(turn)
    return -0.5 * before.size < gap < _GAP * before.size and abs(rise) < 0.12 * before.size
