"""The events of Gradio's pages: each session and each event belongs to whoever opened it, and no event skips its queue.

Gradio knows a page by the `session_hash` that its script makes up, asks nobody who shows it, and lets it stand in
addresses, which proxies write into their logs. Here whoever asks is made part of it: what Gradio sees is a name drawn
from the session hash and its opener together. Somebody else's is thus a session that does not exist, for all that can
be asked of it; to know it is to know nothing. Nothing need be kept for that, so a restart and a second tab are as ever.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request, cookie_parser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb.web import strings
from kb.web.auth.gate import session_of
from kb.web.auth.rate_limits import asker
from kb.web.door.routes import EVENTS, is_page, page_path

BROWSER_COOKIE = "reperes_browser"
# Names of sessions and events that were begun; Gradio itself keeps the messages of 2,000. Older ones are not found.
MOST_KNOWN = 8000
_LONGEST_SESSION = 200
# What Gradio takes beside these (`batched`, `simple_format`, `event_id`…) no page and no program of ours sends.
_FIELDS = {
    "run/predict": ("data", "event_data", "fn_index", "trigger_id", "session_hash"),
    "queue/join": ("data", "event_data", "fn_index", "trigger_id", "session_hash"),
    "call/chat": ("data", "session_hash"),
    "cancel": ("fn_index", "session_hash", "event_id"),
}
_WITHOUT_QUERY = ("/config", "/gradio_api/info")
_METHODS = {"queue/data": "GET", "heartbeat": "GET"}


@dataclass(frozen=True, slots=True)
class PageEvent:
    """An event of a page: whether it waits in the queue, and how many values it takes."""

    queued: bool
    inputs: int


@dataclass(frozen=True, slots=True)
class PageEvents:
    """The events of each page by number, filled in as pages are put into the server. `""` is the page of questions."""

    by_page: dict[str, Mapping[int, PageEvent]] = field(default_factory=dict)


def opener_of(scope: Scope) -> str:
    """What tells apart who sends a request: their session; without sign-in their browser, by a cookie
    of ours; for a program that keeps none, where it calls from.
    """
    cookies = cookie_parser(Headers(scope=scope).get("cookie", ""))
    return json.dumps([asker(scope), session_of(scope) or "", cookies.get(BROWSER_COOKIE, "")])


class EventDoor:
    """ASGI middleware before Gradio, within what lets people in. With `marks` browsers are told apart by a cookie."""

    def __init__(self, app: ASGIApp, events: PageEvents, *, marks: bool) -> None:
        self._app = app
        self._events = events
        self._marks = marks
        self._key = secrets.token_bytes(32)
        self._known = _Known()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = EVENTS.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if asked is None:
            marked = False
            if scope["type"] == "http" and (is_page(scope["path"]) or scope["path"] in _WITHOUT_QUERY):
                marked = self._marks and scope["path"] != "/gradio_api/info"
                # Gradio looks there for a page of its own and for a state that was shared, and fails on those it lacks.
                # Ours is read by the page's first event.
                path = page_path(scope["path"])
                scope = {**scope, "query_string": b"", "path": path, "raw_path": path.encode()}
            await self._app(scope, receive, _marking(scope, send) if marked else send)
            return
        kind, opener = asked["kind"], opener_of(scope)
        if scope["method"] != _METHODS.get(kind, "GET" if kind == "call/chat" and asked["id"] else "POST"):
            await _told(scope, receive, send, 405)
        elif kind == "heartbeat":
            # Bound on the way: the session's state is dropped when this ends.
            path = scope["path"].removesuffix(asked["id"]) + self._name(opener, asked["id"])
            await self._app({**scope, "path": path, "raw_path": path.encode()}, receive, send)
        elif kind == "queue/data":
            await self._data(opener, scope, receive, send)
        elif kind == "call/chat" and asked["id"]:
            begun = self._name(opener, asked["id"], "event") in self._known
            await (self._app(scope, receive, send) if begun else _told(scope, receive, send, 404))
        else:
            await self._post(asked["page"], kind, opener, scope, receive, send)

    async def _data(self, opener: str, scope: Scope, receive: Receive, send: Send) -> None:
        """The stream of a session's events: of one that this opener began, else there is none."""
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        sessions = [value for name, value in query if name == "session_hash"]
        name = self._name(opener, sessions[0]) if len(sessions) == 1 else ""
        if name not in self._known:
            await _told(scope, receive, send, 404)
            return
        await self._app({**scope, "query_string": urlencode({"session_hash": name}).encode()}, receive, send)

    async def _post(self, page: str, kind: str, opener: str, scope: Scope, receive: Receive, send: Send) -> None:
        """A question, a click, an end."""
        try:
            body = _read(await Request(scope, receive).body(), _FIELDS[kind])
            status = self._refused(page, kind, opener, body)
        except ValueError:
            body, status = {}, 422
        except ClientDisconnect:
            return
        if status:
            await _told(scope, receive, send, status)
            return
        if session := body.get("session_hash"):
            body["session_hash"] = self._name(opener, session)
        if kind in {"queue/join", "call/chat"}:
            send = self._noting(opener, str(body.get("session_hash") or ""), send)
        elif kind == "run/predict":
            send = _refusing(send)
        content = json.dumps(body).encode()
        headers = MutableHeaders(raw=[(name, value) for name, value in scope["headers"] if name != b"accept-encoding"])
        headers.update({"content-length": str(len(content)), "content-type": "application/json"})
        await self._app({**scope, "headers": headers.raw}, _saying(content, receive), send)

    def _refused(self, page: str, kind: str, opener: str, body: Mapping[str, Any]) -> int:
        """The status that refuses what is asked; 0 when it may be. Raises ValueError for what is no event."""
        session, number = body.get("session_hash"), body.get("fn_index")
        if session is not None and not (isinstance(session, str) and 0 < len(session) <= _LONGEST_SESSION):
            raise ValueError("a session is named by a text")
        if kind == "call/chat":
            return 0 if isinstance(body.get("data"), list) else 422
        if type(number) is not int or (session is None and kind != "run/predict"):
            raise ValueError("an event is named by its number and its session")
        event = self._events.by_page.get(page, {}).get(number)
        if event is None:
            return 404
        if kind == "cancel":
            return 0 if self._name(opener, str(body.get("event_id")), "event") in self._known else 404
        # Past the queue an event would run beside as many others as are sent, which the queue's limits are there for.
        if event.queued != (kind == "queue/join"):
            return 404
        trigger, data = body.get("trigger_id"), body.get("data")
        fits = isinstance(data, list) and len(data) == event.inputs and (trigger is None or type(trigger) is int)
        return 0 if fits else 422

    def _name(self, opener: str, told: str, what: str = "session") -> str:
        return hmac.new(self._key, json.dumps([opener, what, told]).encode(), hashlib.sha256).hexdigest()

    def _noting(self, opener: str, session: str, send: Send) -> Send:
        """Sends on, and keeps that a session has events, and whose an event is."""
        content = bytearray()

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.body":
                content.extend(message.get("body", b""))
                if not message.get("more_body", False) and (event := _told_in(content, "event_id")):
                    self._known.add(self._name(opener, event, "event"))
                    if session:
                        self._known.add(session)
            await send(message)

        return noting


