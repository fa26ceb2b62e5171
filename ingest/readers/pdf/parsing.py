"""What PDFium sees in a file: the lines of each page, with the size of their letters and where they stand.

PDF parsers crash and hang on hostile files: this runs in a child process with limits (ingest/readers/bounded.py).
"""

from __future__ import annotations

import ctypes
from statistics import median
from typing import Any

from ingest.readers.pdf.scanned import FEW, pictured

_WRONG_PASSWORD = 4  # FPDF_ERR_PASSWORD
_CUT_WORD = {2, 0xFFFE}  # what PDFium puts for a hyphen and the line end after it
_LINE_ENDS = {10, 13, *_CUT_WORD}
_BOLD = 600  # font weights from here on are bold


def parse(content: bytes, max_characters: int) -> dict[str, Any]:
    """{"title": str, "pages": [[{"text", "size", "bold", "x", "right", "base", "place"}, …], …], "characters": n,
    "pictured": [what `pictured` says of each page that has few characters, else 0, …]}, lengths in points from the
    bottom left, `place` being the height on the page from 0 to 1; or what is wrong with the file:
    {"error": "password" | "damaged" | "page", "page": n}.

    No page is kept once `max_characters` have been read; their number still counts on.
    """
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        return {"error": "password" if error.err_code == _WRONG_PASSWORD else "damaged"}
    pages: list[list[dict[str, Any]]] = []
    covered: list[float] = []
    characters = 0
    for number in range(len(pdf)):
        try:
            page = pdf[number]
            lines = _lines(page)
            inked = sum(len(line["text"].strip()) for line in lines)
            covered.append(pictured(page) if inked < FEW else 0.0)
            page.close()
        except pypdfium2.PdfiumError:
            return {"error": "page", "page": number + 1}
        characters += sum(len(line["text"]) for line in lines)
        pages.append(lines if characters <= max_characters else [])
    title = pdf.get_metadata_dict().get("Title", "")
    return {"title": title, "pages": pages, "characters": characters, "pictured": covered}


def _lines(page: Any) -> list[dict[str, Any]]:
    """The lines of a page in reading order, each with the size of its letters and where it stands."""
    import pypdfium2.raw as pdfium

    text_page = page.get_textpage()
    raw = text_page.raw
    _, low, _, high = page.get_bbox()
    x, base, left, right, bottom, top = (ctypes.c_double() for _ in range(6))
    lines = []
    start, count = 0, text_page.count_chars()
    codes = [pdfium.FPDFText_GetUnicode(raw, index) for index in range(count)]
    for end in range(count + 1):
        if end < count and codes[end] not in _LINE_ENDS:
            continue
        cut = "-" if end < count and codes[end] in _CUT_WORD else ""
        inked = [index for index in range(start, end) if codes[index] not in {0, 9, 32, 160}]
        if inked:
            # Letters of a line differ little: a few tell its size and place, at a tenth of the cost.
            sample = [*inked[:: len(inked) // 8 + 1], inked[-1]]
            pdfium.FPDFText_GetCharOrigin(raw, inked[0], x, base)
            pdfium.FPDFText_GetCharBox(raw, inked[-1], left, right, bottom, top)
            lines.append(
                {
                    "text": "".join(chr(code) for code in codes[start:end] if 0 < code < 0x110000) + cut,
                    "size": round(median(_size(pdfium, raw, index) for index in sample), 1),
                    "bold": sum(_is_bold(pdfium, raw, index) for index in sample) * 2 > len(sample),
                    "x": round(x.value, 1),
                    "right": round(right.value, 1),
                    "base": round(base.value, 1),
                    "place": round((base.value - low) / (high - low or 1.0), 3),
                }
            )
        start = end + 1
    text_page.close()
    return lines


def _is_bold(pdfium: Any, raw: Any, index: int) -> bool:
    """Whether a letter is bold, by its font's weight or, where the file does not give it, by its font's name."""
    if pdfium.FPDFText_GetFontWeight(raw, index) >= _BOLD:
        return True
    name, flags = ctypes.create_string_buffer(100), ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(raw, index, name, len(name), flags)
    return any(word in name.value.lower() for word in (b"bold", b"black", b"heavy"))


def _size(pdfium: Any, raw: Any, index: int) -> float:
    """The size of a letter on the page: PDF scales fonts of size 1 by the text's matrix."""
    size = float(pdfium.FPDFText_GetFontSize(raw, index))
    matrix = pdfium.FS_MATRIX()
    if pdfium.FPDFText_GetMatrix(raw, index, matrix):
        size *= (matrix.c**2 + matrix.d**2) ** 0.5 or 1.0
    return size
