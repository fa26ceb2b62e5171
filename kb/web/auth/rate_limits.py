"""How often somebody may sign in or ask: moving windows, in memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from limits import RateLimitItemPerMinute, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

# A person mistypes a few times; a program that guesses is slowed to a few hundred tries a day.
SIGN_INS = parse("5/15minutes")
SIGN_INS_FROM_ONE_ADDRESS = parse(
    "40/15minutes"
)  # an office behind one address must not be locked out by one of its people


class RateLimits:
    """Serves many threads. `questions` is how many one person may ask a minute, 0 for any number."""

    def __init__(self, questions: int) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._questions = RateLimitItemPerMinute(questions) if questions else None

    def may_sign_in(self, name: str, address: str) -> bool:
        """Whether another try is allowed for this name from this address."""
        return self._limiter.test(SIGN_INS, name, address) and self._limiter.test(SIGN_INS_FROM_ONE_ADDRESS, address)

    def failed_sign_in(self, name: str, address: str) -> None:
        """Counts a try that failed."""
        self._limiter.hit(SIGN_INS, name, address)
        self._limiter.hit(SIGN_INS_FROM_ONE_ADDRESS, address)

    def may_ask(self, who: str) -> bool:
        """Whether `who` may ask another question now; counts it."""
        return self._questions is None or self._limiter.hit(self._questions, "questions", who)


def asker(scope: Mapping[str, Any]) -> str:
    """What tells apart who sends a request: their name, without sign-in the address they call from."""
    client = scope.get("client")
    return getattr(scope.get("state", {}).get("person"), "name", "") or (client[0] if client else "")
