"""First come, first served: how many may go on at once, and where in the line everybody else stands."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turnstile:
    """Lets `places` go on at once, in the order in which they came. Serves many threads."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._inside = 0
        self._line: list[Ticket] = []
        self._changed = threading.Condition()

    @property
    def is_idle(self) -> bool:
        """Whether nobody is in, nor waits."""
        with self._changed:
            return not self._inside and not self._line

    @contextmanager
    def ticket(self) -> Iterator[Ticket]:
        """A place in the line, given back at the end, whether it came up or not."""
        ticket = Ticket(self)
        with self._changed:
            self._line.append(ticket)
        try:
            yield ticket
        finally:
            with self._changed:
                if ticket in self._line:
                    self._line.remove(ticket)
                else:
                    self._inside -= 1
                self._changed.notify_all()

    def _wait(self, ticket: Ticket, seconds: float) -> bool:
        with self._changed:
            if ticket not in self._line:
                return True
            if not self._changed.wait_for(lambda: self._is_next(ticket), seconds):
                return False
            self._line.remove(ticket)
            self._inside += 1
            self._changed.notify_all()
            return True

    def _is_next(self, ticket: Ticket) -> bool:
        return self._line[0] is ticket and self._inside < self._places

    def _ahead(self, ticket: Ticket) -> int:
        with self._changed:
            return self._line.index(ticket) if ticket in self._line else 0


class Ticket:
    """A place in a line."""

    def __init__(self, turnstile: Turnstile) -> None:
        self._turnstile = turnstile

    def wait(self, seconds: float) -> bool:
        """Waits at most `seconds`; whether it is one's turn."""
        return self._turnstile._wait(self, seconds)

    @property
    def ahead(self) -> int:
        """How many wait before."""
        return self._turnstile._ahead(self)
