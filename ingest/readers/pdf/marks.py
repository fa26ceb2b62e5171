"""What forms hold and what readers wrote on a page: PDFium keeps both apart from the text."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from typing import Any

from ingest.readers.block_builder import one_line
from ingest.readers.pdf.page import Mark

_MOST_MARKS = 5_000  # on a page
_LONGEST = 20_000  # characters of one value
_PASSWORD = 1 << 13  # flag of a text field, ISO 32000-1, table 228


def marks_of(page: Any, forms: Any) -> list[Mark]:
    """The fields and the notes of a page; `forms` is the file's form environment, or None when it has no form."""
    import pypdfium2.raw as pdfium

    found: list[Mark] = []
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page.raw), _MOST_MARKS)):
        annotation = pdfium.FPDFPage_GetAnnot(page.raw, index)
        if not annotation:
            continue
        try:
            found.extend(_marks(pdfium, annotation, forms))
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)
    return found


def _marks(pdfium: Any, annotation: Any, forms: Any) -> Iterator[Mark]:
    kind = pdfium.FPDFAnnot_GetSubtype(annotation)
    box = pdfium.FS_RECTF()
    hidden = pdfium.FPDF_ANNOT_FLAG_HIDDEN | pdfium.FPDF_ANNOT_FLAG_NOVIEW
    if pdfium.FPDFAnnot_GetFlags(annotation) & hidden or not pdfium.FPDFAnnot_GetRect(annotation, box):
        return
    place = (min(box.left, box.right), min(box.bottom, box.top), max(box.left, box.right), max(box.bottom, box.top))
    if kind == pdfium.FPDF_ANNOT_WIDGET:
        yield from _field(pdfium, annotation, forms, place)
        return
    written = kind in {
        pdfium.FPDF_ANNOT_TEXT,
        pdfium.FPDF_ANNOT_HIGHLIGHT,
        pdfium.FPDF_ANNOT_UNDERLINE,
        pdfium.FPDF_ANNOT_SQUIGGLY,
        pdfium.FPDF_ANNOT_STRIKEOUT,
        pdfium.FPDF_ANNOT_CARET,
    }
    # Stamps and watermarks are no text: « PROJET ».
    if (written or kind == pdfium.FPDF_ANNOT_FREETEXT) and (text := _string(pdfium, annotation, b"Contents")):
        yield Mark("comment" if written else "text", *place, value=text)


def _field(pdfium: Any, annotation: Any, forms: Any, place: tuple[float, float, float, float]) -> Iterator[Mark]:
    kind = pdfium.FPDFAnnot_GetFormFieldType(forms, annotation) if forms else -1
    if kind in {pdfium.FPDF_FORMFIELD_PUSHBUTTON, pdfium.FPDF_FORMFIELD_SIGNATURE}:
        return
    name = ""
    if forms:
        name = _told(lambda *to: pdfium.FPDFAnnot_GetFormFieldAlternateName(forms, annotation, *to))
    name = name or _string(pdfium, annotation, b"TU")
    boxes = {pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON}
    if kind in boxes or (kind < 0 and _string(pdfium, annotation, b"FT") == "Btn"):
        checked = bool(forms and pdfium.FPDFAnnot_IsChecked(forms, annotation))
        # PDFium knows the states that are drawn; without a drawing, the state or the value alone says which one holds.
        state = _string(pdfium, annotation, b"AS") or _string(pdfium, annotation, b"V")
        checked = checked or state not in {"", "Off"}
        yield Mark("box", *place, checked=checked, name=name)
        return
    if kind == pdfium.FPDF_FORMFIELD_TEXTFIELD and pdfium.FPDFAnnot_GetFormFieldFlags(forms, annotation) & _PASSWORD:
        return
    value = _chosen(pdfium, annotation, forms)
    if not value and forms:
        value = _told(lambda *to: pdfium.FPDFAnnot_GetFormFieldValue(forms, annotation, *to))
    value = value or _string(pdfium, annotation, b"V")
    if value and kind != pdfium.FPDF_FORMFIELD_UNKNOWN:
        yield Mark("field", *place, value=value, name=name)


def _chosen(pdfium: Any, annotation: Any, forms: Any) -> str:
    """The choices of a list, as the reader of the page sees them, not as they are stored."""
    count = pdfium.FPDFAnnot_GetOptionCount(forms, annotation) if forms else 0
    chosen = []
    for index in range(min(max(0, count), _MOST_MARKS)):
        if pdfium.FPDFAnnot_IsOptionSelected(forms, annotation, index):
            chosen.append(_told(lambda *to, at=index: pdfium.FPDFAnnot_GetOptionLabel(forms, annotation, at, *to)))
    return ", ".join(label for label in chosen if label)


def _string(pdfium: Any, annotation: Any, key: bytes) -> str:
    return _told(lambda *to: pdfium.FPDFAnnot_GetStringValue(annotation, key, *to))


def _told(ask: Callable[..., int]) -> str:
    """What PDFium writes as UTF-16 into a buffer, on one line."""
    size = ask(None, 0)
    if not 2 < size <= 4 * _LONGEST:
        return ""
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    ask(buffer, size)
    return one_line(bytes(buffer)[: size - 2].decode("utf-16-le", errors="replace"))
