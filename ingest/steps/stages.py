"""Reading, embedding and writing at the same time: each batch of documents goes through two threads in turn.

The encoder takes nearly all the time; while it works on one batch, the one before is written and the next one read.
Batches are written one after the other, in order: the index has one writer, as before.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from kb.index.embedding import NewVersion
from kb.index.writer import IndexWriter

# Batches handed over and not written yet: more would only take memory, and be lost by a crash.
MOST_WAITING = 2


class Stages:
    """Embeds and writes batches behind the caller's back. A context manager: at its end, no thread is at work."""

    def __init__(self, writer: IndexWriter) -> None:
        self._writer = writer
        self._embedding = ThreadPoolExecutor(1, thread_name_prefix="embed")
        self._writing = ThreadPoolExecutor(1, thread_name_prefix="write")
        self._waiting: deque[tuple[Sequence[NewVersion], Future[None]]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # After an error what was not begun is dropped; what is being written is waited for: the lock is still held.
        self._embedding.shutdown(cancel_futures=True)
        self._writing.shutdown(cancel_futures=error is not None)

    def submit(self, batch: Sequence[NewVersion]) -> list[NewVersion]:
        """Hands `batch` over, waiting for a place; returns the versions that are written since the last call.

        Raises what embedding or writing an earlier batch raised. A document must not be in two batches under way.
        """
        written = self._finished(MOST_WAITING - 1)
        embedded = self._embedding.submit(self._writer.embed, batch)
        self._waiting.append((batch, self._writing.submit(lambda: self._writer.write(embedded.result()))))
        return written

    def drain(self) -> list[NewVersion]:
        """Waits for all batches; returns the versions that are written since the last call. Raises like `submit`."""
        return self._finished(0)

    def _finished(self, left: int) -> list[NewVersion]:
        written: list[NewVersion] = []
        while self._waiting and (len(self._waiting) > left or self._waiting[0][1].done()):
            batch, future = self._waiting.popleft()
            future.result()
            written += batch
        return written
