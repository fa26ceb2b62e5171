"""How often somebody may ask: a moving window, in memory. Sign-ins have delays of their own, see `attempts`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter


class RateLimits:
    """Serves many threads. `questions` is how many one person may ask a minute, 0 for any number."""

    def __init__(self, questions: int) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._questions = RateLimitItemPerMinute(questions) if questions else None

    def may_ask(self, who: str) -> bool:
        """Whether `who` may ask another question now; counts it."""
        return self._questions is None or self._limiter.hit(self._questions, "questions", who)


def asker(scope: Mapping[str, Any]) -> str:
    """What tells apart who sends a request: their name, without sign-in the address they call from."""
    state, client = scope.get("state", {}), scope.get("client")
    return getattr(state.get("person"), "name", "") or state.get("address", "") or (client[0] if client else "")
