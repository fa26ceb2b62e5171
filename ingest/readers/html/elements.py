"""HTML elements and the words in them: which ones are blocks, lists or never text, and the text of one on one line."""

from __future__ import annotations

from typing import Any

from ingest.readers.block_builder import one_line

Element = Any  # lxml.html.HtmlElement: lxml comes without types

HEADINGS = {f"h{level}": level for level in range(1, 7)}
LISTS = {"ul", "ol", "menu", "dir"}
SKIPPED = frozenset(
    # What is struck out is said no more: beside it stands what is said instead.
    "script style template noscript iframe object svg math canvas audio video img hr head title del s strike".split()
)
INLINE = frozenset(
    "a abbr acronym b bdi bdo big cite code data dfn em font i ins kbd label mark q samp small span "
    "strong sub sup time tt u var wbr ruby rb".split()
)


def text_of(element: Element) -> str:
    """All the text under `element` on one line, a space wherever a block or a line break stands."""
    return one_line("".join(words(element)))


def words(element: Element, skipped: frozenset[str] = frozenset()) -> list[str]:
    """The text under `element`, in pieces; `skipped` tags are left out."""
    pieces: list[str] = []
    _add_words(element, skipped, pieces)
    return pieces


def is_struck(root: Element) -> bool:
    """Whether any text under `root` is struck out."""
    return any(text_of(part) for part in root.iter("del", "s", "strike"))


def is_block(element: Element) -> bool:
    """Whether an element stands for itself, not in a line of text."""
    return isinstance(element.tag, str) and element.tag not in INLINE and element.tag not in SKIPPED | {"br"}


def _add_words(element: Element, skipped: frozenset[str], pieces: list[str]) -> None:
    # A list that grows, not nested generators: each level of those would cost time for each piece.
    pieces.append(element.text or "")
    for child in element:
        if isinstance(child.tag, str) and child.tag not in SKIPPED and child.tag not in skipped:
            around = "" if child.tag in INLINE else " "
            pieces.append("« " if child.tag == "q" else around)
            _add_words(child, skipped, pieces)
            pieces.append(" »" if child.tag == "q" else around)
        elif isinstance(child.tag, str):
            pieces.append(" ")
        pieces.append(child.tail or "")
