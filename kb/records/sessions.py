"""Sessions of people who signed in: kept in `app.db` by the hash of their token, and ended by time or by hand.

A session says who signed in and with which version of their account; what they may do is asked anew at each request.
Only the groups that a provider told are its own: nobody else knows them.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from kb.records.accounts import Account
from kb.records.database import AppDatabase
from kb.records.devices import token_hash
from kb.records.places import Kept
from kb.records.tables import SESSIONS

_SECONDS_BETWEEN_NOTES = 60.0


@dataclass(frozen=True, slots=True)
class Session:
    """`key` tells the session apart without giving it away; `account` is the version of the account that signed in,
    `groups` those that it was in then."""

    key: str
    person: str
    account: str
    groups: frozenset[str] = frozenset()


class Sessions:
    """Serves many threads. A session ends `hours` after it was last used, and `longest_hours` after it began."""

    def __init__(
        self, kept: Kept, hours: int, longest_hours: int | None = None, clock: Callable[[], float] = time.time
    ) -> None:
        self._database = AppDatabase(kept)
        self._idle = hours * 3600
        self._longest = (max(hours, 24) if longest_hours is None else longest_hours) * 3600
        self._clock = clock

    def begin(self, account: Account) -> str:
        """A new session; returns its token, which is kept nowhere."""
        token, now = secrets.token_urlsafe(32), self._clock()
        values = {
            "token_hash": token_hash(token),
            "person": account.person.name,
            "account": account.version,
            "began": now,
            "seen": now,
            "in_groups": json.dumps(sorted(account.person.groups), ensure_ascii=False),
        }
        with self._database.transaction() as connection:
            ended = (SESSIONS.c.seen < now - self._idle) | (SESSIONS.c.began < now - self._longest)
            connection.execute(SESSIONS.delete().where(ended))
            connection.execute(SESSIONS.insert(), values)
        return token

    def get(self, token: str) -> Session | None:
        """The session of this token; None for one that has ended or never was."""
        now, key = self._clock(), token_hash(token)
        mine = SESSIONS.c.token_hash == key
        with self._database.transaction() as connection:
            row = connection.execute(SESSIONS.select().where(mine)).one_or_none()
            if row is None:
                return None
            if now - row.seen > self._idle or now - row.began > self._longest:
                connection.execute(SESSIONS.delete().where(mine))
                return None
            if now - row.seen > _SECONDS_BETWEEN_NOTES:
                connection.execute(SESSIONS.update().where(mine).values(seen=now))
        return Session(key, row.person, row.account, frozenset(json.loads(row.in_groups)))

    def end(self, token: str) -> None:
        """Ends a session."""
        with self._database.transaction() as connection:
            connection.execute(SESSIONS.delete().where(SESSIONS.c.token_hash == token_hash(token)))

    def end_all(self, person: str) -> int:
        """Ends every session of a person, wherever it was opened; how many there were."""
        with self._database.transaction() as connection:
            return connection.execute(SESSIONS.delete().where(SESSIONS.c.person == person)).rowcount

    def close(self) -> None:
        """Closes the database."""
        self._database.close()
