"""HTML elements -> blocks: headings, paragraphs, nested lists, tables with spans, in document order.

Used for web pages, for what trafilatura keeps of them, and for Markdown (through its HTML).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

from ingest.readers.block_builder import (
    Block,
    Repeats,
    bullets,
    heading,
    item,
    item_from_line,
    one_line,
    paragraph,
    table,
)

Element = Any  # lxml.html.HtmlElement: lxml comes without types

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_LISTS = {"ul", "ol", "menu", "dir"}
_SKIPPED = frozenset(
    "script style template noscript iframe object svg math canvas audio video img hr head title".split()
)
_INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q s samp small span strike "
    "strong sub sup time tt u var wbr ruby rb".split()
)
_BREAK = "\u2028"  # stands for <br> until the paragraph is complete
_MAX_SPAN = 100
_MAX_COLUMNS = 200  # cells that span more are not repeated: spans of spans would fill the memory


def blocks_of(root: Element) -> list[Block]:
    """The blocks of the text under `root`. Links, images and inline marks leave only their visible text."""
    walker = _Walker()
    walker.walk(root)
    walker.flush()
    return walker.blocks


def text_of(element: Element) -> str:
    """All the text under `element` on one line, a space wherever a block or a line break stands."""
    return one_line("".join(_words(element)))


class _Walker:
    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._buffer: list[str] = []
        self._level = 1
        self._repeats = Repeats()

    def walk(self, element: Element) -> None:
        self._buffer.append(element.text or "")
        for child in element:
            self._visit(child)
            self._buffer.append(child.tail or "")

    def flush(self) -> None:
        """Ends the paragraph that inline text has built so far."""
        text, self._buffer = "".join(self._buffer), []
        # Two breaks in a row, with nothing between them, end a paragraph.
        for _, group in itertools.groupby(text.split(_BREAK), key=lambda line: bool(line.strip())):
            lines = [line for line in group if line.strip()]
            items = [item_from_line(line) for line in lines]
            first = next((index for index, found in enumerate(items) if found), len(items))
            if len(items) - first >= 2 and all(items[first:]):
                # Lines that begin with a dash or a bullet are a list, whatever the page calls them.
                self._add(paragraph(" ".join(lines[:first])))
                self._add(bullets(items[first:]))
            else:
                self._add(paragraph(" ".join(lines)))

    def _add(self, *blocks: Block) -> None:
        self.blocks.extend(block for block in blocks if block.text)

    def _visit(self, element: Element) -> None:
        tag = element.tag
        if not isinstance(tag, str) or tag in _SKIPPED:
            if tag == "hr":
                self.flush()
            return
        if tag == "br":
            self._buffer.append(_BREAK)
            return
        if tag == "q":
            self._buffer.append("« ")
            self.walk(element)
            self._buffer.append(" »")
            return
        if tag in _INLINE and not any(_is_block(child) for child in element):
            self.walk(element)
            return
        self.flush()
        if tag in _HEADINGS or tag == "summary":
            level = _HEADINGS.get(tag, min(6, self._level + 1))
            self._add(heading(text_of(element), level))
            if tag != "summary":
                self._level = level
        elif tag in _LISTS and not _holds_sections(element):
            self._add(bullets(_list_lines(element, 0)))
        elif tag == "dl":
            self._add(bullets(_definitions(element)))
        elif tag == "table" and not _is_layout(element):
            self._table(element)
        else:
            self.walk(element)
            self.flush()

    def _table(self, element: Element) -> None:
        for caption in element.iterchildren("caption"):
            self._add(paragraph(text_of(caption)))
        rows = _rows(element)
        if len(rows) > 1 and all(len(row) == 2 and row[0].tag == "th" and row[1].tag == "td" for row in rows):
            # Headers down the side: each row is a label and its value.
            self._add(bullets(item(f"{text_of(label)} : {text_of(value)}") for label, value in rows))
        else:
            self._add(*table(_grid(rows, self._repeats)))


def _is_block(element: Element) -> bool:
    return isinstance(element.tag, str) and element.tag not in _INLINE and element.tag not in _SKIPPED | {"br"}


def _words(element: Element, skipped: frozenset[str] = frozenset()) -> list[str]:
    """The text under `element`, in pieces; `skipped` tags are left out."""
    pieces: list[str] = []
    _add_words(element, skipped, pieces)
    return pieces


def _add_words(element: Element, skipped: frozenset[str], pieces: list[str]) -> None:
    # A list that grows, not nested generators: each level of those would cost time for each piece.
    pieces.append(element.text or "")
    for child in element:
        if isinstance(child.tag, str) and child.tag not in _SKIPPED and child.tag not in skipped:
            around = "" if child.tag in _INLINE else " "
            pieces.append("« " if child.tag == "q" else around)
            _add_words(child, skipped, pieces)
            pieces.append(" »" if child.tag == "q" else around)
        elif isinstance(child.tag, str):
            pieces.append(" ")
        pieces.append(child.tail or "")


def _holds_sections(element: Element) -> bool:
    """Whether the « items » of a list are sections of their own (cards, accordions), not items."""
    return any(True for _ in element.iter("h2", "h3", "h4", "h5", "h6", "table", "details"))


def _list_lines(element: Element, depth: int) -> Iterator[str]:
    number = None
    if element.tag == "ol":
        start = element.get("start", "1")
        number = int(start) if re.fullmatch(r"\d{1,6}", start) else 1
    for child in element:
        if not isinstance(child.tag, str):
            continue
        if child.tag in _LISTS:
            yield from _list_lines(child, depth + 1)
            continue
        own = one_line("".join(_words(child, frozenset(_LISTS))))
        if own:
            yield item(own, depth=depth, number=number)
            number = None if number is None else number + 1
        for nested in _nearest(child):
            yield from _list_lines(nested, depth + 1 if own else depth)


def _nearest(element: Element) -> Iterator[Element]:
    """The lists under `element` that are in no other list under it."""
    for child in element:
        if child.tag in _LISTS:
            yield child
        elif isinstance(child.tag, str):
            yield from _nearest(child)


def _definitions(element: Element) -> Iterator[str]:
    terms: list[str] = []
    for child in element.iter("dt", "dd"):
        text = text_of(child)
        if child.tag == "dt":
            terms.append(text)
        elif text:
            yield item(f"{', '.join(terms)} : {text}" if terms else text)
            terms = []
    if terms:
        yield item(", ".join(terms))


def _rows(element: Element) -> list[list[Element]]:
    rows = []
    for child in element:
        group = [child] if child.tag == "tr" else child if child.tag in {"thead", "tbody", "tfoot"} else []
        rows += [[cell for cell in row if cell.tag in {"td", "th"}] for row in group if row.tag == "tr"]
    return rows


def _is_layout(element: Element) -> bool:
    """Whether a table only places things on the page: what it holds is text, not figures to read across."""
    return element.get("role") in {"presentation", "none"} or any(
        True for _ in element.iterdescendants("table", "h1", "h2", "h3", "h4", "h5", "h6")
    )


def _grid(rows: list[list[Element]], repeats: Repeats) -> list[list[str]]:
    """The texts of `rows`, a cell that spans several rows or columns repeated in each: every row is whole."""
    grid: list[list[str]] = []
    hanging: dict[int, tuple[int, str]] = {}  # column -> rows still to fill, with what
    for row in rows:
        line: list[str] = []

        def fill(line: list[str] = line) -> None:
            while len(line) in hanging:
                left, text = hanging.pop(len(line))
                if not repeats.allows(text):
                    hanging.clear()
                    return
                if left > 1:
                    hanging[len(line)] = (left - 1, text)
                line.append(text)

        for cell in row:
            fill()
            text, deep = text_of(cell), _span(cell, "rowspan")
            for number in range(max(1, min(_span(cell, "colspan"), _MAX_COLUMNS - len(line)))):
                if number and not repeats.allows(text):
                    break
                if deep > 1 and len(line) < _MAX_COLUMNS:
                    hanging[len(line)] = (deep - 1, text)
                line.append(text)
        fill()
        grid.append(line)
    return grid


def _span(cell: Element, name: str) -> int:
    value = cell.get(name, "1").strip()
    return min(_MAX_SPAN, max(1, int(value))) if value.isascii() and value.isdigit() else 1
