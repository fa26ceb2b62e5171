"""Styles: what a paragraph or run takes from its own and from those that this one is based on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ingest.readers.docx.ooxml import W, switch, value, whole

_CONTENTS = re.compile(r"(?:toc|tm|table of figures)\b")
_HEADING = re.compile(r"(?:heading|titre) ([1-9])$")
# Style sheets are a few deep: a chain made longer than this would only cost.
_DEEPEST = 20


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
        """The style of that identifier; one that says nothing when there is none. A circle of styles ends somewhere."""
        chain: dict[str, Any] = {}
        current = identifier
        while current not in self._known and current not in chain and current in self._elements:
            chain[current] = self._elements[current]
            current = value(chain[current], "basedOn") or ""
        base = self._known.get(current, PLAIN)
        for name, element in reversed(chain.items()):
            base = self._known[name] = _read(name, element, base)
        return base


def outline_level(settings: Any) -> int | None:
    """The level from 1 that the `w:pPr` of a paragraph or style gives it; 0 for text, None when it does not say."""
    found = value(settings, "outlineLvl")
    return None if found is None else (int(found) + 1 if found in set("012345678") else 0)


def list_place(settings: Any) -> tuple[str | None, int | None]:
    """The list (`w:numId`) and the depth in it (`w:ilvl`) that a `w:pPr` tells; None for what it does not."""
    mark = settings.find(f"{W}numPr") if settings is not None else None
    depth = value(mark, "ilvl")
    return value(mark, "numId"), None if depth is None else whole(depth, 0)


def _read(identifier: str, element: Any, base: Style) -> Style:
    """The style in `element`, which says more or otherwise than `base`."""
    settings, characters = element.find(f"{W}pPr"), element.find(f"{W}rPr")
    name = (value(element, "name") or "").lower()
    match = _HEADING.match(name)
    level = int(match[1]) if match else outline_level(settings)
    number, depth = list_place(settings)
    if number is None:
        number, depth = base.number, base.depth if depth is None else depth
    hidden, place = switch(characters, "vanish"), value(characters, "vertAlign")
    return Style(
        identifier,
        (name, *base.names[:_DEEPEST]) if name else base.names,
        base.level if level is None else level,
        number,
        depth,
        base.hidden if hidden is None else hidden,
        base.raised if place is None else place == "superscript",
    )
