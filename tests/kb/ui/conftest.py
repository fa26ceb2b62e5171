"""The page, served for real on a free port of this machine."""

from __future__ import annotations

import asyncio
import queue
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
import uvicorn

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

        listener = socket.create_server(("127.0.0.1", 0))
        ready: queue.Queue[uvicorn.Server | Exception] = queue.Queue()

        async def run() -> None:
            # Built within its loop: without one Gradio makes some that it never closes, and the suite fails on them.
            try:
                app = build_server(opener, ingestor, examples, Settings())
            except Exception as error:  # noqa: BLE001  (raised again below, in the test's own thread)
                ready.put(error)
                return
            options: dict[str, Any] = {"access_log": False, "server_header": False, "timeout_graceful_shutdown": 1}
            server = uvicorn.Server(uvicorn.Config(app, log_config=None, **options))
            ready.put(server)
            await server.serve(sockets=[listener])

        thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
        thread.start()
        built = ready.get(timeout=60)
        if isinstance(built, Exception):
            raise built
        running.append((built, thread, listener))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield serve
    for server, thread, listener in running:
        server.should_exit = True
        thread.join(timeout=20)
        listener.close()
        assert not thread.is_alive(), "the server did not stop"
