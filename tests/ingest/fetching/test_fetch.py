"""The fetcher: what it refuses, how it behaves towards servers, and what it makes of those that misbehave."""

from __future__ import annotations

import gzip
import socket
import zlib
from collections.abc import Callable, Iterator

import brotli
import pytest

from ingest.fetching.addresses import RefusedAddressError, page_address
from ingest.fetching.answers import Fetched, FetchError
from ingest.fetching.fetch import Fetcher
from ingest.fetching.hosts import Politeness
from magazine_site import Site, serve

TYPES = ("text/html", "text/plain")
Get = Callable[..., Fetched]


@pytest.fixture
def site() -> Iterator[Site]:
    with serve(Site()) as served:
        served.put("/page", "<p>Une page.</p>")
        yield served


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def get(site: Site, slept: list[float]) -> Iterator[Get]:
    """Fetches a path of the site."""
    politeness = Politeness("Reperes-test", pace=0.0, max_bytes=100_000, timeout=30.0)
    with Fetcher(politeness, private_hosts=[site.host], sleep=slept.append) as fetcher:
        yield lambda path, **others: fetcher.get(site.url(path), **{"hosts": {site.host}, "types": TYPES, **others})


def names(host: str, _port: int) -> list[str]:
    """Names and numbers as the system's resolver reads them."""
    known = {
        "localhost": ["::1", "127.0.0.1"],
        "metadata.google.internal": ["169.254.169.254"],
        "double.example": ["93.184.216.34", "10.0.0.1"],
    }
    if host in known:
        return known[host]
    return [host] if ":" in host else [socket.inet_ntoa(socket.inet_aton(host))]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/",
        "http://localhost/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/",
        "http://[64:ff9b::7f00:1]/", "http://[2002:7f00:1::]/", "http://[fe80::1]/", "http://[fc00::1]/",
        "http://[::]/", "http://0.0.0.0/", "http://10.0.0.5/", "http://172.16.3.4/", "http://192.168.1.1:8080/",
        "http://100.64.0.1/", "http://169.254.169.254/latest/meta-data/", "http://metadata.google.internal/",
        "http://224.0.0.1/", "http://240.0.0.1/", "https://double.example/", "http://127.0.0.1.:80/",
    ],
)  # fmt: skip
def test_no_private_address_is_connected_to(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*_: object, **__: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket, "create_connection", connect)
    host = page_address(url).split("/")[2]
    with Fetcher(Politeness("t"), resolver=names) as fetcher, pytest.raises(RefusedAddressError) as caught:
        fetcher.get(url, hosts={host}, types=TYPES)
    assert "réseau privé" in caught.value.reason
    assert host in str(caught.value)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("file:///etc/passwd", "http et https"),
        ("gopher://exemple.fr/", "http et https"),
        ("ftp://exemple.fr/", "http et https"),
        ("javascript:alert(1)", "http et https"),
        ("http://nom:secret@exemple.fr/", "mot de passe"),
        ("http://exemple.fr@127.0.0.1/", "mot de passe"),
        ("http://", "adresse valable"),
        ("http://exemple.fr:99999/", "adresse valable"),
        ("http://exem ple.fr/", "adresse valable"),
        ("http://exemple.fr\\@127.0.0.1/", "mot de passe"),
        ("http://autre.fr/", "« hosts »"),
        ("http://exemple.fr:8080/", "« hosts »"),
    ],
)
def test_what_is_no_address_to_fetch_is_refused(url: str, reason: str) -> None:
    with Fetcher(Politeness("t"), resolver=names) as fetcher, pytest.raises(RefusedAddressError) as caught:
        fetcher.get(url, hosts={"exemple.fr"}, types=TYPES)
    assert reason in caught.value.reason
    assert "secret" not in str(caught.value)


