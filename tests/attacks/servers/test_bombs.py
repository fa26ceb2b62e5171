"""Bombs: kilobytes that unpack to gigabytes, wherever something of another machine is read. Each in a child process."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Sequence
from contextlib import ExitStack

import brotli
import pytest

from raw_server import answer, raw_server
from visitor import LONGEST, MOST_MEMORY, visit

GIGABYTE = 1_000_000_000
_MEGABYTE = b"<p>" + b" " * (1 << 20)


def _gzip(size: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(_MEGABYTE) for _ in range(size >> 20)) + packer.flush()


def _deflate(size: int) -> bytes:
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(_MEGABYTE) for _ in range(size >> 20)) + packer.flush()


def _brotli(size: int) -> bytes:
    packer = brotli.Compressor(quality=1)
    packed: bytes = b"".join(packer.process(_MEGABYTE) for _ in range(size >> 20)) + packer.finish()
    return packed


def _zstd(size: int) -> bytes:
    """A frame of blocks that each say: the same byte, 128 kB of it (RFC 8878, RLE_Block)."""
    blocks = size >> 17
    head = b"\x28\xb5\x2f\xfd\x00\x58"
    block = ((1 << 17) << 3 | 1 << 1).to_bytes(3, "little") + b" "
    last = ((1 << 17) << 3 | 1 << 1 | 1).to_bytes(3, "little") + b" "
    return head + block * (blocks - 1) + last


# The name of a bomb -> its Content-Encoding, and what makes it.
BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "gzip": ("gzip", lambda: _gzip(GIGABYTE)),
    "gzip in gzip": ("gzip, gzip", lambda: gzip.compress(_gzip(GIGABYTE))),
    "gzip in gzip, by two headers": ("gzip\r\nContent-Encoding: gzip", lambda: gzip.compress(_gzip(GIGABYTE))),
    "deflate": ("deflate", lambda: _deflate(GIGABYTE)),
    "brotli": ("br", lambda: _brotli(GIGABYTE)),
    "brotli in gzip": ("br, gzip", lambda: gzip.compress(_brotli(GIGABYTE))),
    "zstd": ("zstd", lambda: _zstd(GIGABYTE)),
    "400,000 members": ("gzip", lambda: gzip.compress(b"<p></p>") * 400_000),
}


REFUSED = ("trop grosse", "compressé", "abîmé")


@pytest.fixture(scope="module")
def bombs() -> dict[str, tuple[str, bytes]]:
    return {name: (coding, make()) for name, (coding, make) in BOMBS.items()}


def check(
    kind: str,
    at: str,
    bombs: dict[str, tuple[str, bytes]],
    told: Sequence[str],
    *,
    asked: str | None = None,
    media_type: str = "text/html",
    status: int = 200,
) -> None:
    """A server for each bomb, which stands `at` a path; each is visited, within the bounds, and told in French."""
    with ExitStack() as stack:
        addresses = []
        for coding, content in bombs.values():
            headers = [f"Content-Encoding: {coding}"] if coding else []
            pages = {
                "/robots.txt": answer(b"", type="text/plain"),
                "/page": answer(b"<p>Une page.</p>"),
                at: answer(content, *headers, type=media_type, status=status),
            }
            found = raw_server(lambda path, pages=pages: [pages.get(path, answer(b"", status=404))])  # type: ignore[misc]
            addresses.append(stack.enter_context(found) + (at if asked is None else asked))
        visits = visit(kind, *addresses)
    assert len(visits) == len(bombs)
    for name, one in zip(bombs, visits, strict=True):
        assert one.memory < MOST_MEMORY, name
        assert one.seconds < LONGEST, name
        assert any(word in line for line in one.said for word in told), (name, one.said)


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [
        ("page", "text/html"),
        ("page", "application/pdf"),
        ("section", "text/html"),
        ("feed", "application/rss+xml"),
        ("sitemap", "application/xml"),
    ],
)
def test_what_is_fetched(kind: str, media_type: str, bombs: dict[str, tuple[str, bytes]]) -> None:
    check(kind, "/x", bombs, REFUSED, media_type=media_type)


def test_robots_txt(bombs: dict[str, tuple[str, bytes]]) -> None:
    check("page", "/robots.txt", bombs, (*REFUSED, "lu :"), asked="/page", media_type="text/plain")


def test_packed_sitemaps() -> None:
    files = {
        "gzip": gzip.compress(b"<urlset>") + _gzip(GIGABYTE),
        "gzip in gzip": gzip.compress(_gzip(GIGABYTE)),
        "cut": gzip.compress(b"<urlset><url><loc>/a</loc></url></urlset>")[:-9],
    }
    packed = {name: ("", content) for name, content in files.items()}
    check("sitemap", "/sitemap.xml.gz", packed, ("illisible",), media_type="application/gzip")


def test_what_a_provider_says(bombs: dict[str, tuple[str, bytes]]) -> None:
    at = "/.well-known/openid-configuration"
    check("oidc", at, bombs, ("ne répond pas",), asked="", media_type="application/json")


@pytest.mark.parametrize("status", [200, 400])
def test_what_a_language_model_says(status: int, bombs: dict[str, tuple[str, bytes]]) -> None:
    at = "/v1/chat/completions"
    check("chat", at, bombs, ("coupée",), asked="", media_type="text/event-stream", status=status)
