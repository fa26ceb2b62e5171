"""RunningTasks: the latest state is seen, the last one always, and whoever leaves is let go at once."""

from __future__ import annotations

import threading
from collections.abc import Generator

import pytest

from kb.web.chat import background
from kb.web.chat.background import BackgroundTask, RunningTasks, end_work


class Work:
    """Yields its states when told; `closed` is set once nobody wants more."""

    def __init__(self) -> None:
        self.go = threading.Semaphore(0)
        self.closed = threading.Event()

    def states(self, number: int = 3) -> Generator[int, None, None]:
        """1, 2, 3… each when it may come out."""
        try:
            for state in range(1, number + 1):
                assert self.go.acquire(timeout=30)
                yield state
        finally:
            self.closed.set()


def test_states_come_as_they_are_made_and_silence_is_told() -> None:
    work = Work()
    states = BackgroundTask(work.states).states()
    assert next(states) is None
    work.go.release()
    assert next(state for state in states if state is not None) == 1
    work.go.release(2)
    seen = [state for state in states if state is not None]
    assert seen in ([3], [2, 3])  # the last one whatever happens, no other twice
    assert work.closed.wait(30)


def test_the_same_state_again_is_no_news(monkeypatch: pytest.MonkeyPatch) -> None:
    def states() -> Generator[str, None, None]:
        yield "1 before you"
        yield "1 before you"
        again.set()
        assert go.wait(30)
        yield "your turn"

    monkeypatch.setattr(background, "SILENCE", 0.05)
    again, go = threading.Event(), threading.Event()
    seen = BackgroundTask(states).states()
    assert next(state for state in seen if state is not None) == "1 before you"
    assert again.wait(30)
    assert next(seen) is None
    go.set()
    assert [state for state in seen if state is not None] == ["your turn"]


def test_of_many_states_only_some_are_seen_and_the_last_of_all() -> None:
    work = Work()
    work.go.release(5000)
    seen = [state for state in BackgroundTask(lambda: work.states(5000)).states() if state is not None]
    assert seen == sorted(set(seen))
    assert seen[-1] == 5000
    assert len(seen) < 500


def test_whoever_leaves_is_let_go_while_the_next_state_is_awaited() -> None:
    work = Work()
    task = BackgroundTask(work.states)
    states = task.states()
    work.go.release()
    assert next(state for state in states if state is not None) == 1
    assert task.leave("stop")
    assert list(states) == []  # at once: the second state is not there yet
    assert task.left == "stop"
    assert not task.leave("restart")  # it has been left already
    assert not work.closed.is_set()
    work.go.release()
    assert work.closed.wait(30)  # between two states


def test_one_that_is_over_cannot_be_left() -> None:
    work = Work()
    work.go.release(3)
    task = BackgroundTask(work.states)
    assert [state for state in task.states() if state is not None][-1] == 3
    assert not task.leave("stop")
    assert task.left is None


def test_what_it_raises_is_raised_where_its_states_are_read() -> None:
    def breaks() -> Generator[int, None, None]:
        yield 1
        raise OSError("en panne")

    states = BackgroundTask(breaks).states()
    with pytest.raises(OSError, match="en panne"):
        list(states)


def test_tasks_are_found_by_name_until_they_are_read_out() -> None:
    work, tasks = Work(), RunningTasks[int]()
    task = tasks.begin("a", work.states)
    assert not tasks.leave("b", "stop")
    first = task.states()
    assert next(first) is None
    first.close()  # the page is closed
    tasks.read_out("a")
    work.go.release(3)
    assert [state for state in task.states() if state is not None][-1] == 3  # it went on, for the page that came back
    assert task.latest == 3
    tasks.read_out("a")
    assert tasks.get("a") is None
    assert not tasks.leave("a", "stop")


def test_one_that_nobody_reads_for_long_is_let_go() -> None:
    work = Work()
    task = BackgroundTask(work.states, longest_absence=0.0)
    work.go.release()
    assert work.closed.wait(30)
    assert task.left == "gone"


def test_who_ends_a_process_waits_for_what_is_at_work() -> None:
    work = Work()
    task = BackgroundTask(work.states)
    assert not end_work(0.05)
    work.go.release(3)
    assert end_work(60)
    assert task.latest == 3


def test_two_pages_read_the_same_task() -> None:
    work = Work()
    task = BackgroundTask(work.states)
    work.go.release()
    one, other = task.states(), task.states()
    assert next(state for state in one if state is not None) == 1
    assert next(state for state in other if state is not None) == 1
    work.go.release(2)
    assert [state for state in one if state is not None][-1] == 3
    assert [state for state in other if state is not None][-1] == 3