def test_the_name_is_resolved_once_and_the_checked_address_connected_to(site: Site) -> None:
    port = int(site.host.rpartition(":")[2])
    site.put("/robots.txt", "", type="text/plain")
    asked: list[str] = []

    def resolver(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    with Fetcher(Politeness("t", pace=0), private_hosts=[f"mag.example:{port}"], resolver=resolver) as fetcher:
        found = fetcher.get(f"http://mag.example:{port}/page", hosts={f"mag.example:{port}"}, types=TYPES)
    assert found.content == b"<p>Une page.</p>"
    assert asked == ["mag.example"] * 2  # once for robots.txt, once for the page
    assert site.asked[-1].headers["host"] == f"mag.example:{port}"


def test_a_name_that_moves_to_a_private_address_is_refused(site: Site) -> None:
    port = int(site.host.rpartition(":")[2])
    turns = iter([["127.0.0.1", "10.0.0.1"]])
    with (
        Fetcher(Politeness("t", pace=0), resolver=lambda *_: next(turns)) as fetcher,
        pytest.raises(RefusedAddressError),
    ):
        fetcher.get(f"http://mag.example:{port}/page", hosts={f"mag.example:{port}"}, types=TYPES)
    assert site.asked == []


@pytest.mark.parametrize("to", ["http://169.254.169.254/x", "file:///etc/passwd", "http://autre.example/"])
def test_a_redirect_is_checked_as_any_address(to: str, site: Site, get: Get) -> None:
    site.redirect("/va", to, 302)
    with pytest.raises(RefusedAddressError) as caught:
        get("/va")
    assert to.split("//")[1].split("/", maxsplit=1)[0] in str(caught.value)


def test_redirects_are_followed_five_times(site: Site, get: Get) -> None:
    for step in range(5):
        site.redirect(f"/r{step}", f"/r{step + 1}" if step < 4 else "/page", (301, 302, 303, 307, 308)[step])
    assert get("/r0").url == site.url("/page")
    site.redirect("/r-1", "/r0")
    with pytest.raises(FetchError, match="5 redirections"):
        get("/r-1")


def test_the_environments_proxy_is_not_used(site: Site, get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert get("/page").content


def test_robots_txt_is_obeyed_as_rfc_9309_says(site: Site, slept: list[float], get: Get) -> None:
    rules = "User-agent: *\nDisallow: /\nAllow: /public\nCrawl-delay: 3\n"
    site.put("/robots.txt", rules, type="text/plain")
    site.put("/public/page", "<p>Oui.</p>")
    assert get("/public/page").content
    with pytest.raises(FetchError) as caught:
        get("/page")
    assert (caught.value.kind, "robots.txt" in caught.value.reason) == ("refused", True)
    get("/public/page")
    assert any(2 < wait <= 3 for wait in slept)
    assert [asked.path for asked in site.asked].count("/robots.txt") == 1
    assert {asked.headers["user-agent"] for asked in site.asked} == {"Reperes-test"}


def test_robots_txt_that_cannot_be_had_closes_the_site_for_now(site: Site, get: Get) -> None:
    site.put("/robots.txt", "", status=500)
    with pytest.raises(FetchError) as caught:
        get("/page")
    assert caught.value.kind == "temporary"
    assert not any(asked.path == "/page" for asked in site.asked)


def test_nothing_changed_is_told_from_a_new_version(site: Site, get: Get) -> None:
    first = get("/page")
    assert first.etag
    assert get("/page", etag=first.etag).unchanged
    site.put("/page", "<p>Une autre page.</p>")
    assert get("/page", etag=first.etag).content == b"<p>Une autre page.</p>"


@pytest.mark.parametrize("status", [404, 410])
def test_gone_is_gone_and_asked_once(status: int, site: Site, get: Get) -> None:
    site.put("/page", "", status=status)
    with pytest.raises(FetchError) as caught:
        get("/page")
    assert caught.value.kind == "gone"
    assert [asked.path for asked in site.asked].count("/page") == 1


@pytest.mark.parametrize("status", [429, 500, 503])
def test_passing_troubles_are_tried_again_later_and_later(
    status: int, site: Site, slept: list[float], get: Get
) -> None:
    site.put("/page", "", status=status, headers={"Retry-After": "7"} if status == 429 else {})
    with pytest.raises(FetchError) as caught:
        get("/page")
    assert caught.value.kind == "temporary"
    assert [asked.path for asked in site.asked].count("/page") == 3
    assert [wait for wait in slept if wait >= 1] == ([7.0, 7.0] if status == 429 else [1.0, 2.0])


def test_a_server_that_does_not_answer_in_time(site: Site) -> None:
    site.put("/robots.txt", "", type="text/plain")
    site.put("/page", "<p>Trop tard.</p>", delay=1.5)
    with (
        Fetcher(Politeness("t", pace=0.0, timeout=1.0), private_hosts=[site.host], sleep=lambda _: None) as fetcher,
        pytest.raises(FetchError, match="à temps"),
    ):
        fetcher.get(site.url("/page"), hosts={site.host}, types=TYPES)


def test_too_big_announced_or_not_or_once_unpacked(site: Site, get: Get) -> None:
    site.put("/annonce", b"x", announce=200_000_000)
    site.put("/tait", b"x" * 200_000, headers={"Content-Encoding": "identity"})
    site.put("/bombe", gzip.compress(b"x" * 50_000_000), headers={"Content-Encoding": "gzip"})
    for path in ("/annonce", "/tait", "/bombe"):
        with pytest.raises(FetchError, match="trop grosse"):
            get(path)


def test_packed_content_is_unpacked(site: Site, get: Get) -> None:
    text = "<p>Une phrase assez longue pour être comprimée.</p>" * 100
    site.put("/gzip", text)
    site.put("/cadre", zlib.compress(text.encode()), headers={"Content-Encoding": "deflate"})
    bare = zlib.compressobj(wbits=-15)
    site.put("/nu", bare.compress(text.encode()) + bare.flush(), headers={"Content-Encoding": "Deflate"})
    site.put("/x-gzip", gzip.compress(text.encode()), headers={"Content-Encoding": "identity, x-gzip"})
    for path in ("/gzip", "/cadre", "/nu", "/x-gzip"):
        assert get(path).content == text.encode()
    assert site.asked[-1].headers["accept-encoding"] == "gzip, deflate"


@pytest.mark.parametrize(
    ("coding", "reason"),
    [
        ("br", "« br »"),
        ("zstd", "« zstd »"),
        ("gzip, gzip", "plusieurs fois"),
        ("br, gzip", "plusieurs fois"),
        ("\u00b2", "seul gzip est lu"),
    ],
)
def test_other_codings_are_refused_by_name(coding: str, reason: str, site: Site, get: Get) -> None:
    site.put("/page", b"x" * 100, headers={"Content-Encoding": coding})
    with pytest.raises(FetchError, match=reason) as caught:
        get("/page")
    assert caught.value.kind == "unreadable"
    assert [asked.path for asked in site.asked].count("/page") == 1


@pytest.mark.parametrize(
    "content",
    [b"pas du gzip", gzip.compress(b"x" * 10_000, mtime=0)[:-20], b"\x1f", gzip.compress(b"a", mtime=0) + b"\x1f"],
)
def test_damaged_content_is_told(content: bytes, site: Site, get: Get) -> None:
    site.put("/page", content, headers={"Content-Encoding": "gzip"})
    with pytest.raises(FetchError, match="abîmé") as caught:
        get("/page")
    assert caught.value.kind == "unreadable"


def test_robots_txt_that_cannot_be_unpacked_closes_the_site_for_now(site: Site, get: Get) -> None:
    site.put("/robots.txt", brotli.compress(b"User-agent: *\nDisallow: /"), headers={"Content-Encoding": "br"})
    with pytest.raises(FetchError, match=r"robots\.txt du site ne peut pas être lu.*« br »"):
        get("/page")
    assert not any(asked.path == "/page" for asked in site.asked)


def test_other_content_than_what_can_be_used_is_refused(site: Site, get: Get) -> None:
    site.put("/image", b"\x89PNG", type="image/png")
    with pytest.raises(FetchError, match="image/png"):
        get("/image")
    site.put("/ferme", "", status=403)
    with pytest.raises(FetchError, match="403"):
        get("/ferme")


def test_cookies_are_not_kept(site: Site, get: Get) -> None:
    site.put("/page", "<p>Une page.</p>", headers={"Set-Cookie": "suivi=1"})
    get("/page")
    get("/page")
    assert not any("cookie" in asked.headers for asked in site.asked)


@pytest.mark.parametrize(
    ("url", "one"),
    [
        ("HTTP://Exemple.FR:80", "http://exemple.fr/"),
        ("https://exemple.fr:443/a#b", "https://exemple.fr/a"),
        ("https://exemple.fr/a?utm_source=x&page=2&fbclid=y", "https://exemple.fr/a?page=2"),
        ("https://exemple.fr/a?xtor=RSS-1", "https://exemple.fr/a"),
        ("https://exemple.fr/été?q=a+b", "https://exemple.fr/%C3%A9t%C3%A9?q=a+b"),
        ("https://exemple.fr/%c3%a9", "https://exemple.fr/%C3%A9"),
        ("https://école.fr/", "https://xn--cole-9oa.fr/"),
    ],
)
def test_a_page_has_one_spelling(url: str, one: str) -> None:
    assert page_address(url) == one
    assert page_address(one) == one
