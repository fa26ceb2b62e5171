"""Saved conversations: the list, the exports, erasing."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from kb.records.conversations import Conversations, KeptConversation
from kb.text.folding import fold
from kb.web.pages.exports.markdown import to_markdown
from kb.web.pages.templating import page, person_of

_TYPES = {
    "md": "text/markdown; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def conversation_routes(conversations: Conversations, days: int) -> APIRouter:
    """`/conversations`, `/conversations/ID.md`, `/conversations/ID.docx`, and what erases."""
    router = APIRouter()

    @router.get("/conversations")
    def show(request: Request) -> Response:
        found = conversations.list(person_of(request).name) if conversations.saved else []
        return page(request, "conversations.html", found=found, saved=conversations.saved, days=days)

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
        conversations.erase(person_of(request).name)
        return RedirectResponse("/conversations", 303)

    @router.post("/conversations/{name}/effacer")
    def erase(request: Request, name: str) -> Response:
        conversations.erase(person_of(request).name, name)
        return RedirectResponse("/conversations", 303)

    return router


def _exported(conversation: KeptConversation, form: str) -> bytes:
    if form == "docx":
        from kb.web.pages.exports.word import to_docx  # takes memory, and is seldom asked for

        return to_docx(conversation)
    return to_markdown(conversation)
