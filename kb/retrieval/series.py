"""Values by date or by partner, gathered from sentences of documents: the same thing told several times, as a table.

Statements -> the values that each gives, with its date and whose it is -> groups of the same thing. A statement whose
values and dates cannot be told apart gives none: a value that is missed costs less than one under the wrong date.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from kb.text.blocks import cells, unescaped
from kb.text.figures import Figure, figures
from kb.text.folding import fold
from kb.text.stems import stems, words

MOST_GROUPS = 3
FEWEST_DATES = 3
"""Of a group that is drawn."""
_UNITS = {"", "%", "€"}
_FEWEST_SHARED = 2  # stems, of two sentences about the same thing
_SHARED = 0.5  # of those of the shorter one
_NOT_ITS_UNIT = re.compile(r"^[\s\u00a0\u202f]*([^\W\d_][\w'’-]*)")
_MINUS = re.compile(r"(?:^|[\s(:|])[-−–]$")


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence, item or row of a document: `quote` as it stands there. `header` is that of the row's table (the line,
    as written), `number` the reference that an answer gives it, 0 without one.
    """

    document_id: str
    title: str
    quote: str
    start: int
    end: int
    header: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Value:
    """What a statement gives: `amount` in `unit` (€, % or what is counted), `written` as it stands there; of `when` (an
    ISO date, empty where the statement gives none) and `of` whom or what (empty likewise).
    """

    when: str
    of: str
    amount: Decimal
    unit: str
    written: str
    statement: Statement


@dataclass(frozen=True, slots=True)
class Group:
    """Values of the same thing, in order of time, then as they were told."""

    unit: str
    values: tuple[Value, ...]

    @property
    def is_series(self) -> bool:
        """Whether it can be drawn: one value, from zero on, at each of three dates or more."""
        dates = [value.when for value in self.values]
        is_positive = all(value.amount >= 0 for value in self.values)
        return all(dates) and len(set(dates)) == len(dates) >= FEWEST_DATES and is_positive


def gathered(statements: Iterable[Statement], names: Sequence[str] = ()) -> list[Group]:
    """The groups of two values or more, at most `MOST_GROUPS`, the largest first. `names` are the partners that a
    sentence may be about.
    """
    groups: list[tuple[tuple[str, str], frozenset[str], list[Value]]] = []
    for statement in statements:
        for kind, subject, value in _values(statement, names):
            fitting = (held for held in groups if held[0] == kind and _same(held[1], subject, kind))
            if (found := next(fitting, None)) is None:
                groups.append((kind, subject, [value]))
            elif not any(_told(value) == _told(other) for other in found[2]):
                found[2].append(value)
    whole = [
        Group(values[0].unit, tuple(sorted(values, key=lambda value: value.when or "9999")))
        for _, _, values in groups
        if len({(value.when, value.of) for value in values}) > 1 and any(value.when or value.of for value in values)
    ]
    return sorted(whole, key=lambda group: -len(group.values))[:MOST_GROUPS]


def _told(value: Value) -> tuple[str, str, Decimal]:
    return value.when, fold(value.of), value.amount


def _same(one: frozenset[str], other: frozenset[str], kind: tuple[str, str]) -> bool:
    if kind[1]:
        return True  # columns of the same name
    shared = len(one & other)
    return shared >= min(_FEWEST_SHARED, len(one), len(other)) and shared >= _SHARED * min(len(one), len(other))


def _values(statement: Statement, names: Sequence[str]) -> Iterator[tuple[tuple[str, str], frozenset[str], Value]]:
    """Each value with its kind (its unit, and the column that it stands in) and the stems that tell what it is of."""
    if statement.header and "|" in statement.quote:
        yield from _of_row(statement)
        return
    text = statement.quote
    found = figures(text)
    dates = [figure for figure in found if figure.date[0] and not _counts(text, figure)]
    numbers = [figure for figure in found if figure.unit in _UNITS]
    of = _named(text, names)
    subject = _subject(text, found, names)
    for unit in dict.fromkeys(_unit(text, figure) for figure in numbers):
        mine = [figure for figure in numbers if _unit(text, figure) == unit]
        for figure, when in _paired(mine, dates, is_alone=len(numbers) == 1):
            value = Value(when, of, _amount(text, figure), unit, _written(text, figure, unit), statement)
            yield (fold(unit), ""), subject, value