class _Known:
    """The latest `MOST_KNOWN` names. Used in the server's loop only."""

    def __init__(self) -> None:
        self._names: OrderedDict[str, None] = OrderedDict()

    def add(self, name: str) -> None:
        self._names[name] = None
        self._names.move_to_end(name)
        while len(self._names) > MOST_KNOWN:
            self._names.popitem(last=False)

    def __contains__(self, name: str) -> bool:
        return name in self._names


def _read(content: bytes, fields: tuple[str, ...]) -> dict[str, Any]:
    """The fields of a JSON object. Raises ValueError for what is none, and for values that cannot be written again:
    numbers that are none, halves of characters."""

    def refused(constant: str) -> None:
        raise ValueError(constant)

    try:
        body = json.loads(content, parse_constant=refused)
        json.dumps(body, ensure_ascii=False, allow_nan=False).encode()
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    if not isinstance(body, dict):
        raise ValueError("not an object")
    return {name: body[name] for name in fields if name in body}


def _told_in(content: bytes | bytearray, name: str) -> str:
    """A text of a JSON object; "" when there is none."""
    try:
        told = json.loads(content)
    except ValueError:
        return ""
    found = told.get(name) if isinstance(told, dict) else None
    return found if isinstance(found, str) else ""


def _saying(content: bytes, receive: Receive) -> Receive:
    """A body read already, then what the browser sends after it."""
    said = False

    async def saying() -> Message:
        nonlocal said
        if said:
            return await receive()
        said = True
        return {"type": "http.request", "body": content, "more_body": False}

    return saying


def _refusing(send: Send) -> Send:
    """Gradio answers 500 when a value is not one that its part of the page takes, and says why: that is whoever sent
    it. Of what failed here it says nothing, and 500 it stays.
    """
    held: Message | None = None
    content = bytearray()

    async def refusing(message: Message) -> None:
        nonlocal held
        if message["type"] == "http.response.start" and message["status"] == 500:
            held = message
            return
        if held is not None:
            content.extend(message.get("body", b""))
            if message.get("more_body", False):
                return
            told = _told_in(content, "error")
            await send({**held, "status": 422 if told else 500})
            held, message = None, {"type": "http.response.body", "body": bytes(content)}
        await send(message)

    return refusing


def _marking(scope: Scope, send: Send) -> Send:
    """Gives a browser that has none its cookie, as it opens a page: before any event of it.

    Lax, not Strict: a page opened from a link elsewhere would else come without it, be given another, and the tabs
    that are open would lose their conversations. What is written is protected by its origin.
    """
    if cookie_parser(Headers(scope=scope).get("cookie", "")).get(BROWSER_COOKIE):
        return send

    async def marking(message: Message) -> None:
        if message["type"] == "http.response.start":
            cookie = SimpleCookie({BROWSER_COOKIE: secrets.token_urlsafe(32)})
            attributes = {"path": "/", "httponly": True, "samesite": "Lax", "secure": scope["scheme"] == "https"}
            for name, value in attributes.items():
                cookie[BROWSER_COOKIE][name] = value
            MutableHeaders(raw=message["headers"]).append("set-cookie", cookie[BROWSER_COOKIE].OutputString())
        await send(message)

    return marking


async def _told(scope: Scope, receive: Receive, send: Send, status: int) -> None:
    text = strings.NOT_FOUND if status != 422 else strings.EVENT_REFUSED
    await PlainTextResponse(text, status)(scope, receive, send)
