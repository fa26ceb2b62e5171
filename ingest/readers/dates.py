"""Publication dates as people and machines write them -> ISO, as precise as given, or nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from email.utils import parsedate_to_datetime

from kb.text.folding import fold
from kb.text.months import MONTH, MONTH_NUMBERS

# Nothing that an agency could publish is older; it keeps « 1204 places » or a reference number from being a year.
_FIRST_YEAR = 1800
_LINE = 200  # characters: a longer line is text, whatever date it holds

_WEEKDAY = r"(?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)\s+)?"

# Patterns on folded text (no accents, lower case, single spaces). The order matters: the most precise first.
_ISO = re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})(?:-(?P<d>\d{1,2}))?(?=$|[^\d-])")
_SLASHED_ISO = re.compile(r"(?P<y>\d{4})/(?P<m>\d{1,2})(?:/(?P<d>\d{1,2}))?(?=$|[^\d/])")
_NUMERIC = re.compile(r"(?P<d>\d{1,2})(?P<s>[/.-])(?P<m>\d{1,2})(?P=s)(?P<y>\d{4})\b")
_NUMERIC_MONTH = re.compile(r"(?P<m>\d{1,2})/(?P<y>\d{4})\b")
_WRITTEN = re.compile(rf"{_WEEKDAY}(?:(?P<d>\d{{1,2}}|premier)(?:\s?er)?\s+)?(?P<name>{MONTH})\s+(?P<y>\d{{4}})\b")
_YEAR = re.compile(r"(?P<y>\d{4})\b")
_PATTERNS = (_ISO, _SLASHED_ISO, _NUMERIC, _NUMERIC_MONTH, _WRITTEN, _YEAR)
_TIME = re.compile(
    r"(?:[t ,-]| a )*\d{1,2}\s?[:h](?:\s?\d{2})?(?::\d{2}(?:[.,]\d+)?)?\s?(?:z|utc|gmt|[+-]\d{2}:?\d{2})?$"
)

_PUBLISHED = r"(?:publiee?|mise? en ligne|parue?|diffusee?)"
_ANNOUNCED = re.compile(
    rf"\b(?:{_PUBLISHED}|date de (?:publication|parution|mise en ligne))(?: par [^,.]{{1,60}}?(?= (?:le|en) ))?"
    r"\s*:?\s*(?:le |en )?\s*:?\s*"
)
_UPDATED = re.compile(
    r"\b(?:mis a jour|mise a jour|derniere (?:mise a jour|modification)|modifie|modifiee)\s*:?\s*(?:le )?"
)
# What may stand before and after an announced date on its line; anything else is a sentence that holds a date.
_BEFORE = re.compile(r"(?:.{1,60}[|•·–—:-]\s*)?$")
_AFTER = re.compile(r"\s*\.?\s*(?:$|[|•·()-]|,? ?(?:a )?\d{1,2}\s?[h:]|,? ?(?:et )?(?:mis|modifi|derniere)|par )")
# A place before a date, as letters and reports have it: « Paris, le 3 mars 2025 ».
_PLACED = re.compile(r"[a-z][a-z' -]{1,40}, (?:le )?(?=\d|premier)")


def today() -> date:
    """The day it is, where the program runs."""
    return datetime.now().astimezone().date()


def parse_date(value: object, *, latest: date | None = None) -> str | None:
    """`value` as `2025-03-14`, `2025-03` or `2025`; None when it is no date, an impossible one, or a future one.

    Takes a `date`, a year as `int`, or a text that is a date and nothing else but « le » or a weekday before, or a
    time of day after: ISO, `03/03/2025`, « 3 mars 2025 », « 1er octobre 2021 », « mars 2024 », « 2019 », RFC 2822.
    `latest` is the last day that is not in the future (default: today).
    """
    latest = latest or today()
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, date):
        return _checked(value.year, value.month, value.day, latest)
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    if isinstance(value, str) and len(value) > _LINE:
        return None
    text = fold(str(value)).strip(" .,;:()[]").removeprefix("le ")
    for pattern in _PATTERNS:
        if match := pattern.match(text):
            rest = text[match.end() :]
            if rest and not (_TIME.match(rest) and match.groupdict().get("d")):
                continue
            return _from_match(match, latest)
    try:
        moment = parsedate_to_datetime(str(value).strip())
    except (ValueError, TypeError, IndexError):
        return None
    return _checked(moment.year, moment.month, moment.day, latest)


def announced_date(line: str, *, latest: date | None = None) -> str | None:
    """The date that `line` announces as its publication (« Publié le 3 mars 2025 - mis à jour le … »), or None."""
    if len(line) > _LINE:
        return None
    latest = latest or today()
    text = fold(line)
    for announcement in _ANNOUNCED.finditer(text):
        if not _BEFORE.match(text[: announcement.start()]):
            continue
        rest = text[announcement.end() :]
        for pattern in _PATTERNS:
            if (match := pattern.match(rest)) and _AFTER.match(rest[match.end() :]):
                return _from_match(match, latest)
    return None


def is_announcement(line: str) -> bool:
    """Whether `line` only says when a page was published or updated, with or without the date."""
    if len(line) > _LINE:
        return False
    text = fold(line)
    for announcement in (_ANNOUNCED, _UPDATED):
        text = announcement.sub(" ", text)
    if text == fold(line):
        return False
    for pattern in _PATTERNS:
        text = pattern.sub(" ", text)
    text = re.sub(r"\b\d{1,2}\s?[:h]\s?(?:\d{2})?", " ", text)
    return not re.sub(r"\b(?:a|le|et|s\.d)\b|[^a-z0-9]", "", text)


def date_near_title(lines: Iterable[str], *, latest: date | None = None) -> str | None:
    """The publication date among the first `lines` of a document: announced, or alone on its line; else None.

    A date inside a sentence is what the document talks about, and a file's creation date says nothing: neither counts.
    """
    alone: str | None = None
    for line in lines:
        if found := announced_date(line, latest=latest):
            return found
        if alone is None and len(line) <= 60 and not is_announcement(line):
            text = fold(line).strip(" .-|()")
            alone = parse_date(_PLACED.sub("", text, count=1), latest=latest)
    return alone


def _from_match(match: re.Match[str], latest: date) -> str | None:
    groups = match.groupdict()
    day, month = groups.get("d"), groups.get("m")
    if name := groups.get("name"):
        month = str(MONTH_NUMBERS[name.rstrip(".")])
    number = 1 if day == "premier" else int(day) if day else None
    return _checked(int(groups["y"]), int(month) if month else None, number, latest)


def _checked(year: int, month: int | None, day: int | None, latest: date) -> str | None:
    try:
        first_day = date(year, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        return None
    if year < _FIRST_YEAR or first_day > latest:
        return None
    return f"{year:04}" + (f"-{month:02}" if month else "") + (f"-{day:02}" if day else "")
