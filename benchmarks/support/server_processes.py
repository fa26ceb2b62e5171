"""The processes of a PostgreSQL server that runs on this machine: which they are, and their end."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

import sqlalchemy as sa

_SECONDS_TO_END = 30


def server_processes(url: str) -> list[int]:
    """The processes of the server at `url`, the first of them its parent; none when it runs on another machine."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        mine = connection.execute(sa.text("SELECT pg_backend_pid()")).scalar_one()
        parent = _parent(mine)
        if not parent or not _name(parent).startswith("postgres"):
            return []
        numbers = [int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdigit()]
        return [parent, *(number for number in numbers if _parent(number) == parent)]


def kill_server(url: str) -> None:
    """kill -9 of all its processes; returns when they are gone. Raises SystemExit when they are not of this machine."""
    processes = server_processes(url)
    if not processes:
        raise SystemExit("the server does not run on this machine: it cannot be killed from here.")
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    end = time.monotonic() + _SECONDS_TO_END
    # Also those that have ended and were not looked after yet: PostgreSQL takes them for a server that runs.
    while any(map(_told, processes)):
        if time.monotonic() > end:
            raise SystemExit("the server was killed, and is still there.")
        time.sleep(0.05)


def _parent(process: int) -> int:
    """0 for one that is not there."""
    return int(_told(process)[1]) if _told(process) else 0


def _name(process: int) -> str:
    """Empty for one that is not there."""
    with suppress(OSError):
        return Path(f"/proc/{process}/comm").read_text("utf-8")
    return ""


def _told(process: int) -> list[str]:
    """What Linux tells of a process after its name, which may hold anything: the state, then the parent…"""
    with suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()
    return []
