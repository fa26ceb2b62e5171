"""What numbers the lists and headings of OpenDocument: « 2. », « b) », « Article 3 », counted on as the file says."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.readers.figures.number_forms import written
from ingest.readers.opendocument.styles import STYLE, TEXT, Element, number_of

_FORMS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_LEVELS = (f"{TEXT}list-level-style-number", f"{TEXT}outline-level-style")
_TEMPLATE = "{urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0}num-list-format"
_IDENTIFIER = "{http://www.w3.org/XML/1998/namespace}id"
_OUTLINE = "\x00outline"  # no style can have that name

Counts = dict[int, int]
"""Where a list has come to, by depth from 0."""


@dataclass(frozen=True, slots=True)
class _Level:
    form: str
    template: str
    start: int


class Numbering:
    """The numbers of a document's lists and headings, asked for in its order."""

    def __init__(self, *roots: Element) -> None:
        self._levels: dict[tuple[str, int], _Level] = {}
        self._of_style: dict[str, Counts] = {}
        self._of_list: dict[str, Counts] = {}
        self._outline: Counts = {}
        for root in roots:
            for style in root.iter(f"{TEXT}list-style", f"{TEXT}outline-style"):
                name = _OUTLINE if style.tag == f"{TEXT}outline-style" else style.get(f"{STYLE}name", "")
                for level in style.iter(*_LEVELS):
                    depth = number_of(level, f"{TEXT}level") - 1
                    self._levels[name, depth] = _level(level, depth)

    def begin(self, element: Element, style: str) -> Counts:
        """Where the outermost list `element`, of that style, begins: after the one that it continues, if any."""
        counts: Counts = {}
        if element.get(f"{TEXT}continue-numbering") == "true":
            counts = self._of_style.get(style, counts)
        counts = self._of_list.get(element.get(f"{TEXT}continue-list", ""), counts)
        self._of_style[style] = self._of_list[element.get(_IDENTIFIER, "")] = counts
        return counts

    def label(self, style: str, depth: int, counts: Counts, start: int | None = None) -> str:
        """What stands before the next item of a list at a depth, `start` being its own number; empty for a bullet."""
        level = self._levels.get((style, depth))
        if level is None:
            return ""
        counts[depth] = start if start is not None else counts.get(depth, level.start - 1) + 1
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]
        if not level.form:
            return ""

        def shown(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            above = self._levels.get((style, at))
            return written(counts.get(at, above.start), _FORMS.get(above.form, "")) if above and above.form else ""

        return re.sub(r"%(\d{1,2})%", shown, level.template).strip()

    def heading(self, level: int) -> str:
        """What stands before the next heading of a level from 1."""
        return self.label(_OUTLINE, level - 1, self._outline)


def _level(element: Element, depth: int) -> _Level:
    """A level of a style. Before LibreOffice 7.2 no template says how the numbers of several levels stand together."""
    shown = min(depth + 1, number_of(element, f"{TEXT}display-levels"))
    numbers = ".".join(f"%{at}%" for at in range(depth + 2 - shown, depth + 2))
    ends = (element.get(f"{STYLE}num-prefix", ""), element.get(f"{STYLE}num-suffix", ""))
    template = element.get(_TEMPLATE) or numbers.join(ends)
    is_outline = element.tag == f"{TEXT}outline-level-style"
    return _Level(
        element.get(f"{STYLE}num-format", "" if is_outline else "1"), template, number_of(element, f"{TEXT}start-value")
    )
