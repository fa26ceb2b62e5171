"""HTML elements -> blocks: headings, paragraphs, nested lists, tables with spans, in document order.

Used for web pages, for what trafilatura keeps of them, and for Markdown (through its HTML).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from ingest.readers.block_builder import Block, Repeats, bullets, heading, item, item_from_line, one_line, paragraph
from ingest.readers.figures.number_forms import written
from ingest.readers.html.elements import HEADINGS, INLINE, LISTS, SKIPPED, Element, is_block, text_of, words
from ingest.readers.html.tables import is_layout, table_blocks

_FORMS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}  # `type` of an `<ol>`
_NUMBERED = re.compile(r"(\d{1,3})[.)]\s+(?=\S)")
_BREAK = "\u2028"  # stands for <br> until the paragraph is complete


def blocks_of(root: Element) -> list[Block]:
    """The blocks of the text under `root`. Links, images and inline marks leave only their visible text."""
    walker = _Walker()
    walker.walk(root)
    walker.flush()
    return walker.blocks


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
        if not isinstance(tag, str) or tag in SKIPPED:
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
        if tag in INLINE and not any(is_block(child) for child in element):
            self.walk(element)
            return
        self.flush()
        if tag in HEADINGS or tag == "summary":
            level = HEADINGS.get(tag, min(6, self._level + 1))
            self._add(heading(text_of(element), level))
            if tag != "summary":
                self._level = level
        elif tag in LISTS and not _holds_sections(element):
            self._add(bullets(_list_lines(element, 0)))
        elif tag == "dl" and not _holds_prose(element):
            self._add(bullets(_definitions(element)))
        elif tag == "dt":
            # Of a list whose definitions are texts of their own: questions and answers.
            self._add(heading(text_of(element), min(6, self._level + 1)))
        elif tag == "table" and not is_layout(element):
            self._add(*table_blocks(element, self._repeats))
        else:
            self.walk(element)
            self.flush()


def _holds_sections(element: Element) -> bool:
    """Whether the « items » of a list are sections of their own (cards, accordions), not items."""
    return any(True for _ in element.iter("h2", "h3", "h4", "h5", "h6", "table", "details"))


def _holds_prose(element: Element) -> bool:
    """Whether the definitions of a list are more than a line each: paragraphs, lists, tables, headings."""
    return any(
        len(list(part.iterchildren("p", "div"))) > 1
        or next(part.iter("ul", "ol", "table", "dl", *HEADINGS, "details"), None) is not None
        for part in element.iter("dd")
    )


def labelled_items(element: Element) -> Iterator[tuple[Element, str, str]]:
    """What a list holds: each child, its own text, and what numbers it (« 4. », « b) »), if the list counts."""
    start = element.get("start", "")
    number = int(start) if re.fullmatch(r"\d{1,6}", start) else 1
    form = _FORMS.get(element.get("type", ""), "")
    for child in element:
        if not isinstance(child.tag, str):
            continue
        own = one_line("".join(words(child, frozenset(LISTS)))) if child.tag not in LISTS else ""
        if element.tag != "ol" or not own:
            yield child, own, ""
            continue
        told = child.get("value", "")
        number = int(told) if re.fullmatch(r"\d{1,6}", told) else number
        yield child, own, f"{written(number, form)}{')' if form else '.'}"
        number += 1


def _list_lines(element: Element, depth: int) -> Iterator[str]:
    for child, own, label in labelled_items(element):
        if child.tag in LISTS:
            yield from _list_lines(child, depth + 1)
            continue
        text = f"{label} {own}".strip()
        match = _NUMBERED.match(text)
        yield item(text[match.end() :], depth=depth, number=int(match[1])) if match else item(text, depth=depth)
        for nested in _nearest(child):
            yield from _list_lines(nested, depth + 1 if own else depth)


def _nearest(element: Element) -> Iterator[Element]:
    """The lists under `element` that are in no other list under it."""
    for child in element:
        if child.tag in LISTS:
            yield child
        elif isinstance(child.tag, str):
            yield from _nearest(child)


def _definitions(element: Element) -> Iterator[str]:
    """A line a definition, each behind its terms: several may define the same."""
    terms: list[str] = []
    is_defined = True
    for child in element.iter("dt", "dd"):
        text = text_of(child)
        if child.tag == "dt":
            terms = [text] if is_defined else [*terms, text]
            is_defined = False
        elif text:
            yield item(f"{', '.join(terms)} : {text}" if terms else text)
            is_defined = True
    if not is_defined:
        yield item(", ".join(terms))
