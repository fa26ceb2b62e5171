"""Feeds, sitemaps and pages that cost more than they hold: entities, millions of elements, sitemaps without end."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from raw_server import answer, raw_server
from visitor import LONGEST, MOST_MEMORY, visit

MEGABYTE = 1_000_000


def _laughs() -> bytes:
    lines = [f'<!ENTITY a{level} "{f"&a{level - 1};" * 10}">' for level in range(1, 12)]
    return f'<!DOCTYPE r [<!ENTITY a0 "ha">{"".join(lines)}]><rss><item><link>/x&a11;</link></item></rss>'.encode()


def _quadratic() -> bytes:
    big = "a" * 1_000_000
    return f'<!DOCTYPE r [<!ENTITY a "{big}">]><rss><item><link>/{"&a;" * 100_000}</link></item></rss>'.encode()


def _defaults() -> bytes:
    """Attributes that the document type gives to each element."""
    names = "".join(f'a{number} CDATA "{"b" * 1000}" ' for number in range(1000))
    return f"<!DOCTYPE rss [<!ATTLIST x {names}>]><rss>{'<x/>' * 500_000}</rss>".encode()


XML: dict[str, Callable[[], bytes]] = {
    "a billion laughs": _laughs,
    "one entity 100,000 times": _quadratic,
    "attributes by default": _defaults,
    "empty elements": lambda: b"<urlset>" + b"<x/>" * (11 * MEGABYTE),
    "empty entries": lambda: b"<rss>" + b"<item/>" * (6 * MEGABYTE),
    "entries that hold a million links": lambda: (
        b"<rss><item>" + b"<link>/a</link>" * (3 * MEGABYTE) + b"</item></rss>"
    ),
    "elements without end": lambda: b"<urlset>" + b"<url>" * (10 * MEGABYTE),
    "attributes without end": lambda: (
        b"<urlset " + b" ".join(b'a%d=""' % number for number in range(2 * MEGABYTE)) + b"/>"
    ),
    "attributes that hold tags": lambda: (
        b"<urlset " + b" ".join(b'a%d="<x>"' % number for number in range(2 * MEGABYTE)) + b"/>"
    ),
    "a name without end": lambda: b"<" + b"a" * (40 * MEGABYTE),
    "a text without end": lambda: b"<urlset><url><loc>" + b"a" * (50 * MEGABYTE) + b"</loc></url></urlset>",
    "a comment without end": lambda: b"<urlset><!--" + b"a" * (50 * MEGABYTE),
    "instructions": lambda: b"<urlset>" + b"<?a?>" * (10 * MEGABYTE),
    "namespaces": lambda: b"<urlset>" + b"".join(b'<x xmlns:n%d="u"/>' % n for n in range(MEGABYTE)) + b"</urlset>",
    "entries": lambda: b"<urlset>" + b"<url><loc>/a</loc></url>" * MEGABYTE + b"</urlset>",
    "long addresses": lambda: b"<urlset>" + (b"<url><loc>/" + b"a" * 5000 + b"</loc></url>") * 10_000 + b"</urlset>",
}
HTML: dict[str, Callable[[], bytes]] = {
    "elements without end": lambda: b"<html><body>" + b"<b>" * (20 * MEGABYTE),
    "links": lambda: b"<html><body>" + b"".join(b"<a href=/x%d>a</a>" % number for number in range(MEGABYTE)),
    "links within links": lambda: b"<html><body>" + b"<a href=/x>a" * (3 * MEGABYTE),
    "next parts": lambda: b"<html><head>" + b"<link rel=next href=/x>" * (2 * MEGABYTE),
    "attributes without end": lambda: b"<html><a " + b" ".join(b"a%d=b" % number for number in range(MEGABYTE)) + b">",
    "a text without end": lambda: b"<html><a href=/x>" + b"a" * (90 * MEGABYTE),
    "wide characters": lambda: b"<html>" + "\U0001f3e0".encode() + b"a" * (90 * MEGABYTE),
}


def check(kind: str, contents: dict[str, Callable[[], bytes]], media_type: str) -> None:
    with ExitStack() as stack:
        addresses = []
        for make in contents.values():
            pages = {"/robots.txt": answer(b"", type="text/plain"), "/list": answer(make(), type=media_type)}
            found = raw_server(lambda path, pages=pages: [pages.get(path, answer(b"", status=404))])  # type: ignore[misc]
            addresses.append(stack.enter_context(found) + "/list")
        visits = visit(kind, *addresses)
    for name, one in zip(contents, visits, strict=True):
        assert one.memory < MOST_MEMORY, name
        assert one.processor < LONGEST, name
        assert one.said, name


@pytest.mark.parametrize("name", XML)
def test_a_feed(name: str) -> None:
    check("feed", {name: XML[name]}, "application/xml")


# Of a section all that the links lead to is fetched too: that takes its time, as it has to.
@pytest.mark.parametrize(
    ("kind", "name"),
    [("page", name) for name in HTML] + [("section", name) for name in HTML if name != "links"],
)
def test_a_page(kind: str, name: str) -> None:
    check(kind, {name: HTML[name]}, "text/html; charset=utf-8")


def test_sitemaps_of_sitemaps_end() -> None:
    asked: list[str] = []

    def behave(path: str) -> list[bytes]:
        asked.append(path)
        if path == "/robots.txt":
            return [answer(b"", type="text/plain")]
        below = "".join(f"<sitemap><loc>{path}/{number}</loc></sitemap>" for number in range(5))
        return [answer(f"<sitemapindex>{below}</sitemapindex>".encode(), type="application/xml")]

    with raw_server(behave) as address:
        (found,) = visit("sitemap", f"{address}/s")
    assert len(asked) == 1 + 1 + 5 + 25
    assert sum("trop de niveaux" in line for line in found.said) == 25


def test_what_all_pages_lead_to_is_kept_within_bounds() -> None:
    """Six sitemaps of 20,000 long addresses each: 108 MB of them."""

    def behave(path: str) -> list[bytes]:
        if path == "/robots.txt":
            return [answer(b"", type="text/plain")]
        if path == "/s":
            below = "".join(f"<sitemap><loc>/s{number}</loc></sitemap>" for number in range(6))
            return [answer(f"<sitemapindex>{below}</sitemapindex>".encode(), type="application/xml")]
        if re.fullmatch(r"/s\d+", path):
            pages = "".join(f"<url><loc>/{path}-{'a' * 900}-{number}</loc></url>" for number in range(20_000))
            return [answer(f"<urlset>{pages}</urlset>".encode(), type="application/xml")]
        return [answer(b"", status=404)]

    with raw_server(behave) as address:
        (found,) = visit("listings", f"{address}/s")
    assert found.memory < MOST_MEMORY
    assert any("trop d'adresses" in line for line in found.said)
