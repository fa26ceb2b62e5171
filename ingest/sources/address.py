"""One address given by hand: a page, or all that a feed or sitemap leads to."""

from __future__ import annotations

from dataclasses import replace

from ingest.fetching.addresses import page_address
from ingest.fetching.fetch import open_fetcher
from ingest.items import Commit, Listing
from ingest.readers.listings import is_feed, is_sitemap
from ingest.sources.config import configured_sources, web_source
from ingest.sources.source import AddressSource, WebSource
from ingest.sources.website import WebListing
from ingest.steps.plan import Plan
from kb.errors import SettingsError


def open_listing(source: AddressSource, plan: Plan, commit: Commit) -> Listing:
    """What stands at an address is listed as what it is. Only a feed or sitemap can withdraw documents.

    Raises DocumentError for an address that cannot be fetched.
    """
    if source.name is None and (owner := _owner(source, plan)) is not None:
        return WebListing(owner, plan, commit, is_whole=False)
    page = web_source(source.url, "page", source.name)
    with open_fetcher(plan.settings) as fetcher:
        first = fetcher.get(page.urls[0], hosts=page.hosts, types=("text/", "application/"))
    if not is_feed(first.content, first.media_type):
        return WebListing(page, plan, commit, is_whole=False)
    kind = "sitemap" if is_sitemap(first.content) else "feed"
    return WebListing(web_source(source.url, kind, source.name), plan, commit)


def _owner(source: AddressSource, plan: Plan) -> WebSource | None:
    """The listed source that has given the page before, cut down to that page: its rules still hold."""
    address = page_address(source.url)
    try:
        listed = configured_sources(plan.settings)
    except SettingsError:
        return None  # `reperes sync` says what is wrong with the file
    for owner in listed:
        if isinstance(owner, WebSource):
            known = plan.catalog.journal.pages(owner.name).get(address)
            if known is not None and known.document_id is not None and known.parent is None:
                return replace(owner, type="page", urls=(address,))
    return None
