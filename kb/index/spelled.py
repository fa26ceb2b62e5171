"""A text whose tables are spelled out, a row a line with the names of its columns: what a model is given to read.

« | Bretagne | 20 M€ | » says little to one that reads a line; « Région : Bretagne ; Montant : 20 M€ » says it all.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from kb.text.blocks import parse_blocks, render_row, row_spans, table_header
from kb.text.sentences import Span


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of the original, and where it stands now: as it was, or as a row spelled out."""

    start: int
    end: int
    at: int
    row: Span | None = None


@dataclass(frozen=True, slots=True)
class SpelledText:
    """`text`, and where each word of the original stands in it."""

    text: str
    _pieces: tuple[_Piece, ...]

    def span(self, start: int, end: int) -> Span:
        """Where the original's `start` to `end` stands, a unit of it at most: for words of a row, the whole row."""
        piece = self._pieces[max(0, bisect_right(self._pieces, start, key=lambda piece: piece.start) - 1)]
        return piece.row or (piece.at + start - piece.start, piece.at + end - piece.start)


def spelled_out(text: str, continued: str = "", before: str = "") -> SpelledText:
    """`text` (blocks) after the words `before`. `continued` is the header of a table that its first rows continue."""
    prefix = continued + "\n" if continued else ""
    whole = prefix + text
    out: list[str] = [before]
    length, at = len(before), 0
    pieces: list[_Piece] = []

    def put(words: str, start: int, end: int, *, is_row: bool) -> None:
        nonlocal length
        row = (length, length + len(words)) if is_row else None
        pieces.append(_Piece(start - len(prefix), end - len(prefix), length, row))
        out.append(words)
        length += len(words)

    for block in parse_blocks(whole):
        if block.kind != "table":
            continue
        put(whole[at : block.start], at, block.start, is_row=False)
        header = table_header(whole, block)
        for start, end in row_spans(whole, block):
            put(render_row(header, whole[start:end]) or whole[start:end], start, end, is_row=True)
            put("\n", end, end, is_row=False)
        at = block.end
    put(whole[at:], at, len(whole), is_row=False)
    return SpelledText("".join(out), tuple(pieces))
