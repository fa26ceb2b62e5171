"""Exploring the base: what it holds in pictures, documents by filters, and each partner or programme with its figures.

Everything is a form of plain controls and a link: it works by keyboard, without script, and can be kept as a bookmark.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from kb.errors import ReperesError
from kb.ports import Base
from kb.retrieval.filters import Filters
from kb.retrieval.holdings import Holdings, Subject, dated_figures, holdings, newest_first, of_subject, together
from kb.text.domain import Domain
from kb.types import Document
from kb.web.chat.sources import reader_address
from kb.web.pages.templating import page

ON_A_PAGE = 50
_FOUND = 40  # passages, for a search within the filters
_MOST_PARTNERS = 12  # rows of the picture of partners by programme
_MOST_PROGRAMMES = 6

Values = Annotated[tuple[str, ...], Query(max_length=100)]
Name = Annotated[str, Query(max_length=200)]
Year = Annotated[str, Query(pattern=r"^(?:\d{4})?$")]


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person chose, in the form of the page's address."""

    q: str = ""
    type: tuple[str, ...] = ()
    rubrique: tuple[str, ...] = ()
    programme: tuple[str, ...] = ()
    partenaire: tuple[str, ...] = ()
    de: str = ""
    a: str = ""

    @property
    def filters(self) -> Filters:
        """As a search takes them. Raises ReperesError for years that are in the wrong order."""
        return Filters(self.type, self.rubrique, self.programme, self.partenaire, self.de or None, self.a or None)

    def address(self, path: str, **others: str) -> str:
        """`path` with the choice as its query."""
        names = ("q", "type", "rubrique", "programme", "partenaire", "de", "a")
        given = {name: getattr(self, name) for name in names if getattr(self, name)}
        query = urlencode({**given, **others}, doseq=True)
        return f"{path}?{query}" if query else path


def choice_of(query: Mapping[str, Sequence[str]]) -> Choice:
    """The choice in a parsed query; what is unknown or too long is left out."""

    def several(name: str) -> tuple[str, ...]:
        return tuple(value for value in query.get(name, ()) if value and len(value) <= 200)[:50]

    def year(name: str) -> str:
        value = next(iter(query.get(name, ())), "")
        return value if len(value) == 4 and value.isdigit() else ""

    return Choice(
        "", several("type"), several("rubrique"), several("programme"), several("partenaire"), year("de"), year("a")
    )


