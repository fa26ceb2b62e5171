"""People who ask one question after the other, each in a page of their own, whatever becomes of the replicas."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import httpx

from benchmarks.support.page_session import PageSession


class Place(Protocol):
    """A replica, as people see it."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def address(self) -> str:
        """Where it answers."""

    @property
    def is_up(self) -> bool:
        """Whether a proxy would send people there."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One question of one person (by number): when it was sent and when it ended (monotonic seconds), at which replica;
    the text of the turn that the page then showed, or what went wrong. `is_whole`: the answer came to its end.
    """

    person: int
    replica: str
    question: str
    began: float
    ended: float
    text: str = ""
    is_whole: bool = False
    error: str = ""


class AskingPeople:
    """People at some replicas, who ask until the block ends: person `n` has the cookies and the questions of number
    `n`, asks these over and over, and is at home at one of the replicas in turn. A proxy is not there: whose replica is
    lost opens a new page at another one, and goes back home when that is up again. A context manager.
    """

    def __init__(
        self, replicas: Sequence[Place], cookies: Sequence[Mapping[str, str]], questions: Sequence[Sequence[str]]
    ) -> None:
        self._replicas = replicas
        self._cookies = cookies
        self.questions = questions
        self.visits: list[Visit] = []
        """All that ended so far."""
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(number,)) for number in range(len(cookies))]

    def __enter__(self) -> AskingPeople:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def each_was_answered(self, since: float = 0.0) -> bool:
        """Whether everybody had an answer that they asked for after a moment (monotonic seconds)."""
        return len({visit.person for visit in list(self.visits) if visit.text and visit.began >= since}) == len(
            self._cookies
        )

    def faults(self, is_excused: Mapping[str, tuple[float, float]]) -> list[str]:
        """What went wrong, in words: errors but those at a replica (by its name) between two moments, answers that are
        not whole, and pages that do not show the question that was asked in them, or show one of somebody else.
        """
        wrong = []
        for visit in self.visits:
            lost, back = is_excused.get(visit.replica, (0.0, 0.0))
            where = f"person {visit.person} at {visit.replica}, « {visit.question} »: "
            if visit.error and not (visit.began < back and visit.ended >= lost):
                wrong.append(where + visit.error)
            if not visit.error and not visit.is_whole:
                wrong.append(where + "the answer has no end")
            if not visit.error and visit.question not in visit.text:
                wrong.append(where + f"the page shows something else: {visit.text[:200]}")
            others = (asked for n, their in enumerate(self.questions) if n != visit.person for asked in their)
            wrong += [where + f"the page shows « {other} »" for other in others if other in visit.text]
        return wrong

    def _ask(self, person: int) -> None:
        session: PageSession | None = None
        at: Place | None = None
        number = 0
        while not self._stopping.is_set():
            here = self._replica_for(person)
            if here is None:
                time.sleep(0.1)
                continue
            question = self.questions[person][number % len(self.questions[person])]
            number += 1
            began = time.monotonic()
            try:
                if session is None or here is not at:
                    session, at = PageSession(here.address, self._cookies[person]), here
                exchange = session.ask(question)
            except (httpx.HTTPError, RuntimeError) as error:
                told = f"{type(error).__name__}: {error}"
                self.visits.append(Visit(person, here.name, question, began, time.monotonic(), error=told))
                session = None
                time.sleep(0.5)
                continue
            is_whole = 'data-state="done"' in exchange.shown
            self.visits.append(
                Visit(person, here.name, question, began, time.monotonic(), exchange.text, is_whole=is_whole)
            )

    def _replica_for(self, person: int) -> Place | None:
        home = self._replicas[person % len(self._replicas)]
        if home.is_up:
            return home
        return next((replica for replica in self._replicas if replica.is_up), None)
