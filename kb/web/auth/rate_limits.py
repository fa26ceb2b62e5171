"""How often somebody may ask: a moving window. Sign-ins have delays of their own, see `attempts`."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Protocol

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from kb.errors import ReperesError

logger = logging.getLogger(__name__)


class Hits(Protocol):
    """Counts within a minute: in memory, or in the database for all replicas (`kb.records.shared.asked`)."""

    def hit(self, who: str, most: int) -> bool:
        """Counts a question of `who`; False, nothing being counted, after `most` within the last minute."""
        ...


class PassingHits:
    """In memory. Serves many threads."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def hit(self, who: str, most: int) -> bool:
        """See `Hits`."""
        return self._limiter.hit(RateLimitItemPerMinute(most), "questions", who)


class RateLimits:
    """Serves many threads. `questions` is how many one person may ask a minute, 0 for any number."""

    def __init__(self, questions: int, hits: Hits | None = None) -> None:
        self._questions = questions
        self._hits = PassingHits() if hits is None else hits

    def may_ask(self, who: str) -> bool:
        """Whether `who` may ask another question now; counts it."""
        try:
            return not self._questions or self._hits.hit(who, self._questions)
        except ReperesError:  # the question meets the same database, and tells its person in the page's own way
            logger.exception("a question is not counted")
            return True


def asker(scope: Mapping[str, Any]) -> str:
    """What tells apart who sends a request: their name, without sign-in the address they call from."""
    state, client = scope.get("state", {}), scope.get("client")
    return getattr(state.get("person"), "name", "") or state.get("address", "") or (client[0] if client else "")
