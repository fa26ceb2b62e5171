"""HTML: the article of a web page, its structure kept, what surrounds it left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from email.message import Message

import lxml.html

from ingest.fetching.refresh import leads_on_to
from ingest.readers.block_builder import Block, assemble
from ingest.readers.dates import announced_date, date_near_title
from ingest.readers.decoding import decode
from ingest.readers.html.boilerplate import is_known_rubric, is_provenance, strip_marks
from ingest.readers.html.cited import extract_last_sources, extract_named_sources
from ingest.readers.html.elements import Element, is_struck, text_of
from ingest.readers.html.kept import keep_asides, make_lists, make_tables, tell_boxes, tell_formulas, tell_images
from ingest.readers.html.not_articles import (
    WRITTEN_BY_SCRIPT,
    asks_choice,
    asks_password,
    is_scripted,
    is_shell,
    reason_against,
)
from ingest.readers.html.notes import settle_notes, without_calls
from ingest.readers.html.page import body_of, drop_hidden, main_element, prune
from ingest.readers.html.page_metadata import all_titles, extract_head_lines, first_title, head_metadata, other_title
from ingest.readers.html.panels import open_panels
from ingest.readers.html.parsing import parse_html, too_deep
from ingest.readers.html.tree import blocks_of, labelled_items
from ingest.readers.metadata import Metadata, canonical_url
from ingest.readers.reading import STRUCK, Given, Reading, empty, no_text, too_long
from kb.errors import DocumentError
from kb.text.domain import Domain
from kb.text.folding import fold

_META_CHARSET = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE
)
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
# Images that « save as one file » puts inside the page: no text, and often most of its bytes.
_DATA = re.compile(rb"data:[\w/+.;=-]{0,100};base64,[A-Za-z0-9+/=%\s]+")
# A paragraph as long as this is text, whatever its class.
_LONG = 120
_LONGEST_NOTICE = 600  # characters of a page that says only where it leads to
# A page with more characters than this is a work in itself: what surrounds it weighs nothing, and trafilatura would
# take minutes to find it.
_MOST = 500_000
# So would it with more elements than this, however little they hold: it compares paragraphs with their neighbours.
_MOST_ELEMENTS = 10_000


def read(given: Given) -> Reading:
    """The article of a page. Raises DocumentError for a page without text."""
    content = _DATA.sub(b"", given.content)
    if len(content) > 10 * given.max_text_bytes:
        raise too_long(given, len(content))
    leads_to = leads_on_to(content, "text/html")
    page = _parse(decode(content, given.name, charset(content, given.media_type)), given)
    body = body_of(page)
    if body is None:
        raise no_text(given)
    try:
        reading = _read_body(given, page, body)
    except RecursionError:
        raise too_deep(given.name) from None
    except DocumentError:
        if leads_to is None:
            raise
        raise _led_elsewhere(given, leads_to) from None
    if leads_to is not None and len(reading.text) < _LONGEST_NOTICE:
        raise _led_elsewhere(given, leads_to)
    return reading


def _led_elsewhere(given: Given, target: str) -> DocumentError:
    return DocumentError(given.name, f"la page ne fait que renvoyer à une autre adresse ({target}) ; donnez celle-là")


def _read_body(given: Given, page: Element, body: Element) -> Reading:
    scripted = is_scripted(page)
    shell, noscript = is_shell(page, body), " ".join(text_of(part) for part in page.iter("noscript"))
    head = head_metadata(page, given.name, given.url)
    password, consent = asks_password(body), asks_choice(body)
    notes = settle_notes(body)
    open_panels(body)
    make_lists(body)
    make_tables(body)
    keep_asides(body, given.domain)
    tell_images(body)
    tell_boxes(body)
    tell_formulas(body)
    drop_hidden(body)
    title = head.title or first_title(page, given.url) or other_title(page, given.url)
    sources = extract_named_sources(body)
    prune(body, given.domain)
    text = text_of(body)
    if (size := len(text.encode())) > given.max_text_bytes:
        raise too_long(given, size)
    root = main_element(body)
    if root is not None:
        for note in notes:
            # An article's notes may stand below it.
            if not (root is note or root in note.iterancestors() or note in root.iterancestors()):
                root.append(note)
    announced = None if root is not None else _announced_date(body)
    sources += extract_last_sources(body if root is None else root)
    lines = extract_head_lines(body if root is None else root)
    struck = (STRUCK,) if is_struck(body if root is None else root) else ()
    blocks, shown = _without_head_lines(_blocks(body, root), given.domain)
    blocks = [replace(block, text=without_calls(block.text)) for block in strip_marks(blocks, given.domain)]
    read_text = assemble(blocks, title)
    titles = [text for text in (title, *all_titles(page)) if text]
    if reason := reason_against(titles, read_text, password=password, consent=consent, noscript=noscript):
        raise no_text(given, reason) if reason == WRITTEN_BY_SCRIPT else DocumentError(given.name, reason)
    if not re.search(r"\w", read_text) or (shell and len(read_text) < _LONG):
        raise no_text(given, WRITTEN_BY_SCRIPT if scripted else "la page n'a pas de contenu")
    found = head.or_else(lines).or_else(shown).or_else(Metadata(date=announced, cited_sources=sources))
    return Reading(replace(found, title=title, url=canonical_url(found.url, given.url)), read_text, remarks=struck)


def _blocks(body: Element, root: Element | None) -> list[Block]:
    """The blocks of the page's text.

    A page that names its main part has all of it read: nothing of an article may be lost. Otherwise trafilatura finds
    the text, unless it leaves long paragraphs out.
    """
    if root is not None and re.search(r"\w", text_of(root)):
        return blocks_of(root)
    everything = blocks_of(body)
    if sum(len(block.text) for block in everything) > _MOST or _count(body) > _MOST_ELEMENTS:
        return everything
    found = _found_by_trafilatura(body)
    held = fold(" ".join(block.text for block in found))
    long = [block.text for block in everything if block.kind == "paragraph" and len(block.text) >= _LONG]
    missing = sum(len(text) for text in long if fold(text) not in held)
    if (
        len(found) < min(2, len(everything))
        or missing * 10 > sum(map(len, long))
        or (not long and len(held) * 2 < len(fold(text_of(body))))
    ):
        return everything
    return found


def _count(body: Element) -> int:
    return sum(1 for _ in body.iter())


def _found_by_trafilatura(body: Element) -> list[Block]:
    import trafilatura  # half a second: only for pages that need it

    _write_numbers(body)
    page = lxml.html.tostring(body, encoding="unicode")
    kept = trafilatura.extract(
        f"<html>{page}</html>",
        output_format="html",
        favor_recall=True,
        include_tables=True,
        include_comments=False,
        include_links=False,
        include_formatting=False,
        with_metadata=False,
    )
    return blocks_of(lxml.html.document_fromstring(kept)) if kept else []


def _write_numbers(body: Element) -> None:
    """Writes what numbers the items of lists into them: trafilatura makes bullets of all."""
    for items in body.iter("ol"):
        for child, _, label in list(labelled_items(items)):
            place = child
            while label and not (place.text or "").strip() and len(place) and isinstance(place[0].tag, str):
                place = place[0]
            place.text = f"{label} {place.text or ''}" if label else place.text


def _announced_date(body: Element) -> str | None:
    """The first date that a line of the page announces as its publication: trafilatura would leave that line out."""
    return next((found for block in blocks_of(body) if (found := announced_date(block.text))), None)


def _without_head_lines(blocks: Sequence[Block], domain: Domain) -> tuple[list[Block], Metadata]:
    """`blocks` without the lines of rubrics and provenance among the first ones, and what they say."""
    kept: list[Block] = []
    rubric = origin = None
    for index, block in enumerate(blocks):
        if index < 6 and block.kind == "paragraph":
            if origin is None and is_provenance(block.text):
                origin = block.text
                continue
            if rubric is None and all(is_known_rubric(name, domain) for name in block.text.split(",")):
                rubric = block.text
                continue
        kept.append(block)
    date = date_near_title(block.text for block in blocks[:6] if block.kind == "paragraph")
    return kept, Metadata(date=date, rubric=rubric, origin=origin)


def _parse(text: str, given: Given) -> Element:
    text = _XML_DECLARATION.sub("", text.replace("\x00", ""), count=1)
    if not text.strip():
        raise empty(given)
    page = parse_html(text, given.name)
    if page is None:
        raise no_text(given)
    return page


def charset(content: bytes, media_type: str | None) -> str | None:
    """The encoding that the server or the page names."""
    message = Message()
    message["content-type"] = media_type or "text/html"
    named = message.get_content_charset()
    if named:
        return named
    match = _META_CHARSET.search(content[:4096])
    return match[1].decode("ascii", errors="ignore") if match else None
