"""Where pages lead: the addresses in feeds (RSS, Atom), sitemaps and pages.

All but `is_feed` parses hostile content: it runs in a child process (ingest/readers/bounded.py).
"""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Iterator
from urllib.parse import urljoin

import lxml.etree
import lxml.html

from ingest.fetching.addresses import RefusedAddressError, page_address
from ingest.readers.decoding import decode
from ingest.readers.html.parsing import parse_html
from ingest.readers.html.reader import charset
from ingest.readers.reading import Feed, PageLinks
from kb.errors import DocumentError
from kb.text.folding import fold

_MOST_BYTES = 60_000_000  # a sitemap holds at most 50 MB (sitemaps.org)
_GZIP = b"\x1f\x8b"
_FIRST = 4096  # bytes that tell what content is
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
# « Lire la suite », « Page suivante »: the next part of an article that is cut in several pages.
_NEXT = re.compile(r"(?:lire la suite|la suite|suite|page suivante|suivante?|next)(?: de l'article)?\s*[>»→.…]*")


def read_feed(content: bytes, url: str) -> Feed:
    """The addresses of a feed (RSS 0.9 to 2.0, Atom) or sitemap (gzip allowed), in its order, each once.

    Raises DocumentError for whatever is neither.
    """
    root = _xml(content, url)
    kind = _local(root)
    if kind == "sitemapindex":
        return Feed((), tuple(_addresses((_text(place) for place in _named(root, "loc")), url)))
    if kind == "urlset":
        return Feed(tuple(_addresses((_text(_first(entry, "loc")) for entry in _named(root, "url")), url)))
    if kind in {"rss", "RDF", "feed"}:
        entries = [*_named(root, "item"), *_named(root, "entry")]
        return Feed(tuple(_addresses((_entry_link(entry) for entry in entries), url)))
    raise DocumentError(url, f"ce n'est ni un flux RSS ou Atom ni un plan de site (élément « {kind} »)")


def is_feed(content: bytes, media_type: str) -> bool:
    """Whether content is a feed or sitemap rather than a page, by its type and its first element."""
    kind = media_type.split(";", 1)[0].strip().lower()
    if "html" in kind:
        return False
    start = _unpacked(content[:_FIRST], _FIRST)
    return bool(re.search(rb"<(?:\w{1,20}:)?(?:rss|rdf|feed|urlset|sitemapindex)\b", start[:_FIRST], re.I))


def page_links(content: bytes, url: str, media_type: str) -> PageLinks | None:
    """Where an HTML page leads; None for other content, or a page that cannot be parsed."""
    kind = media_type.split(";", 1)[0].strip().lower()
    if "html" not in kind or is_feed(content, media_type):
        return None
    try:
        text = decode(content, url, charset(content, media_type))
        page = parse_html(_DECLARATION.sub("", text.replace("\x00", ""), count=1), url)
    except (ValueError, DocumentError):
        return None
    if page is None:
        return None
    return PageLinks(tuple(address for address, _ in links(page, url)), next_part(page, url))


def links(page: lxml.html.HtmlElement, url: str) -> Iterator[tuple[str, str]]:
    """The address (in its one spelling) and the text, folded, of the links of a page, in its order, each once."""
    base = next(iter(page.xpath("//base/@href")), "")
    seen: set[str] = set()
    for anchor in page.iter("a", "area"):
        if "nofollow" in (anchor.get("rel") or "").lower() or not (target := (anchor.get("href") or "").strip()):
            continue
        for address in _addresses([target], urljoin(url, base)):
            if address not in seen:
                seen.add(address)
                yield address, fold(" ".join(anchor.itertext()))


def next_part(page: lxml.html.HtmlElement, url: str) -> str | None:
    """The address of the next part of an article: `rel=next`, or « Lire la suite » towards the same page's next one.

    The link of a list to one of its articles is none: the next part's address is that of the page with a number.
    """
    declared = page.xpath("//link[translate(@rel, 'NEXT', 'next')='next']/@href | //a[@rel='next']/@href")
    named = [address for address, text in links(page, url) if _NEXT.fullmatch(text)]
    for address in [*_addresses(declared, url), *named]:
        if _is_part(address, url):
            return address
    return None


def _is_part(address: str, url: str) -> bool:
    """Whether two addresses are of one page, a number or « suite » apart: …/article and …/article?page=2."""
    first, second = (
        re.sub(r"\.html?$", "", spelled.split("?", 1)[0]).rstrip("/") for spelled in (page_address(url), address)
    )
    stem = re.sub(r"(?:[/_-](?:page[/_-]?)?\d{1,2}|[/_-]suite)$", "", first)
    return address != page_address(url) and bool(
        re.fullmatch(rf"(?:{re.escape(first)}|{re.escape(stem)})(?:[/_-]?(?:page[/_-]?)?\d{{1,2}}|[/_-]suite)?", second)
    )


def _addresses(found: Iterator[str] | list[str], base: str) -> list[str]:
    addresses: dict[str, None] = {}
    for target in found:
        if target.startswith("#"):
            continue
        try:
            addresses[page_address(urljoin(base, target))] = None
        except (RefusedAddressError, ValueError):
            continue  # mailto:, javascript:, and what nobody could open
    return list(addresses)


def _entry_link(entry: lxml.etree._Element) -> str:
    """The page of an entry: its `link` (Atom's alternate one), else a `guid` that is an address."""
    for link in _named(entry, "link", direct=True):
        if (href := link.get("href")) and link.get("rel", "alternate") == "alternate":
            return str(href).strip()
        if text := _text(link):
            return text
    guid = _first(entry, "guid")
    is_address = guid is not None and guid.get("isPermaLink", "true") != "false"
    return _text(guid) if is_address and re.match("https?://", _text(guid)) else "#"


def _xml(content: bytes, url: str) -> lxml.etree._Element:
    # Nothing outside the file is read, and no entity is put in: neither a local file nor a billion laughs.
    parser = lxml.etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    try:
        root = lxml.etree.fromstring(_unpacked(content).lstrip(), parser)
    except (lxml.etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        raise DocumentError(url, "le flux ou le plan de site est illisible (XML)")
    return root


def _unpacked(content: bytes, most: int = _MOST_BYTES) -> bytes:
    """At most `most` bytes of what gzip packed, if it did: never more than that is unpacked."""
    if not content.startswith(_GZIP):
        return content
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
            return packed.read(most)
    except EOFError:
        return b""
    except (OSError, zlib.error):
        return content


def _local(element: lxml.etree._Element) -> str:
    return lxml.etree.QName(element).localname if isinstance(element.tag, str) else ""


def _named(element: lxml.etree._Element, name: str, *, direct: bool = False) -> list[lxml.etree._Element]:
    return list(element.xpath(f"{'./' if direct else './/'}*[local-name()='{name}']"))


def _first(element: lxml.etree._Element, name: str) -> lxml.etree._Element | None:
    return next(iter(_named(element, name, direct=True)), None)


def _text(element: lxml.etree._Element | None) -> str:
    return "" if element is None else (element.text or "").strip()
