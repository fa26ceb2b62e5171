from __future__ import annotations

from typing import Any

import pytest

from kb.records.accounts import LOCAL
from kb.web.auth.gate import Caller
from kb.web.door.events import BROWSER_COOKIE, MOST_KNOWN, _Known, _read, opener_of


def scope(cookie: str = "", session: str = "", client: str = "127.0.0.1") -> dict[str, Any]:
    headers = [(b"cookie", cookie.encode())] if cookie else []
    state = {"caller": Caller(LOCAL, session)} if session else {}
    return {"type": "http", "headers": headers, "client": (client, 1), "state": state}


def test_openers_are_told_apart_by_session_browser_and_address() -> None:
    told = [
        opener_of(scope()),
        opener_of(scope(client="127.0.0.2")),
        opener_of(scope(session="a")),
        opener_of(scope(session="b")),
        opener_of(scope(f"{BROWSER_COOKIE}=a")),
        opener_of(scope(f"{BROWSER_COOKIE}=b")),
    ]
    assert len(set(told)) == len(told)
    assert opener_of(scope("other=1", session="a")) == opener_of(scope("x=y", session="a"))


def test_what_is_known_is_bounded_and_the_latest() -> None:
    known = _Known()
    for number in range(MOST_KNOWN + 10):
        known.add(str(number))
        known.add("used again")
    assert "used again" in known
    assert "0" not in known
    assert str(MOST_KNOWN + 9) in known
    assert sum(str(number) in known for number in range(MOST_KNOWN + 10)) == MOST_KNOWN - 1


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"NaN", b'{"a": 1e999}', b'{"a": "\\ud800"}', b"[" * 100_000])
def test_what_cannot_be_written_again_is_not_read(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        _read(content, ("a",))


def test_only_what_is_known_of_an_event_is_read_on() -> None:
    assert _read(
        b'{"data": [], "batched": true, "session_hash": "a", "session_hash": "b"}', ("data", "session_hash")
    ) == {
        "data": [],
        "session_hash": "b",
    }
