"""A disk that is full, told in one French sentence, whichever library met it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kb.errors import StoreError

# How the system, SQLite, Chroma and tantivy say that a disk or a quota is full, or that it writes no more.
_DISK_FULL = re.compile(
    r"No space left on device|disk is full|disk quota exceeded|disk I/O error|File too large|os error (?:27|28|122)\b",
    re.IGNORECASE,
)


@contextmanager
def full_disk_told(store: Path) -> Iterator[None]:
    """Turns what libraries say of a full disk into a StoreError."""
    try:
        yield
    except Exception as error:
        if _DISK_FULL.search(str(error)):
            raise StoreError(
                f"{store} : le disque est plein, ou refuse d'écrire. Rien de ce que la base contenait n'est perdu : "
                "faites de la place, puis relancez la même commande."
            ) from error
        raise
