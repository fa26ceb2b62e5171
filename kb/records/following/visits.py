"""When each person last looked at what is new in the base."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from kb.dialects import put
from kb.records.database import AppDatabase
from kb.records.places import Kept
from kb.records.tables import VISITS

ONE_VISIT = timedelta(hours=1)
"""Looks that lie no further apart are one visit: a page that is loaded again shows the same. Chosen, not measured."""


class Visits:
    """In `app.db`. Serves many threads; raises StoreError when it cannot be opened."""

    def __init__(self, kept: Kept, days: int) -> None:
        self._kept = kept
        self._days = days

    def last(self, person: str, now: datetime | None = None) -> str | None:
        """When `person` looked last, an ISO date and time in UTC; None when they have not within the retention."""
        oldest = iso((now or datetime.now(UTC)) - timedelta(days=self._days))
        mine = sa.select(VISITS.c.at).where(VISITS.c.person == person, VISITS.c.at >= oldest)
        with AppDatabase(self._kept) as database, database.transaction() as connection:
            found: str | None = connection.execute(mine).scalar_one_or_none()
        return found

    def look(self, person: str, now: datetime | None = None) -> str | None:
        """Notes that `person` looks now; when their visit before this one ended, an ISO date and time in UTC, None for
        the first one within the retention."""
        moment = now or datetime.now(UTC)
        at, oldest = iso(moment), iso(moment - timedelta(days=self._days))
        with AppDatabase(self._kept) as database, database.writing() as connection:
            connection.execute(VISITS.delete().where(VISITS.c.at < oldest))
            known = connection.execute(sa.select(VISITS).where(VISITS.c.person == person)).one_or_none()
            goes_on = known is not None and moment - datetime.fromisoformat(known.at) <= ONE_VISIT
            before = "" if known is None else known.before if goes_on else known.at
            put(connection, VISITS, {"person": person, "at": at, "before": before})
        return before or None


def iso(moment: datetime) -> str:
    """A moment as it is kept: moments compare as their texts do."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")
