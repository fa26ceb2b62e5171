"""What is known of a source's pages: from earlier ingestions, and from the one under way. Which documents they give."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ingest.fetching.answers import Fetched
from ingest.items import SkipItem
from ingest.readers import READERS_VERSION
from ingest.sources.source import WebSource
from ingest.steps.plan import Plan
from kb.index.catalog.journal import FetchedPage

CONFIRMATIONS = 2  # ingestions in a row in which a page must be gone
_NOT_READ = ""  # in place of the hash of a text that was not read


class KnownPages:
    """The pages of a source, by their address, and the documents that this ingestion had from them."""

    def __init__(self, source: WebSource, plan: Plan) -> None:
        self.rules = source.rules(f"{READERS_VERSION}{plan.domain.reading_mark}")
        self.pages = plan.catalog.journal.pages(source.name)
        self._source = source.name
        self._plan = plan
        self._ever = {page.document_id for page in self.pages.values() if page.document_id}
        self._given: dict[str, str] = {}  # document id -> hash of the text that this ingestion read for it
        self._by_text = {
            page.text_hash: page.document_id for page in self.pages.values() if page.text_hash and page.document_id
        }
        self._changed: dict[str, FetchedPage] = {}

    def of(self, url: str) -> FetchedPage:
        """What is known of a page; next to nothing of a new one."""
        return self.pages.get(url) or FetchedPage(self._source, url, self.rules)

    def seen(self, url: str, result: Fetched, links: Iterable[str]) -> FetchedPage:
        """What is known of a page now that it was had."""
        known = self.of(url)
        return replace(
            known,
            rules=self.rules,
            etag=result.etag or (known.etag if result.unchanged else None),
            last_modified=result.last_modified or (known.last_modified if result.unchanged else None),
            links=tuple(links),
            missing=0,
        )

    def keep(self, page: FetchedPage) -> None:
        """Keeps what is known of a page, in the journal from the next `save` on."""
        self.pages[page.url] = self._changed[page.url] = page

    def save(self) -> None:
        """Writes what was kept into the journal; the documents of these pages must be in the base by then."""
        self._plan.catalog.journal.put_pages(self._changed.values())
        self._changed.clear()

    def give(self, document_id: str, text_hash: str) -> None:
        """Notes the text that this ingestion read for a document."""
        self._given[document_id] = text_hash

    def skipped(self, document_id: str) -> SkipItem:
        """How a page is skipped that changes nothing in its document: counted once for each document."""
        is_first = document_id not in self._given
        self._given.setdefault(document_id, _NOT_READ)
        return SkipItem("unchanged" if is_first and self._plan.state(document_id) is not None else "settled")

    def is_other_text(self, document_id: str, text_hash: str) -> bool:
        """Whether another text was had for a document already."""
        return self._given.get(document_id, text_hash) != text_hash

    def original(self, document_id: str, text_hash: str) -> str | None:
        """The document, of another page, that holds the same text; None when there is none."""
        original = self._by_text.get(text_hash)
        if original in {None, document_id}:
            return None
        return original if original in self._given or self._plan.state(str(original)) is not None else None

    def note_text(self, document_id: str, text_hash: str) -> None:
        """Notes which document holds a text; the first one that did remains the original."""
        self._by_text.setdefault(text_hash, document_id)

    def is_given(self, document_id: str, address: str) -> bool:
        """Whether a document was had already, and the page at `address` has nothing to add.

        What was read in this ingestion stands; what was only known to be unchanged gives way to the page itself.
        """
        text_hash = self._given.get(document_id)
        return text_hash is not None and not (text_hash == _NOT_READ and document_id == address)

    def alive(self) -> list[FetchedPage]:
        """The pages that give a document and are not gone for good."""
        return [page for page in self.pages.values() if page.document_id and page.missing < CONFIRMATIONS]

    def only_copies(self) -> list[FetchedPage]:
        """The pages with a copy of an article whose own page is gone."""
        alive = self.alive()
        whole = {page.document_id for page in alive if not page.is_copy}
        return [page for page in alive if page.is_copy and page.document_id not in whole]

    def documents(self) -> set[str]:
        """The documents that these pages ever gave."""
        return self._ever | {page.document_id for page in self.pages.values() if page.document_id}

    def drop(self, kept: set[str]) -> None:
        """Forgets the pages that are gone for good, and those whose document is not among `kept`."""
        dead = [
            page.url
            for page in self.pages.values()
            if page.document_id and (page.document_id not in kept or page.missing >= CONFIRMATIONS)
        ]
        self._plan.catalog.journal.drop_pages(self._source, dead)
