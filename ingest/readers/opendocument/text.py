"""The text of OpenDocument: headings, paragraphs, lists, tables, notes, text boxes, in document order."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from datetime import datetime

from ingest.readers.block_builder import SYMBOL_BOXES, Block, Repeats, bullets, heading, item, one_line, paragraph
from ingest.readers.figures.raised import LEVEL, RAISED, lowered
from ingest.readers.office.grid import Grid, Span, table_blocks
from ingest.readers.office.shown import GENERAL, shown
from ingest.readers.opendocument.numbering import Counts, Numbering
from ingest.readers.opendocument.styles import (
    DRAW,
    FIELD,
    OFFICE,
    RAISED_SPAN,
    STRUCK_SPAN,
    SVG,
    TABLE,
    TEXT,
    Element,
    Styles,
    number_of,
)

_SKIPPED = frozenset(
    f"{TEXT}{name}"
    for name in "tracked-changes table-of-content illustration-index table-index object-index alphabetical-index "
    "bibliography sequence-decls variable-decls user-field-decls note annotation ruby-text".split()
) | {f"{OFFICE}annotation", f"{OFFICE}forms", f"{SVG}title", f"{SVG}desc", STRUCK_SPAN}
_MOST_COLUMNS = 1_000  # of a table: what a row repeats beyond is empty, or a trap
_MOST_SPACES = 100
_HEADING_STYLE = re.compile(r"(?:Heading|Titre) (\d)", re.IGNORECASE)


class Body:
    """Walks an element of content into blocks. `titles` are the texts in the style « Title », `comments` how many
    comments were left out."""

    def __init__(self, styles: Styles, numbering: Numbering) -> None:
        self.titles: list[str] = []
        self.comments = 0
        self._styles = styles
        self._numbering = numbering
        self._blocks: list[Block] = []
        self._repeats = Repeats()
        self._titled = False  # the one heading of the first level is the title, whatever counts it

    def read(self, parent: Element) -> list[Block]:
        """The blocks under an element."""
        self.comments += sum(1 for _ in parent.iter(f"{OFFICE}annotation"))
        tops = sum(number_of(found, f"{TEXT}outline-level") == 1 for found in parent.iter(f"{TEXT}h"))
        self._titled = tops == 1
        self._walk(parent)
        made, self._blocks = [block for block in self._blocks if block.text], []
        return made

    def _walk(self, parent: Element) -> None:
        for child in parent:
            tag = child.tag
            if not isinstance(tag, str) or tag in _SKIPPED or self._styles.is_unseen(child.get(f"{TEXT}style-name")):
                continue
            if tag in {f"{TEXT}p", f"{TEXT}h"}:
                self._paragraph(child)
            elif tag == f"{TEXT}list":
                self._list(child)
            elif tag == f"{TABLE}table":
                self._table(child)
            else:
                self._walk(child)  # sections, frames, groups, text boxes

    def _paragraph(self, element: Element, label: str = "") -> None:
        text = words(element)
        names = self._styles.names(element.get(f"{TEXT}style-name"))
        level = number_of(element, f"{TEXT}outline-level", 1) if element.tag == f"{TEXT}h" else _level(names)
        if "Title" in names or "Titre" in names:
            self.titles.append(one_line(text))
            self._blocks.append(heading(text, 1))
        elif level:
            if element.tag == f"{TEXT}h" and next(element.iter(f"{TEXT}number"), None) is None:
                label = label or self._numbering.heading(level)
                text = text if level == 1 and self._titled else f"{label} {text}"
            self._blocks.append(heading(text, level + 1))
        else:
            self._blocks.append(paragraph(text))
        self._blocks += _notes(element)
        for box in _boxes(element):
            self._walk(box)

    def _list(self, element: Element) -> None:
        """A list; one that only numbers headings is those headings."""
        style = element.get(f"{TEXT}style-name", "")
        counts = self._numbering.begin(element, style)
        if next(element.iter(f"{TEXT}h"), None) is not None:
            self._headings(element, style, 0, counts)
            return
        notes: list[Block] = []
        lines = list(self._items(element, style, 0, counts, notes))
        self._blocks += [bullets(lines), *notes]
        for box in _boxes(element):
            self._walk(box)

    def _headings(self, element: Element, style: str, depth: int, counts: Counts) -> None:
        for child in element:
            if child.tag == f"{TEXT}list":
                self._headings(child, child.get(f"{TEXT}style-name", style), depth + 1, counts)
            elif child.tag in {f"{TEXT}list-item", f"{TEXT}list-header"}:
                self._headings(child, style, depth, counts)
            elif child.tag == f"{TEXT}h":
                self._paragraph(child, self._numbering.label(style, depth, counts, _start(child.getparent())))
            elif child.tag == f"{TEXT}p":
                self._paragraph(child)

    def _items(self, element: Element, style: str, depth: int, counts: Counts, notes: list[Block]) -> Iterator[str]:
        style = element.get(f"{TEXT}style-name") or style
        for child in element:
            if child.tag not in {f"{TEXT}list-item", f"{TEXT}list-header"}:
                continue
            own = one_line(" ".join(words(part) for part in child if part.tag == f"{TEXT}p"))
            if own:
                is_item = child.tag == f"{TEXT}list-item"
                label = self._numbering.label(style, depth, counts, _start(child)) if is_item else ""
                number = re.fullmatch(r"(\d{1,3})\W?", label)
                yield item(own if number else f"{label} {own}", depth=depth, number=int(number[1]) if number else None)
            notes += [note for part in child if part.tag == f"{TEXT}p" for note in _notes(part)]
            for nested in child.iterchildren(f"{TEXT}list"):
                yield from self._items(nested, style, depth + 1, counts, notes)

    def _table(self, element: Element) -> None:
        grid = grid_of(element, self._repeats)
        if sum(len(cells) for cells in grid.rows.values()) == 1:
            for cell in element.iter(f"{TABLE}table-cell"):
                self._walk(cell)  # a frame around text, not a table
            return
        self._blocks += [*table_blocks(grid), *(note for part in element.iter(f"{TEXT}p") for note in _notes(part))]


def grid_of(element: Element, repeats: Repeats) -> Grid:
    """The cells of a table. What it says of repeated rows and columns is followed as far as `repeats` allows."""
    rows: dict[int, dict[int, str]] = {}
    spans: list[Span] = []
    number = 1
    for row in rows_of(element):
        held, merged = _row(row, number, repeats)
        count = number_of(row, f"{TABLE}number-rows-repeated")
        if held:
            rows[number] = held
            spans += merged
            length = "".join(held.values())
            for repeated in range(1, count):
                if not repeats.allows(length):
                    break
                rows[number + repeated] = held
        number += count
    return Grid(rows, spans)


def rows_of(element: Element) -> Iterator[Element]:
    """The rows of a table, out of the groups that they stand in."""
    for child in element:
        if child.tag == f"{TABLE}table-row":
            yield child
        elif child.tag in {f"{TABLE}table-{name}" for name in ("header-rows", "row-group", "rows")}:
            yield from rows_of(child)


def _row(row: Element, number: int, repeats: Repeats) -> tuple[dict[int, str], list[Span]]:
    held: dict[int, str] = {}
    merged: list[Span] = []
    at = 1
    for cell in row:
        if cell.tag not in {f"{TABLE}table-cell", f"{TABLE}covered-table-cell"}:
            continue
        count = number_of(cell, f"{TABLE}number-columns-repeated")
        text = cell_text(cell)
        if text and cell.tag == f"{TABLE}table-cell":
            deep, wide = (number_of(cell, f"{TABLE}number-{name}-spanned") for name in ("rows", "columns"))
            if deep > 1 or wide > 1:
                merged.append(Span(number, at, number + deep - 1, at + wide - 1))
            for repeated in range(min(count, _MOST_COLUMNS)):
                if repeated and not repeats.allows(text):
                    break
                held[at + repeated] = text
        at += count
    return held, merged


def cell_text(cell: Element) -> str:
    """The text of a cell on one line: paragraphs, items of lists, tables within it."""
    parts = [words(part) for part in _paragraphs(cell)]
    text = one_line(" ".join(part for part in parts if part))
    value = cell.get(f"{OFFICE}value")
    if value is not None and text in {"", value}:  # written by a program that shows no numbers
        with contextlib.suppress(ValueError):
            return shown(float(value), "0.##########%" if cell.get(f"{OFFICE}value-type") == "percentage" else GENERAL)
    date = cell.get(f"{OFFICE}date-value")
    if date is not None and text in {"", date}:
        with contextlib.suppress(ValueError):
            return shown(datetime.fromisoformat(date))
    return text or cell.get(f"{OFFICE}string-value", "")


def _paragraphs(element: Element) -> Iterator[Element]:
    for child in element:
        if child.tag in {f"{TEXT}p", f"{TEXT}h"}:
            yield child
            for box in _boxes(child):
                yield from _paragraphs(box)
        elif isinstance(child.tag, str) and child.tag not in _SKIPPED:
            yield from _paragraphs(child)


def words(element: Element) -> str:
    """The text of a paragraph without its notes, comments and text boxes."""
    pieces: list[str] = []
    _add_words(element, pieces)
    return lowered("".join(pieces)).translate(SYMBOL_BOXES)


def _add_words(element: Element, pieces: list[str]) -> None:
    pieces.append(element.text or "")
    for child in element:
        if child.tag == f"{TEXT}s":
            pieces.append(" " * min(number_of(child, f"{TEXT}c"), _MOST_SPACES))
        elif child.tag in {f"{TEXT}tab", f"{TEXT}line-break"}:
            pieces.append(" ")
        elif child.tag == f"{TEXT}number":
            pieces.append(f"{child.text or ''} ")  # what the program numbered the paragraph with
        elif child.tag == f"{FIELD}fieldmark":
            pieces.append(_form_answer(child))
        elif child.tag == RAISED_SPAN:
            pieces.append(RAISED)
            _add_words(child, pieces)
            pieces.append(LEVEL)
        elif isinstance(child.tag, str) and child.tag not in _SKIPPED and not child.tag.startswith(DRAW):
            _add_words(child, pieces)
        pieces.append(child.tail or "")


def _form_answer(mark: Element) -> str:
    """What a field of one of Word's forms answers: the state of a box, the choice from a list."""
    told = [(part.get(f"{FIELD}name"), part.get(f"{FIELD}value", "")) for part in mark.iterchildren(f"{FIELD}param")]
    kind = mark.get(f"{FIELD}type", "").rpartition(".")[2]
    if kind == "FORMCHECKBOX":
        return " [x] " if ("Checkbox_Checked", "true") in told else " [ ] "
    entries = [value for name, value in told if name == "Dropdown_ListEntry"]
    chosen = dict(told).get("Dropdown_Selected", "")
    return entries[int(chosen)] if chosen.isdecimal() and int(chosen) < len(entries) else ""


