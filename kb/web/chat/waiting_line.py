"""First come, first served: how many may go on at once, and where in the line everybody else stands."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Protocol

SEARCHES_AT_ONCE = 2
WRITTEN_AT_ONCE = 1  # a small local model writes one answer in the time in which it would write two by halves
# A server with a GPU batches many (vLLM), one for a single user takes them in turn itself (Ollama); each answer under
# way keeps one of the some 40 threads that serve everybody. Chosen, not measured: a fifth of them.
WRITTEN_AT_ONCE_BY_A_SERVER = 8


class PlaceInLine(Protocol):
    """A place in a line."""

    def wait(self, seconds: float) -> bool:
        """Waits at most `seconds`; whether it is one's turn."""
        ...

    @property
    def ahead(self) -> int:
        """How many wait before."""
        ...


class Line(Protocol):
    """Where people wait: at this process, or at any replica (`kb.records.shared.line`)."""

    @property
    def is_idle(self) -> bool:
        """Whether nobody is in, nor waits."""
        ...

    def join(self) -> AbstractContextManager[PlaceInLine]:
        """A place in the line, given back at the end, whether it came up or not."""
        ...


class WaitingLine:
    """Lets `at_once` go on at once, in the order in which they came. Serves many threads."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._inside = 0
        self._line: list[Place] = []
        self._changed = threading.Condition()

    @property
    def is_idle(self) -> bool:
        """Whether nobody is in, nor waits."""
        with self._changed:
            return not self._inside and not self._line

    @property
    def is_long(self) -> bool:
        """Whether more wait than the next round serves: each had better take less time."""
        with self._changed:
            return len(self._line) > self._at_once

    @contextmanager
    def join(self) -> Iterator[Place]:
        """A place in the line, given back at the end, whether it came up or not."""
        place = Place(self)
        with self._changed:
            self._line.append(place)
        try:
            yield place
        finally:
            with self._changed:
                if place in self._line:
                    self._line.remove(place)
                else:
                    self._inside -= 1
                self._changed.notify_all()

    def _wait(self, place: Place, seconds: float) -> bool:
        with self._changed:
            if place not in self._line:
                return True
            if not self._changed.wait_for(lambda: self._is_next(place), seconds):
                return False
            self._line.remove(place)
            self._inside += 1
            self._changed.notify_all()
            return True

    def _is_next(self, place: Place) -> bool:
        return self._line[0] is place and self._inside < self._at_once

    def _ahead(self, place: Place) -> int:
        with self._changed:
            return self._line.index(place) if place in self._line else 0


class Place:
    """A place in a line."""

    def __init__(self, line: WaitingLine) -> None:
        self._line = line

    def wait(self, seconds: float) -> bool:
        """Waits at most `seconds`; whether it is one's turn."""
        return self._line._wait(self, seconds)

    @property
    def ahead(self) -> int:
        """How many wait before."""
        return self._line._ahead(self)


@dataclass(frozen=True, slots=True)
class WaitingLines:
    """Where questions wait: for a processor to search, and for the language model to write, which runs on this machine
    or on a server. Shared by all pages; the line for a server's model, by all replicas: its processor is the same for
    all of them, where each has its own for the rest."""

    searching: WaitingLine = field(default_factory=lambda: WaitingLine(SEARCHES_AT_ONCE))
    writing: Line = field(default_factory=lambda: WaitingLine(WRITTEN_AT_ONCE))
    written_by_a_server: Line = field(default_factory=lambda: WaitingLine(WRITTEN_AT_ONCE_BY_A_SERVER))

    def of(self, model: object) -> Line:
        """The line for what a language model writes."""
        return self.writing if getattr(model, "local", True) else self.written_by_a_server
