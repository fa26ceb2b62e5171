"""Where a request comes from, and who is believed about it."""

from __future__ import annotations

import pytest
from starlette.requests import HTTPConnection

from kb.errors import SettingsError
from kb.web.auth.addresses import Proxies

OURS = "10.0.0.0/8 192.0.2.9 2001:db8:1::/48"


def client(caller: str | None, *told: str, proxies: str = OURS) -> str:
    headers = [(b"x-forwarded-for", line.encode("latin-1")) for line in told]
    scope = {"type": "http", "headers": headers, "client": (caller, 1) if caller is not None else None}
    return Proxies(proxies).client(HTTPConnection(scope))


@pytest.mark.parametrize(
    ("told", "found"),
    [
        (("198.51.100.7",), "198.51.100.7"),
        (("1.1.1.1, 198.51.100.7",), "198.51.100.7"),
        (("1.1.1.1", "198.51.100.7"), "198.51.100.7"),
        (("1.1.1.1, 198.51.100.7, 10.2.3.4",), "198.51.100.7"),
        (("1.1.1.1, 198.51.100.7 ,10.2.3.4,192.0.2.9",), "198.51.100.7"),
        (("198.51.100.7:4711",), "198.51.100.7"),
        (("[2001:db8:2::7]:4711",), "2001:db8:2::/64"),
        (("2001:db8:2::7",), "2001:db8:2::/64"),
        (("2001:db8:2:0:ffff::1, 2001:db8:1::5",), "2001:db8:2::/64"),
        (("::1",), "::/64"),
        (("::ffff:198.51.100.7",), "198.51.100.7"),
        (("10.2.3.4",), "10.2.3.4"),
    ],
)
def test_a_proxy_of_ours_is_believed_about_the_last_that_is_none(told: tuple[str, ...], found: str) -> None:
    assert client("10.0.0.1", *told) == found
    assert client("::ffff:10.0.0.1", *told) == found


@pytest.mark.parametrize(
    "told",
    ["", ",", "inconnu", "unknown", "1.2.3", "01.2.3.4", "1.2.3.4.5", "[::1", "999.1.1.1", "1.2.3.4:x", "é", "²"],
)
def test_what_is_no_address_is_not_believed_nor_what_stands_left_of_it(told: str) -> None:
    assert client("10.0.0.1", told) == "10.0.0.1"
    assert client("10.0.0.1", f"1.1.1.1, {told}") == "10.0.0.1"
    assert client("10.0.0.1", f"1.1.1.1, {told}, 10.0.0.2") == "10.0.0.2"


def test_nobody_else_is_believed() -> None:
    assert client("198.51.100.1", "192.0.2.7") == "198.51.100.1"
    assert client("10.0.0.1", "192.0.2.7", proxies="") == "10.0.0.1"
    assert client("2001:db8:9::1", "192.0.2.7") == "2001:db8:9::/64"
    assert client("socket", "192.0.2.7") == "socket"
    assert client(None, "192.0.2.7") == ""


def test_what_is_no_network_is_told() -> None:
    with pytest.raises(SettingsError, match="REPERES_PROXY_ADDRESSES=partout"):
        Proxies("partout")
