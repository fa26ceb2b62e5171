"""Blocks on their way to the text of a `Document` (its form: kb/types.py), whatever the format they come from.

Every block but a list or a table is one line, every item and every row too: nothing that follows has to guess
whether a line end means something.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from kb.text.folding import fold, without_heaps

Kind = Literal["paragraph", "heading", "list", "table"]

# Invisible: zero width, direction marks, soft hyphens, variation tags (used to hide instructions), controls but line
# ends; private use (icon fonts).
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff0-\uffff\U000e0000-\U000e0fff"
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ue000-\uf8ff\U000f0000-\U0010ffff\ud800-\udfff]"
)
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile(r"[ \t\n]+")  # no-break and thin spaces are part of how French is written: kept
_BULLET = re.compile(r"[-*•‣◦▪●■◆➢➤✓✔→·–—]\s+(?=\S)")
# A paragraph that begins like this would be read back as a heading.
_HASHES = re.compile(r"\A(?:#{1,6}\s+)+")
# A heading stands in every passage below it, a table's header in every one of its rows, an indent before every item:
# what is longer, wider or deeper than anybody writes is text like any other.
_LONGEST_HEADING = 500  # characters
_LONGEST_LINE = 150  # characters of a title that no style tells
_SECTION = re.compile(r"(?:article|titre|chapitre|partie|section)?\s*(?:\d{1,2}|[IVX]{1,5})\b", re.IGNORECASE)
_LONGEST_HEADER = 2_000  # characters, of a table's first row
_MOST_COLUMNS = 400
_MOST_CELLS = 1_000_000
_MOST_REPEATED = 1_000_000  # characters
_DEEPEST_ITEM = 12
# Check boxes, as « [x] » and « [ ] » in all formats: what is ticked has to be found and told.
_BALLOTS = str.maketrans(dict.fromkeys("☑☒🗹🗵", " [x] ") | {"☐": " [ ] "})
# Those of Wingdings, whose signs word processors write as characters of private use.
SYMBOL_BOXES = str.maketrans(dict.fromkeys("\uf0fd\uf0fe\uf052\uf053", "☒") | dict.fromkeys("\uf06f\uf071\uf0a8", "☐"))
_NUMBER = re.compile(r"(\d{1,3})\s?[.)]\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Block:
    """A block in its final form but for the marks of a heading. `level` is a heading's, from 1; 0 for the others."""

    kind: Kind
    text: str
    level: int = 0


def clean(text: str) -> str:
    """`text` in NFC, line ends as `\\n`, without control, zero-width and private-use characters."""
    return unicodedata.normalize("NFC", without_heaps(_INVISIBLE.sub("", _LINE_ENDS.sub("\n", text))))


def one_line(text: str) -> str:
    """`text` cleaned, on one line, without white space around it, its check boxes as `[x]` and `[ ]`."""
    text = clean(text)
    return _SPACES.sub(" ", text if text.isascii() else text.translate(_BALLOTS)).strip()


def paragraph(text: str) -> Block:
    """A paragraph. The `#` of a line that only looks like a heading go."""
    return Block("paragraph", _HASHES.sub("", one_line(text)))


def heading(text: str, level: int) -> Block:
    """A heading of `level`, 1 being the document's title; one as long as a page is a paragraph."""
    text = one_line(text)
    return Block("heading", text, max(1, level)) if len(text) <= _LONGEST_HEADING else paragraph(text)


def item(text: str, *, depth: int = 0, number: int | None = None) -> str:
    """The line of a list item, `depth` levels deep, numbered or not; empty when there is no text."""
    text = one_line(text)
    marker = "-" if number is None else f"{number}."
    return f"{'  ' * min(depth, _DEEPEST_ITEM)}{marker} {text}" if text else ""


def item_from_line(line: str) -> str:
    """The line of a list item when `line` begins like one (« • x », « 1) x »), else an empty text."""
    line = one_line(line)
    if match := _NUMBER.match(line):
        return item(line[match.end() :], number=int(match[1]))
    match = _BULLET.match(line)
    return item(line[match.end() :]) if match else ""


