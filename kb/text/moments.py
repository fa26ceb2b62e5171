"""Dates and times as they are written in French."""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo

from kb.text.months import MONTHS

NO_DATE = "date non précisée"
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
