"""What a model wrote -> the pieces that are proven one by one, with the numbers that each cites; and back to text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kb.answering.proof.citations import marked, numbers_in, without_marks
from kb.text.blocks import cells
from kb.text.folding import visible
from kb.text.sentences import sentence_spans
from kb.text.stems import words

PieceKind = Literal["sentence", "item", "row", "lead"]

_FEWEST_WORDS = 4
_MARKS_AT_START = re.compile(r"^(?:\s*\[\d{1,3}\])+")
_BULLET = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)])\s+")
_HEADING = re.compile(r"^\s*#+\s*")
_RULE = re.compile(r"(?=.*--)[\s:|-]*+$")  # linear: a model may write twenty thousand dashes
# Links and images lose their address, the tags of HTML go.
_LINK = re.compile(r"!?\[([^\]\d][^\]]*)\]\([^)]*\)")
_LINE_BREAK = re.compile(r"<br\s{0,3}/?>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence, a sentence of a bullet, a table's row, or the line that leads in a list (`lead`: it ends in a colon).

    `text` is without marks, `numbers` are those of its marks. `line` counts the lines of the draft; `cells` are those
    of a row and `header` the names of its columns, marks included, as written.
    """

    kind: PieceKind
    text: str
    numbers: tuple[int, ...]
    line: int
    header: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()


def pieces(draft: str) -> list[Piece]:
    """The pieces of a draft whose marks are `[n]` (see `MarkerFilter`), in order."""
    found: list[Piece] = []
    header: tuple[str, ...] = ()
    for number, line in enumerate(_plain(draft).splitlines()):
        if "|" in line and line.strip().startswith("|"):
            if _RULE.match(line):
                continue
            row = tuple(cells(line))
            if not header:
                header = row
            elif any(sign.isalnum() for sign in without_marks(" ".join(row))):
                shown = " ; ".join(without_marks(cell) for cell in row if cell)
                found.append(Piece("row", shown, tuple(numbers_in(line)), number, header, row))
            continue
        header = ()
        found += _of_line(line, number)
    return _leads(found)


def _of_line(line: str, number: int) -> Iterator[Piece]:
    kind: PieceKind = "item" if _BULLET.match(line) else "sentence"
    plain = _HEADING.sub("", _BULLET.sub("", line)).replace("**", "").replace("__", "").strip()
    for sentence in marked_sentences(plain):
        bare = without_marks(sentence)
        if any(sign.isalnum() for sign in bare):
            yield Piece(kind, bare, tuple(numbers_in(sentence)), number)


def marked_sentences(line: str) -> list[str]:
    """The sentences of a line with their marks, those behind the full stop included; a very short one without marks
    goes with the next.
    """
    sentences: list[str] = []
    for start, end in sentence_spans(line):
        sentence = line[start:end].strip()
        # « … 72 %. [1] »: marks after the full stop belong to the sentence before.
        if (late := _MARKS_AT_START.match(sentence)) and sentences:
            sentences[-1] += " " + late[0].strip()
            sentence = sentence[late.end() :].strip()
        if sentences and len(words(without_marks(sentences[-1]))) < _FEWEST_WORDS and not numbers_in(sentences[-1]):
            sentence = f"{sentences.pop()} {sentence}"  # « Oui. » says nothing without what follows
        if sentence:
            sentences.append(sentence)
    return sentences


def _leads(found: Sequence[Piece]) -> list[Piece]:
    """The pieces, those that end in a colon before a list or a table told apart."""
    out: list[Piece] = []
    for index, piece in enumerate(found):
        after = found[index + 1] if index + 1 < len(found) else None
        leads = piece.kind == "sentence" and piece.text.endswith(":")
        if leads and after is not None and after.kind in {"item", "row"}:
            out.append(Piece("lead", piece.text, piece.numbers, piece.line))
        else:
            out.append(piece)
    return out


def _plain(draft: str) -> str:
    return _TAG.sub("", _LINE_BREAK.sub(" ", _LINK.sub(r"\1", visible(draft))))


@dataclass(frozen=True, slots=True)
class Kept:
    """A piece that stands, with its new numbers; `cell_numbers` are those of each cell of a row."""

    piece: Piece
    numbers: tuple[int, ...] = ()
    cell_numbers: Mapping[int, tuple[int, ...]] | None = None


def written_out(kept: Sequence[Kept]) -> str:
    """The text of the pieces that stand: sentences of a line together, bullets and tables as such."""
    lines: list[tuple[PieceKind, int, str]] = []
    for one in kept:
        piece = one.piece
        if piece.kind == "row":
            if not lines or lines[-1][0] != "row" or not _same_table(kept, one):
                head = [without_marks(name) for name in piece.header]
                lines.append(("row", piece.line, f"| {' | '.join(head)} |\n|{' --- |' * len(head)}"))
            shown = [
                marked(without_marks(cell), (one.cell_numbers or {}).get(index, ()))
                for index, cell in enumerate(piece.cells)
            ]
            lines.append(("row", piece.line, f"| {' | '.join(shown)} |"))
            continue
        text = marked(piece.text, one.numbers)
        if lines and lines[-1][1] == piece.line and lines[-1][0] == piece.kind:
            kind, number, before = lines.pop()
            lines.append((kind, number, f"{before} {text}"))
        else:
            lines.append((piece.kind, piece.line, f"- {text}" if piece.kind == "item" else text))
    out = ""
    last: PieceKind | None = None
    for kind, _, text in lines:
        # A table and a list stand apart from what is around them.
        apart = kind != last and not {kind, last} <= {"sentence", "lead"}
        out += ("\n\n" if out and apart else "\n" if out else "") + text
        last = kind
    return out


def _same_table(kept: Sequence[Kept], row: Kept) -> bool:
    """Whether the row before `row` is of its table."""
    before = kept[kept.index(row) - 1].piece
    return before.kind == "row" and before.header == row.piece.header