def _paired(numbers: Sequence[Figure], dates: Sequence[Figure], *, is_alone: bool) -> list[tuple[Figure, str]]:
    """Which value is of which date: one and one, or as many of both by turns (« 10 en 2018, 12 en 2019 »)."""
    if len(numbers) == 1 and len(dates) <= 1:
        return [(numbers[0], _iso(dates[0]) if dates else "")] if dates or is_alone else []
    if len(numbers) == len(dates):
        ordered = sorted([*numbers, *dates], key=lambda figure: figure.start)
        by_turns = all(
            (one in dates) != (other in dates) for one, other in zip(ordered[::2], ordered[1::2], strict=True)
        )
        starts_alike = len({figure in dates for figure in ordered[::2]}) == 1
        if by_turns and starts_alike:
            return [(number, _iso(date)) for number, date in zip(numbers, dates, strict=True)]
    return []


def _of_row(statement: Statement) -> Iterator[tuple[tuple[str, str], frozenset[str], Value]]:
    titles, row = cells(statement.header), [unescaped(cell) for cell in cells(statement.quote)]
    label = row[0] if row else ""
    when = _as_date(label)
    for title, cell in zip(titles[1:], row[1:], strict=False):
        numbers = [figure for figure in figures(cell) if figure.unit in {*_UNITS, "year"}]
        if len(numbers) != 1 or _as_date(cell):
            continue
        column_date = _as_date(title)
        unit = _unit(cell, numbers[0]) if numbers[0].unit in {"%", "€"} else _unit_of_title(title)
        value = Value(
            when or column_date, "" if when else label, _amount(cell, numbers[0]), unit, cell.strip(), statement
        )
        yield (fold(unit), fold(titles[0] if column_date else title) or "-"), frozenset(), value


def _as_date(cell: str) -> str:
    """The date that a cell is, if it is nothing else."""
    found = figures(cell)
    if len(found) != 1 or not found[0].date[0] or words(cell[: found[0].start] + cell[found[0].end :]):
        return ""
    return _iso(found[0])


def _unit_of_title(title: str) -> str:
    found = re.search(r"\(([^()]{1,20})\)", title)
    return found[1] if found else ""


def _iso(figure: Figure) -> str:
    return "-".join(f"{part:02}" for part in figure.date if part)


def _unit(text: str, figure: Figure) -> str:
    """« € », « % », or the word for what is counted."""
    if figure.unit:
        return figure.unit
    follows = _NOT_ITS_UNIT.match(text[figure.end :])
    return follows[1] if follows and len(follows[1]) > 2 else ""


def _written(text: str, figure: Figure, unit: str) -> str:
    minus = "−" if _amount(text, figure) < 0 else ""
    return f"{minus}{figure.text}" if figure.unit or not unit else f"{minus}{figure.text} {unit}"


def _amount(text: str, figure: Figure) -> Decimal:
    return -figure.value if _MINUS.search(text[: figure.start]) else figure.value


def _counts(text: str, figure: Figure) -> bool:
    """Whether what is written as a year counts things: « 2000 places »."""
    if figure.unit != "year":
        return False
    before = fold(text[: figure.start])[-8:].split()
    follows = re.match(r"\s[a-z-]{3,}[sx]\b", fold(text[figure.end :])[:30]) if text[figure.end :] else None
    return bool(follows) and (not before or before[-1] not in {"en", "de", "depuis", "fin", "debut", "avant", "apres"})


def _named(text: str, names: Sequence[str]) -> str:
    """The one of `names` that a sentence names; empty where it names none, or several."""
    held = words(text)
    found = []
    for name in names:
        wanted = words(name)
        width = len(wanted)
        if wanted and any(held[at : at + width] == wanted for at in range(len(held) - width + 1)):
            found.append(name)
    return found[0] if len(found) == 1 else ""


def _subject(text: str, found: Sequence[Figure], names: Sequence[str]) -> frozenset[str]:
    for figure in reversed(found):
        text = f"{text[: figure.start]} {text[figure.end :]}"
    of_names = {stem for name in names for stem in stems(name)}
    return frozenset(stem for stem in stems(text) if not stem.isdigit()) - of_names
