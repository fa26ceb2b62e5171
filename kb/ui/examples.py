"""The questions to begin with: made anew, aside, for each generation of the base."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from kb.answering.follow_ups import examples
from kb.ports import Base
from kb.text.domain import Domain

logger = logging.getLogger(__name__)


class Examples:
    """Those of one base. Serves many threads."""

    def __init__(self, base: Callable[[], Base], domain: Domain) -> None:
        self._base = base
        self._domain = domain
        self._lock = threading.Lock()
        self._for: int | None = None
        self._found: list[str] = list(domain.examples)

    def get(self, generation: int | None, n: int) -> list[str]:
        """`n` questions, empty ones where there are fewer: those of the generation before while others are made."""
        with self._lock:
            if generation is not None and generation != self._for:
                self._for = generation
                threading.Thread(target=self._make, args=(n,), name="examples", daemon=True).start()
            return [*self._found, *[""] * n][:n]

    def _make(self, n: int) -> None:
        try:
            found = examples(self._base(), self._domain, n)
        except Exception:  # in a thread of its own: those there were stay
            logger.exception("making examples failed")
            return
        with self._lock:
            self._found = found
