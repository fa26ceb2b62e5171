"""A part of the web as a source: its pages as items; and when a document that came from there has to go.

A document goes when every page that gave it is gone (404, 410) in two ingestions, or is no longer among what the source
includes; and only after every listing of the source was read to its end.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from ingest.fetching.answers import Fetched
from ingest.fetching.fetch import open_fetcher
from ingest.items import FORGOTTEN, Commit, Item, Listing
from ingest.sources.crawler import Crawler
from ingest.sources.known_pages import CONFIRMATIONS, KnownPages
from ingest.sources.page import Page
from ingest.sources.page_item import PageItem
from ingest.sources.source import WebSource
from ingest.steps.plan import Plan
from kb.errors import DocumentError

_PAGES_BETWEEN_COMMITS = 50


def open_listing(source: WebSource, plan: Plan, commit: Commit) -> Listing:
    """All that the source leads to is listed; what it leads to no more is withdrawn."""
    return WebListing(source, plan, commit)


class WebListing:
    """The pages of a source of the web. Unless it `is_whole` nothing is withdrawn."""

    def __init__(self, source: WebSource, plan: Plan, commit: Commit, *, is_whole: bool = True) -> None:
        self.source = source.name
        self._source = source
        self._plan = plan
        self._commit = commit
        self._is_whole = is_whole
        self._known_pages = KnownPages(source, plan)
        self._fetcher = open_fetcher(plan.settings)
        self._crawler = Crawler(
            source,
            self._fetcher,
            self._known_pages.pages,
            self._known_pages.rules,
            lambda document_id: plan.state(document_id) is not None,
            plan.is_forgotten,
            plan.readers,
        )

    @property
    def total(self) -> int:
        """How many pages are known to be wanted so far."""
        return self._crawler.total

    @property
    def failed(self) -> Sequence[DocumentError]:
        """The listings that could not be read."""
        return self._crawler.failed

    @property
    def ignored(self) -> Sequence[tuple[str, str]]:
        """The pages that were erased for good: they are not even asked for."""
        return [(url, FORGOTTEN) for url in self._crawler.forgotten]

    def items(self) -> Iterator[Item]:
        """Every page that may be a document; at the end those that are copies of an article whose own page died."""
        with self._fetcher:
            for number, page in enumerate(self._crawler.pages(), start=1):
                if page.role == "listing":
                    self._note_listing(page)
                else:
                    yield PageItem(page, self._source, self._known_pages, self._plan, self._commit)
                if number % _PAGES_BETWEEN_COMMITS == 0:
                    self._save()
            self._save()
            for copy in self._known_pages.only_copies():
                # The copy's address becomes the article's.
                page = self._crawler.again(copy.url)
                if isinstance(page.result, Fetched):
                    yield PageItem(page, self._source, self._known_pages, self._plan, self._commit, may_be_copy=False)
            self._save()

    def gone(self) -> Collection[str]:
        """The documents that no page gives any more."""
        if not (self._is_whole and self._crawler.complete):
            return ()
        return (self._known_pages.documents() - self._alive()) & self._plan.current(self.source)

    def withdrawn(self) -> None:
        """The pages of documents that are gone need not be remembered."""
        if self._is_whole and self._crawler.complete:
            self._known_pages.drop(self._alive())

    def _alive(self) -> set[str]:
        """The documents that a page still gives, which the source includes and, for a file, another page links to."""
        pages = self._known_pages.pages.values()
        linked = {link for page in pages if page.missing < CONFIRMATIONS for link in page.links}
        return {
            page.document_id
            for page in self._known_pages.alive()
            if page.document_id and self._crawler.keeps(page) and (page.parent is None or page.url in linked)
        }

    def _note_listing(self, page: Page) -> None:
        if isinstance(page.result, Fetched):
            sitemaps = tuple((url, None, None) for url in page.sitemaps)
            seen = self._known_pages.seen(page.url, page.result, page.links)
            self._known_pages.keep(replace(seen, parts=sitemaps))

    def _save(self) -> None:
        # In this order: a page that is known to be unchanged must have its document in the base.
        self._commit()
        self._known_pages.save()
