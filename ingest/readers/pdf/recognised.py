"""Recognised pages among those of a PDF: their lines as the layout takes them, and where their text comes to stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from ingest.readers.pdf.lines import Line
from ingest.readers.reading import RecognisedPage

_USUAL = 10.0  # points: any size would do where no page has a text of its own


def lines_of(page: RecognisedPage, body: float = 0.0) -> list[Line]:
    """The lines of a recognised page, as if PDFium had found them.

    Letters that are no larger than most of their page have the size of the document's text, `body` in points: how large
    a page was when it was scanned says nothing of what is a heading.
    """
    own = Counter[float]()
    for line in page.lines:
        own[line.size] += len(line.text)
    scale = (body or _USUAL) / own.most_common(1)[0][0] if own else 1.0
    return [
        Line(
            text=line.text,
            size=round(line.size * scale, 1),
            bold=False,
            x=line.x,
            right=line.right,
            base=line.base,
            place=line.place,
            alone=line.is_row,
        )
        for line in page.lines
    ]


def stretches(text: str, starts: Sequence[int], pages: Collection[int]) -> tuple[tuple[int, int], ...]:
    """Where the text of these pages (counted from 0) stands, pages that follow each other as one stretch.

    `starts` is where each page begins, as in `Document`.
    """
    found: list[tuple[int, int]] = []
    for number in sorted(pages):
        if number >= len(starts):
            continue
        start, end = starts[number], starts[number + 1] if number + 1 < len(starts) else len(text)
        if found and found[-1][1] == start:
            found[-1] = (found[-1][0], end)
        elif start < end:
            found.append((start, end))
    return tuple((start, start + len(text[start:end].rstrip())) for start, end in found if text[start:end].strip())
