"""Sessions of people who signed in: kept in `app.db` by the hash of their token, and ended by time or by hand."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import cast

from kb.records.accounts import Person, Role
from kb.records.database import AppDatabase
from kb.records.tables import SESSIONS

_SECONDS_BETWEEN_NOTES = 60.0


class Sessions:
    """Serves many threads. A session ends `hours` after it was last used, and a day's worth of those after it began."""

    def __init__(self, path: Path, hours: int, clock: Callable[[], float] = time.time) -> None:
        self._database = AppDatabase(path)
        self._idle = hours * 3600
        self._longest = max(self._idle, 24 * 3600)
        self._clock = clock

    def begin(self, person: Person) -> str:
        """A new session; returns its token, which is kept nowhere."""
        token, now = secrets.token_urlsafe(32), self._clock()
        values = {
            "token_hash": _hash(token),
            "person": person.name,
            "role": person.role,
            "began": now,
            "seen": now,
        }
        with self._database.transaction() as connection:
            ended = (SESSIONS.c.seen < now - self._idle) | (SESSIONS.c.began < now - self._longest)
            connection.execute(SESSIONS.delete().where(ended))
            connection.execute(SESSIONS.insert(), values)
        return token

    def person(self, token: str) -> Person | None:
        """Whose session this is; None for one that has ended or never was."""
        now, mine = self._clock(), SESSIONS.c.token_hash == _hash(token)
        with self._database.transaction() as connection:
            row = connection.execute(SESSIONS.select().where(mine)).one_or_none()
            if row is None:
                return None
            if now - row.seen > self._idle or now - row.began > self._longest:
                connection.execute(SESSIONS.delete().where(mine))
                return None
            if now - row.seen > _SECONDS_BETWEEN_NOTES:
                connection.execute(SESSIONS.update().where(mine).values(seen=now))
        return Person(row.person, cast("Role", row.role))

    def end(self, token: str) -> None:
        """Ends a session."""
        with self._database.transaction() as connection:
            connection.execute(SESSIONS.delete().where(SESSIONS.c.token_hash == _hash(token)))

    def close(self) -> None:
        """Closes the database."""
        self._database.close()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
