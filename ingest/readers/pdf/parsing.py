"""What PDFium sees in a file: the pieces of text of each page, its rules, fields and notes (`page`).

PDF parsers crash and hang on hostile files: this runs in a child process with limits (ingest/readers/bounded.py).
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from ingest.readers.pdf.drawing import Drawing, drawn_on
from ingest.readers.pdf.letters import Letters
from ingest.readers.pdf.marks import marks_of
from ingest.readers.pdf.page import PageContent, Parsed, Piece, Turn

_WRONG_PASSWORD = 4  # FPDF_ERR_PASSWORD
_PICTURED = 0.4  # of the page, covered by pictures: they may hold its text
_DRAWN = 150  # paths on a page without a word: letters drawn as outlines


class DamagedError(Exception):
    """The file cannot be opened: `why` is "password" or "damaged", or "page" with the page's number from 1."""

    def __init__(self, why: str, page: int = 0) -> None:
        super().__init__(why)
        self.why = why
        self.page = page


def parse(content: bytes, max_characters: int) -> Parsed:
    """The pages of a file. Raises DamagedError for what cannot be opened or read.

    No page is kept once `max_characters` have been read; their number still counts on.
    """
    import pypdfium2

    try:
        pdf = pypdfium2.PdfDocument(content)
        pdf.init_forms()
    except pypdfium2.PdfiumError as error:
        raise DamagedError("password" if error.err_code == _WRONG_PASSWORD else "damaged") from None
    pages: list[PageContent] = []
    characters = 0
    for number in range(len(pdf)):
        try:
            page = pdf[number]
            found = _content(page, pdf.formenv)
            page.close()
        except pypdfium2.PdfiumError:
            raise DamagedError("page", number + 1) from None
        characters += sum(len(piece.text) for piece in found.pieces)
        pages.append(found if characters <= max_characters else PageContent())
    return Parsed(pdf.get_metadata_dict().get("Title", ""), tuple(pages), characters)


def _content(page: Any, forms: Any) -> PageContent:
    text_page = page.get_textpage()
    letters = Letters(text_page).pieces()
    text_page.close()
    # The page is read as most of its text stands, whichever way it is shown.
    angles: Counter[int] = Counter()
    for piece in letters:
        angles[piece.angle] += len(piece.text)
    angle = max((angle for angle in angles if angle % 90 == 0), key=lambda angle: angles[angle], default=0)
    left, low, right, high = page.get_bbox()
    turn = Turn(left, low, right, high, angle)
    drawing = drawn_on(page)
    area = turn.size[0] * turn.size[1]
    pieces = []
    for piece in letters:
        (x, base), (end, _) = piece.start, piece.end
        if not turn.is_idle:
            x, base = turn.point(*piece.start)
            end, _ = turn.point(*piece.end)
        pieces.append(
            Piece(
                piece.text,
                round(x, 1),
                round(end, 1),
                round(base, 1),
                piece.size,
                piece.bold,
                (piece.angle - angle) % 360,
                piece.pale,
                piece.spaced,
                piece.cut,
            )
        )
    return PageContent(
        tuple(pieces),
        drawing.rules if turn.is_idle else tuple(turn.box(*rule) for rule in drawing.rules),
        tuple(mark.turned(turn) for mark in marks_of(page, forms)),
        *turn.size,
        _pictured(drawing, area, not pieces),
        drawing.images / (area or 1.0),
    )


def _pictured(drawing: Drawing, area: float, wordless: bool) -> bool:
    return drawing.pictures >= _PICTURED * area or (wordless and drawing.paths >= _DRAWN)
