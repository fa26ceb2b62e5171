"""The originals beside the reader: a page of a PDF as it is, with the quoted words outlined; the whole file.

Whoever may read a document may open its file, and nobody else: the routes stand below the reader's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import PlainTextResponse, Response

from kb.ports import Base, Views
from kb.types import Document
from kb.web.chat.sources import PHRASE
from kb.web.originals.files import Kind, Original, OriginalError, kind_of_original, open_original
from kb.web.originals.leaves import WIDTHS, LeafError, Leaves, Outline
from kb.web.originals.sending import OriginalResponse
from kb.web.pages.places import Place, find_place, leaf_address, page_of, quoted_on
from kb.web.pages.templating import page, person_of, refusal

MOST_PAGES = 100_000  # of a document that is asked for: far more than a file of the largest size holds
_NONE = "Ce document n'a pas de fichier d'origine dans la base."
_NO_PAGES = "Ce document n'a pas de pages à montrer : son texte se lit ici, et le fichier d'origine se télécharge."


@dataclass(frozen=True, slots=True)
class Offer:
    """What the reader offers of a document's file: its kind and address, the page that a place stands on with the
    address that shows it (pictures and paginated PDF only), or why there is nothing.
    """

    kind: Kind
    address: str = ""
    page: int = 0
    leaf: str = ""
    trouble: str = ""


def offered(base: Base, document: Document, place: Place, wanted: int = 0) -> Offer | None:
    """What there is of the file of a document, opened at a place, or at the page `wanted` when it is not 0; None for a
    document of the web, whose address is all that is kept.
    """
    origin = base.origin(document.id)
    if origin is None:
        return None
    try:
        kind = kind_of_original(document.id, origin)
    except OriginalError as error:
        return Offer("other", trouble=str(error))
    number = min(wanted, len(document.page_starts)) or page_of(document, place)
    is_shown = kind == "image" or (kind == "pdf" and document.page_starts)
    leaf = leaf_address("/lire/page", document, place, number) if is_shown else ""
    return Offer(kind, original_address(document), number, leaf)


def original_address(document: Document) -> str:
    """The address of a document's file."""
    return f"/lire/original?{urlencode({'document': document.id})}"


def original_routes(base: Views, leaves: Leaves) -> APIRouter:
    """`/lire/page`, one page as it is (with `partie` to be put beside the text); `/lire/image`, its picture;
    `/lire/original`, the whole file."""
    router = APIRouter(prefix="/lire")

    @router.get("/page")
    def show(
        request: Request,
        document: Annotated[str, Query(max_length=2000)],
        feuille: Annotated[int, Query(ge=1, le=MOST_PAGES)] = 1,
        debut: int = 0,
        fin: int = 0,
        phrase: Annotated[str, Query(max_length=4 * PHRASE)] = "",
        partie: bool = False,
    ) -> Response:
        found = base.of(person_of(request)).document(document)
        template = "parts/leaf.html" if partie else "leaf.html"
        if found is None:
            return page(request, "parts/reader.html" if partie else "reader.html", 404, document=None, wanted=document)
        place = find_place(found.text, debut, fin, phrase)
        quote, down = quoted_on(found, place, feuille)
        try:
            with _original(base.of(person_of(request)), document) as original:
                outline = _outline(leaves, original, feuille, quote, down)
        except (OriginalError, LeafError) as error:
            return page(request, template, error.status, document=found, trouble=str(error))

        def turned(number: int) -> str:
            return leaf_address("/lire/page", found, place, number)

        return page(
            request,
            template,
            document=found,
            trouble="",
            number=feuille,
            outline=outline,
            quote=quote,
            goes_on=bool(quoted_on(found, place, feuille + 1)[0]),
            began=bool(quoted_on(found, place, feuille - 1)[0]),
            turned=turned,
            text=leaf_address("/lire", found, place, feuille),
            picture=lambda width: _picture_address(found, feuille, width),
            widths=WIDTHS,
            original=original_address(found),
        )

    @router.get("/image")
    def picture(
        request: Request,
        document: Annotated[str, Query(max_length=2000)],
        feuille: Annotated[int, Query(ge=1, le=MOST_PAGES)] = 1,
        largeur: Literal["900", "1800"] = "900",
    ) -> Response:
        try:
            with _original(base.of(person_of(request)), document) as original:
                if original.kind != "pdf":
                    raise OriginalError(_NO_PAGES, 404)
                drawn = leaves.picture(original.digest, original.file.read, feuille, int(largeur))
        except (OriginalError, LeafError) as error:
            return PlainTextResponse(str(error), error.status)
        return Response(drawn, media_type="image/png", headers={"cache-control": "no-store"})

    @router.get("/original")
    def original(request: Request, document: Annotated[str, Query(max_length=2000)]) -> Response:
        try:
            return OriginalResponse(_opened(base.of(person_of(request)), document))
        except OriginalError as error:
            return refusal(request.scope, error.status, "Fichier d'origine", str(error))

    return router


def _opened(base: Base, document_id: str) -> Original:
    """The open file of a current document. Raises OriginalError."""
    origin = base.origin(document_id)
    if origin is None:
        raise OriginalError(_NONE, 404)
    return open_original(document_id, origin)


@contextmanager
def _original(base: Base, document_id: str) -> Iterator[Original]:
    opened = _opened(base, document_id)
    with opened.file:
        yield opened


def _outline(leaves: Leaves, original: Original, number: int, quote: str, down: float) -> Outline | None:
    """What is known of a page of a PDF; None for a picture, which is its own page."""
    if original.kind == "image":
        return None
    if original.kind != "pdf":
        raise OriginalError(_NO_PAGES, 404)
    return leaves.outline(original.digest, original.file.read, number, quote, down)


def _picture_address(document: Document, number: int, width: int) -> str:
    return f"/lire/image?{urlencode({'document': document.id, 'feuille': number, 'largeur': width})}"
