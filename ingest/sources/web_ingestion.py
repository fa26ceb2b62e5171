"""Pages of the web, handed document by document to a run; and when a document that came from there has to go.

A document goes when every page that gave it is gone (404, 410) in two runs, or is no longer among what the source
takes; and only after every listing of the source was read to its end.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urlsplit

from ingest.fetching.addresses import page_address
from ingest.fetching.fetch import Fetched, Fetcher, FetchError, open_fetcher
from ingest.ingestion import Run
from ingest.readers import READERS_VERSION, read_document
from ingest.sources.config import WebSource
from ingest.sources.crawler import Page, WebReader
from kb.errors import DocumentError
from kb.index.catalog.journal import FetchedPage
from kb.text.folding import fold
from kb.types import Document

CONFIRMATIONS = 2  # runs in a row in which a page must be gone
_PAGES_BETWEEN_COMMITS = 50
_UNCHANGED = ""  # in place of the hash of a text that was not read


def take_site(run: Run, source: WebSource, *, whole: bool = True) -> None:
    """Ingests a source of the web. Without `whole` its pages are added or updated, and nothing is withdrawn."""
    run.commit()
    with open_fetcher(run.settings) as fetch:
        _Site(run, source, fetch).take(whole)


class _Site:
    """A source of the web within one run."""

    def __init__(self, run: Run, source: WebSource, fetch: Fetcher) -> None:
        self._run = run
        self._source = source
        self._journal = run.catalog.journal
        self._rules = source.rules(f"{READERS_VERSION}{run.domain.reading_mark}")
        self._pages = self._journal.pages(source.name)
        self._ever = {page.document_id for page in self._pages.values() if page.document_id}
        self._reader = WebReader(
            source, fetch, self._pages, self._rules, lambda each: run.state(each) is not None, run.is_forgotten
        )
        self._taken: dict[str, str] = {}  # document id -> hash of the text that this run took for it
        self._by_text = {
            page.text_hash: page.document_id for page in self._pages.values() if page.text_hash and page.document_id
        }
        self._changed: dict[str, FetchedPage] = {}

    def take(self, whole: bool) -> None:
        expected = 0
        for number, page in enumerate(self._reader.pages(), start=1):
            self._run.expect(self._reader.total - expected)
            expected = self._reader.total
            self._run.begin(page.url)
            self._take(page)
            if number % _PAGES_BETWEEN_COMMITS == 0:
                self._commit()
        for error in self._reader.failed:
            self._run.fail(error.source, error.reason)
        self._run.add(ignored=self._reader.forgotten)
        self._commit()
        self._replace_dead_copies()
        if whole and self._reader.complete:
            self._withdraw()

    def _commit(self) -> None:
        # In this order: a page that is known to be unchanged must have its document in the base.
        self._run.commit()
        self._journal.put_pages(self._changed.values())
        self._changed.clear()

    def _keep(self, page: FetchedPage) -> None:
        self._pages[page.url] = self._changed[page.url] = page

    def _take(self, page: Page) -> None:
        known = self._pages.get(page.url) or FetchedPage(self._source.name, page.url, self._rules)
        result = page.result
        if isinstance(result, Fetched) and self._leads_home(page, result):
            result = FetchError(page.url, "la page renvoie à l'accueil du site : elle n'existe plus", "gone")
        if page.role == "listing":
            if isinstance(result, Fetched):
                sitemaps = tuple((url, None, None) for url in page.sitemaps)
                self._keep(replace(_seen(known, result, self._rules, page.links), parts=sitemaps))
            self._run.skip()
        elif isinstance(result, DocumentError):
            self._miss(page, known, result)
            self._run.skip()
        elif result.unchanged:
            self._keep(replace(_seen(known, result, self._rules, page.links), parts=known.parts))
            self._count(str(known.document_id))
        else:
            self._read(page, known, result)

    def _leads_home(self, page: Page, result: Fetched) -> bool:
        """Whether an article's page sends to the site's first page or to a listing, as sites do for what is gone."""
        end = page_address(result.url)
        return page.role == "document" and end != page.url and (
            urlsplit(end).path == "/" or (end in self._source.urls and self._source.type != "page")
        )  # fmt: skip

    def _miss(self, page: Page, known: FetchedPage, error: DocumentError) -> None:
        """Notes why a page was not had. Its document stays, until the page is gone for good."""
        kind = error.kind if isinstance(error, FetchError) else "unusable"
        if kind == "gone" and known.document_id and self._run.state(known.document_id):
            missing = known.missing + 1
            self._keep(replace(known, missing=missing))
            if missing < CONFIRMATIONS:
                self._run.notice(
                    page.url, f"{error.reason} ; le document sera retiré si la prochaine lecture le confirme"
                )
        elif kind in {"refused", "gone"}:
            self._run.notice(page.url, error.reason)  # the site's own doing: nothing to mend here
        elif error.source == page.url:
            self._run.fail(page.url, error.reason)
        else:
            self._run.fail(page.url, f"{error.source} : {error.reason}")

    def _read(self, page: Page, known: FetchedPage, result: Fetched, *, copies: bool = True) -> None:
        """Reads a page's content, and has its document made current when it changed."""
        fresh = _seen(known, result, self._rules, page.links)
        digest = hashlib.sha256(b"\0".join(each.content for each in (result, *page.parts))).hexdigest()
        parts = tuple((each.url, each.etag, each.last_modified) for each in page.parts)
        fresh = replace(fresh, content_hash=digest, parts=parts, parent=page.parent)
        same = known.rules == self._rules and known.content_hash == digest and copies
        if same and known.document_id and self._run.state(known.document_id):
            self._keep(fresh)
            self._count(known.document_id)
            return
        try:
            document = self._document(page, result)
            if self._run.is_forgotten(document.id) or self._run.is_forgotten(page.url):
                self._run.skip(ignored=1)
                return
            text_hash = hashlib.sha256(f"{document.title}\0{document.text}".encode()).hexdigest()
            document = self._named(document, text_hash, result)
            original = self._by_text.get(text_hash) if copies else None
            is_copy = original not in {None, document.id} and (
                original in self._taken or self._run.state(str(original)) is not None
            )
            document_id = str(original) if is_copy else document.id
            self._keep(replace(fresh, document_id=document_id, text_hash=text_hash, is_copy=is_copy))
            self._by_text.setdefault(text_hash, document_id)
            # What was read in this run stands; what was only known to be unchanged gives way to the page itself.
            taken = self._taken.get(document_id)
            is_given = taken is not None and not (taken == _UNCHANGED and document_id == page_address(result.url))
            if is_copy or is_given or self._is_of_another_site(document_id):
                self._count(document_id)
                return
            self._run.check_owner(document_id, self._source.name)
            self._run.put(document, digest)
            self._taken[document_id] = text_hash
        except DocumentError as error:
            self._pages[page.url] = known
            self._changed.pop(page.url, None)
            self._run.fail(page.url, error.reason)
            self._run.skip()

    def _document(self, page: Page, result: Fetched) -> Document:
        """The document that a page holds, its id its canonical address."""
        limit = self._run.settings.max_text_mb
        read = [
            read_document(
                each.content,
                name=each.url,
                source=self._source.name,
                document_id=page.url,
                media_type=each.media_type or None,
                url=each.url,
                max_text_mb=limit,
                domain=self._run.domain,
            )
            for each in (result, *page.parts)
        ]
        first, parent = read[0], self._parent(page)
        end = page_address(result.url)
        declared = page_address(first.url) if first.url else end
        if urlsplit(declared).path == "/" != urlsplit(end).path:
            declared = end  # a site that declares its first page on all others
        text = "\n\n".join([first.text, *(_without_title(each) for each in read[1:])])
        return replace(
            first,
            id=declared,
            url=declared,
            text=text,
            rubric=first.rubric or (parent.rubric if parent else None) or self._source.rubric,
            kind=first.kind or self._source.kind,
            parent=parent.id if parent else None,
        )

    def _parent(self, page: Page) -> Document | None:
        held = self._pages.get(page.parent) if page.parent else None
        if held is None or held.document_id is None:
            return None
        self._run.commit()  # the page may be waiting to be written
        return self._run.catalog.document(held.document_id)

    def _named(self, document: Document, text_hash: str, result: Fetched) -> Document:
        """The document under an id of its own: two pages with different texts are two, whatever they declare."""
        end = page_address(result.url)
        if document.id != end and self._taken.get(document.id, text_hash) != text_hash:
            return replace(document, id=end, url=end)
        return document

    def _is_of_another_site(self, document_id: str) -> bool:
        """Whether another source of the web has the document already: a feed and a sitemap of one site do."""
        state = self._run.state(document_id)
        return (
            state is not None and state.source != self._source.name and state.source not in self._run.catalog.folders()
        )

    def _count(self, document_id: str) -> None:
        """Counts a page that changed nothing: once for each document."""
        first = document_id not in self._taken
        self._taken.setdefault(document_id, _UNCHANGED)
        self._run.skip(unchanged=int(first and self._run.state(document_id) is not None))

    def _replace_dead_copies(self) -> None:
        """Where an article's own page is gone and only a copy is left, the copy's address becomes the article's."""
        alive = [page for page in self._pages.values() if page.document_id and page.missing < CONFIRMATIONS]
        whole = {page.document_id for page in alive if not page.is_copy}
        for page in [each for each in alive if each.is_copy and each.document_id not in whole]:
            again = self._reader.again(page.url)
            if isinstance(again.result, Fetched):
                self._read(again, page, again.result, copies=False)
                whole.add(page.document_id)
        self._commit()

    def _withdraw(self) -> None:
        """Withdraws the documents that no page gives any more."""
        linked = {link for page in self._pages.values() if page.missing < CONFIRMATIONS for link in page.links}
        alive = {
            page.document_id
            for page in self._pages.values()
            if page.document_id
            and page.missing < CONFIRMATIONS
            and self._reader.keeps(page)
            and (page.parent is None or page.url in linked)
        }
        now = {page.document_id for page in self._pages.values() if page.document_id}
        gone = ((self._ever | now) - alive) & self._run.current(self._source.name)
        if self._run.withdraw(self._source.name, gone):
            dead = [
                page.url
                for page in self._pages.values()
                if page.document_id and (page.document_id not in alive or page.missing >= CONFIRMATIONS)
            ]
            self._journal.drop_pages(self._source.name, dead)


def _seen(known: FetchedPage, result: Fetched, rules: str, links: Iterable[str]) -> FetchedPage:
    """What is known of a page once it was had."""
    return replace(
        known,
        rules=rules,
        etag=result.etag or (known.etag if result.unchanged else None),
        last_modified=result.last_modified or (known.last_modified if result.unchanged else None),
        links=tuple(links),
        missing=0,
    )


def _without_title(part: Document) -> str:
    """The text of an article's next part, without the title that it repeats."""
    first, _, rest = part.text.partition("\n\n")
    return rest if rest and fold(first.lstrip("# ")) == fold(part.title) else part.text
