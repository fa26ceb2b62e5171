"""The write-ahead log of a SQLite file: readers never wait for a writer."""

from __future__ import annotations

import sqlite3
import time

SECONDS_TO_WAIT = 30.0
"""For another process that is writing."""

_BETWEEN_TRIES = 0.02


def keep_write_ahead_log(cursor: sqlite3.Cursor) -> None:
    """Has the file that a cursor reads keep such a log, if it does not yet. Any number of processes may do so at once.

    Raises sqlite3.OperationalError when another one keeps the file to itself for `SECONDS_TO_WAIT`.
    """
    # SQLite itself waits for nobody here: two that want the same would wait for each other.
    last_try = time.monotonic() + SECONDS_TO_WAIT
    while True:
        try:
            # To set what is set already would still wait for whoever writes.
            if cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            # Their first byte is what they are, the others tell why: after a crash another process may put it right.
            is_busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not is_busy or time.monotonic() > last_try:
                raise
            time.sleep(_BETWEEN_TRIES)
        else:
            return
