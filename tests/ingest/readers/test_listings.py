"""Feeds and sitemaps: which addresses they give."""

from __future__ import annotations

import gzip

import pytest

from ingest.readers.listings import is_feed, read_feed
from kb.errors import DocumentError

BASE = "https://mag.example/flux/index.xml"
RSS = """<?xml version="1.0"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
<link>https://mag.example/</link><atom:link rel="self" href="https://mag.example/rss.xml"/>
<item><title>Un</title><link>
 https://mag.example/un?utm_source=rss#suite </link></item>
<item><title>Deux</title><link>/deux</link></item>
<item><title>Trois</title><guid isPermaLink="true">https://mag.example/trois</guid></item>
<item><title>Sans adresse</title><guid isPermaLink="false">n-4</guid></item>
<item><title>Encore un</title><link>https://mag.example/un</link></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><link href="https://mag.example/"/>
<entry><link rel="enclosure" href="https://mag.example/a.mp3"/><link href="https://mag.example/un"/></entry>
<entry><link rel="alternate" href="deux"/></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel><link>https://mag.example/</link></channel><item><link>https://mag.example/un</link></item></rdf:RDF>"""
SITEMAP = """<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"><url><loc>https://mag.example/un</loc>
<image:image><image:loc>https://mag.example/photo.jpg</image:loc></image:image></url>
<url><loc>https://mag.example/d%C3%A9ux</loc></url></urlset>"""
INDEX = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><sitemap>
<loc>https://mag.example/sitemap-1.xml</loc></sitemap></sitemapindex>"""


@pytest.mark.parametrize(
    ("content", "pages"),
    [
        (RSS, ("https://mag.example/un", "https://mag.example/deux", "https://mag.example/trois")),
        (ATOM, ("https://mag.example/un", "https://mag.example/flux/deux")),
        (RDF, ("https://mag.example/un",)),
        (SITEMAP, ("https://mag.example/un", "https://mag.example/d%C3%A9ux")),
    ],
)
def test_every_kind_gives_its_pages_once(content: str, pages: tuple[str, ...]) -> None:
    assert read_feed(content.encode(), BASE).pages == pages
    assert read_feed(gzip.compress(content.encode()), BASE).pages == pages
    assert is_feed(content.encode(), "application/xml")


def test_an_index_gives_sitemaps() -> None:
    found = read_feed(INDEX.encode(), BASE)
    assert (found.pages, found.sitemaps) == ((), ("https://mag.example/sitemap-1.xml",))


@pytest.mark.parametrize(
    "content", [b"", b"pas du XML", b"<html><body>Page</body></html>", b"\x1f\x8b\x08cass\xc3\xa9"]
)
def test_what_is_no_feed_is_told(content: bytes) -> None:
    with pytest.raises(DocumentError) as caught:
        read_feed(content, BASE)
    assert caught.value.source == BASE


def test_no_entity_is_put_in(tmp_path: object) -> None:
    bomb = """<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/hostname"><!ENTITY b "&a;&a;">]>
    <rss><channel><item><link>https://mag.example/&b;un</link></item></channel></rss>"""
    found = read_feed(bomb.encode(), BASE).pages
    assert all(url.startswith("https://mag.example/") for url in found)
    assert not any("\n" in url or len(url) > 40 for url in found)


def test_a_page_is_no_feed() -> None:
    assert not is_feed(b"<html><body>rss</body></html>", "text/html")
    assert not is_feed(b"<html><body>rss</body></html>", "")


def test_addresses_are_relative_to_the_base_that_the_feed_names() -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://mag.example/a/"><entry><link href="un"/></entry>'
        '<entry xml:base="2024/"><link href="deux et trois.html"/></entry>'
        '<entry><link href="/été"/></entry></feed>'
    )
    assert read_feed(atom.encode(), BASE).pages == (
        "https://mag.example/a/un",
        "https://mag.example/a/2024/deux%20et%20trois.html",
        "https://mag.example/%C3%A9t%C3%A9",
    )
    rss = '<rss xml:base="/actus/"><channel><item xml:base="mai/"><link>un</link></item></channel></rss>'
    assert read_feed(rss.encode(), BASE).pages == ("https://mag.example/actus/mai/un",)
