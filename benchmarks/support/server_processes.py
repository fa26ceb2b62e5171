"""A PostgreSQL server: what it is set to; and the processes of one that runs on this machine: which, and their end."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

import sqlalchemy as sa

_SECONDS_TO_END = 30
# What times and memory hang on; in the server's own words and units.
_SETTINGS = (
    "server_version",
    "shared_buffers",
    "maintenance_work_mem",
    "work_mem",
    "effective_cache_size",
    "max_parallel_maintenance_workers",
    "max_parallel_workers",
    "max_parallel_workers_per_gather",
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "max_wal_size",
)


def server_settings(url: str) -> dict[str, str]:
    """What the server at `url` is set to, in its words, and the version of pgvector in that database (empty without
    it)."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        told = {name: str(connection.execute(sa.text(f"SHOW {name}")).scalar_one()) for name in _SETTINGS}
        version = sa.text("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
        return {**told, "pgvector": connection.execute(version).scalar_one_or_none() or ""}


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
