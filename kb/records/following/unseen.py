"""What each person has not looked at yet, as every page's menu asks it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from kb.errors import StoreError
from kb.records.database import OpenedOnce
from kb.records.following.visits import iso
from kb.records.places import Kept, as_place
from kb.records.tables import FOLLOWED_QUESTIONS, VISITS


@dataclass(frozen=True, slots=True)
class Unseen:
    """`since` is when a person looked last, an ISO date and time in UTC; `documents` are the ids of those that the
    questions they follow have been told of since."""

    since: str
    documents: frozenset[str]


class UnseenNews:
    """In `app.db`, opened once: it is asked for with each page. Serves many threads; raises StoreError when it cannot
    be read."""

    def __init__(self, kept: Kept, days: int) -> None:
        self._place = as_place(kept)
        self._database = OpenedOnce(self._place)
        self._days = days

    def close(self) -> None:
        """Lets go of the database."""
        self._database.close()

    def of(self, person: str, now: datetime | None = None) -> Unseen | None:
        """What `person` has not looked at; None when they have not looked within the retention, nothing being new to
        somebody who comes for the first time."""
        # Asked with each page, and a look at whether a server has it would be a connection of its own.
        if not self._database.is_open and not self._place.exists():
            return None
        oldest = iso((now or datetime.now(UTC)) - timedelta(days=self._days))
        visit = sa.select(VISITS.c.at).where(VISITS.c.person == person, VISITS.c.at >= oldest)
        kept = sa.select(FOLLOWED_QUESTIONS.c.news).where(
            FOLLOWED_QUESTIONS.c.person == person, FOLLOWED_QUESTIONS.c.began >= oldest
        )
        try:
            with self._database().transaction() as connection:
                since = connection.execute(visit).scalar_one_or_none()
                if since is None:
                    return None
                told = [item for news in connection.execute(kept).scalars() for item in json.loads(news)]
        except sa.exc.SQLAlchemyError as error:
            raise StoreError(f"{self._place} : lecture impossible ({error}).") from error
        return Unseen(since, frozenset(item["document"] for item in told if item["at"] > since))
