"""The page of what readers miss, for editors: questions without a source and answers of no use, and the weeks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response

from kb.errors import ReperesError
from kb.evaluation.missed.desk import MissedDesk, numbers
from kb.evaluation.missed.weeks import to_csv
from kb.records.accounts import Person
from kb.records.feedback import Status
from kb.web import strings
from kb.web.pages.templating import page, person_of

ADDRESS = "/evaluation/manques"
_WEEKS_SHOWN = 12
_GROUPS_SHOWN = 100
_DONE: dict[str, tuple[Status, str]] = {
    "document": ("missing", "Noté : il manque un document pour « {question} »."),
    "ecarter": ("dismissed", "Écarté : « {question} »."),
    "reprendre": ("new", "Remis à traiter : « {question} »."),
}

Numbers = Annotated[list[str], Form(default_factory=list, max_length=5000)]
Text = Annotated[str, Form(max_length=4000)]


def missed_routes(desk_of: Callable[[Person], MissedDesk] | None, days: int) -> APIRouter:
    """`/evaluation/manques` with what its forms send, and its two CSV files. `desk_of` gives the desk as an editor sees
    it; it is None, and `days` 0, where questions are not kept."""
    router = APIRouter(prefix="/evaluation")

    def desk_for(request: Request) -> MissedDesk | None:
        return desk_of(person_of(request)) if desk_of is not None else None

    def show(request: Request, trouble: str = "", done: str = "") -> Response:
        desk = desk_for(request)
        held: dict[str, Any] = {"groups": [], "missing": [], "weeks": [], "is_part": False}
        if desk is not None:
            weeks = desk.weeks()
            held = {"groups": desk.groups(), "missing": desk.groups("missing")}
            held |= {"weeks": weeks[:_WEEKS_SHOWN], "is_part": desk.is_part}
        status = 422 if trouble else 200
        told = {"trouble": trouble, "done": done, "days": days, "most": _GROUPS_SHOWN, "saved": desk is not None}
        return page(request, "editors/missed.html", status, **held, **told)

    @router.get("/manques")
    def missed(request: Request, fait: Annotated[str, Query(max_length=6000)] = "") -> Response:
        return show(request, done=fait)

    @router.post("/manques")
    def act(request: Request, quoi: Text, question: Text, q: Numbers, avis: Numbers) -> Response:
        desk, chosen = desk_for(request), (numbers(q), numbers(avis))
        try:
            if desk is None or not any(chosen):
                raise ReperesError("Ces questions ne sont plus gardées : rechargez la page.")
            if quoi == "test":
                made = desk.make_query(*chosen, question)
                return _back(f"Question de test « {made} » ajoutée : complétez-la dans Évaluation.")
            if quoi not in _DONE:
                raise ReperesError(strings.EVENT_REFUSED)
            status, told = _DONE[quoi]
            desk.set_status(*chosen, status)
        except ReperesError as error:
            return show(request, str(error))
        return _back(told.format(question=question[:200]))

    @router.get("/manques.csv")
    def groups(request: Request) -> Response:
        desk = desk_for(request)
        return _csv("manques", desk.to_csv() if desk is not None else None)

    @router.get("/semaines.csv")
    def weeks(request: Request) -> Response:
        desk = desk_for(request)
        return _csv("semaines", to_csv(desk.weeks()) if desk is not None else None)

    return router


def _csv(name: str, content: bytes | None) -> Response:
    if content is None:
        return PlainTextResponse(strings.NOT_FOUND, 404)
    headers = {"content-disposition": f'attachment; filename="{name}.csv"', "cache-control": "no-store"}
    return Response(content, media_type="text/csv; charset=utf-8", headers=headers)


def _back(told: str) -> Response:
    return RedirectResponse(f"{ADDRESS}?{urlencode({'fait': told})}", 303)
