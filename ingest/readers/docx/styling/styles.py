"""Styles: what a paragraph or run takes from its own and from those that this one is based on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ingest.readers.docx.ooxml import W, switch, value, whole

_CONTENTS = re.compile(r"(?:toc|tm|table of figures)\b")
_HEADING = re.compile(r"(?:heading|titre) ([1-9])$")
# Style sheets are a few deep: a chain made longer than this only costs.
_DEEPEST = 50


@dataclass(frozen=True, slots=True)
class Style:
    """What is asked of a style. None for what neither it nor those below it say.

    `names` are its own and those of the styles below it, in lower case: Word names its own alike in all languages.
    `level` is a heading's, from 1, 0 for another; `number` the `w:numId` of its list and `depth` the `w:ilvl`.
    """

    identifier: str = ""
    names: tuple[str, ...] = ()
    level: int = 0
    number: str | None = None
    depth: int | None = None
    hidden: bool | None = None
    raised: bool = False

    @property
    def is_title(self) -> bool:
        """Whether a document's title is written in it."""
        return "title" in self.names

    @property
    def is_contents(self) -> bool:
        """Whether it is that of a line of a table of contents or of figures."""
        return any(_CONTENTS.match(name) for name in self.names)


PLAIN = Style()


class Styles:
    """The styles of a document by identifier."""

    def __init__(self, root: Any) -> None:
        self._elements = {}
        self._known: dict[str, Style] = {}
        self._default = ""
        for element in root.iter(f"{W}style") if root is not None else ():
            identifier = element.get(f"{W}styleId", "")
            self._elements[identifier] = element
            if element.get(f"{W}type") == "paragraph" and element.get(f"{W}default") in {"1", "true", "on"}:
                self._default = identifier

    def of_paragraph(self, paragraph: Any) -> Style:
        """The style of a paragraph, the default one when it names none."""
        named = value(paragraph.find(f"{W}pPr"), "pStyle")
        return self.get(self._default if named is None else named)

    def get(self, identifier: str) -> Style:
        """The style of that identifier; one that says nothing when there is none."""
        if identifier not in self._known:
            self._known[identifier] = _read(identifier, list(self._lineage(identifier)))
        return self._known[identifier]

    def _lineage(self, identifier: str | None) -> Iterator[Any]:
        """The XML of a style and of those it is based on, nearest first; a cycle ends it."""
        seen: set[str] = set()
        while identifier is not None and identifier not in seen and len(seen) < _DEEPEST:
            seen.add(identifier)
            element = self._elements.get(identifier)
            if element is None:
                return
            yield element
            identifier = value(element, "basedOn")


def outline_level(settings: Any) -> int | None:
    """The level from 1 that the `w:pPr` of a paragraph or style gives it; 0 for text, None when it does not say."""
    found = value(settings, "outlineLvl")
    return None if found is None else (int(found) + 1 if found in set("012345678") else 0)


def list_place(settings: Any) -> tuple[str | None, int | None]:
    """The list (`w:numId`) and the depth in it (`w:ilvl`) that a `w:pPr` tells; None for what it does not."""
    mark = settings.find(f"{W}numPr") if settings is not None else None
    depth = value(mark, "ilvl")
    return value(mark, "numId"), None if depth is None else whole(depth, 0)


def _read(identifier: str, lineage: list[Any]) -> Style:
    names = tuple(name.lower() for element in lineage if (name := value(element, "name")))
    levels = [int(match[1]) for name in names if (match := _HEADING.match(name))]
    number = depth = hidden = raised = None
    for element in lineage:
        settings, characters = element.find(f"{W}pPr"), element.find(f"{W}rPr")
        if not levels and (level := outline_level(settings)) is not None:
            levels.append(level)
        found, deep = list_place(settings)
        if number is None:
            number, depth = found, deep if depth is None else depth
        hidden = switch(characters, "vanish") if hidden is None else hidden
        raised = value(characters, "vertAlign") if raised is None else raised
    return Style(identifier, names, levels[0] if levels else 0, number, depth, hidden, raised == "superscript")
