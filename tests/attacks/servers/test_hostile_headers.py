"""Headers that no server should send: whatever stands there, a page is had or an error is told, never a traceback."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ingest.fetching.addresses import RefusedAddressError
from ingest.fetching.answers import FetchError
from ingest.fetching.fetch import Fetcher
from ingest.fetching.hosts import Politeness
from ingest.pipeline import ingest, sync
from ingest.sources.source import WebSource
from kb.models.encoder import Encoder
from kb.settings import Settings
from raw_server import answer, raw_server

PAGE = b"<html><head><title>Titre</title></head><body><p>" + b"Une phrase assez longue. " * 20 + b"</p></body></html>"
ODD: list[bytes] = [
    b"", b" ", b"\xb2", "²".encode(), "١٢".encode(), b"-1", b"1e999", b"inf", b"NaN", b"0x10", b"9" * 400, b"9" * 5000,
    b"Mon, 01 Jan 99999999999 00:00:00 GMT", b"Mon, 01 Jan 2020 00:00:00 +99999999999999999999", b"Wed, 30 Feb 2026",
    b"\xff\xfe", b'"\xe9"', "«é»".encode(), b"%", b"%zz", b"a\tb", b";;;", b"=", b"x" * 60_000, b"a,b,c", b"http://[x",
    b"//[", b"http://\xff/", b"http://a:b:c/", b"http://" + b"a" * 300 + b"/", b"javascript:alert(1)",
    b"http://nom:secret@127.0.0.1/", b"http://xn--/", b"http://\xc3\xa9\xcc\x80.example/", b"?\xe9", b"#",
    b"text/html; charset=\xb2", b"text/html; charset=" + b"x" * 5000, b"text/html; charset*=a'b",
    b"text/html; charset=rot13",
    b"text/html; charset=idna", b"text/html; charset=undefined", b"text/html; charset=zlib",
    b"text/html; charset*0*=x''%zz",
    b'text/html; charset="', b"text/html; charset=\x01",
]  # fmt: skip
PLACES = [
    (200, b"Retry-After"), (429, b"Retry-After"), (503, b"Retry-After"), (200, b"ETag"), (200, b"Last-Modified"),
    (200, b"Content-Type"), (200, b"Date"), (200, b"Content-Encoding"), (200, b"Set-Cookie"), (200, b"Content-Length"),
    (200, b"Transfer-Encoding"), (200, b"Content-Disposition"), (200, b"Link"), (301, b"Location"), (304, b"ETag"),
    (206, b"Content-Range"), (401, b"WWW-Authenticate"), (999, b"X"), (200, b"X\xe9"), (200, b""),
]  # fmt: skip


def odd_answer(status: int, name: bytes, value: bytes) -> bytes:
    kinds = b"" if name == b"Content-Type" else b"Content-Type: text/html\r\n"
    length = b"" if name in {b"Content-Length", b"Transfer-Encoding"} else b"Content-Length: %d\r\n" % len(PAGE)
    return b"HTTP/1.1 %d X\r\n%s%s%s: %s\r\nConnection: close\r\n\r\n%s" % (status, kinds, length, name, value, PAGE)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place[0]} {place[1]!r}")
def test_an_odd_header_of_a_page_is_an_error_that_is_told_or_none(place: tuple[int, bytes]) -> None:
    def behave(path: str) -> list[bytes]:
        if path[2:].isdecimal():
            return [odd_answer(*place, ODD[int(path[2:])])]
        return [answer(b"", type="text/plain") if path == "/robots.txt" else answer(PAGE)]

    with raw_server(behave) as address:
        host = address.removeprefix("http://")
        with Fetcher(Politeness("essai", pace=0.0, timeout=5.0), private_hosts=[host], sleep=_slept) as fetcher:
            for number, value in enumerate(ODD):
                for etag in (None, value.decode("latin-1")):
                    try:
                        found = fetcher.get(f"{address}/x{number}", hosts={host}, types=("text/",), etag=etag)
                    except (FetchError, RefusedAddressError):
                        continue
                    assert found.content == PAGE or (found.unchanged and place[0] == 304)


@pytest.mark.parametrize("place", PLACES[:16:3], ids=lambda place: f"{place[0]} {place[1]!r}")
def test_an_odd_header_of_robots_txt_neither(place: tuple[int, bytes]) -> None:
    for value in ODD:
        odd = odd_answer(*place, value)
        with raw_server(lambda path, odd=odd: [answer(PAGE) if path == "/x" else odd]) as address:  # type: ignore[misc]
            host = address.removeprefix("http://")
            with Fetcher(Politeness("essai", pace=0.0, timeout=5.0), private_hosts=[host], sleep=_slept) as fetcher:
                try:
                    assert fetcher.get(f"{address}/x", hosts={host}, types=("text/",)).content == PAGE
                except (FetchError, RefusedAddressError) as error:
                    assert "robots.txt" in error.reason  # noqa: PT017


def _slept(seconds: float) -> None:
    assert 0 <= seconds <= 30


@pytest.mark.parametrize(
    ("status", "header"),
    [(429, "Retry-After: \xb2"), (503, "Retry-After: Mon, 01 Jan 99999999999 00:00:00 GMT"), (301, "Location: http://[x"),
     (304, "ETag: x"), (200, "Content-Type: text/html; charset=\xb2"), (200, "ETag: \xe9")],
)  # fmt: skip
def test_an_ingestion_goes_on(status: int, header: str, settings: Settings, tiny_encoder: Encoder) -> None:
    odd = odd_answer(status, *header.encode("latin-1").split(b": "))
    pages = {
        "/robots.txt": answer(b"", type="text/plain"),
        "/odd": odd,
        "/page": answer(PAGE.replace(b"Une", b"Autre")),
    }
    with raw_server(lambda path: [pages.get(path, answer(b"", status=404))]) as address:
        host = address.removeprefix("http://")
        settings = replace(settings, private_hosts=host, fetch_pace=0)
        given = ingest([f"{address}/odd"], settings, tiny_encoder)
        both = WebSource("site", "page", (f"{address}/odd", f"{address}/page"), hosts=frozenset({host}))
        for _ in range(2):  # the second time with what the first one kept
            sync([both], settings, tiny_encoder)
        again = sync([both], settings, tiny_encoder)
    assert (len(given.failed), given.added) == ((0, 1) if status == 200 else (1, 0))
    assert again.unchanged == (2 if status == 200 else 1)
    assert len(again.failed) == (status != 200)


@pytest.mark.parametrize("delay", ["NaN", "inf", "-inf", "1e999", "-5", "\u00b2", "9" * 5000, "0x1p9", "", "1_0"])
def test_an_odd_pace_is_none_to_keep(delay: str) -> None:
    rules = f"User-agent: *\nCrawl-delay: {delay}\nRequest-rate: {delay}\nVisit-time: {delay}\n".encode()
    pages = {"/robots.txt": answer(rules, type="text/plain"), "/page": answer(PAGE)}
    slept: list[float] = []
    with raw_server(lambda path: [pages[path]]) as address:
        host = address.removeprefix("http://")
        with Fetcher(Politeness("essai", pace=0.0), private_hosts=[host], sleep=slept.append) as fetcher:
            for _ in range(2):
                assert fetcher.get(f"{address}/page", hosts={host}, types=("text/",)).content == PAGE
    assert all(0 <= wait <= 10 for wait in slept)
