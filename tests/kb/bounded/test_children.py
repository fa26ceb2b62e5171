"""Child processes under limits: what goes wrong in one is told, costs that task only, and nothing leaves it."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.bounded import children as children_module
from kb.bounded import wire
from kb.bounded.children import ChildFailedError, Children
from kb.bounded.limits import Limits

SUPPORT = Path(__file__).parents[2] / "support" / "hostile"
LIMITS = Limits(memory=100 << 20, processor=20, seconds=60, answer=1_000_000)


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> Iterator[Children]:
    monkeypatch.setenv("PYTHONPATH", str(SUPPORT))
    monkeypatch.setenv("REPERES_LLM_KEY", "secret")
    with Children(("tasks_of_children",)) as made:
        yield made


def ask(children: Children, task: str, limits: Limits = LIMITS, **about: object) -> object:
    return children.run(f"tasks_of_children:{task}", "Été".encode(), about, limits)


def process(children: Children) -> int:
    answer = ask(children, "echo", n=1)
    assert isinstance(answer, dict)
    assert (answer["text"], answer["about"]) == ("Été", {"n": 1})
    return int(answer["process"])


def test_a_child_serves_many_tasks(children: Children) -> None:
    assert process(children) == process(children) != os.getpid()


@pytest.mark.parametrize(
    ("task", "failure"),
    [
        ("fill_memory", "memory"),
        ("crash", "crash"),
        ("nest", "depth"),
        ("fail", "fault"),
        ("say_too_much", "overlong"),
    ],
)
def test_what_goes_wrong_is_told_and_costs_that_task_only(children: Children, task: str, failure: str) -> None:
    first = process(children)
    with pytest.raises(ChildFailedError) as raised:
        ask(children, task)
    assert raised.value.failure == failure
    assert raised.value.what == ("IndexError" if task == "fail" else "")
    assert process(children) != first


def test_a_task_without_end_is_ended_by_its_time(children: Children) -> None:
    with pytest.raises(ChildFailedError, match="time"):
        ask(children, "never_end", Limits(100 << 20, processor=1, seconds=60, answer=1000))
    with pytest.raises(ChildFailedError, match="time"):
        ask(children, "wait", Limits(100 << 20, processor=20, seconds=0.5, answer=1000), seconds=60)
    assert process(children)


def test_a_child_that_died_in_its_sleep_is_replaced(children: Children) -> None:
    first = process(children)
    os.kill(first, 9)
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
    assert process(children) != first


def test_a_child_is_replaced_after_many_tasks(children: Children, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children_module, "MOST_SERVED", 2)
    assert len({process(children) for _ in range(4)}) == 2


def test_a_child_knows_no_secret_and_reaches_nothing(children: Children, tmp_path: Path) -> None:
    names = ask(children, "environment")
    assert isinstance(names, list)
    assert "PATH" in names
    assert not [name for name in names if name.startswith("REPERES_")]
    kept = tmp_path / "kept"
    kept.touch()
    with socket.create_server(("127.0.0.1", 0)) as server:
        refused = ask(children, "reach_out", port=server.getsockname()[1], file=str(tmp_path / "new"), kept=str(kept))
    assert refused == ["connect", "start", "write", "remove"]
    assert list(tmp_path.iterdir()) == [kept]


def test_no_more_children_than_allowed_serve_many_threads(children: Children) -> None:
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(process(children))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) <= 2


def test_no_child_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(SUPPORT))
    with Children(("tasks_of_children",)) as made:
        number = process(made)
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


def test_a_child_that_cannot_start_is_told() -> None:
    with Children(("no_such_module",)) as made, pytest.raises(ChildFailedError, match="start"):
        made.run("no_such_module:task", b"", {}, LIMITS)


def test_messages_that_make_no_sense_are_refused() -> None:
    ours, its = socket.socketpair()
    with ours, its:
        its.sendall(wire._LENGTHS.pack(3, 0) + b"[1]")
        with pytest.raises(wire.WireError):
            wire.receive(ours)
        its.sendall(wire._LENGTHS.pack(2, 0) + b"\xff\xff")
        with pytest.raises(wire.WireError):
            wire.receive(ours)
        its.sendall(wire._LENGTHS.pack(1 << 60, 0))
        with pytest.raises(wire.OverlongError):
            wire.receive(ours, most=1000)
        wire.send(its, {"a": "é"}, b"bc")
        assert wire.receive(ours, most=1000) == (json.loads('{"a": "é"}'), b"bc")
