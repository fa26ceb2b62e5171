"""What stands between the guard and the pages: who is signed in, and who may go where."""

from __future__ import annotations

import logging
import re
import time
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kb.errors import ReperesError
from kb.web import strings
from kb.web.auth.gate import Caller, Gate
from kb.web.pages.templating import refusal

SIGN_IN = "/connexion"
# What needs no sign-in: the way in, the files of the pages, and what tells that the server is well.
_PUBLIC = re.compile(r"/(?:connexion(?:/.*)?|page/.*|healthz|readyz|favicon\.ico|robots\.txt)")
# What only editors may do. The pages' own controls are hidden from readers; this is what holds, whatever the address
# holds behind it (line ends too).
_EDITORS = re.compile(
    r"/(?:(?:evaluation|documents|metrics)|glossaire/(?:entree|masquer|reprendre))(?:[/.\s].*)?", re.DOTALL
)
# How long a response that is under way may go on after its session has ended, or its sender is no editor any more.
_SECONDS_BETWEEN_CHECKS = 1.0

logger = logging.getLogger(__name__)


class Access:
    """ASGI middleware: puts into the request's state who calls, or answers in place of the application.

    `state` then holds the `address` called from (see `Proxies.client`), and beyond the public pages the `caller` and
    their `person`; `kb.web.auth.gate.session_of` tells the session.
    """

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        self._app = app
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path, state = scope["path"], scope.setdefault("state", {})
        state["address"] = self._gate.proxies.client(HTTPConnection(scope))
        if _PUBLIC.fullmatch(path):
            await self._app(scope, receive, send)
            return
        try:
            caller = await run_in_threadpool(self._gate.caller, HTTPConnection(scope))
        except ReperesError:  # the file of accounts or app.db cannot be read: nobody gets in
            logger.exception("who calls cannot be told")
            await refusal(scope, 503, strings.SIGN_IN, strings.SIGN_IN_BROKEN)(scope, receive, send)
            return
        if caller is None:
            await self._refusal(scope)(scope, receive, send)
            return
        state["caller"], state["person"] = caller, caller.person
        if _EDITORS.fullmatch(path) and not caller.person.edits:
            await refusal(scope, 403, strings.FOR_EDITORS, strings.EDITORS_ONLY)(scope, receive, send)
            return
        watched = _Watched(self._gate, caller, scope, send)
        try:
            await self._app(scope, receive, watched)
        except (_NoLongerWelcomeError, ClientDisconnect):
            if not watched.has_ended:
                raise
            if watched.has_started:
                await send({"type": "http.response.body", "body": b""})
            else:
                await self._refusal(scope)(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response:
        headers = HTTPConnection(scope).headers
        if scope["path"].startswith("/api/"):
            return JSONResponse({"detail": strings.TOKEN_NEEDED}, 401, {"www-authenticate": "Bearer"})
        if self._gate.signs_in and scope["method"] == "GET" and "text/html" in headers.get("accept", ""):
            wanted = scope["path"] + (f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else "")
            return RedirectResponse(f"{SIGN_IN}?suite={quote(wanted, safe='')}", 303)
        return PlainTextResponse(strings.SIGN_IN_NEEDED, 401)


class _NoLongerWelcomeError(OSError):
    """Whoever receives a response may not any more: for what writes it, as if they had hung up."""


class _Watched:
    """Sends a response on, asking anew who receives it while it goes on: streams last longer than sessions do."""

    def __init__(self, gate: Gate, caller: Caller, scope: Scope, send: Send) -> None:
        self._gate = gate
        self._caller = caller
        self._scope = scope
        self._send = send
        self._checked = time.monotonic()
        self._goes_on = True
        self.has_started = False
        self.has_ended = False

    async def __call__(self, message: Message) -> None:
        if self.has_ended or (self._is_due() and not await run_in_threadpool(self._is_welcome)):
            self.has_ended = True
            raise _NoLongerWelcomeError
        if message["type"] == "http.response.start":
            self.has_started = True
            # One whose length is told is whole already: it is sent at once, and cannot end before.
            self._goes_on = "content-length" not in Headers(raw=message.get("headers", []))
        await self._send(message)

    def _is_due(self) -> bool:
        """Whether it is some time ago that it was asked who receives the response."""
        if self._gate.is_open or not self._goes_on:
            return False
        return time.monotonic() - self._checked >= _SECONDS_BETWEEN_CHECKS

    def _is_welcome(self) -> bool:
        self._checked = time.monotonic()
        try:
            caller = self._gate.caller(HTTPConnection(self._scope))
        except ReperesError:  # as at a new request
            logger.exception("who calls cannot be told")
            return False
        return (
            caller is not None
            and caller.session == self._caller.session
            and (caller.person.edits or not self._caller.person.edits)
            and caller.person.groups >= self._caller.person.groups
        )
