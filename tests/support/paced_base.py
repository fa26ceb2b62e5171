"""A knowledge base whose answers come in state by state, when the test says so."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from kb.types import Answer, Citation, Document
from small_base import SmallBase

WARNING = "Cette phrase a été retirée : aucun passage cité ne contient « 99 »."


class PacedBase(SmallBase):
    """« Finds » its sources when told, then « writes » them a few words at each step, as a language model would."""

    model_name = "modèle d'essai"
    PATIENCE = 600.0  # seconds: a test looks at a page, with axe-core too, between one state and the next

    def __init__(self, documents: Sequence[Document]) -> None:
        super().__init__(documents)
        self._searches = threading.Semaphore(0)
        self._words = threading.Semaphore(0)

    def find(self, number: int = 1) -> None:
        """Lets `number` searches end."""
        self._searches.release(number)

    def write(self, number: int = 1) -> None:
        """Lets `number` more states out, whoever writes."""
        self._words.release(number)

    def stream(self, question: str, *, hurried: bool = False, **options: Any) -> Iterator[Answer]:
        """The extractive answer once it may be found; then it « written », a few words more at each step."""
        self._wait(self._searches)
        given = self.ask(question, **options)
        yield given
        if given.refused:
            return
        pieces = given.text.split(" ")
        for count in range(3, len(pieces), 3):
            self._wait(self._words)
            yield replace(given, text=" ".join(pieces[:count]), answerer="llm", model=self.model_name)
        self._wait(self._words)
        yield replace(given, answerer="llm", model=self.model_name, warnings=(WARNING,))

    def _wait(self, steps: threading.Semaphore) -> None:
        if not steps.acquire(timeout=self.PATIENCE):
            raise AssertionError("the test let no more states out")


class WritingBase(PacedBase):
    """« Reads whole passages »: its documents at once, without a word; then the states that a test has written."""

    def __init__(self, documents: Sequence[Document], states: Sequence[Answer]) -> None:
        super().__init__(documents)
        self._states = states

    def stream(self, question: str, *, hurried: bool = False, **options: Any) -> Iterator[Answer]:
        """The documents once they may be found; then one more of the states at each step."""
        self._wait(self._searches)
        found = self.ask(question, **options)
        yield replace(found, text="", citations=(), refused=False, reason=None, answerer="llm", model=self.model_name)
        for state in self._states:
            self._wait(self._words)
            yield replace(state, question=question, standalone_question=question, hits=found.hits)


def growing(text: str, citations: Sequence[Citation], **changes: Any) -> list[Answer]:
    """The states of a written answer, a line more each: with the citations that its marks name."""
    lines = text.split("\n")
    states = []
    for count in range(1, len(lines) + 1):
        written = "\n".join(lines[:count])
        cited = tuple(citation for citation in citations if f"[{citation.number}]" in written)
        states.append(
            Answer("", "", written, cited, (), False, None, (), "llm", PacedBase.model_name, {"retrieval": 0.0})
        )
    return [*states[:-1], replace(states[-1], **changes)]
