"""The lock of a store's folder: one writer at a time, across processes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

from kb.errors import StoreBusyError
from kb.index.layout import LOCK_FILE


@contextmanager
def locked(store: Path) -> Iterator[None]:
    """The store's lock, which whoever writes holds. Raises StoreBusyError when another process has it."""
    store.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(store / LOCK_FILE)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        raise StoreBusyError(
            f"{store} : une autre mise à jour de la base est en cours. Attendez qu'elle finisse, puis relancez."
        ) from None
    try:
        yield
    finally:
        lock.release()
