"""A page of the web as an item: whether it changed, and the document in it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import NoReturn
from urllib.parse import urlsplit

from ingest.fetching.addresses import page_address
from ingest.fetching.answers import Fetched, FetchError
from ingest.items import Commit, SkipItem
from ingest.readers.html.not_articles import NOT_FOUND
from ingest.sources.known_pages import CONFIRMATIONS, KnownPages
from ingest.sources.page import Page
from ingest.sources.source import WebSource
from ingest.steps.plan import Plan
from kb.errors import DocumentError
from kb.text.folding import fold
from kb.types import Document


class PageItem:
    """A page that was fetched. Its document's id is the address that the page declares, or ends at.

    Without `may_be_copy` it gives a document of its own, whatever other page holds the same text.
    """

    def __init__(
        self,
        page: Page,
        source: WebSource,
        known_pages: KnownPages,
        plan: Plan,
        commit: Commit,
        *,
        may_be_copy: bool = True,
    ) -> None:
        self.name = page.url
        self.file_hash = ""
        self._page = page
        self._source = source
        self._known_pages = known_pages
        self._known = known_pages.of(page.url)
        self._fresh = self._known
        self._plan = plan
        self._commit = commit
        self._may_be_copy = may_be_copy

    def check(self) -> None:
        """Unchanged is what the server says is, and the same bytes, to be read by the same rules."""
        known, result = self._known, self._page.result
        if isinstance(result, Fetched) and self._leads_home(result):
            result = FetchError(self.name, "la page renvoie à l'accueil du site : elle n'existe plus", "gone")
        if isinstance(result, DocumentError):
            self._miss(result)
        self._fresh = self._known_pages.seen(self.name, result, self._page.links)
        if result.unchanged:
            self._known_pages.keep(self._fresh)
            raise self._known_pages.skipped(str(known.document_id))
        contents = (result, *self._page.parts)
        self.file_hash = hashlib.sha256(b"\0".join(part.content for part in contents)).hexdigest()
        parts = tuple((part.url, part.etag, part.last_modified) for part in self._page.parts)
        self._fresh = replace(self._fresh, content_hash=self.file_hash, parts=parts, parent=self._page.parent)
        is_same = known.rules == self._known_pages.rules and known.content_hash == self.file_hash
        if is_same and self._may_be_copy and known.document_id and self._plan.state(known.document_id):
            self._known_pages.keep(self._fresh)
            raise self._known_pages.skipped(known.document_id)

    def read(self) -> Document:
        """The document in the page, unless another page gives it: one with the same text, or the same address."""
        known_pages, result = self._known_pages, self._page.result
        assert isinstance(result, Fetched)
        end = page_address(result.url)
        try:
            document = self._document(result)
        except DocumentError as error:
            if error.reason.startswith(NOT_FOUND):
                self._miss(FetchError(self.name, error.reason, "gone"))  # a server that answers 200 for what is gone
            raise
        self._plan.check_wanted(document.id, self.name)
        text_hash = hashlib.sha256(f"{document.title}\0{document.text}".encode()).hexdigest()
        if document.id != end and known_pages.is_other_text(document.id, text_hash):
            document = replace(document, id=end, url=end)  # two texts are two documents, whatever their pages declare
        original = known_pages.original(document.id, text_hash) if self._may_be_copy else None
        document_id = original or document.id
        self._fresh = replace(self._fresh, document_id=document_id, text_hash=text_hash, is_copy=original is not None)
        known_pages.note_text(document_id, text_hash)
        if original or known_pages.is_given(document_id, end) or self._is_of_another_site(document_id):
            known_pages.keep(self._fresh)
            raise known_pages.skipped(document_id)
        self._plan.check_owner(document_id, self._source.name)
        return document

    def done(self) -> None:
        """What is known of the page is kept, so that the same content is not read again."""
        self._known_pages.keep(self._fresh)
        self._known_pages.give(str(self._fresh.document_id), str(self._fresh.text_hash))

    def _leads_home(self, result: Fetched) -> bool:
        """Whether an article's page sends to the site's first page or to a listing, as sites do for what is gone."""
        end = page_address(result.url)
        return self._page.role == "document" and end != self.name and (
            urlsplit(end).path == "/" or (end in self._source.urls and self._source.type != "page")
        )  # fmt: skip

    def _miss(self, error: DocumentError) -> NoReturn:
        """Notes why a page was not had. Its document stays, until the page is gone for good."""
        kind = error.kind if isinstance(error, FetchError) else "unusable"
        if kind == "gone" and self._known.document_id and self._plan.state(self._known.document_id):
            missing = self._known.missing + 1
            self._known_pages.keep(replace(self._known, missing=missing))
            if missing >= CONFIRMATIONS:
                raise SkipItem("settled")
            told = f"{error.reason} ; le document sera retiré si la prochaine lecture le confirme"
            raise SkipItem("noticed", told)
        if kind in {"refused", "gone"}:
            raise SkipItem("noticed", error.reason)  # the site's own doing: nothing to mend here
        if error.source == self.name:
            raise error
        raise DocumentError(self.name, f"{error.source} : {error.reason}")

    def _document(self, result: Fetched) -> Document:
        """The document that the page holds with its other parts, its id its canonical address."""
        read = [
            self._plan.readers.document(
                part.content,
                name=part.url,
                source=self._source.name,
                document_id=self.name,
                media_type=part.media_type or None,
                url=part.url,
                max_text_mb=self._plan.settings.max_text_mb,
                domain=self._plan.domain,
            )
            for part in (result, *self._page.parts)
        ]
        first, parent = read[0], self._parent()
        end = page_address(result.url)
        declared = page_address(first.url) if first.url else end
        if urlsplit(declared).path == "/" != urlsplit(end).path:
            declared = end  # a site that declares its first page on all others
        return replace(
            first,
            id=declared,
            url=declared,
            text="\n\n".join([first.text, *(_without_title(part) for part in read[1:])]),
            rubric=first.rubric or (parent.rubric if parent else None) or self._source.rubric,
            kind=first.kind or self._source.kind,
            parent=parent.id if parent else None,
        )

    def _parent(self) -> Document | None:
        """The document of the page that a file is attached to."""
        parent = self._page.parent
        held = self._known_pages.pages.get(parent) if parent else None
        if held is None or held.document_id is None:
            return None
        self._commit()  # it may be waiting to be written
        return self._plan.catalog.document(held.document_id)

    def _is_of_another_site(self, document_id: str) -> bool:
        """Whether another source of the web has the document already: a feed and a sitemap of one site do."""
        state = self._plan.state(document_id)
        return (
            state is not None and state.source != self._source.name and state.source not in self._plan.catalog.folders()
        )


def _without_title(part: Document) -> str:
    """The text of an article's next part, without the title that it repeats."""
    first, _, rest = part.text.partition("\n\n")
    return rest if rest and fold(first.lstrip("# ")) == fold(part.title) else part.text
