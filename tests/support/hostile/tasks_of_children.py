"""Tasks that a child process is given in tests: each does to it what a hostile file might."""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
from pathlib import Path
from typing import Any

from ingest.readers import tasks as readers


def echo(content: bytes, about: dict[str, Any]) -> dict[str, Any]:
    """What it was given, and which process it is."""
    return {"text": content.decode(), "about": about, "process": os.getpid()}


def environment(_content: bytes, _about: dict[str, Any]) -> list[str]:
    """The names of its environment."""
    return sorted(os.environ)


def fill_memory(_content: bytes, _about: dict[str, Any]) -> int:
    """Asks for ten gigabytes, piece by piece."""
    return sum(map(len, [b"x" * 50_000_000 for _ in range(200)]))


def never_end(_content: bytes, _about: dict[str, Any]) -> None:
    """Computes for ever."""
    while True:
        pass


def wait(_content: bytes, about: dict[str, Any]) -> None:
    """Waits for something that does not come, without using the processor."""
    import time

    time.sleep(about["seconds"])


def crash(_content: bytes, _about: dict[str, Any]) -> None:
    """Reads where there is nothing, as a parser in C may."""
    ctypes.string_at(0)


def nest(_content: bytes, _about: dict[str, Any]) -> None:
    """Calls itself for ever."""
    nest(_content, _about)


def fail(_content: bytes, _about: dict[str, Any]) -> None:
    """A fault of its own."""
    raise IndexError("a fault")


def say_too_much(_content: bytes, _about: dict[str, Any]) -> str:
    """An answer longer than it may be."""
    return "x" * 5_000_000


def reach_out(_content: bytes, about: dict[str, Any]) -> list[str]:
    """Tries what a child must not do; which of it was refused."""
    refused = []
    for name, act in (
        ("connect", lambda: socket.create_connection(("127.0.0.1", about["port"]), timeout=2)),
        ("start", lambda: subprocess.run(["/bin/true"], check=False)),
        ("write", lambda: Path(about["file"]).write_text("x", encoding="utf-8")),
        ("remove", lambda: Path(about["kept"]).unlink()),
    ):
        try:
            act()
        except PermissionError:
            refused.append(name)
    return refused


_BY_NAME = {"faute.md": fail, "panne.md": crash, "mémoire.md": fill_memory, "profond.md": nest}


def read(content: bytes, about: dict[str, Any]) -> dict[str, Any]:
    """As the readers' own task, but for files with the names above."""
    if act := _BY_NAME.get(about["name"]):
        act(content, about)
    return readers.read(content, about)