def _notes(element: Element) -> Iterator[Block]:
    """The notes of a paragraph, to stand after it: their calls are no part of its words."""
    for note in element.iter(f"{TEXT}note"):
        call = one_line("".join(note.find(f"{TEXT}note-citation").itertext())) if len(note) else ""
        text = one_line(" ".join(words(part) for part in note.iterfind(f".//{TEXT}p")))
        if text:
            yield paragraph(f"Note {call} : {text}" if call else f"Note : {text}")


def _boxes(element: Element) -> Iterator[Element]:
    """The text boxes that hang on a paragraph, those within others left to them."""
    for child in element:
        if child.tag == f"{DRAW}text-box":
            yield child
        elif isinstance(child.tag, str) and child.tag not in _SKIPPED:
            yield from _boxes(child)


def _start(child: Element) -> int | None:
    """The number that an item begins to count at, where it says one."""
    start = number_of(child, f"{TEXT}start-value", -1)
    return start if start >= 0 else None


def _level(names: list[str]) -> int:
    return next((int(match[1]) for name in names if (match := _HEADING_STYLE.fullmatch(name))), 0)


def comments_left_out(number: int) -> Iterator[str]:
    """The remark on comments."""
    if number:
        ending = "s" if number > 1 else ""
        yield f"{number} commentaire{ending} laissé{ending} de côté"
