"""What people do with the base, kept in each of the places where it may be."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kb.records.places import FilePlace, Place, ServerPlace
from makers import MAKERS

Holds = Callable[[bytes], bool]
AllAtOnce = Callable[[int, Callable[[], None]], list[BaseException]]


@pytest.fixture(params=MAKERS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A file of this test's own, or a database of its own on a server."""
    if request.param == "embedded":
        return FilePlace(tmp_path / "app.db")
    return ServerPlace(request.getfixturevalue("database"))


@pytest.fixture
def holds(request: pytest.FixtureRequest, place: Place) -> Holds:
    """Whether some bytes stand in the files of the place; a server's log of changes apart."""
    if isinstance(place, FilePlace):
        folder = place.path.parent
        return lambda content: any(content in file.read_bytes() for file in folder.iterdir())
    assert isinstance(place, ServerPlace)
    server, url = request.getfixturevalue("postgres"), place.url

    def in_server(content: bytes) -> bool:
        server.tell("postgres", "CHECKPOINT")
        return bool(server.holds(url, content))

    return in_server


@pytest.fixture
def all_at_once() -> AllAtOnce:
    """Does something in a number of threads at the same moment, and gives what they raised."""

    def run(number: int, act: Callable[[], None]) -> list[BaseException]:
        gate = threading.Barrier(number)

        def one() -> None:
            gate.wait()
            act()

        with ThreadPoolExecutor(number) as threads:
            raised = [done.exception() for done in [threads.submit(one) for _ in range(number)]]
        return [error for error in raised if error is not None]

    return run
