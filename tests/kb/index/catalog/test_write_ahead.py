"""A file is given its write-ahead log by as many processes as come at once."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any, ClassVar, Self

import pytest

from kb.index.catalog import write_ahead


def opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False)


def mode(path: Path) -> str:
    with closing(opened(path)) as connection:
        told: str = connection.execute("PRAGMA journal_mode").fetchone()[0]
    return told


def test_whoever_holds_the_file_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(opened(path)) as holder, closing(opened(path)) as other:
        holder.execute("CREATE TABLE held (it)")
        holder.execute("BEGIN IMMEDIATE")
        waiting = threading.Thread(target=write_ahead.keep_write_ahead_log, args=(other.cursor(),))
        waiting.start()
        waiting.join(0.2)
        assert waiting.is_alive()
        holder.execute("COMMIT")
        waiting.join(60)
    assert mode(path) == "wal"


def test_who_never_lets_go_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_ahead, "SECONDS_TO_WAIT", 0.1)
    path = tmp_path / "a.db"
    with closing(opened(path)) as holder, closing(opened(path)) as other:
        other.execute("PRAGMA busy_timeout=0")
        holder.execute("CREATE TABLE held (it)")
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            write_ahead.keep_write_ahead_log(other.cursor())
    assert mode(path) == "delete"


def locked(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = code
    return error


class Recovering(sqlite3.Cursor):
    """A cursor whose file another process puts right after a crash, as SQLite tells it: at a first look already."""

    tells: ClassVar = [sqlite3.SQLITE_BUSY_RECOVERY, sqlite3.SQLITE_BUSY]

    def execute(self, *arguments: Any) -> Self:
        """Tells one error after the other, and then does it."""
        if self.tells:
            raise locked(self.tells.pop())
        return super().execute(*arguments)


def test_a_file_that_is_put_right_after_a_crash_is_waited_for(tmp_path: Path) -> None:
    with closing(opened(tmp_path / "a.db")) as connection:
        write_ahead.keep_write_ahead_log(connection.cursor(Recovering))
    assert not Recovering.tells
    assert mode(tmp_path / "a.db") == "wal"


def test_a_file_that_has_one_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(opened(path)) as holder, closing(opened(path)) as other:
        write_ahead.keep_write_ahead_log(holder.cursor())
        holder.execute("CREATE TABLE held (it)")
        holder.execute("BEGIN IMMEDIATE")
        write_ahead.keep_write_ahead_log(other.cursor())
    assert mode(path) == "wal"
