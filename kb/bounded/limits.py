"""What one task of a child process may take, and how the process holds itself to it.

Where the system has no such limits (macOS ignores those of memory) the parent's clock is the only one.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

_OPEN_FILES = 64
_STATM = Path("/proc/self/statm")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# What no reader has a reason to do, by the names of Python's audit events.
_REFUSED = (
    "socket.",
    "subprocess.",
    "os.exec",
    "os.fork",
    "os.forkpty",
    "os.kill",
    "os.link",
    "os.mkdir",
    "os.posix_spawn",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.spawn",
    "os.symlink",
    "os.system",
    "os.truncate",
    "shutil.",
)


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one task: `memory`, bytes of address space beyond what the idle process has; `processor`, seconds of its
    time; `seconds`, of wall clock; `answer`, bytes of what it may answer."""

    memory: int
    processor: int
    seconds: float
    answer: int


def confine() -> None:
    """Takes from this process, for good, what working on a file does not need: files to write, others to start, the
    network, core dumps."""
    sys.dont_write_bytecode = True
    if resource is not None:
        _set(resource.RLIMIT_CORE, 0, 0)
        _set(resource.RLIMIT_FSIZE, 0, 0)
        _set(resource.RLIMIT_NOFILE, _OPEN_FILES, _OPEN_FILES)
        _set(resource.RLIMIT_NPROC, 0, 0)
    sys.addaudithook(_refuse)


@contextlib.contextmanager
def held_to(memory: int, processor: int) -> Iterator[None]:
    """Holds the process to `memory` bytes beyond what it has, and `processor` seconds beyond what it has used.

    The first shows as MemoryError or a crash; the second ends the process by SIGXCPU.
    """
    if resource is None:
        yield
        return
    free = resource.RLIM_INFINITY
    used = resource.getrusage(resource.RUSAGE_SELF)
    _set(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + processor + 1)
    if size := address_space():
        _set(resource.RLIMIT_AS, size + memory)
    try:
        yield
    finally:
        _set(resource.RLIMIT_AS, free)
        _set(resource.RLIMIT_CPU, free)


def address_space() -> int:
    """The bytes of address space that this process has; 0 where the system does not tell."""
    try:
        return int(_STATM.read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0


def _set(kind: int, soft: int, hard: int | None = None) -> None:
    """Sets a limit; one that the system has lower already stays."""
    _, highest = resource.getrlimit(kind)
    wanted = highest if hard is None else hard
    if highest != resource.RLIM_INFINITY:
        wanted = min(wanted, highest) if wanted != resource.RLIM_INFINITY else highest
        soft = min(soft, highest) if soft != resource.RLIM_INFINITY else highest
    with contextlib.suppress(OSError, ValueError):  # a system that does not know this limit
        resource.setrlimit(kind, (soft, wanted))


def _refuse(event: str, given: tuple[Any, ...]) -> None:
    if event == "open":
        path, _, flags = given
        if isinstance(flags, int) and flags & _WRITING and path != os.devnull:
            raise PermissionError(f"a child of limits does not write: {path}")
    elif event.startswith(_REFUSED):
        raise PermissionError(f"a child of limits does not do this: {event}")
