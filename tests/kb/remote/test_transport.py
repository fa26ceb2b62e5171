"""The transport under httpx: content comes unpacked, headers of the packed one and cookies are gone, proxies stay."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import httpx
import pytest

from kb.remote.transport import BoundedTransport, Bounds, TooBigAnswerError, UnusableAnswerError, environment_proxy
from raw_server import answer, raw_server

TEXT = b"Une phrase. " * 1000


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(transport=BoundedTransport(Bounds(100_000, 60.0))) as found:
        yield found


def test_content_comes_unpacked(client: httpx.Client) -> None:
    sent = answer(gzip.compress(TEXT), "Content-Encoding: gzip", "Set-Cookie: a=b", "X-Other: c")
    with raw_server(lambda _: [sent]) as address:
        found = client.get(address)
    assert (found.content, found.text) == (TEXT, TEXT.decode())
    assert not {"content-encoding", "content-length", "set-cookie"} & found.headers.keys()
    assert found.headers["x-other"] == "c"
    assert not client.cookies


def test_the_length_of_what_was_not_packed_stays(client: httpx.Client) -> None:
    with raw_server(lambda _: [answer(TEXT)]) as address:
        assert client.get(address).headers["content-length"] == str(len(TEXT))


def test_too_much_and_other_codings_are_errors_of_httpx(client: httpx.Client) -> None:
    for sent, kind in (
        (answer(bytes(200_000)), TooBigAnswerError),
        (answer(gzip.compress(bytes(200_000)), "Content-Encoding: gzip"), TooBigAnswerError),
        (answer(TEXT, "Content-Encoding: br"), UnusableAnswerError),
        (answer(TEXT, "Content-Encoding: gzip"), UnusableAnswerError),
    ):
        with raw_server(lambda _, sent=sent: [sent]) as address, pytest.raises(httpx.DecodingError) as caught:  # type: ignore[misc]
            client.get(address)
        assert type(caught.value) is kind


def test_the_environments_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    assert environment_proxy("https://modele.example/v1") is None
    monkeypatch.setenv("https_proxy", "mandataire.example:3128")
    monkeypatch.setenv("no_proxy", "127.0.0.1,interne.example")
    assert environment_proxy("https://modele.example/v1") == "http://mandataire.example:3128"
    assert environment_proxy("http://modele.example/v1") is None
    assert environment_proxy("https://interne.example/v1") is None
    monkeypatch.setenv("all_proxy", "http://autre.example:1")
    assert environment_proxy("http://modele.example/v1") == "http://autre.example:1"
    assert environment_proxy("pas une adresse") is None


def test_a_proxy_is_gone_through() -> None:
    asked: list[str] = []

    def behave(path: str) -> list[bytes]:
        asked.append(path)
        return [answer(TEXT)]

    with (
        raw_server(behave) as proxy,
        httpx.Client(transport=BoundedTransport(Bounds(100_000, 60.0), proxy=proxy)) as client,
    ):
        assert client.get("http://modele.example/v1").content == TEXT
    assert asked == ["http://modele.example/v1"]
