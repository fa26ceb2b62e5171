"""The sources that a document cites at its end: taken out of the tree, so that they are shown but never indexed."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.readers.html.elements import Element, text_of
from ingest.readers.metadata import parse_reference
from kb.text.folding import fold
from kb.types import CitedSource

_NAMES = frozenset("sources references bibliographie bibliography".split())
_TITLES = frozenset(
    (
        "source",
        "sources",
        "references",
        "sources et references",
        "references bibliographiques",
        "bibliographie",
        "sources citees",
    )
)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def extract_named_sources(root: Element) -> tuple[CitedSource, ...]:
    """The entries of `<section class="sources">` and the like; `root` loses them, but for prose."""
    found: list[CitedSource] = []
    named = [part for part in root.iter("section", "div", "ol", "ul", "aside", "footer") if _is_named(part)]
    outermost = set(named)
    for element in named:
        if element is root or any(parent in outermost for parent in element.iterancestors()):
            continue
        # Prose under such a name is text: « nos références » may be a list of works.
        is_list = element.tag in {"ol", "ul"} or next(element.iter("li"), None) is not None
        if is_list or _looks_like_references([element]):
            found += _entries([element])
            element.drop_tree()
    return tuple(dict.fromkeys(found))


def extract_last_sources(root: Element) -> tuple[CitedSource, ...]:
    """The entries of a last part headed « Sources »; `root` loses it. One that holds prose stays: it is text."""
    part = _last_part(root)
    if not part or not _looks_like_references(part[1:]):
        return ()
    found = _entries(part[1:])
    for element in part:
        element.drop_tree()
    return tuple(dict.fromkeys(found))


def _is_named(element: Element) -> bool:
    names = {*(element.get("class") or "").lower().split(), (element.get("id") or "").lower()}
    return bool(names & _NAMES) and next(element.iter("h1", "main", "article"), None) is None


def _last_part(root: Element) -> list[Element]:
    """The heading « Sources » (or a line that stands for one) and the elements after it, if no heading follows."""
    last = None
    for element in root.iter(*_HEADINGS, "p"):
        if element.tag in _HEADINGS or _is_title(element):
            last = element
    if last is None or not _is_title(last):
        return []
    while last.getnext() is None and last.getparent() is not None and last.getparent() is not root:
        if text_of(last.getparent()) != text_of(last):
            return []
        last = last.getparent()
    return [last, *last.itersiblings()]


def _is_title(element: Element) -> bool:
    text = text_of(element)
    return len(text) <= 60 and fold(text).rstrip(" :") in _TITLES


def _looks_like_references(elements: list[Element]) -> bool:
    lines = list(_lines(elements))
    marked = sum(
        "http" in text or "«" in text or "s.d." in text or entry.find(".//a") is not None for text, entry in lines
    )
    return bool(lines) and marked * 2 >= len(lines) and all(len(text) <= 500 for text, _ in lines)


def _entries(elements: list[Element]) -> list[CitedSource]:
    entries = []
    for text, entry in _lines(elements):
        link = next((anchor.get("href") for anchor in entry.iter("a") if anchor.get("href")), None)
        if not _is_title(entry) and (source := parse_reference(text, link=link)):
            entries.append(source)
    return entries


def _lines(elements: list[Element]) -> Iterator[tuple[str, Element]]:
    """Text and element of each entry: the items where there are lists, else the paragraphs."""
    for element in elements:
        entries = [item for item in element.iter("li") if next(item.iterdescendants("li"), None) is None]
        entries = entries or list(element.iter("p")) or ([] if element.tag in _HEADINGS else [element])
        for entry in entries:
            if text := text_of(entry):
                yield text, entry
