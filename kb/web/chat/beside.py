"""The conversations beside the one that is open: pinned ones first, the others by date; renaming and pinning."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from kb.records.conversations import LONGEST_TITLE, Conversations, KeptConversation
from kb.text.moments import french_date
from kb.web import strings
from kb.web.auth.forms import read_form
from kb.web.pages.templating import page, person_of

SHOWN = 300

Group = tuple[str, list[KeptConversation]]


def beside_routes(conversations: Conversations) -> APIRouter:
    """`/conversations/panneau`, and what it does to a conversation: `/conversations/ID/nom` and `…/epingle`."""
    router = APIRouter()

    @router.get("/conversations/panneau")
    def show(request: Request) -> Response:
        found = conversations.list(person_of(request).name, SHOWN) if conversations.saved else []
        return page(request, "parts/beside.html", groups=grouped_by_date(found))

    @router.post("/conversations/{name}/nom")
    async def rename(request: Request, name: str) -> Response:
        given = await read_form(request, {"titre": LONGEST_TITLE})
        title = " ".join(given.get("titre", "").split())
        if not title:
            raise HTTPException(422, strings.NAMELESS)
        return await _changed(request, name, title=title)

    @router.post("/conversations/{name}/epingle")
    async def pin(request: Request, name: str) -> Response:
        given = await read_form(request, {"epingle": 3})
        return await _changed(request, name, pinned=given.get("epingle") == "oui")

    async def _changed(request: Request, name: str, **values: str | bool) -> Response:
        if not await run_in_threadpool(conversations.change, person_of(request).name, name, **values):
            raise HTTPException(404, strings.CONVERSATION_GONE)
        return Response(status_code=204)

    return router


def grouped_by_date(found: Iterable[KeptConversation], today: date | None = None) -> list[Group]:
    """Conversations, newest first, under titles: pinned ones, then days, then months, on the clock of this machine."""
    now = today or datetime.now(UTC).astimezone().date()
    groups: dict[str, list[KeptConversation]] = {strings.PINNED: []}
    for conversation in found:
        title = strings.PINNED if conversation.pinned else _period(conversation.changed, now)
        groups.setdefault(title, []).append(conversation)
    return [(title, held) for title, held in groups.items() if held]


def _period(moment: str, today: date) -> str:
    day = datetime.fromisoformat(moment).astimezone().date()
    if day >= today:
        return strings.TODAY
    if day == today - timedelta(days=1):
        return strings.YESTERDAY
    if day > today - timedelta(days=7):
        return strings.THIS_WEEK
    return french_date(f"{day:%Y-%m}").capitalize()
