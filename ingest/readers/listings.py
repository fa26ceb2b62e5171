"""Which pages feeds (RSS, Atom) and sitemaps name. Read as they go by: no tree is built, however big they are.

All but `is_feed` and `is_sitemap` parse hostile content: it runs in a child process (ingest/readers/bounded.py).
"""

from __future__ import annotations

import re
from urllib.parse import urljoin

import lxml.etree

from ingest.readers.page_links import addresses
from ingest.readers.reading import Feed
from kb.errors import DocumentError
from kb.remote.unpacking import UnpackingError, beginning, unpacked

_MOST_BYTES = 60_000_000  # a sitemap holds at most 50 MB (sitemaps.org)
_MOST_ENTRIES = 50_000  # of one sitemap (sitemaps.org)
_MOST_ELEMENTS = 2_000_000
_LONGEST_TAG = 4_000_000  # bytes of a tag, with the text up to the next one: lxml gives all its attributes at once
_START = 4096  # bytes in which the first element stands
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_LONGEST_TEXT = 4_000  # characters of an address, with the blanks around it
# The first element -> those that each lead to one page.
_ENTRIES = {
    "sitemapindex": {"sitemap"},
    "urlset": {"url"},
    "rss": {"item", "entry"},
    "RDF": {"item", "entry"},
    "feed": {"item", "entry"},
}


class _TooManyError(Exception):
    pass


class _Reader:
    """What lxml tells of the elements, one after the other. `kind` is the first one, `found` what entries lead to."""

    def __init__(self) -> None:
        self.kind: str | None = None
        self.found: list[str] = []
        self._path: list[str] = []
        self._bases: list[str] = []  # of each open element, what addresses in it are relative to
        self._entry_depth = 0  # of the entry that is open, 0 outside
        self._link = self._guid = ""
        self._guid_is_address = True
        self._text: list[str] | None = None
        self._length = 0
        self._elements = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = _local(tag)
        self._elements += 1
        if self._elements > _MOST_ELEMENTS:
            raise _TooManyError
        if self.kind is None:
            self.kind = name
        self._path.append(name)
        self._bases.append(_joined(self._bases[-1] if self._bases else "", attributes.get(_BASE, "")))
        self._text = None
        depth = len(self._path)
        if name in _ENTRIES.get(self.kind, set()) and depth > 1:
            self._entry_depth, self._link, self._guid = depth, "", ""
            self._guid_is_address = True
        elif self._entry_depth and depth == self._entry_depth + 1 and name in {"loc", "link", "guid"}:
            if name == "guid":
                self._guid_is_address = attributes.get("isPermaLink", "true") != "false"
            if href := attributes.get("href", "").strip():
                if name == "link" and not self._link and attributes.get("rel", "alternate") == "alternate":
                    self._link = _joined(self._bases[-1], href[:_LONGEST_TEXT])
            else:
                self._text, self._length = [], 0

    def data(self, text: str) -> None:
        if self._text is not None and self._length < _LONGEST_TEXT:
            self._text.append(text[:_LONGEST_TEXT])
            self._length += len(text)

    def end(self, tag: str) -> None:
        depth, name = len(self._path), _local(tag)
        if self._text is not None:
            said = "".join(self._text).strip()
            if name == "guid":
                self._guid = said
            elif not self._link:
                self._link = _joined(self._bases[-1], said)
            self._text = None
        if self._entry_depth == depth:
            self._entry_depth = 0
            is_address = self._guid_is_address and re.match("https?://", self._guid)
            self.found.append(self._link or (self._guid if is_address else "#"))
            if len(self.found) > _MOST_ENTRIES:
                raise _TooManyError
        del self._path[-1:]
        del self._bases[-1:]

    def close(self) -> None:
        pass


def read_feed(content: bytes, url: str) -> Feed:
    """The addresses of a feed (RSS 0.9 to 2.0, Atom) or sitemap (gzip allowed), in its order, each once.

    Raises DocumentError for whatever is neither, and for one that holds more than sitemaps may.
    """
    reader = _read(content, url)
    kind = reader.kind or ""
    if kind not in _ENTRIES:
        raise DocumentError(url, f"ce n'est ni un flux RSS ou Atom ni un plan de site (élément « {kind[:40]} »)")
    found = tuple(addresses(reader.found, url))
    return Feed((), found) if kind == "sitemapindex" else Feed(found)


def is_feed(content: bytes, media_type: str) -> bool:
    """Whether content is a feed or sitemap rather than a page, by its type and its first element."""
    kind = media_type.split(";", 1)[0].strip().lower()
    if "html" in kind:
        return False
    return bool(re.search(rb"<(?:\w+:)?(?:rss|rdf|feed|urlset|sitemapindex)\b", beginning(content, _START), re.I))


def is_sitemap(content: bytes) -> bool:
    """Whether a feed or sitemap is a sitemap."""
    start = beginning(content, _START)
    return b"urlset" in start or b"sitemapindex" in start


def _read(content: bytes, url: str) -> _Reader:
    reader = _Reader()
    # Nothing outside the file is read, and no entity is put in: neither a local file nor a billion laughs.
    parser = lxml.etree.XMLParser(
        target=reader, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True
    )
    is_begun = False
    since_tag = 0
    try:
        for piece in unpacked(content, _MOST_BYTES):
            begun = piece if is_begun else piece.lstrip()
            is_begun = is_begun or bool(begun)
            last = begun.rfind(b"<")
            since_tag = since_tag + len(begun) if last < 0 else len(begun) - last
            if since_tag > _LONGEST_TAG:
                raise _TooManyError
            if begun:
                parser.feed(begun)
        if is_begun:
            parser.close()
    except UnpackingError as error:
        raise DocumentError(url, f"le flux ou le plan de site est illisible ({error})") from None
    except _TooManyError:
        raise DocumentError(url, f"ce flux ou plan de site est démesuré (plus de {_MOST_ENTRIES} pages ?)") from None
    except (lxml.etree.LxmlError, ValueError):
        if not reader.found:
            reader.kind = None
    if reader.kind is None:
        raise DocumentError(url, "le flux ou le plan de site est illisible (XML)")
    return reader


def _joined(base: str, address: str) -> str:
    """`address` where it is relative to `base` (xml:base); both may be relative to the feed's own address."""
    try:
        return urljoin(base, address)[:_LONGEST_TEXT] if base else address
    except ValueError:
        return address


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]
