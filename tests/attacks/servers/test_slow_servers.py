"""Servers that never end: bytes that drip, answers before the answer, empty pieces. Each request has its moment."""

from __future__ import annotations

import asyncio
import time
import zlib
from collections.abc import Iterator
from typing import Any

import pytest

from chat_server import chat_server, saying
from ingest.fetching.answers import FetchError
from ingest.fetching.fetch import Fetcher
from ingest.fetching.hosts import Politeness
from kb.errors import LanguageModelError
from kb.models.chat.llm import ChatModel
from kb.web.auth import provider_client
from raw_server import answer, raw_server

MOMENT = 0.3  # seconds that each attempt has
LONGEST = 10.0  # seconds, for three attempts on a busy machine
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def _drip(piece: bytes) -> Iterator[bytes]:
    while True:
        yield piece
        time.sleep(0.05)


def dripping_status(_: str) -> Iterator[bytes]:
    yield from _drip(b"H")


def dripping_headers(_: str) -> Iterator[bytes]:
    yield HEAD
    yield from _drip(b"X: y\r\n")


def early_answers(_: str) -> Iterator[bytes]:
    while True:
        yield b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 100


def endless_header(_: str) -> Iterator[bytes]:
    yield HEAD + b"X: "
    while True:
        yield b"y" * 10_000


def dripping_content(_: str) -> Iterator[bytes]:
    yield HEAD + b"Content-Length: 1000000\r\n\r\n"
    yield from _drip(b"x")


def dripping_size(_: str) -> Iterator[bytes]:
    yield HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;"
    yield from _drip(b"x")


def nothing_packed(_: str) -> Iterator[bytes]:
    """Empty blocks of deflate: bytes go in, none comes out."""
    yield HEAD + b"Content-Encoding: gzip\r\n\r\n" + zlib.compressobj(wbits=31).flush(zlib.Z_SYNC_FLUSH)
    while True:
        yield b"\0\0\0\xff\xff" * 10_000
        time.sleep(0.001)


def silence(_: str) -> Iterator[bytes]:
    time.sleep(LONGEST)
    return iter(())


SLOW = [
    dripping_status,
    dripping_headers,
    early_answers,
    endless_header,
    dripping_content,
    dripping_size,
    nothing_packed,
    silence,
]


def _after_robots(behaviour: Any) -> Any:
    return lambda path: [answer(b"", type="text/plain")] if path == "/robots.txt" else behaviour(path)


@pytest.mark.parametrize("path", ["/robots.txt", "/page"])
@pytest.mark.parametrize("behaviour", SLOW)
def test_a_page_has_its_moment(behaviour: Any, path: str) -> None:
    served = behaviour if path == "/robots.txt" else _after_robots(behaviour)
    with raw_server(served) as address:
        host = address.removeprefix("http://")
        politeness = Politeness("essai", pace=0.0, max_bytes=1_000_000, timeout=5.0, longest=MOMENT)
        with Fetcher(politeness, private_hosts=[host], sleep=lambda _: None) as fetcher:
            began = time.monotonic()
            with pytest.raises(FetchError) as caught:
                fetcher.get(f"{address}/page", hosts={host}, types=("text/html",))
    assert time.monotonic() - began < LONGEST
    assert any(word in caught.value.reason for word in ("à temps", "injoignable", "trop gros"))


@pytest.fixture(scope="module")
def asked_before() -> None:
    """What the first question imports takes seconds, which are none of the server's."""
    with chat_server(saying("Oui.")) as server:
        assert list(ChatModel("essai", lambda: server.address).stream("a", "b", max_tokens=5))


def pings(_: str) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
    yield from _drip(b": encore un instant\n\n")


@pytest.mark.usefixtures("asked_before")
@pytest.mark.parametrize("behaviour", [*SLOW, pings])
def test_a_language_model_has_its_moment(behaviour: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.models.chat.llm._LONGEST_ANSWER", MOMENT)
    monkeypatch.setattr("kb.models.chat.llm._RETRIES", 0)
    with raw_server(behaviour) as address:
        began = time.monotonic()
        with pytest.raises(LanguageModelError):
            list(ChatModel("essai", lambda: f"{address}/v1", timeout=0.9 * MOMENT).stream("a", "b", max_tokens=5))
    assert time.monotonic() - began < LONGEST


@pytest.mark.parametrize("behaviour", SLOW)
def test_a_provider_has_its_moment(behaviour: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provider_client, "_LONGEST", MOMENT)
    with raw_server(behaviour) as address:
        provider = provider_client.BoundedProvider(None, "essai", server_metadata_url=f"{address}/x")
        began = time.monotonic()
        with pytest.raises(Exception, match=r".*") as caught:
            asyncio.run(provider.load_server_metadata())
    assert time.monotonic() - began < LONGEST
    assert not isinstance(caught.value, TypeError | AttributeError | KeyError)
