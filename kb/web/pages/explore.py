"""Exploring the base: what it holds in pictures, documents by filters, and each partner or programme with its figures.

Everything is a form of plain controls and a link: it works by keyboard, without script, and can be kept as a bookmark.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from markupsafe import Markup

from kb.errors import ReperesError
from kb.ports import Base, Views
from kb.retrieval.filters import Filters
from kb.retrieval.holding import Holding
from kb.retrieval.holdings import DatedFigure, Holdings, Subject, dated_figures, holdings, newest_first, of_subject
from kb.retrieval.series import Group, gathered
from kb.text.blocks import cells
from kb.text.domain import Domain
from kb.types import Document
from kb.web.chat.sources import reader_address
from kb.web.chat.values import downloads_html, groups_html, statements_of
from kb.web.pages.exports.values import TYPES, to_file
from kb.web.pages.picture import picture_of
from kb.web.pages.templating import origin_of, page, person_of

ON_A_PAGE = 50
_LONGEST_SEARCH = 2000
_MARKS = re.compile(r"^(?:#{1,6}|[-*•])\s+")
_BEST = 40  # passages that a search shows, the nearest to it first; other documents that hold its words follow
_FIELDS = (("type", "Type"), ("rubrique", "Rubrique"), ("programme", "Programme"), ("partenaire", "Partenaire"))

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

    @classmethod
    def of(cls, filters: Filters) -> Self:
        """The choice that filters are of."""
        values = filters.kind, filters.rubric, filters.programme, filters.partner
        return cls(filters.words, *values, filters.since or "", filters.until or "")

    @property
    def filters(self) -> Filters:
        """As a search takes them. Raises ReperesError for years that are in the wrong order."""
        return Filters(
            self.type, self.rubrique, self.programme, self.partenaire, self.de or None, self.a or None, self.q
        )

    def without(self, name: str, value: str) -> Choice:
        """The choice without one of its values."""
        held = getattr(self, name)
        return self.with_(name, tuple(other for other in held if other != value) if isinstance(held, tuple) else "")

    def with_(self, name: str, value: str | tuple[str, ...]) -> Choice:
        """The choice with another value of one of its fields, known by its name."""
        changed: dict[str, Any] = {name: value}
        return replace(self, **changed)

    @property
    def given(self) -> list[tuple[str, str, str]]:
        """What is chosen, one by one: the name in the address, the value, and both as people read them."""
        told = [(name, value, f"{label.lower()} : {value}") for name, label in _FIELDS for value in getattr(self, name)]
        years = (("de", "depuis", self.de), ("a", "jusqu'à", self.a))
        told += [(name, value, f"{label} {value}") for name, label, value in years if value]
        return [*([("q", self.q, f"« {self.q} »")] if self.q else []), *told]

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

    words = next(iter(query.get("q", ())), "").strip()
    return Choice(
        words if len(words) <= _LONGEST_SEARCH else "",
        several("type"),
        several("rubrique"),
        several("programme"),
        several("partenaire"),
        year("de"),
        year("a"),
    )


def explore_routes(base: Views, domain: Domain) -> APIRouter:
    """`/explorer`, `/explorer/partenaire` and `/explorer/programme`."""
    router = APIRouter()

    @router.get("/explorer")
    def explore(
        request: Request,
        q: Annotated[str, Query(max_length=_LONGEST_SEARCH)] = "",
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
        opened = base.of(person_of(request))
        everything = opened.documents()
        trouble, found, excerpts, holding = "", list[Document](), dict[str, Any](), Holding()
        try:
            holding = opened.holding(choice.q) if choice.q else Holding(frozenset(one.id for one in everything))
            found, excerpts = _found(opened, everything, choice, holding)
        except ReperesError as error:
            trouble = str(error)
        held = holdings(everything)
        shown = found[(page_n - 1) * ON_A_PAGE : page_n * ON_A_PAGE]
        return page(
            request,
            "explore.html",
            choice=choice,
            held=held,
            boxes=_boxes(everything, choice, holding) if not trouble else [],
            whole=holding.whole,
            unknown=bool(choice.q) and not holding.documents,
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
            picture=picture_of(everything, held),
            reader=reader_address,
        )

    def subject_page(request: Request, kind: Subject, name: str) -> Response:
        opened = base.of(person_of(request))
        found = newest_first(of_subject(opened.documents(), kind, name))
        texts = opened.documents([document.id for document in found]) if found else []
        told = dated_figures(texts, name, names=domain.names)
        groups = _groups(told, found, kind)
        return page(
            request,
            "subject.html",
            200 if found else 404,
            kind=kind,
            name=name,
            found=found,
            figures=told,
            held=holdings(found),
            values=Markup(groups_html(groups) + downloads_html(request.url.path, f"?{urlencode({'nom': name})}"))
            if groups
            else "",
            reader=reader_address,
            choice=Choice(partenaire=(name,)) if kind == "partner" else Choice(programme=(name,)),
        )

    @router.get("/explorer/partenaire")
    def partner(request: Request, nom: Name) -> Response:
        return subject_page(request, "partner", nom)

    @router.get("/explorer/programme")
    def of_programme(request: Request, nom: Name) -> Response:
        return subject_page(request, "programme", nom)

    def subject_file(request: Request, kind: Subject, name: str, form: str) -> Response:
        opened = base.of(person_of(request))
        found = newest_first(of_subject(opened.documents(), kind, name))
        texts = opened.documents([document.id for document in found]) if found else []
        groups = _groups(dated_figures(texts, name, names=domain.names), found, kind)
        headers = {"content-disposition": f'attachment; filename="valeurs.{form}"', "cache-control": "no-store"}
        return Response(to_file(groups, form, origin_of(request)), media_type=TYPES[form], headers=headers)

    @router.get("/explorer/partenaire.{form}")
    def partner_file(request: Request, nom: Name, form: Literal["csv", "xlsx"]) -> Response:
        return subject_file(request, "partner", nom, form)

    @router.get("/explorer/programme.{form}")
    def programme_file(request: Request, nom: Name, form: Literal["csv", "xlsx"]) -> Response:
        return subject_file(request, "programme", nom, form)

    return router


def _groups(told: Sequence[DatedFigure], found: Sequence[Document], kind: Subject) -> list[Group]:
    """The values of a subject's figures, told apart by the partners or programmes that they are of."""
    said = [(one.document.id, one.document.title, one.text, one.start, one.end) for one in told]
    held = holdings(found)
    return gathered(statements_of(said), list(held.programmes if kind == "partner" else held.partners))


