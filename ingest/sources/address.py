"""One address given by hand: a page, or all that a feed or sitemap leads to."""

from __future__ import annotations

from dataclasses import replace

from ingest.fetching.addresses import page_address
from ingest.fetching.fetch import open_fetcher
from ingest.ingestion import Run
from ingest.sources.config import WebSource, configured_sources, web_source
from ingest.sources.listings import is_feed
from ingest.sources.web_ingestion import take_site
from kb.errors import DocumentError, SettingsError


def take_address(run: Run, url: str, name: str | None) -> None:
    """Ingests one address: a page, or all the pages of a feed or sitemap. Only a feed or sitemap can withdraw."""
    try:
        if owner := _owner(run, page_address(url)) if name is None else None:
            take_site(run, owner, whole=False)
            return
        page = web_source(url, "page", name)
        with open_fetcher(run.settings) as fetch:
            first = fetch.get(page.urls[0], hosts=page.hosts, types=("text/", "application/"))
    except DocumentError as error:
        run.fail(error.source, error.reason)
        return
    kind = "page"
    if is_feed(first.content, first.media_type):
        kind = "sitemap" if b"urlset" in first.content[:4096] or b"sitemapindex" in first.content[:4096] else "feed"
    take_site(run, web_source(url, kind, name), whole=kind != "page")


def _owner(run: Run, address: str) -> WebSource | None:
    """The listed source that has given the page at `address` before, cut down to that page: its rules still hold."""
    try:
        listed = configured_sources(run.settings)
    except SettingsError:
        return None  # `reperes sync` says what is wrong with the file
    for each in listed:
        if isinstance(each, WebSource):
            known = run.catalog.journal.pages(each.name).get(address)
            if known is not None and known.document_id is not None and known.parent is None:
                return replace(each, type="page", urls=(address,))
    return None
