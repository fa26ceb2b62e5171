"""What the page is handed: a base that answers, and something that brings the base up to date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from kb.feedback import Verdict
from kb.types import Answer, Message, StoreStatus


class Base(Protocol):
    """An open knowledge base. Every method may raise ReperesError, whose message is shown as it is."""

    def ask(self, question: str, *, history: Sequence[Message] = (), answerer: str = "auto") -> Answer:
        """The answer to `question`, understood after `history` (oldest message first)."""
        ...

    def stream(self, question: str, *, history: Sequence[Message] = (), answerer: str = "auto") -> Iterator[Answer]:
        """Successive states of the answer, the last one final. Closed by the caller when it stops early."""
        ...

    def status(self) -> StoreStatus:
        """The state of the store."""
        ...


@dataclass(frozen=True, slots=True)
class IngestionProgress:
    """Where an ingestion stands. `total` is 0 while it is not known; `done` and `total` count documents.

    `error` is a French sentence about the last ingestion that ended, None when it went well; `finished_at` its ISO
    date and time in UTC, None before the first one.
    """

    running: bool = False
    done: int = 0
    total: int = 0
    error: str | None = None
    finished_at: str | None = None


class Ingestor(Protocol):
    """Brings the base up to date, elsewhere: the page never writes the store."""

    def progress(self) -> IngestionProgress:
        """Where it stands. Cheap: called every few seconds for each open page."""
        ...

    def start(self) -> None:
        """Starts an ingestion and returns at once; does nothing while one runs. May raise ReperesError."""
        ...


class Opinions(Protocol):
    """Keeps what readers say of answers."""

    def add(
        self, verdict: Verdict, reason: str | None, comment: str, answer: Mapping[str, Any], generation: int
    ) -> None:
        """Keeps one. `answer` is in the form of `reperes ask --json`. May raise ReperesError."""
        ...
