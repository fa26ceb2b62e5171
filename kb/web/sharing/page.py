"""The links to conversations: given and taken back by whoever asked, opened by everybody who may use Repères."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from kb.ports import Views
from kb.records.sharing.links import SharedLinks
from kb.web import strings
from kb.web.pages.templating import origin_of, page, person_of
from kb.web.sharing.shown import shown_turn

_GONE_TITLE = "Ce lien n'ouvre rien"
_GONE = (
    "Cette conversation n'est pas partagée : le lien est incomplet, ou la personne qui l'a donné a arrêté le partage "
    "ou effacé la conversation. Demandez-lui un nouveau lien."
)
_LAST_ANSWER = Query(ge=0, le=1_000_000)


def sharing_routes(links: SharedLinks, base: Views, *, has_accounts: bool) -> APIRouter:
    """`/partage/ID`, and `/conversations/ID/partage`, where its person gives the link or takes it back."""
    router = APIRouter()

    @router.get("/partage/{name}")
    def read(request: Request, name: str) -> Response:
        found = links.read(name, base.rights(person_of(request)))
        if found is None:
            return page(request, "message.html", 404, title=_GONE_TITLE, text=_GONE)
        turns = [shown_turn(turn) for turn in found.conversation.turns]
        return page(request, "sharing/conversation.html", shared=found, turns=turns)

    @router.get("/conversations/{name}/partage")
    def look(request: Request, name: str, reponse: Annotated[int, _LAST_ANSWER] = 0) -> Response:
        return dialog(request, name, reponse)

    @router.post("/conversations/{name}/partage")
    def change(
        request: Request,
        name: str,
        partage: Annotated[Literal["oui", "non"], Form()],
        reponse: Annotated[int, _LAST_ANSWER] = 0,
        partie: bool = False,
    ) -> Response:
        links.share(person_of(request).name, name, shared=partage == "oui")
        return dialog(request, name, reponse) if partie else RedirectResponse("/conversations", 303)

    def dialog(request: Request, name: str, answer: int) -> Response:
        shared = links.is_shared(person_of(request).name, name)
        if shared is None:
            return page(request, "message.html", 404, title=_GONE_TITLE, text=strings.CONVERSATION_GONE)
        address = f"{origin_of(request)}/partage/{name}"
        return page(
            request,
            "sharing/dialog.html",
            link=address if shared else "",
            answer=answer,
            has_accounts=has_accounts,
        )

    return router
