"""The line: first come, first served, and everybody knows their place."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from types import SimpleNamespace

from kb.web.chat.waiting_line import WaitingLine, WaitingLines


def test_places_are_given_in_order_and_told() -> None:
    line = WaitingLine(1)
    with line.join() as first:
        assert first.wait(0)
        with line.join() as second, line.join() as third:
            assert not second.wait(0)
            assert (second.ahead, third.ahead) == (0, 1)
            assert not third.wait(0)
    with line.join() as next_one:  # those who left gave their places back
        assert next_one.wait(0)


def test_who_leaves_the_line_lets_the_others_forward() -> None:
    line = WaitingLine(1)
    came = threading.Event()

    def waits() -> None:
        with line.join() as last:
            if last.wait(30):
                came.set()

    with line.join() as first:
        assert first.wait(0)
        with line.join():
            thread = threading.Thread(target=waits)
            thread.start()
        assert not came.wait(0.05)
    assert came.wait(30)
    thread.join()


def test_as_many_go_on_at_once_as_there_are_places() -> None:
    line = WaitingLine(2)
    inside, most = [0], [0]
    lock = threading.Lock()

    def goes() -> None:
        with line.join() as place:
            assert place.wait(30)
            with lock:
                inside[0] += 1
                most[0] = max(most[0], inside[0])
            threading.Event().wait(0.005)
            with lock:
                inside[0] -= 1

    threads = [threading.Thread(target=goes) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (inside[0], most[0]) == (0, 2)


def test_a_local_model_writes_one_answer_at_a_time_and_a_server_several() -> None:
    def at_once(local: bool) -> int:
        line = WaitingLines().of(SimpleNamespace(local=local))
        with ExitStack() as places:
            for number in range(100):
                if not places.enter_context(line.join()).wait(0):
                    return number
        return 100

    assert at_once(local=True) == 1
    assert at_once(local=False) == 8
    lines = WaitingLines()
    assert lines.of(None) is lines.writing
