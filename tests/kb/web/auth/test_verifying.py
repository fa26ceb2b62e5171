"""Passwords are checked a few at a time, and whoever sends many waits behind themselves."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterable

import pytest

from kb.web.auth import verifying
from kb.web.auth.verifying import MOST_MEMORY, BusyError, Verifying

ONE = MOST_MEMORY // 2


class Checks:
    """Checks that last until the test lets them end; tells which began, in order, and how many ran at once."""

    def __init__(self) -> None:
        self.began: list[str] = []
        self.most_at_once = 0
        self._running = 0
        self._lock = threading.Lock()
        self._may_end = threading.Semaphore(0)

    def let(self, number: int) -> None:
        self._may_end.release(number)

    def of(self, name: str) -> Callable[[], str]:
        def check() -> str:
            with self._lock:
                self.began.append(name)
                self._running += 1
                self.most_at_once = max(self.most_at_once, self._running)
            assert self._may_end.acquire(timeout=30)
            with self._lock:
                self._running -= 1
            return name

        return check


def run(scene: Callable[[Verifying, Checks], Awaitable[None]], longest_wait: float = 30.0) -> Checks:
    checks = Checks()

    async def play() -> None:
        queue = Verifying(ONE, longest_wait)
        await scene(queue, checks)
        await asyncio.to_thread(queue.close)

    asyncio.run(play())
    return checks


async def sent(queue: Verifying, checks: Checks, who: Iterable[tuple[str, str]]) -> list[asyncio.Task[str]]:
    """Asks for checks one after the other: names, each with its address, or « connu » for a known browser."""
    tasks = []
    for name, address in who:
        check = queue.check(checks.of(name), address, is_known=address == "connu")
        tasks.append(asyncio.create_task(check))
        await asyncio.sleep(0)
    return tasks


def test_no_more_at_once_than_there_is_memory_for() -> None:
    async def scene(queue: Verifying, checks: Checks) -> None:
        assert queue.at_once == 2
        tasks = await sent(queue, checks, [(f"{number}", "a") for number in range(30)])
        checks.let(30)
        assert sorted(await asyncio.gather(*tasks), key=int) == [f"{number}" for number in range(30)]

    assert run(scene).most_at_once == 2
    assert Verifying(10 * MOST_MEMORY).at_once == 1


def test_known_browsers_come_first_and_then_each_address_in_turn() -> None:
    async def scene(queue: Verifying, checks: Checks) -> None:
        hammered = [(f"a{number}", "a") for number in range(6)]
        tasks = await sent(queue, checks, [*hammered, ("b0", "b"), ("b1", "b"), ("c", "c"), ("k", "connu")])
        while len(checks.began) < 2:
            await asyncio.sleep(0.01)
        for done in range(1, 11):  # one at a time: the order is told
            checks.let(1)
            while len(checks.began) < min(10, done + 2):
                await asyncio.sleep(0.01)
        await asyncio.gather(*tasks)

    began = run(scene).began
    assert sorted(began[:2]) == ["a0", "a1"]
    assert began[2:] == ["k", "a2", "b0", "c", "a3", "b1", "a4", "a5"]


def test_who_waits_too_long_is_told_and_the_turns_go_on() -> None:
    async def scene(queue: Verifying, checks: Checks) -> None:
        tasks = await sent(queue, checks, [("1", "a"), ("2", "a"), ("3", "a"), ("4", "b"), ("5", "connu")])
        told = await asyncio.gather(*tasks[2:], return_exceptions=True)
        assert [type(error) for error in told] == [BusyError] * 3
        checks.let(5)
        await asyncio.gather(*tasks[:2])
        (after,) = await sent(queue, checks, [("6", "a")])
        assert await after == "6"

    assert sorted(run(scene, longest_wait=0.1).began) == ["1", "2", "6"]


def test_who_leaves_gives_their_turn_to_the_next() -> None:
    async def scene(queue: Verifying, checks: Checks) -> None:
        tasks = await sent(queue, checks, [("1", "a"), ("2", "a"), ("3", "a"), ("4", "a")])
        tasks[2].cancel()
        checks.let(4)
        assert [await task for task in (tasks[0], tasks[1], tasks[3])] == ["1", "2", "4"]
        assert tasks[2].cancelled()
        after = await sent(queue, checks, [("5", "a"), ("6", "a")])
        checks.let(2)
        assert await asyncio.gather(*after) == ["5", "6"]

    run(scene)


def test_a_check_that_fails_gives_its_turn_back() -> None:
    def fails() -> str:
        raise ValueError("rien")

    async def scene(queue: Verifying, checks: Checks) -> None:
        for _ in range(5):
            with pytest.raises(ValueError, match="rien"):
                await queue.check(fails, "a", is_known=False)

    run(scene)


def test_a_line_that_is_full_is_told_at_once_and_others_still_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "_MOST_WAITING", 3)

    async def scene(queue: Verifying, checks: Checks) -> None:
        tasks = await sent(queue, checks, [(f"{number}", "a") for number in range(6)])
        with pytest.raises(BusyError):
            await tasks[5]
        (other,) = await sent(queue, checks, [("autre", "b")])
        checks.let(6)
        await asyncio.gather(*tasks[:5], other)

    run(scene)