def _found(
    opened: Base, everything: Sequence[Document], choice: Choice, holding: Holding
) -> tuple[list[Document], dict[str, Any]]:
    """The documents that a choice leaves: nearest first with words to look for, else newest first."""
    kept = set(choice.filters.select(everything)) & holding.documents
    left = newest_first(document for document in everything if document.id in kept)
    if not choice.q or not left:
        return left, {}
    best: dict[str, Any] = {}
    for hit in opened.search(choice.q, k=_BEST, filters=choice.filters):
        best.setdefault(hit.document.id, hit)
    others = [document for document in left if document.id not in best]
    return [*(hit.document for hit in best.values()), *others], {name: _excerpt(hit) for name, hit in best.items()}


def _excerpt(hit: Any) -> dict[str, Any]:
    """The words of a passage nearest to what was looked for, with their place."""
    start, end = hit.window or (hit.passage.start, hit.passage.end)
    text = hit.passage.text[start - hit.passage.start : end - hit.passage.start]
    return {"text": _without_marks(text), "start": start, "end": end, "quote": text}


def _without_marks(text: str) -> str:
    """Words of a document in one line, without the marks of headings, lists and tables."""
    lines = [line.strip() for line in text.splitlines() if set(line.strip()) - set("|-: ")]
    told = [
        " · ".join(filter(None, cells(line))) if line.startswith("|") else _MARKS.sub("", line, count=1)
        for line in lines
    ]
    return " ".join(" ".join(told).split())


def _boxes(everything: Sequence[Document], choice: Choice, holding: Holding) -> list[dict[str, Any]]:
    """The groups of checkboxes: (value, documents, whether it is chosen). A value counts the documents that it would
    show with all that is chosen but the other values of its group."""
    boxes = []
    for name, label in _FIELDS:
        kept = set(choice.with_(name, ()).filters.select(everything)) & holding.documents
        held = holdings(document for document in everything if document.id in kept)
        counts = {"type": held.kinds, "rubrique": held.rubrics, "programme": held.programmes}.get(name, held.partners)
        chosen = getattr(choice, name)
        values = [(value, number, value in chosen) for value, number in counts.items()]
        values += [(value, 0, True) for value in chosen if value not in counts]
        if values:
            boxes.append({"name": name, "label": label, "values": values, "chosen": len(chosen)})
    return boxes


def _bounds(held: Holdings) -> tuple[str, str]:
    years = [year for year in held.years if year]
    return (years[0], years[-1]) if years else ("", "")
