"""Where a page leads: its links, and the next part of an article. Read as the page goes by: no tree is built of it."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin

import lxml.etree

from ingest.fetching.addresses import RefusedAddressError, page_address
from ingest.readers.decoding import decode
from ingest.readers.html.reader import charset
from ingest.readers.reading import PageLinks
from ingest.readers.sniffing import is_page
from kb.errors import DocumentError
from kb.text.folding import fold

logger = logging.getLogger(__name__)

_MOST_LINKS = 10_000  # of one page
_LONGEST_ADDRESS = 2_048  # characters; sitemaps.org allows no more, and servers take hardly more
_LONGEST_TEXT = 200  # characters of a link: « Lire la suite » is told from longer ones
_MOST_BYTES = 20_000_000  # of a page: what comes after is not looked at
_MOST_ELEMENTS = 1_000_000
_PIECE = 1 << 16
# « Lire la suite », « Page suivante »: the next part of an article that is cut in several pages.
_NEXT = re.compile(r"(?:lire la suite|la suite|suite|page suivante|suivante?|next)(?: de l'article)?\s*[>»→.…]*")


@dataclass(slots=True)
class _Anchors:
    """The links of a page as they stand in it. `base` is what they are relative to, `following` what is said to be
    the next part; of each anchor its address and its text.
    """

    base: str = ""
    following: list[str] = field(default_factory=list)
    anchors: list[tuple[str, str]] = field(default_factory=list)


class _EnoughError(Exception):
    pass


class _Reader:
    """What lxml tells of the elements of a page, one after the other."""

    def __init__(self) -> None:
        self.found = _Anchors()
        self._texts: list[str] | None = None
        self._length = 0
        self._target = ""
        self._elements = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > _MOST_ELEMENTS:
            raise _EnoughError
        self.data(" ")  # two elements are two words
        if tag == "base" and not self.found.base:
            self.found.base = attributes.get("href", "")
        if tag not in {"a", "area", "link"}:
            return
        target = attributes.get("href", "").strip()
        kinds = attributes.get("rel", "").lower()
        if kinds == "next" and target and len(self.found.following) < _MOST_LINKS:
            self.found.following.append(target)
        if tag == "link":
            return
        self._close()
        if target and "nofollow" not in kinds:
            self._target, self._texts, self._length = target, [], 0
        if tag == "area":
            self._close()

    def end(self, tag: str) -> None:
        self.data(" ")
        if tag == "a":
            self._close()

    def data(self, text: str) -> None:
        if self._texts is not None and self._length <= _LONGEST_TEXT:
            self._texts.append(text[: _LONGEST_TEXT + 1])
            self._length += len(text)

    def close(self) -> _Anchors:
        self._close()
        return self.found

    def _close(self) -> None:
        """Ends the link that is open: one cannot stand within another."""
        if self._texts is not None and len(self.found.anchors) < _MOST_LINKS:
            self.found.anchors.append((self._target, " ".join("".join(self._texts).split())))
        self._texts = None


def read_links(content: bytes, url: str, declared: str | None = None) -> _Anchors:
    """The links of an HTML page; none of what is no HTML. `declared` is the encoding that it or its server names."""
    reader = _Reader()
    try:
        content = decode(content[:_MOST_BYTES], url, declared).encode("utf-8", errors="replace")
    except DocumentError:
        return reader.found
    parser = lxml.etree.HTMLParser(target=reader, encoding="utf-8")
    try:
        for start in range(0, len(content), _PIECE):
            parser.feed(content[start : start + _PIECE])
        parser.close()
    except (lxml.etree.LxmlError, _EnoughError):
        logger.warning("%s: its links could not be read to the end", url)
    return reader.close()


def page_links(content: bytes, url: str, media_type: str) -> PageLinks | None:
    """Where an HTML page leads; None for other content."""
    if not is_page(content, media_type):
        return None
    page = read_links(content, url, charset(content, media_type))
    return PageLinks(tuple(address for address, _ in links(page, url)), next_part(page, url))


def links(page: _Anchors, url: str) -> Iterator[tuple[str, str]]:
    """The address (in its one spelling) and the text, folded, of the links of a page, in its order, each once."""
    base = _joined(url, page.base) or url
    seen: set[str] = set()
    for target, text in page.anchors:
        for address in addresses([target], base):
            if address not in seen:
                seen.add(address)
                yield address, fold(text)


def next_part(page: _Anchors, url: str) -> str | None:
    """The address of the next part of an article: `rel=next`, or « Lire la suite » towards the same page's next one.

    The link of a list to one of its articles is none: the next part's address is that of the page with a number.
    """
    named = [address for address, text in links(page, url) if _NEXT.fullmatch(text)]
    for address in [*addresses(page.following, url), *named]:
        if _is_part(address, url):
            return address
    return None


def addresses(found: Iterable[str], base: str) -> list[str]:
    """The pages that `found`, relative to `base`, are the addresses of, each once; what is no page is left out."""
    given: dict[str, None] = {}
    for target in found:
        if target.startswith("#") or len(target) > _LONGEST_ADDRESS or (joined := _joined(base, target)) is None:
            continue
        try:
            given[page_address(joined)] = None
        except RefusedAddressError:
            continue  # mailto:, javascript:, and what nobody could open
    return list(given)


def _joined(base: str, target: str) -> str | None:
    try:
        return urljoin(base, target)
    except ValueError:
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
