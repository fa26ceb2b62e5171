"""Automatic numbering, as Word computes it from `numbering.xml` and the styles (ECMA-376 part 1, 17.9).

`Numbering` holds the lists, `Counters` where each of them has come to in one story (the body, the notes, a text box:
each counts on its own).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from ingest.readers.docx.ooxml import W, switch, value, whole
from ingest.readers.docx.styling.styles import Style, Styles, list_place
from ingest.readers.figures.number_forms import written

DEEPEST = 8  # the nine levels of a list that Word knows, from 0
_LONGEST = 100  # characters of a label: more is no number, and would be repeated with each item
_MOST_LINKS = 8  # from a list to a style of lists and on: one is what Word writes, a long chain only costs
_HOLE = re.compile(r"%([1-9])")
_WORD = re.compile(r"[^\W\d_]{3,}")


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a list. `restart` is the number of levels whose use sets it back to `start`; None: all above it."""

    form: str = "decimal"
    custom: str = ""
    text: str = ""
    start: int = 1
    legal: bool = False
    restart: int | None = None
    style: str | None = None


@dataclass(slots=True)
class NumberedList:
    """A `w:num`. Those with the same `pattern` (the abstract list) count together."""

    pattern: str
    levels: dict[int, Level]
    starts: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Label:
    """What stands before an item: the bullet's sign or the number as shown; `text` may be empty.

    `is_worded`: it names what it counts, « Article 3 ».
    """

    depth: int
    text: str
    is_bullet: bool
    is_worded: bool = False

    def before(self, text: str) -> str:
        """The label and the `text` that it stands before, its figures apart from those of the text."""
        if self.text[-1:].isdigit() and text[:1].isdigit():
            return f"{self.text} – {text}"
        return f"{self.text} {text}".strip()


class Numbering:
    """The lists of a document by `w:numId`."""

    def __init__(self, root: Any, styles: Styles) -> None:
        self._styles = styles
        self.lists: dict[str, NumberedList] = {}
        if root is None:
            return
        patterns = {entry.get(f"{W}abstractNumId", ""): entry for entry in root.iter(f"{W}abstractNum")}
        numbers = {entry.get(f"{W}numId", ""): entry for entry in root.iter(f"{W}num")}
        levels: dict[str, dict[int, Level]] = {}
        for identifier, entry in numbers.items():
            pattern = self._pattern(entry, patterns, numbers)
            if pattern not in levels:
                levels[pattern] = _levels(patterns[pattern]) if pattern in patterns else {}
            made = NumberedList(pattern, dict(levels[pattern]))
            for override in entry.iter(f"{W}lvlOverride"):
                depth = whole(override.get(f"{W}ilvl"), 0)
                made.levels |= _levels(override)
                if (start := value(override, "startOverride")) is not None:
                    made.starts[depth] = whole(start, 1)
            self.lists[identifier] = made

    def bullets(self) -> set[str]:
        """The signs that stand before items which have no number."""
        levels = (level for found in self.lists.values() for level in found.levels.values())
        return {level.text.strip()[:1] for level in levels if level.form == "bullet"}

    def place(self, paragraph: Any, style: Style) -> tuple[str, int] | None:
        """The list of a paragraph and the depth in it; None when it is in none."""
        own, depth = list_place(paragraph.find(f"{W}pPr"))
        number = style.number if own is None else own
        if number is None or number == "0":  # by 0 a paragraph leaves the list of its style
            return None
        if depth is None and own is None:
            found = self.lists.get(number)
            linked = [level for level, kept in found.levels.items() if kept.style == style.identifier] if found else []
            depth = linked[0] if linked else style.depth
        return number, min(DEEPEST, depth or 0)

    def _pattern(self, entry: Any, patterns: dict[str, Any], numbers: dict[str, Any]) -> str:
        """The abstract list of a `w:num`, through styles of lists where it only names one."""
        seen: set[str] = set()
        while True:
            identifier = value(entry, "abstractNumId") or ""
            linked = value(patterns.get(identifier), "numStyleLink")
            following = numbers.get(self._styles.get(linked).number or "") if linked else None
            if following is None or identifier in seen or len(seen) == _MOST_LINKS:
                return identifier
            seen.add(identifier)
            entry = following


class Counters:
    """Where the lists have come to in a story.

    Of what the standard leaves open, what docx4j measured in Word: a level that is skipped counts as used, and text
    boxes, notes and margins count apart from the body.
    """

    def __init__(self, numbering: Numbering) -> None:
        self._lists = numbering.lists
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()

    def next(self, number: str, depth: int) -> Label:
        """The label of the next item of the list `number` at `depth`."""
        found = self._lists.get(number)
        level = found.levels.get(depth) if found else None
        if found is None or level is None:
            return Label(depth, "", is_bullet=True)
        counts = self._counts.setdefault(found.pattern, {})
        for above in range(depth):
            if above not in counts and above in found.levels:
                counts[above] = self._start(found, above)
        begins = depth in found.starts and (number, depth) not in self._begun
        self._begun.add((number, depth))
        counts[depth] = self._start(found, depth) if begins or depth not in counts else counts[depth] + 1
        for deeper in range(depth + 1, DEEPEST + 1):
            restart = found.levels[deeper].restart if deeper in found.levels else None
            if deeper in counts and (restart is None or depth < restart):
                del counts[deeper]
        if level.form == "bullet":
            return Label(depth, level.text.strip()[:1], is_bullet=True)
        worded = _WORD.search(_HOLE.sub("", level.text[:_LONGEST])) is not None
        return Label(depth, _label(found, level, counts), is_bullet=False, is_worded=worded)

    @staticmethod
    def _start(found: NumberedList, depth: int) -> int:
        return found.starts.get(depth, found.levels[depth].start)


def _label(found: NumberedList, level: Level, counts: dict[int, int]) -> str:
    def filled(hole: re.Match[str]) -> str:
        depth = int(hole[1]) - 1
        named = found.levels.get(depth)
        if named is None:
            return ""
        # « Legal » numbers show those that they inherit in figures, whatever the form of their own level.
        form = "decimal" if level.legal and named is not level and named.form != "none" else named.form
        return written(counts.get(depth, named.start), form, named.custom)

    return _HOLE.sub(filled, level.text[:_LONGEST]).strip()[:_LONGEST]


def _levels(parent: Any) -> dict[int, Level]:
    found: dict[int, Level] = {}
    for entry in parent.iter(f"{W}lvl"):
        depth = whole(entry.get(f"{W}ilvl"), 0)
        if depth > DEEPEST:
            continue
        # A form that older versions do not know stands in a choice.
        form = next(iter(entry.iter(f"{W}numFmt")), None)
        restart = value(entry, "lvlRestart")
        found[depth] = Level(
            form=form.get(f"{W}val", "decimal") if form is not None else "decimal",
            custom=form.get(f"{W}format", "") if form is not None else "",
            text=value(entry, "lvlText") or "",
            start=whole(value(entry, "start"), 0),
            legal=switch(entry, "isLgl") or False,
            restart=None if restart is None else whole(restart, 0),
            style=value(entry, "pStyle"),
        )
    return found
