"""A line that all replicas wait in: first come, first served, whichever of them somebody came to.

A replica says every few seconds that those whom it serves are still there. One that was killed says so no more: those
whom it served leave the line.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kb.errors import ReperesError
from kb.records.database import AppDatabase
from kb.records.tables import WAITING

SECONDS_BETWEEN_SIGNS = 5.0
SECONDS_UNTIL_LOST = 30.0
"""A few signs may be late, or lost with a connection."""
_BETWEEN_LOOKS = 0.25  # seconds: a turn that has come is taken within them

logger = logging.getLogger(__name__)


class SavedLine:
    """Lets `at_once` go on at once, in the order in which they came; `name` tells it from other lines. Serves many
    threads of many processes, whose clocks must agree to some seconds."""

    def __init__(self, database: AppDatabase, name: str, at_once: int, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._name = name
        self._at_once = at_once
        self._clock = clock
        self._lock = threading.Lock()
        self._here: set[SavedPlace] = set()
        self._ended = threading.Event()
        self._signs: threading.Thread | None = None

    def close(self) -> None:
        """Says no more that anybody is there."""
        self._ended.set()
        if self._signs is not None:
            self._signs.join()

    @property
    def is_idle(self) -> bool:
        """Whether nobody is in, nor waits."""
        with self._database.transaction() as connection:
            return not self._rows(connection)

    @contextmanager
    def join(self) -> Iterator[SavedPlace]:
        """A place in the line, given back at the end, whether it came up or not. Raises StoreError."""
        with self._database.transaction() as connection:
            place = SavedPlace(self, self._enter(connection))
        with self._lock:
            self._here.add(place)
            if self._signs is None:
                self._signs = threading.Thread(target=self._tell, name="waiting line", daemon=True)
                self._signs.start()
        try:
            yield place
        finally:
            with self._lock:
                self._here.discard(place)
            try:
                with self._database.transaction() as connection:
                    connection.execute(WAITING.delete().where(WAITING.c.id == place.id))
            except ReperesError:  # no more signs come of it: the others go on in a while
                logger.exception("a place in the line is not given back")

    def _wait(self, place: SavedPlace, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while not self._may_go_on(place):
            if (left := end - time.monotonic()) <= 0:
                return False
            time.sleep(min(_BETWEEN_LOOKS, left))
        return True

    def _may_go_on(self, place: SavedPlace) -> bool:
        with self._database.writing(f"line {self._name}") as connection:
            connection.execute(WAITING.delete().where(WAITING.c.seen < self._clock() - SECONDS_UNTIL_LOST))
            rows = dict(self._rows(connection))
            if place.id not in rows:  # this process was held up for long, and taken for lost
                place.id = self._enter(connection)
                return False
            if rows[place.id]:
                return True
            is_next = place.id == next(row for row, inside in rows.items() if not inside)
            if not is_next or sum(rows.values()) >= self._at_once:
                return False
            connection.execute(WAITING.update().where(WAITING.c.id == place.id).values(inside=True))
            return True

    def _ahead(self, place: SavedPlace) -> int:
        with self._database.transaction() as connection:
            waiting = [row for row, inside in self._rows(connection) if not inside]
        return waiting.index(place.id) if place.id in waiting else 0

    def _enter(self, connection: Connection) -> int:
        row = {"line": self._name, "inside": False, "seen": self._clock()}
        return int(connection.execute(WAITING.insert().returning(WAITING.c.id), row).scalar_one())

    def _rows(self, connection: Connection) -> list[tuple[int, bool]]:
        """Those who are there, first come first, each with whether they went on."""
        query = sa.select(WAITING.c.id, WAITING.c.inside).order_by(WAITING.c.id)
        there = WAITING.c.seen >= self._clock() - SECONDS_UNTIL_LOST
        return [(row.id, row.inside) for row in connection.execute(query.where(WAITING.c.line == self._name, there))]

    def _tell(self) -> None:
        while not self._ended.wait(SECONDS_BETWEEN_SIGNS):
            with self._lock:
                here = [place.id for place in self._here]
            if not here:
                continue
            try:
                with self._database.transaction() as connection:
                    connection.execute(WAITING.update().where(WAITING.c.id.in_(here)).values(seen=self._clock()))
            except ReperesError:
                logger.exception("the line is not told who is there, the next try is in a few seconds")


class SavedPlace:
    """A place in a line; `id` is its row."""

    def __init__(self, line: SavedLine, row: int) -> None:
        self._line = line
        self.id = row

    def wait(self, seconds: float) -> bool:
        """Waits at most `seconds`; whether it is one's turn."""
        return self._line._wait(self, seconds)

    @property
    def ahead(self) -> int:
        """How many wait before."""
        return self._line._ahead(self)
