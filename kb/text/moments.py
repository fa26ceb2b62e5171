"""Dates and times as they are written in French."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, tzinfo

from kb.text.folding import fold
from kb.text.months import MONTH, MONTH_NUMBERS, MONTHS

NO_DATE = "date non précisée"
TYPED_DATES = "12/03/2026, 03/2026, « 12 mars 2026 », 2026 ou 2026-03-12"
"""How a date may be typed, for messages."""
# On folded text.
_TYPED = tuple(
    map(
        re.compile,
        (
            r"(?P<y>\d{4})(?:[-/](?P<m>\d{1,2})(?:[-/](?P<d>\d{1,2}))?)?",
            r"(?P<d>\d{1,2}) ?[/.-] ?(?P<m>\d{1,2}) ?[/.-] ?(?P<y>\d{4}|\d{2})",
            r"(?P<m>\d{1,2}) ?[/.-] ?(?P<y>\d{4})",
            rf"(?:(?P<d>\d{{1,2}}|premier)(?: ?er)? )?(?P<name>{MONTH}) (?P<y>\d{{4}})",
        ),
    )
)
_ISO_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$")


def french_date(iso: str | None) -> str:
    """A document's date, as precise as it is given: « 4 décembre 2025 », « décembre 2024 », « 2019 ».

    None is « date non précisée »; a text that is no ISO date is returned as it is.
    """
    if iso is None or not iso.strip():
        return NO_DATE
    match = _ISO_DATE.match(iso.strip())
    if match is None:
        return iso.strip()
    year, month, day = match[1], int(match[2] or 1), int(match[3] or 1)
    if not 1 <= month <= len(MONTHS):
        return iso.strip()
    if match[2] is None:
        return year
    if match[3] is None:
        return f"{MONTHS[month - 1]} {year}"
    return f"{'1er' if day == 1 else day} {MONTHS[month - 1]} {year}"


def of_date(iso: str) -> str:
    """A document's date after a noun: « du 4 décembre 2025 », « de mars 2025 », « d'avril 2025 », « de 2019 »."""
    told = french_date(iso)
    if re.match(r"\d{1,2}(?:er)? ", told):
        return f"du {told}"
    return f"d'{told}" if told[:1] in "ao" else f"de {told}"


def short_date(iso: str | None) -> str:
    """An ISO date as a person types it: « 04/12/2025 », « 12/2024 », « 2019 »; empty without one."""
    return "/".join(reversed((iso or "").split("-")))


def typed_date(text: str) -> str | None:
    """A date as a person types it, in ISO and as precise as given; None for what is none, or for a day that never was.

    « 12/03/2026 », « 12/3/26 », « 03/2026 », « 12 mars 2026 », « 1er mars 2026 », « mars 2026 », `2026-03-12`,
    `2026-03`, « 2026 ».
    """
    folded = fold(text).strip(" .").removeprefix("le ")
    match = next((found for pattern in _TYPED if (found := pattern.fullmatch(folded))), None)
    if match is None:
        return None
    groups = match.groupdict()
    name, day = groups.get("name"), groups.get("d")
    month = MONTH_NUMBERS[name.rstrip(".")] if name else int(groups["m"]) if groups.get("m") else None
    number = 1 if day == "premier" else int(day) if day else None
    # Two figures are a year of this century: these are dates of documents.
    year = int(groups["y"]) + (2000 if len(groups["y"]) == 2 else 0)
    try:
        date(year, month or 1, number or 1)
    except ValueError:
        return None
    return f"{year:04}" + (f"-{month:02}" if month else "") + (f"-{number:02}" if number else "")


def french_moment(iso: str, zone: tzinfo | None = None) -> str:
    """A date and time, given in UTC, on the clock of `zone` (the machine's by default).

    « 4 décembre 2025 à 14 h 05 »; a text that is no ISO date and time is returned as it is.
    """
    try:
        moment = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    local = moment.astimezone(zone)
    return f"{french_date(local.date().isoformat())} à {local.hour} h {local.minute:02d}"
