"""What was tried of passwords, by key: in the memory of one process, or in the database for all replicas.

Keys are hashes of names and addresses (`kb.web.auth.attempts` makes them, and says what they mean for who waits).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import NamedTuple, Protocol, TypeAlias

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kb.dialects import put
from kb.records.database import AppDatabase
from kb.records.tables import TRIES

SECONDS_REMEMBERED = 24 * 3600
# Some 250 bytes each. An attempt makes two entries and costs a check of a password, of which there are ten or twenty a
# second: pushing out the entry of a name that is being guessed takes the better part of an hour, for five tries.
MOST_ENTRIES = 100_000
_CHANGES_BETWEEN_COUNTS = 100  # what is too many costs a look at all: not with each change


class Tried(NamedTuple):
    """How often, and when last (seconds of the clock that all who share it have)."""

    number: int
    last: float


Known: TypeAlias = dict[bytes, Tried]


class Tries(Protocol):
    """What was tried, for a day."""

    def changing(self, keys: Sequence[bytes], now: float) -> AbstractContextManager[Known]:
        """What was tried under some keys, in one's own hands until the end: what then stands there is kept."""

    def __len__(self) -> int:
        """How many keys are known."""


class PassingTries:
    """In memory, `most` keys at most. Serves many threads."""

    def __init__(self, most: int = MOST_ENTRIES) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._tries: OrderedDict[bytes, Tried] = OrderedDict()  # the one tried longest ago first

    def __len__(self) -> int:
        """How many keys are known."""
        return len(self._tries)

    @contextmanager
    def changing(self, keys: Sequence[bytes], now: float) -> Iterator[Known]:
        """See `Tries`."""
        with self._lock:
            self._forget_old(now)
            before = {key: self._tries[key] for key in keys if key in self._tries}
            known = dict(before)
            yield known
            for key in before.keys() - known.keys():
                del self._tries[key]
            for key, tried in known.items():
                self._tries[key] = tried
                if key not in before or tried.last > before[key].last:
                    self._tries.move_to_end(key)
            while len(self._tries) > self._most:
                self._tries.popitem(last=False)

    def _forget_old(self, now: float) -> None:
        while self._tries:
            key = next(iter(self._tries))
            if now - self._tries[key].last <= SECONDS_REMEMBERED:
                return
            del self._tries[key]


class SavedTries:
    """In the database, some `most` keys. Serves many threads of many processes, one after the other."""

    def __init__(self, database: AppDatabase, most: int = MOST_ENTRIES) -> None:
        self._database = database
        self._most = most
        self._changes = 0

    def __len__(self) -> int:
        """How many keys are known."""
        with self._database.transaction() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(TRIES)).scalar_one())

    @contextmanager
    def changing(self, keys: Sequence[bytes], now: float) -> Iterator[Known]:
        """See `Tries`."""
        with self._database.writing("tries") as connection:
            self._forget_old(connection, now)
            mine = TRIES.c.key.in_([key.hex() for key in keys])
            rows = connection.execute(sa.select(TRIES).where(mine)).all()
            before = {bytes.fromhex(row.key): Tried(row.number, row.last) for row in rows}
            known = dict(before)
            yield known
            if gone := before.keys() - known.keys():
                connection.execute(TRIES.delete().where(TRIES.c.key.in_([key.hex() for key in gone])))
            changed = {key: tried for key, tried in known.items() if before.get(key) != tried}
            if rows_now := [{"key": key.hex(), **tried._asdict()} for key, tried in changed.items()]:
                put(connection, TRIES, rows_now)

    def _forget_old(self, connection: Connection, now: float) -> None:
        connection.execute(TRIES.delete().where(TRIES.c.last < now - SECONDS_REMEMBERED))
        if self._changes % _CHANGES_BETWEEN_COUNTS == 0:
            latest = sa.select(TRIES.c.last).order_by(TRIES.c.last.desc())
            beyond = latest.offset(self._most).limit(1).scalar_subquery()
            connection.execute(TRIES.delete().where(TRIES.c.last <= beyond))
        self._changes += 1
