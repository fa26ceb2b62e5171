"""Conversations that were just erased: gone from the disk, held in memory for a minute so that it can be undone."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kb.records.conversations import Conversations, KeptConversation

# What the guidelines of accessibility ask of a limit of time that nobody can lengthen is 20 seconds, for who reads it
# at once; a screen reader comes to it later.
SECONDS_TO_UNDO = 60.0
_MOST_HELD = 200  # erasures; the oldest is let go of first


@dataclass(frozen=True, slots=True)
class Erasure:
    """What one person erased, and until when it can be undone, on the clock of the holder."""

    person: str
    conversations: tuple[KeptConversation, ...]
    until: float


class RecentErasures:
    """Erases conversations so that it can be undone for a minute. Serves many threads.

    Nothing of an erased conversation is on the disk; what is held is lost with the process. Several copies of the
    application each undo their own.
    """

    def __init__(self, conversations: Conversations, clock: Callable[[], float] = time.monotonic) -> None:
        self._conversations = conversations
        self._clock = clock
        self._lock = threading.Lock()
        self._held: dict[str, Erasure] = {}

    def erase(self, person: str, names: Sequence[str]) -> str:
        """Erases some of a person's conversations; the name of this erasure, by which it is undone."""
        found = [self._conversations.get(person, name) for name in names]
        for name in names:
            self._conversations.erase(person, name)
        erasure = Erasure(person, tuple(kept for kept in found if kept is not None), self._clock() + SECONDS_TO_UNDO)
        name = secrets.token_urlsafe(16)
        with self._lock:
            self._let_go()
            self._held[name] = erasure
            while len(self._held) > _MOST_HELD:
                del self._held[next(iter(self._held))]
        return name

    def find(self, person: str, name: str) -> Erasure | None:
        """An erasure that can still be undone by who made it."""
        with self._lock:
            self._let_go()
            found = self._held.get(name)
        return found if found is not None and found.person == person and found.conversations else None

    def undo(self, person: str, name: str) -> bool:
        """Brings back what was erased, without the documents erased for good since; whether it was not too late."""
        found = self.find(person, name)
        if found is None:
            return False
        with self._lock:
            if self._held.pop(name, None) is None:
                return False
        for kept in found.conversations:
            self._conversations.restore(person, kept)
        return True

    def _let_go(self) -> None:
        now = self._clock()
        for name in [name for name, erasure in self._held.items() if erasure.until <= now]:
            del self._held[name]
