"""The questions to begin with, for all and by profession: made anew, aside, for each generation of the base."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from kb.answering.follow_ups import examples
from kb.answering.professions import by_profession
from kb.ports import Base, Views
from kb.records.accounts import Person
from kb.rights.rights import Rights
from kb.text.domain import Domain

logger = logging.getLogger(__name__)


class ExamplesOfAll:
    """Those of everybody: people with the same rights have the same. Serves many threads."""

    def __init__(self, base: Views, domain: Domain) -> None:
        self._base = base
        self._domain = domain
        self._lock = threading.Lock()
        self._by_rights: dict[Rights, Examples] = {}

    def of(self, person: Person) -> Examples:
        """Those of a person."""
        rights = self._base.rights(person)
        with self._lock:
            if rights not in self._by_rights:
                self._by_rights[rights] = Examples(lambda: self._base.of(person), self._domain)
            return self._by_rights[rights]


class Examples:
    """Those of one base. Serves many threads."""

    def __init__(self, base: Callable[[], Base], domain: Domain) -> None:
        self._base = base
        self._domain = domain
        self._lock = threading.Lock()
        self._for: int | None = None
        self._found: list[str] = list(domain.examples)
        self._of_professions: list[tuple[str, list[str]]] = []

    @property
    def of_professions(self) -> list[tuple[str, list[str]]]:
        """Professions with their questions, as far as they are made."""
        with self._lock:
            return self._of_professions

    def get(self, generation: int | None, n: int) -> list[str]:
        """`n` questions, empty ones where there are fewer: those of the generation before while others are made."""
        with self._lock:
            if generation is not None and generation != self._for:
                self._for = generation
                threading.Thread(target=self._make, args=(n,), name="examples", daemon=True).start()
            return [*self._found, *[""] * n][:n]

    def _make(self, n: int) -> None:
        try:
            base = self._base()
            found = examples(base, self._domain, n)
            with self._lock:
                self._found = found
            acronyms = [acronym.written for acronym in base.acronyms()]
            of_professions = by_profession(base, acronyms, self._domain)
        except Exception:  # in a thread of its own: those there were stay
            logger.exception("making examples failed")
            return
        with self._lock:
            self._of_professions = of_professions
