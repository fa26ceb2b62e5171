"""The reader: a whole document as it is stored, opened at a sentence. As a page, and as the part beside an answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from markupsafe import Markup

from kb.answering.warnings import RECOGNISED
from kb.ports import Base
from kb.text.blocks import parse_blocks
from kb.text.moments import french_moment
from kb.types import Document
from kb.web import strings
from kb.web.chat.sources import PHRASE, badges
from kb.web.pages.templating import page
from kb.web.render import block_html, escape, marking

# Beyond, a document is shown part by part: a browser takes seconds over a book.
PART = 120_000  # characters


@dataclass(frozen=True, slots=True)
class Place:
    """Where to open a document: the words of `text[start:end]`; nowhere in particular when both are 0.

    `moved` tells that the document was changed since: the words stand elsewhere, or are no more (`lost`).
    """

    start: int = 0
    end: int = 0
    moved: bool = False
    lost: bool = False


def find_place(text: str, start: int, end: int, phrase: str) -> Place:
    """Where the words of a citation stand now. `phrase` is how they begin, at most `PHRASE` characters."""
    if not phrase:
        return Place(start, end) if 0 <= start < end <= len(text) else Place()
    if 0 <= start < end <= len(text) and text.startswith(phrase, start):
        return Place(start, end)
    there = text.find(phrase)
    if there < 0:
        return Place(lost=True)
    return Place(there, min(len(text), there + max(len(phrase), end - start)), moved=True)


def reader_routes(base: Callable[[], Base]) -> APIRouter:
    """`/lire`: with `partie` the document alone, to be put beside an answer."""
    router = APIRouter()

    @router.get("/lire")
    def read(
        request: Request,
        document: Annotated[str, Query(max_length=2000)],
        debut: int = 0,
        fin: int = 0,
        phrase: Annotated[str, Query(max_length=4 * PHRASE)] = "",
        depuis: int = -1,
        partie: bool = False,
    ) -> Response:
        opened = base()
        found = opened.document(document)
        template = "parts/reader.html" if partie else "reader.html"
        if found is None:
            return page(request, template, 404, document=None, wanted=document)
        place = find_place(found.text, debut, fin, phrase)
        first = depuis if depuis >= 0 else max(0, place.start - PART // 3)
        start, stop, html = document_html(found, place, first)
        read_at = opened.read_at(found.id)
        return page(
            request,
            template,
            document=found,
            wanted=document,
            place=place,
            html=html,
            badges=Markup(badges(found)),
            recognised=RECOGNISED if found.is_recognised(place.start, place.end) else "",
            read_at=french_moment(read_at) if read_at else "",
            before=max(0, start - PART) if start > 0 else None,
            after=stop if stop < len(found.text) else None,
        )

    return router


def document_html(document: Document, place: Place, first: int = 0) -> tuple[int, int, Markup]:
    """The part of a document that begins with the block at `first`: its offsets and its HTML, `place` marked.

    Pages of a paginated document begin with their number, and say when they were recognised.
    """
    text = document.text
    blocks = [block for block in parse_blocks(text) if block.end > first]
    inline = marking(text, place.start, place.end)
    parts: list[str] = []
    start = stop = first
    shown_page = document.page_at(first - 1) if first > 0 else None
    for number, block in enumerate(blocks):
        if number == 0:
            start = block.start
        if block.start - start > PART:
            break
        page_number = document.page_at(block.start)
        if page_number is not None and page_number != shown_page:
            told = strings.PAGE_N.format(number=page_number)
            if document.is_recognised(block.start, block.end):
                told += f" – {RECOGNISED}"
            parts.append(f'<p class="leaf">{escape(told)}</p>')
            shown_page = page_number
        parts.append(block_html(text, block, inline))
        stop = block.end
    else:
        stop = len(text)
    return (start if first > 0 else 0), stop, Markup("".join(parts))
