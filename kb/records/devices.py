"""The browsers that people have signed in from: kept in `app.db` by the hash of their mark.

The mark of a browser opens nothing. Whoever guesses passwords has none, so that a person who has one is never made to
wait because of them (« device cookies », as OWASP describes them).
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable

import sqlalchemy as sa

from kb.records.database import AppDatabase
from kb.records.places import Kept
from kb.records.tables import DEVICES

SECONDS_KNOWN = 90 * 24 * 3600
"""How long a browser is known after the last sign-in from it."""
_MOST_OF_ONE_PERSON = 20


class Devices:
    """Serves many threads."""

    def __init__(self, kept: Kept, clock: Callable[[], float] = time.time) -> None:
        self._database = AppDatabase(kept)
        self._clock = clock

    def remember(self, person: str) -> str:
        """Makes the browser that `person` signs in from known; returns its mark, which is kept nowhere."""
        token, now = secrets.token_urlsafe(32), self._clock()
        mine = DEVICES.c.person == person
        latest = sa.select(DEVICES.c.token_hash).where(mine).order_by(DEVICES.c.seen.desc()).limit(_MOST_OF_ONE_PERSON)
        with self._database.transaction() as connection:
            connection.execute(DEVICES.insert(), {"token_hash": token_hash(token), "person": person, "seen": now})
            connection.execute(DEVICES.delete().where(DEVICES.c.seen < now - SECONDS_KNOWN))
            connection.execute(DEVICES.delete().where(mine & DEVICES.c.token_hash.not_in(latest)))
        return token

    def knows(self, token: str, person: str) -> bool:
        """Whether `person` has signed in from the browser of this mark."""
        query = sa.select(DEVICES.c.seen).where(DEVICES.c.token_hash == token_hash(token), DEVICES.c.person == person)
        with self._database.transaction() as connection:
            seen = connection.execute(query).scalar_one_or_none()
        return seen is not None and self._clock() - seen <= SECONDS_KNOWN

    def forget(self, token: str) -> None:
        """Forgets a browser: it is given a new mark."""
        with self._database.transaction() as connection:
            connection.execute(DEVICES.delete().where(DEVICES.c.token_hash == token_hash(token)))

    def close(self) -> None:
        """Closes the database."""
        self._database.close()


def token_hash(token: str) -> str:
    """What is kept in the place of a token: it has 256 random bits, so that there is nothing to guess."""
    return hashlib.sha256(token.encode()).hexdigest()
