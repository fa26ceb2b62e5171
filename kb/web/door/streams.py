"""Answers that are sent bit by bit end when whoever asked is no longer signed in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_STREAMS = ("text/event-stream", "application/x-ndjson")


class OpenStreams:
    """ASGI middleware, within what lets people in. `still_in` tells whether a request would be let in now, as the same
    person: asked before each bit is sent.
    """

    def __init__(self, app: ASGIApp, still_in: Callable[[Scope], bool]) -> None:
        self._app = app
        self._still_in = still_in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_stream = is_over = False

        async def watched(message: Message) -> None:
            nonlocal is_stream, is_over
            if message["type"] == "http.response.start":
                kind = Headers(raw=message.get("headers", [])).get("content-type", "")
                is_stream = kind.startswith(_STREAMS)
            elif is_stream and message.get("body") and not is_over:
                is_over = not await run_in_threadpool(self._still_in, scope)
                if is_over:
                    await send({"type": "http.response.body", "body": b"", "more_body": False})
                    answering.cancel()
            if not is_over:
                await send(message)

        # Cancelled, an application cleans up as after a reader who has gone.
        answering = asyncio.ensure_future(self._app(scope, receive, watched))
        try:
            await answering
        except asyncio.CancelledError:
            if not is_over:
                raise