def explore_routes(base: Callable[[], Base], domain: Domain) -> APIRouter:
    """`/explorer`, `/explorer/partenaire` and `/explorer/programme`."""
    router = APIRouter()

    @router.get("/explorer")
    def explore(
        request: Request,
        q: Annotated[str, Query(max_length=2000)] = "",
        types: Annotated[tuple[str, ...], Query(alias="type", max_length=100)] = (),
        rubrique: Values = (),
        programme: Values = (),
        partenaire: Values = (),
        de: Year = "",
        a: Year = "",
        vue: str = "liste",
        page_n: Annotated[int, Query(alias="page", ge=1, le=100_000)] = 1,
    ) -> Response:
        choice = Choice(q.strip(), tuple(types), tuple(rubrique), tuple(programme), tuple(partenaire), de, a)
        opened = base()
        everything = opened.documents()
        trouble, found, excerpts = "", list[Document](), dict[str, Any]()
        try:
            found, excerpts = _found(opened, everything, choice)
        except ReperesError as error:
            trouble = str(error)
        held = holdings(everything)
        shown = found[(page_n - 1) * ON_A_PAGE : page_n * ON_A_PAGE]
        return page(
            request,
            "explore.html",
            choice=choice,
            held=held,
            boxes=_boxes(held, choice),
            bounds=_bounds(held),
            found=found,
            shown=shown,
            excerpts=excerpts,
            trouble=trouble,
            view="frise" if vue == "frise" else "liste",
            years=[
                (year, list(group))
                for year, group in groupby(newest_first(shown), key=lambda document: (document.date or "")[:4])
            ],
            page_n=page_n,
            pages=max(1, -(-len(found) // ON_A_PAGE)),
            picture=_picture(everything, held),
            reader=reader_address,
        )

    def subject_page(request: Request, kind: Subject, name: str) -> Response:
        opened = base()
        found = newest_first(of_subject(opened.documents(), kind, name))
        texts = opened.documents([document.id for document in found]) if found else []
        told = dated_figures(texts, name, names=domain.names)
        return page(
            request,
            "subject.html",
            200 if found else 404,
            kind=kind,
            name=name,
            found=found,
            figures=told,
            held=holdings(found),
            reader=reader_address,
            choice=Choice(partenaire=(name,)) if kind == "partner" else Choice(programme=(name,)),
        )

    @router.get("/explorer/partenaire")
    def partner(request: Request, nom: Name) -> Response:
        return subject_page(request, "partner", nom)

    @router.get("/explorer/programme")
    def of_programme(request: Request, nom: Name) -> Response:
        return subject_page(request, "programme", nom)

    return router


def _found(opened: Base, everything: Sequence[Document], choice: Choice) -> tuple[list[Document], dict[str, Any]]:
    """The documents that a choice leaves: nearest first with words to look for, else newest first."""
    if choice.q:
        hits = opened.search(choice.q, k=_FOUND, filters=choice.filters)
        best = {hit.document.id: hit for hit in reversed(hits)}
        ordered = dict.fromkeys(hit.document.id for hit in hits)
        return [best[document_id].document for document_id in ordered], {
            document_id: _excerpt(best[document_id]) for document_id in ordered
        }
    kept = set(choice.filters.select(everything))
    return newest_first(document for document in everything if document.id in kept), {}


def _excerpt(hit: Any) -> dict[str, Any]:
    """The words of a passage nearest to what was looked for, with their place."""
    start, end = hit.window or (hit.passage.start, hit.passage.end)
    text = hit.passage.text[start - hit.passage.start : end - hit.passage.start]
    return {"text": " ".join(text.split()), "start": start, "end": end, "quote": text}


def _boxes(held: Holdings, choice: Choice) -> list[dict[str, Any]]:
    """The groups of checkboxes: (value, documents, whether it is chosen)."""
    groups = (
        ("type", "Type", held.kinds, choice.type),
        ("rubrique", "Rubrique", held.rubrics, choice.rubrique),
        ("programme", "Programme", held.programmes, choice.programme),
        ("partenaire", "Partenaire", held.partners, choice.partenaire),
    )
    return [
        {
            "name": name,
            "label": label,
            "values": [(value, number, value in chosen) for value, number in there.items()],
            "chosen": len(chosen),
        }
        for name, label, there, chosen in groups
        if there
    ]


def _bounds(held: Holdings) -> tuple[str, str]:
    years = [year for year in held.years if year]
    return (years[0], years[-1]) if years else ("", "")


def _picture(everything: Sequence[Document], held: Holdings) -> dict[str, Any]:
    """What the pictures show: documents by year and by type, partners by programme."""
    kinds = list(held.kinds)[:8]
    by_year = {
        year: [
            sum(1 for document in everything if (document.date or "")[:4] == year and document.kind == kind)
            for kind in kinds
        ]
        for year in held.years
    }
    partners, programmes = list(held.partners)[:_MOST_PARTNERS], list(held.programmes)[:_MOST_PROGRAMMES]
    pairs = together(everything)
    return {
        "kinds": kinds,
        "years": held.years,
        "by_year": by_year,
        "most": max(held.years.values(), default=1),
        "partners": partners,
        "programmes": programmes,
        "pairs": [[pairs.get((partner, programme), 0) for programme in programmes] for partner in partners],
        "most_pairs": max(pairs.values(), default=1),
    }
