"""`/api/mcp`: the tools over HTTP, behind the same door, tokens, rates and lines as the rest of the API.

Every call stands alone (no session is kept, nothing is pushed), so that any replica may answer it. The SDK is imported
with the first call: it takes seconds and some 30 MB, and most bases are never asked by an assistant.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from kb.web import strings
from kb.web.assistants.tools import Call, Tools
from kb.web.auth.rate_limits import asker
from kb.web.pages.templating import person_of

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server

PATH = "/api/mcp"


class AssistantEndpoint:
    """ASGI application at `PATH`."""

    def __init__(self, tools: Tools, version: str) -> None:
        self._tools = tools
        self._version = version
        self._lock = threading.Lock()
        self._server: Server[Any] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":  # nothing is pushed (GET), and there is no session to end (DELETE)
            response = JSONResponse({"detail": strings.NOT_FOUND}, 405, {"allow": "POST"})
            await response(scope, receive, send)
            return
        server = await run_in_threadpool(self._made) if self._server is None else self._server
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        manager = StreamableHTTPSessionManager(server, json_response=True, stateless=True)
        async with manager.run():
            await manager.handle_request(scope, receive, send)

    def _made(self) -> Server[Any]:
        from kb.web.assistants.protocol import protocol_server

        with self._lock:
            self._server = self._server or protocol_server(self._tools, self._version, _call_of)
            return self._server


def _call_of(request: Request) -> Call:
    # The guard has put in the address that people call, however the proxy before it called it.
    return Call(asker(request.scope), f"{request.url.scheme}://{request.url.netloc}", person_of(request))
