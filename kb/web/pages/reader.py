"""The reader: a whole document as it is stored, opened at a sentence. As a page, and as the part beside an answer."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from markupsafe import Markup

from kb.answering.warnings import RECOGNISED
from kb.ports import Views
from kb.text.blocks import parse_blocks
from kb.text.moments import french_moment
from kb.types import Document
from kb.web import strings
from kb.web.chat.citing import citation_text, reference_text
from kb.web.chat.sources import PHRASE, badges, reader_address
from kb.web.pages.original import MOST_PAGES, offered
from kb.web.pages.places import Place, find_place, leaf_address
from kb.web.pages.templating import page, person_of
from kb.web.render import block_html, escape, marking

# Beyond, a document is shown part by part: a browser takes seconds over a book.
PART = 120_000  # characters


def reader_routes(base: Views) -> APIRouter:
    """`/lire`: with `partie` the document alone, to be put beside an answer. With `feuille`, opened at that page of a
    paginated document."""
    router = APIRouter()

    @router.get("/lire")
    def read(
        request: Request,
        document: Annotated[str, Query(max_length=2000)],
        debut: int = 0,
        fin: int = 0,
        phrase: Annotated[str, Query(max_length=4 * PHRASE)] = "",
        depuis: int = -1,
        feuille: Annotated[int, Query(ge=0, le=MOST_PAGES)] = 0,
        partie: bool = False,
    ) -> Response:
        opened = base.of(person_of(request))
        found = opened.document(document)
        template = "parts/reader.html" if partie else "reader.html"
        if found is None:
            return page(request, template, 404, document=None, wanted=document)
        place = find_place(found.text, debut, fin, phrase)
        if depuis < 0 and 0 < feuille <= len(found.page_starts):
            depuis = found.page_starts[feuille - 1]
        first = depuis if depuis >= 0 else max(0, place.start - PART // 3)
        original = offered(opened, found, place, feuille)
        has_leaves = original is not None and original.kind == "pdf" and bool(original.leaf)
        start, stop, html = document_html(found, place, first, has_leaves=has_leaves)
        read_at = opened.read_at(found.id)
        quote = found.text[place.start : place.end]
        return page(
            request,
            template,
            document=found,
            wanted=document,
            place=place,
            html=html,
            original=original,
            badges=Markup(badges(found)),
            recognised=RECOGNISED if found.is_recognised(place.start, place.end) else "",
            read_at=french_moment(read_at) if read_at else "",
            reference=reference_text(found),
            cited=citation_text(found, place.start, place.end, quote) if quote else reference_text(found),
            link=reader_address(found.id, place.start, place.end, quote),
            before=max(0, start - PART) if start > 0 else None,
            after=stop if stop < len(found.text) else None,
        )

    return router


def document_html(
    document: Document, place: Place, first: int = 0, *, has_leaves: bool = False
) -> tuple[int, int, Markup]:
    """The part of a document that begins with the block at `first`: its offsets and its HTML, `place` marked.

    Pages of a paginated document begin with their number, and say when they were recognised; where it `has_leaves`,
    the number leads to the page as it is.
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
            told = escape(strings.PAGE_N.format(number=page_number))
            if has_leaves:
                address = escape(leaf_address("/lire/page", document, place, page_number))
                told = f'<a href="{address}" data-leaf-of="{page_number}">{told}</a>'
            if document.is_recognised(block.start, block.end):
                told += f" – {escape(RECOGNISED)}"
            parts.append(f'<p class="leaf" id="feuille-{page_number}">{told}</p>')
            shown_page = page_number
        parts.append(block_html(text, block, inline))
        stop = block.end
    else:
        stop = len(text)
    return (start if first > 0 else 0), stop, Markup("".join(parts))
