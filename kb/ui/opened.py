"""How a page was opened: by whom, at which address, and so with which conversation and filters."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs

import gradio as gr

from kb.records.accounts import Person

# Sent by the page's script (assets/connection.js): events of Gradio's do not tell where the page stands.
PLACE = "x-reperes-page"
_CONVERSATION = re.compile(r"/c/([\w-]{1,100})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Opened:
    """The conversation that an address names, empty without one, and the values of its query."""

    conversation: str
    query: Mapping[str, Sequence[str]]


def opened_at(request: gr.Request | None) -> Opened:
    """Where the page stands that sent an event."""
    starlette = request.request if request is not None else None
    if starlette is None:
        return Opened("", {})
    query = parse_qs(starlette.url.query)
    place = _CONVERSATION.fullmatch(starlette.headers.get(PLACE, ""))
    # `?conversation=` is how links named them before they had an address of their own.
    return Opened(place[1] if place else next(iter(query.get("conversation", ())), ""), query)


def who(request: gr.Request | None) -> Person:
    """Who sent an event. Raises RuntimeError when nobody let the request in."""
    starlette = request.request if request is not None else None
    person = starlette.scope.get("state", {}).get("person") if starlette is not None else None
    if not isinstance(person, Person):
        raise RuntimeError("an event of the page came from nobody")
    return person


def can_leave(request: gr.Request) -> bool:
    """Whether who sent an event has sessions that they can end."""
    starlette = request.request
    caller_now = starlette.scope.get("state", {}).get("caller") if starlette is not None else None
    return getattr(caller_now, "can_leave", False)
