from __future__ import annotations

from typing import Any

import pytest

from kb.web.door.origins import Address, Origins, origin_of


def scope(host: str, method: str = "GET", **headers: str) -> dict[str, Any]:
    given = [(b"host", host.encode()), *((name.encode(), value.encode()) for name, value in headers.items())]
    return {"type": "http", "scheme": "http", "method": method, "headers": given}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://localhost:7860", Address("http", "localhost", 7860)),
        ("https://Reperes.example", Address("https", "reperes.example", 443)),
        ("http://[::1]:80", Address("http", "::1", 80)),
        ("null", None),
        ("http://localhost/", None),
        ("http://a@localhost", None),
        ("http://localhost:0", None),
        ("http://localhost:70000", None),
        ("http://localhost\n", None),
    ],
)
def test_an_origin_is_scheme_host_and_port(text: str, expected: Address | None) -> None:
    assert origin_of(text) == expected


def test_an_address_is_told_as_a_header_tells_it() -> None:
    assert Address("https", "reperes.example", 443).netloc == "reperes.example"
    assert Address("http", "::1", 7860).netloc == "[::1]:7860"


def test_a_second_host_or_origin_is_refused() -> None:
    origins = Origins("127.0.0.1")
    twice = scope("127.0.0.1:1")
    twice["headers"] += twice["headers"]
    assert origins.reached(twice) is None
    asked = scope("127.0.0.1:1", "POST", origin="http://127.0.0.1:1")
    here = origins.reached(asked)
    assert here is not None
    assert origins.may_call(asked, here)
    asked["headers"].append((b"origin", b"http://127.0.0.1:1"))
    assert not origins.may_call(asked, here)


def test_the_address_that_people_call_is_the_public_one() -> None:
    origins = Origins("0.0.0.0", "https://reperes.example/outil")
    assert origins.reached(scope("127.0.0.1:7860")) == Address("https", "reperes.example", 443)
    assert origins.reached(scope("elsewhere.example")) is None
