"""When people asked their questions of the last minute, for all replicas: their names are kept as hashes."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable

import sqlalchemy as sa

from kb.records.database import AppDatabase
from kb.records.tables import ASKED

_WINDOW = 60.0  # seconds


class SavedHits:
    """A moving window of a minute, in the database. Serves many threads of many processes."""

    def __init__(self, database: AppDatabase, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def hit(self, who: str, most: int) -> bool:
        """Counts a question of `who`; False, nothing being counted, after `most` within the last minute."""
        name = hashlib.sha256(who.encode("utf-8", "surrogatepass")).hexdigest()
        with self._database.writing("asked") as connection:
            now = self._clock()
            connection.execute(ASKED.delete().where(ASKED.c.at <= now - _WINDOW))
            counted = sa.select(sa.func.count()).select_from(ASKED).where(ASKED.c.who == name)
            if connection.execute(counted).scalar_one() >= most:
                return False
            connection.execute(ASKED.insert(), {"who": name, "at": now})
        return True
