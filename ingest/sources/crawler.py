"""A part of the web as a source: its pages, fetched a few at a time, from where its listings and links lead."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from ingest.fetching.addresses import authority, page_address
from ingest.fetching.answers import Fetched, FetchError
from ingest.fetching.fetch import Fetcher
from ingest.readers import READERS, VAGUE_TYPES
from ingest.readers.bounded import Readers
from ingest.readers.reading import PageLinks
from ingest.readers.sniffing import is_page
from ingest.sources.page import Page, Role
from ingest.sources.source import WebSource
from kb.errors import DocumentError
from kb.index.catalog.journal import FetchedPage

logger = logging.getLogger(__name__)

_AT_ONCE = 4  # pages asked for ahead of the one at hand; each host has its own, lower limit
_MOST_PARTS = 8  # pages of one article
_MOST_BYTES_IN_PARTS = 100_000_000  # of an article in several pages, its own page included
_DEEPEST_SITEMAP = 3  # a sitemap named by an index that an index names
_MOST_CHARACTERS = 40_000_000  # of all the addresses that the pages of a source lead to: they are kept until its end
_MOST_PAGES = 20_000  # of one source: a calendar leads to ever more pages
# Seconds for a page with its parts: a server may let several requests wait for their turn, half a minute each, and send
# slowly, but no site of one page may hold up all others.
PAGE_SECONDS = 300.0
_TOO_SLOW = "la page, avec ses suites, met plus de {seconds:.0f} secondes à venir ; elle sera demandée à nouveau"
_LISTING_TYPES = ("application/", "text/")
# A type that says nothing: the bytes will.
_DOCUMENT_TYPES = (*(kind for kind in READERS if "/" in kind), *VAGUE_TYPES, "")


@dataclass(frozen=True, slots=True)
class _Wanted:
    url: str
    role: Role
    depth: int = 0
    parent: str | None = None
    level: int = 1  # of a sitemap: how many indexes lead to it, itself included


class Crawler:
    """The pages of `source`. `complete` and `failed` are those of its listings, once the pages have been gone through.

    `total` is how many documents are known to be wanted so far; `forgotten` are the pages that were left alone.
    `known` holds what is known of its pages; `is_current` tells whether a document is in the base: the content of one
    that is not is asked for, changed or not. Pages that `is_forgotten` are not asked for at all. `readers` find links.
    """

    def __init__(
        self,
        source: WebSource,
        fetcher: Fetcher,
        known: Mapping[str, FetchedPage],
        rules: str,
        is_current: Callable[[str], bool],
        is_forgotten: Callable[[str], bool],
        readers: Readers,
    ) -> None:
        self._source = source
        self._fetcher = fetcher
        self._known = known
        self._rules = rules
        self._is_current = is_current
        self._is_forgotten = is_forgotten
        self._readers = readers
        self._queue: deque[_Wanted] = deque()
        self._queued: set[str] = set()
        self._characters_left = _MOST_CHARACTERS
        self.complete = True
        self.failed: list[DocumentError] = []
        self.forgotten: list[str] = []
        self.total = 0

    def pages(self) -> Iterator[Page]:
        """Every page of the source once: the listings, the documents they lead to, then those known from before."""
        first: Role = "document" if self._source.type == "page" else "listing"
        for url in self._source.urls:
            self._want(_Wanted(url, first, self._source.depth))
        yield from self._go_through()
        # A feed holds the newest articles only, and a page that no list names may still be there: it is asked for.
        for known in self._known.values():
            if known.document_id and self.keeps(known):
                self._want(_Wanted(known.url, "attachment" if known.parent else "document", 0, known.parent))
        yield from self._go_through()

    def keeps(self, known: FetchedPage) -> bool:
        """Whether a page that is known is still one by the source's rules."""
        if known.parent is not None:
            return self._source.attaches(known.url)
        return known.url in self._source.urls if self._source.type == "page" else self._source.includes(known.url)

    def again(self, url: str) -> Page:
        """A document's page once more, its content whether it changed or not."""
        self.total += 1
        return self._fetch(_Wanted(url, "document"), whole=True)

    def _go_through(self) -> Iterator[Page]:
        under_way: deque[tuple[_Wanted, Future[Page]]] = deque()
        pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="fetch")
        try:
            while self._queue or under_way:
                while self._queue and len(under_way) < _AT_ONCE:
                    wanted = self._queue.popleft()
                    under_way.append((wanted, pool.submit(self._fetch, wanted)))
                wanted, future = under_way.popleft()
                try:
                    had = future.result(PAGE_SECONDS)
                except TimeoutError:  # its thread ends once the fetcher's own patience does
                    had = Page(wanted.url, wanted.role, wanted.parent, _too_slow(wanted.url))
                yield self._followed(wanted, had)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _want(self, wanted: _Wanted) -> None:
        if wanted.url in self._queued:
            return
        if self._is_forgotten(wanted.url):
            self._queued.add(wanted.url)
            self.forgotten.append(wanted.url)
            return
        if len(self._queued) >= _MOST_PAGES:
            if self.complete:
                self._fail(DocumentError(self._source.name, f"plus de {_MOST_PAGES} pages : précisez « include »"))
            return
        self._queued.add(wanted.url)
        self._queue.append(wanted)
        self.total += wanted.role != "listing"

    def _fail(self, error: DocumentError) -> None:
        self.complete = False
        self.failed.append(error)

    def _followed(self, wanted: _Wanted, page: Page) -> Page:
        """Puts where `page` leads into the queue; notes a listing that could not be read."""
        result = page.result
        if wanted.role == "attachment":
            return page
        if isinstance(result, DocumentError):
            if wanted.role == "listing":
                self._fail(result)
            return page
        if wanted.role == "listing" and self._source.type in {"feed", "sitemap"}:
            return self._follow_feed(wanted, page, result)
        found = self._kept(wanted, self._known[page.url].links if result.unchanged else page.links)
        inside = self._source.type == "section" and wanted.depth > 0
        for url in found:
            if self._source.attaches(url):
                if wanted.role == "document":
                    self._want(_Wanted(url, "attachment", 0, page.url))
            elif inside and self._source.includes(url):
                self._want(_Wanted(url, "document", wanted.depth - 1))
            elif inside and wanted.role == "listing" and _is_below(url, self._source.urls[0]):
                # The next page of a list is no step further into the site.
                same_list = urlsplit(url).path == urlsplit(wanted.url).path
                self._want(_Wanted(url, "listing", wanted.depth - (not same_list)))
        if inside and wanted.url in self._source.urls and not any(map(self._source.includes, found)):
            self._fail(DocumentError(wanted.url, "aucun lien vers une page de la section ; vérifiez « include »"))
        return replace(page, links=tuple(found))

    def _follow_feed(self, wanted: _Wanted, page: Page, result: Fetched) -> Page:
        try:
            if result.unchanged:
                known = self._known[page.url]
                found, sitemaps = known.links, tuple(url for url, *_ in known.parts)
            else:
                feed = self._readers.feed(result.content, result.url)
                found, sitemaps = feed.pages, feed.sitemaps
            if not found and not sitemaps:
                raise DocumentError(wanted.url, "aucune page dans ce flux ou plan de site ; rien n'a été retiré")
        except DocumentError as error:
            self._fail(error)
            return replace(page, result=error)
        if sitemaps and wanted.level >= _DEEPEST_SITEMAP:
            self._fail(DocumentError(wanted.url, "ce plan de site renvoie à d'autres sur trop de niveaux"))
            sitemaps = ()
        found, sitemaps = self._kept(wanted, found), self._kept(wanted, sitemaps)
        for url in sitemaps:
            self._want(_Wanted(url, "listing", level=wanted.level + 1))
        for url in found:
            if self._source.includes(url):
                self._want(_Wanted(url, "document"))
        return replace(page, links=found, sitemaps=sitemaps)

    def _kept(self, wanted: _Wanted, found: tuple[str, ...]) -> tuple[str, ...]:
        """What a page leads to, as long as what all pages lead to can be kept in memory."""
        length = sum(map(len, found))
        if length <= self._characters_left:
            self._characters_left -= length
            return found
        if self._characters_left:
            self._fail(DocumentError(wanted.url, "les pages de la source mènent à trop d'adresses ; précisez « url »"))
        self._characters_left = 0
        return ()

    def _fetch(self, wanted: _Wanted, *, whole: bool = False) -> Page:
        """A page and its parts. Never raises: what went wrong is the page's result."""
        page = Page(wanted.url, wanted.role, wanted.parent, DocumentError(wanted.url, ""))
        deadline = time.monotonic() + PAGE_SECONDS
        known = None if whole else self._usable(wanted)
        try:
            if known is None:
                result = self._get(wanted.url, wanted.role)
            else:
                result = self._get(wanted.url, wanted.role, known.etag, known.last_modified)
            if known is not None and result.unchanged:
                if wanted.role == "listing" or all(
                    self._get(url, "document", etag, date).unchanged for url, etag, date in known.parts
                ):
                    return replace(page, result=result)
                result = self._get(wanted.url, wanted.role)
            held = self._held(result) if wanted.role != "attachment" else None
            if held is None:
                return replace(page, result=result)
            following = self._parts(held, result, deadline) if wanted.role == "document" else ()
            return replace(page, result=result, parts=following, links=tuple(self._links(held, result.url)))
        except DocumentError as error:
            return replace(page, result=error)
        except Exception as error:
            logger.info("fetching %s failed", wanted.url, exc_info=True)
            reason = f"lecture impossible (erreur interne : {type(error).__name__})"
            return replace(page, result=DocumentError(wanted.url, reason))

    def _usable(self, wanted: _Wanted) -> FetchedPage | None:
        """What is known of a page, when its content need not be seen again."""
        known = self._known.get(wanted.url)
        if known is None or known.rules != self._rules:
            return None
        if wanted.role == "listing":
            return known if (known.links or known.parts) and known.document_id is None else None
        return known if known.document_id and self._is_current(known.document_id) and not known.missing else None

    def _get(self, url: str, role: Role, etag: str | None = None, last_modified: str | None = None) -> Fetched:
        types = _LISTING_TYPES if role == "listing" else _DOCUMENT_TYPES
        return self._fetcher.get(url, hosts=self._source.hosts, types=types, etag=etag, last_modified=last_modified)

    def _held(self, result: Fetched) -> PageLinks | None:
        """Where an HTML page leads; None for other content. What takes too much to parse is told once it is read."""
        if not is_page(result.content, result.media_type):
            return None
        try:
            return self._readers.page_links(result.content, result.url, result.media_type)
        except DocumentError as error:
            logger.info("no links: %s", error)
            return None

    def _parts(self, held: PageLinks, first: Fetched, deadline: float) -> tuple[Fetched, ...]:
        parts: list[Fetched] = []
        seen = {page_address(first.url)}
        size = len(first.content)
        url = held.next_part
        while url is not None and url not in seen and len(parts) < _MOST_PARTS:
            if time.monotonic() > deadline:
                raise _too_slow(first.url)
            seen.add(url)
            part = self._get(url, "document")
            size += len(part.content)
            if size > _MOST_BYTES_IN_PARTS:
                raise DocumentError(
                    first.url, f"l'article et ses suites font plus de {_MOST_BYTES_IN_PARTS // 10**6} Mo"
                )
            parts.append(part)
            following = self._held(part)
            url = following.next_part if following is not None else None
        return tuple(parts)

    def _links(self, held: PageLinks, url: str) -> Iterable[str]:
        """Where a page leads, of what matters to the source: its pages and files, on the hosts that it may read."""
        hosts = {host.removeprefix("www.") for host in self._source.hosts}
        start = self._source.urls[0]
        for address in held.links:
            if authority(address).removeprefix("www.") not in hosts or address == page_address(url):
                continue
            inside = self._source.type == "section" and (self._source.includes(address) or _is_below(address, start))
            if inside or self._source.attaches(address):
                yield address


def _is_below(url: str, start: str) -> bool:
    """Whether a page is one of the section that `start` opens: below it, or another page of its list."""
    first, second = urlsplit(start), urlsplit(url)
    root = first.path.rstrip("/")
    return first.netloc == second.netloc and (second.path.rstrip("/") == root or second.path.startswith(root + "/"))


def _too_slow(url: str) -> FetchError:
    return FetchError(url, _TOO_SLOW.format(seconds=PAGE_SECONDS), "temporary")
