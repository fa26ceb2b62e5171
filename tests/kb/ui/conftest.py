"""The page, served for real on a free port of this machine."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator, Sequence

import pytest
import uvicorn
from fastapi import FastAPI

from kb.settings import Settings
from kb.ui.ports import Base
from kb.ui.server import build_server
from small_base import SmallBase
from small_pages import DOCUMENTS, EXAMPLES, ServePage, StillIngestor


@pytest.fixture
def small_base() -> SmallBase:
    return SmallBase(DOCUMENTS)


@pytest.fixture
def still_ingestor() -> StillIngestor:
    return StillIngestor()


@pytest.fixture
def serve_page() -> Iterator[ServePage]:
    """Serves a base (or what opens one) and gives its address."""
    running: list[tuple[uvicorn.Server, threading.Thread, socket.socket]] = []

    def serve(
        base: Base | Callable[[], Base], ingestor: StillIngestor | None = None, examples: Sequence[str] = EXAMPLES
    ) -> str:
        opener = base if callable(base) else lambda: base

        async def built() -> FastAPI:
            return build_server(opener, ingestor, examples, Settings())

        # Within a loop: without one Gradio makes some that it never closes, and the suite fails on what stays open.
        app = asyncio.run(built())
        listener = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(
            app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        running.append((server, thread, listener))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield serve
    for server, thread, listener in running:
        server.should_exit = True
        thread.join(timeout=20)
        listener.close()
        assert not thread.is_alive(), "the server did not stop"
