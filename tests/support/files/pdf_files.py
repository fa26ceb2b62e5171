"""PDF files for tests, made on the fly: by fpdf2, and by hand where fields and notes are wanted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fpdf import FPDF

PARAGRAPH = (
    "Le comité de suivi a examiné les opérations engagées depuis le début de l'année, avec les services de l'État, les "
    "bailleurs et les collectivités concernées par le programme."
)


class Sheet(FPDF):
    """A document whose text is placed line by line; heights in millimetres from the top."""

    def __init__(self, font: str = "Helvetica", size: float = 11) -> None:
        super().__init__()
        self.set_font(font, size=size)
        self.add_page()

    def paragraph(self, text: str = PARAGRAPH) -> None:
        """A paragraph and the space after it."""
        self.multi_cell(0, 5.5, text, new_x="LMARGIN", new_y="NEXT")
        self.ln(3)

    def small(self, x: float, y: float, text: str, size: float = 6.5) -> None:
        """Small letters at a place; the size of the others comes back."""
        usual = self.font_size_pt
        self.set_font(size=size)
        self.text(x, y, text)
        self.set_font(size=usual)

    def called(self, x: float, y: float, text: str, call: str, rest: str = "") -> None:
        """A text with a small raised call, or exponent, and what follows."""
        end = x + self.get_string_width(text)
        self.text(x, y, text)
        self.small(end + 0.2, y - 1.4, call)
        self.text(end + 0.4 + 0.6 * self.get_string_width(call) + (1.0 if rest[:1].isalnum() else 0.0), y, rest)

    def cells(self, rows: Iterable[Sequence[str]], places: Sequence[float], y: float, step: float = 6) -> float:
        """Rows without rules: the first cell begins at its place, the others end there. The height below them."""
        for row in rows:
            for number, (cell, place) in enumerate(zip(row, places, strict=True)):
                self.text(place - (self.get_string_width(cell) if number else 0), y, cell)
            y += step
        return y

    def lines(self, text: str, width: float, step: float = 5) -> list[str]:
        """The lines that a text takes in a column."""
        found = self.multi_cell(width, step, text, dry_run=True, output="LINES")
        return [str(line) for line in found] if isinstance(found, list) else []

    def columns(self, texts: Sequence[str], y: float, width: float, gutter: float = 8, step: float = 5) -> float:
        """Columns of text, written row by row over all of them. The height below them."""
        lines = [self.lines(text, width, step) for text in texts]
        for row in range(max(map(len, lines))):
            for number, own in enumerate(lines):
                if row < len(own):
                    self.set_xy(10 + number * (width + gutter), y + row * step)
                    self.cell(width, step, own[row])
        return y + step * max(map(len, lines))

    def content(self) -> bytes:
        """The file."""
        return bytes(self.output())


def widget(box: Sequence[float], about: str) -> bytes:
    """A field's place on the page, in points from the bottom left, and its entries in PDF's own writing."""
    return annotation("Widget", box, about)


def annotation(kind: str, box: Sequence[float], about: str) -> bytes:
    """An annotation of the page: its entries in PDF's own writing."""
    place = " ".join(f"{number:g}" for number in box)
    return f"<</Type/Annot/Subtype/{kind}/F 4/Rect[{place}]{about}>>".encode("cp1252")


def with_annotations(lines: Sequence[tuple[float, float, str]], annotations: Sequence[bytes]) -> bytes:
    """A page with lines of text (x, y in points from the bottom left) and fields without a drawing of their values."""
    text = b"BT /F1 11 Tf "
    for x, y, line in lines:
        escaped = line.encode("cp1252").replace(b"(", b"\\(").replace(b")", b"\\)")
        text += f"1 0 0 1 {x} {y} Tm (".encode() + escaped + b") Tj "
    text += b"ET"
    names = " ".join(f"{6 + number} 0 R" for number in range(len(annotations)))
    return assembled(
        [
            f"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[{names}]/NeedAppearances true/DA(/Helv 0 Tf)>>>>".encode(),
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 4 0 R>>>>/Contents 5 0 R/Annots["
            + names.encode()
            + b"]>>",
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
            f"<</Length {len(text)}>>stream\n".encode() + text + b"\nendstream",
            *annotations,
        ]
    )


def assembled(objects: Sequence[bytes]) -> bytes:
    """A file of these objects, numbered from 1, the first being its catalogue."""
    content = b"%PDF-1.6\n"
    places = []
    for number, held in enumerate(objects, 1):
        places.append(len(content))
        content += f"{number} 0 obj\n".encode() + held + b"\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = (
        f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{len(content)}\n"
    )
    return content + end.encode() + b"%%EOF\n"