def bullets(lines: Iterable[str]) -> Block:
    """A list from the lines that `item` gave."""
    return Block("list", "\n".join(line for line in lines if line))


def table(rows: Sequence[Sequence[str]], *, has_header: bool = True) -> list[Block]:
    """A table, its first row being the header; without one, its first line is one of empty cells. Empty rows and
    columns go.

    One column only becomes paragraphs; so does a table that is too wide to be read across, each cell with text.
    """
    cleaned = [[one_line(cell).replace("|", "¦") for cell in row] for row in rows]
    width = max((len(row) for row in cleaned), default=0)
    if width > _MOST_COLUMNS or width * len(cleaned) > _MOST_CELLS:
        return [paragraph(cell.replace("¦", "|")) for row in cleaned for cell in row if cell]
    filled = [row + [""] * (width - len(row)) for row in cleaned if any(row)]
    kept = [column for column in range(width) if any(row[column] for row in filled)]
    if len(kept) == 1 or len(filled) == 1:
        # Nothing is read across: a frame around text, not a table.
        return [paragraph(cell.replace("¦", "|")) for row in filled for cell in row if cell]
    lines = ["| " + " | ".join(row[column] for column in kept) + " |" for row in filled]
    if not lines:
        return []
    if not has_header or len(lines[0]) > _LONGEST_HEADER:
        lines.insert(0, "|" + "  |" * len(kept))  # a first row of text is no header
    return [Block("table", "\n".join([lines[0], "| " + " | ".join("---" for _ in kept) + " |", *lines[1:]]))]


class Repeats:
    """What a document may still add to itself by cells that span others: a few bytes can ask for any length."""

    def __init__(self, characters: int = _MOST_REPEATED) -> None:
        self._left = characters

    def allows(self, text: str) -> bool:
        """Whether `text` may be repeated once more: not when too much was already."""
        self._left -= len(text) + 3  # the bars of a table's line count
        return self._left >= 0


def first_title(blocks: Sequence[Block]) -> str | None:
    """The first heading; where it is numbered, « 1. Objet », the short line that stands first, if any, is the title."""
    heading_text = next((block.text for block in blocks if block.kind == "heading"), None)
    first = blocks[0] if blocks else None
    if heading_text and first and _SECTION.match(heading_text) and first.kind == "paragraph":
        is_line = len(first.text) <= _LONGEST_LINE and not first.text.endswith((".", ",", ";", ":"))
        return first.text if is_line else heading_text
    return heading_text


def without_title(blocks: Sequence[Block], title: str | None) -> list[Block]:
    """`blocks` without the heading, or the first block, that only repeats `title`; the last one left stays."""
    wanted = fold(title or "")
    first = next((index for index, block in enumerate(blocks) if block.kind == "heading"), None)
    repeated = {
        index
        for index, block in enumerate(blocks)
        if (index in {0, first} or (block.kind == "heading" and block.level == 1)) and fold(block.text) == wanted
    }
    kept = [block for index, block in enumerate(blocks) if index not in repeated]
    return kept if any(block.kind != "heading" for block in kept) else list(blocks)


def levelled(blocks: Sequence[Block]) -> list[Block]:
    """`blocks` with the highest heading at level 2 (the title is above it), the others below as they were, up to 6."""
    top = min((block.level for block in blocks if block.kind == "heading"), default=2)
    return [
        replace(block, level=min(6, block.level - top + 2)) if block.kind == "heading" else block for block in blocks
    ]


def render(block: Block) -> str:
    """The block as it stands in the text."""
    return f"{'#' * block.level} {block.text}" if block.kind == "heading" else block.text


def assemble(blocks: Iterable[Block], title: str | None) -> str:
    """The text of a document made of `blocks`, without the heading that repeats `title`."""
    kept = without_title([block for block in blocks if block.text.strip()], title)
    return "\n\n".join(render(block) for block in levelled(kept))
