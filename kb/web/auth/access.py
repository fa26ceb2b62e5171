"""What stands between the guard and the pages: who is signed in, and who may go where."""

from __future__ import annotations

import re
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from kb.web import strings
from kb.web.auth.gate import Gate
from kb.web.pages.templating import refusal

SIGN_IN = "/connexion"
# What needs no sign-in: the way in, the files of the pages, and what tells that the server is well.
_PUBLIC = re.compile(r"/(?:connexion(?:/.*)?|page/.*|healthz|readyz|favicon\.ico|robots\.txt)")
# What only editors may do. The pages' own controls are hidden from readers; this is what holds.
_EDITORS = re.compile(r"/(?:evaluation|documents|metrics)(?:[/.].*)?")


class Access:
    """ASGI middleware: puts the `Person` into the request's state, or answers in place of the application."""

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        self._app = app
        self._gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        if _PUBLIC.fullmatch(path):
            await self._app(scope, receive, send)
            return
        person = await run_in_threadpool(self._gate.person, HTTPConnection(scope))
        if person is None:
            await self._refusal(scope)(scope, receive, send)
            return
        scope.setdefault("state", {})["person"] = person
        if _EDITORS.fullmatch(path) and not person.edits:
            await refusal(scope, 403, strings.FOR_EDITORS, strings.EDITORS_ONLY)(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response:
        headers = HTTPConnection(scope).headers
        if scope["path"].startswith("/api/"):
            return JSONResponse({"detail": strings.TOKEN_NEEDED}, 401, {"www-authenticate": "Bearer"})
        if self._gate.signs_in and scope["method"] == "GET" and "text/html" in headers.get("accept", ""):
            wanted = scope["path"] + (f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else "")
            return RedirectResponse(f"{SIGN_IN}?suite={quote(wanted, safe='')}", 303)
        return PlainTextResponse(strings.SIGN_IN_NEEDED, 401)
