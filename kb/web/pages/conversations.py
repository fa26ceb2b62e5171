"""Saved conversations: the list, the exports, erasing."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from kb.records.conversations import Conversations, KeptConversation
from kb.records.sharing.links import SharedLinks
from kb.records.undoing import RecentErasures
from kb.text.folding import fold
from kb.web.pages.exports.markdown import to_markdown
from kb.web.pages.templating import page, person_of

_MOST_UNDONE = 1000  # conversations of one erasure of all
_TYPES = {
    "md": "text/markdown; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def conversation_routes(conversations: Conversations, days: int, links: SharedLinks | None = None) -> APIRouter:
    """`/conversations`, `/conversations/ID.md`, `/conversations/ID.docx`, and what erases. `links` tells which are
    shared, where they can be.
    """
    router = APIRouter()
    erasures = RecentErasures(conversations)

    @router.get("/conversations")
    def show(request: Request, effacement: Annotated[str, Query(max_length=100)] = "") -> Response:
        person = person_of(request).name
        found = conversations.list(person) if conversations.saved else []
        return page(
            request,
            "conversations.html",
            found=found,
            saved=conversations.saved,
            days=days,
            shared=links.of_person(person) if links is not None else frozenset(),
            erasure=erasures.find(person, effacement),
            erasure_name=effacement,
        )

    @router.get("/conversations/{name}.{form}")
    def export(request: Request, name: str, form: str) -> Response:
        found = conversations.get(person_of(request).name, name)
        if form not in _TYPES or found is None:
            text = "Cette conversation n'existe pas, ou n'existe plus."
            return page(request, "message.html", 404, title="Conversation introuvable", text=text)
        file = re.sub(r"[^a-z0-9]+", "-", fold(found.title)).strip("-")[:60] or "conversation"
        headers = {"content-disposition": f'attachment; filename="{file}.{form}"', "cache-control": "no-store"}
        return Response(_exported(found, form), media_type=_TYPES[form], headers=headers)

    @router.post("/conversations/effacer")
    def erase_all(request: Request) -> Response:
        person = person_of(request).name
        names = [kept.id for kept in conversations.list(person, _MOST_UNDONE)]
        name = erasures.erase(person, names)
        conversations.erase(person)  # those beyond, which cannot be brought back
        return _erased(name)

    @router.post("/conversations/annuler/{name}")
    def undo(request: Request, name: str) -> Response:
        if erasures.undo(person_of(request).name, name):
            return RedirectResponse("/conversations", 303)
        text = "Trop tard pour annuler : la conversation est effacée."
        return page(request, "message.html", 404, title="Conversation effacée", text=text, back="/conversations")

    @router.post("/conversations/{name}/effacer")
    def erase(request: Request, name: str) -> Response:
        return _erased(erasures.erase(person_of(request).name, [name]))

    return router


def _erased(name: str) -> Response:
    return RedirectResponse(f"/conversations?effacement={name}", 303)


def _exported(conversation: KeptConversation, form: str) -> bytes:
    if form == "docx":
        from kb.web.pages.exports.word import to_docx  # takes memory, and is seldom asked for

        return to_docx(conversation)
    return to_markdown(conversation)
