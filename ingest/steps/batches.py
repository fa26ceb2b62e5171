"""Versions of documents on their way into the index: batch by batch, embedded and written while the next one fills."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from kb.index.embedding import NewVersion

# A batch is handed over as soon as one of these is reached: what a crash loses is less than a minute's work.
BATCH_DOCUMENTS = 64
BATCH_PASSAGES = 96
BATCH_SECONDS = 5.0


class Way(Protocol):
    """What a batch goes through until its documents are current: the stages."""

    def submit(self, batch: Sequence[NewVersion]) -> Sequence[NewVersion]:
        """Takes a batch; the versions that are current since the last call."""

    def drain(self) -> Sequence[NewVersion]:
        """Waits for all batches; the versions that are current since the last call."""


class Batches:
    """Fills batches and hands them to the stages. `written` is told of each version that is in the base."""

    def __init__(self, stages: Way, written: Callable[[NewVersion], None]) -> None:
        self._stages = stages
        self._written = written
        self._batch: list[NewVersion] = []
        self._began = 0.0

    def add(self, version: NewVersion) -> None:
        """Has a version made current, with those that come after it. Raises what embedding or writing raises."""
        if not self._batch:
            self._began = time.monotonic()
        self._batch.append(version)
        if (
            len(self._batch) >= BATCH_DOCUMENTS
            or sum(len(waiting.passages) for waiting in self._batch) >= BATCH_PASSAGES
            or time.monotonic() - self._began >= BATCH_SECONDS
        ):
            self._hand_over()

    def drain(self) -> None:
        """Waits until all that was added is current. Raises like `add`."""
        self._hand_over()
        self._tell(self._stages.drain())

    def _hand_over(self) -> None:
        if self._batch:
            self._tell(self._stages.submit(self._batch))
            self._batch = []

    def _tell(self, versions: Iterable[NewVersion]) -> None:
        for version in versions:
            self._written(version)
