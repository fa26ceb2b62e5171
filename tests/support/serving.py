"""Serves the application for real, on a free port of this machine."""

from __future__ import annotations

import asyncio
import queue
import socket
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import httpx
import uvicorn

from kb.evaluation.desk import EvaluationDesk
from kb.ports import Base, FeedbackStore, Ingestor
from kb.records.conversations import Conversations
from kb.settings import Settings
from kb.text.domain import Domain
from kb.web.server import build_server, server_config
from small_pages import EXAMPLES

Application = Callable[..., httpx.Client]
"""Serves the application with changed settings and gives a client of it."""


def password(name: str) -> str:
    """The password of a person of the tests."""
    return f"le mot de passe de {name}"


class Servers:
    """The servers of one test; `stop` ends them all."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._running: list[tuple[uvicorn.Server, threading.Thread, socket.socket]] = []

    def serve(
        self,
        base: Base | Callable[[], Base],
        ingestor: Ingestor | None = None,
        examples: Sequence[str] = EXAMPLES,
        feedback: FeedbackStore | None = None,
        desk: EvaluationDesk | None = None,
        conversations: Conversations | None = None,
        port: int = 0,
        **changed: Any,
    ) -> str:
        """Serves a base (or what opens one) and gives its address; other arguments change the settings. Port 0 is any
        free one."""
        from kb.ui.mounting import mount_pages  # Gradio takes seconds to import

        opener = base if callable(base) else lambda: base
        settings = replace(self._settings, **changed)
        domain = Domain(examples=tuple(examples))
        listener = socket.create_server(("127.0.0.1", port))
        ready: queue.Queue[uvicorn.Server | Exception] = queue.Queue()

        async def run() -> None:
            # Built within its loop: without one Gradio makes some that it never closes, and the suite fails on them.
            try:
                app = build_server(opener, ingestor, domain, settings, mount_pages, feedback, desk, conversations)
            except Exception as error:  # noqa: BLE001  (raised again below, in the test's own thread)
                ready.put(error)
                return
            server = uvicorn.Server(server_config(app))
            ready.put(server)
            await server.serve(sockets=[listener])

        thread = threading.Thread(target=lambda: asyncio.run(run()), name="serving", daemon=True)
        thread.start()
        built = ready.get(timeout=60)
        if isinstance(built, Exception):
            listener.close()
            raise built
        self._running.append((built, thread, listener))
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    def tell_to_stop(self) -> None:
        """Tells them to end, as a signal to the process does, and waits for nothing."""
        for server, _, _ in self._running:
            server.should_exit = True

    def stop(self) -> None:
        """Ends them; raises AssertionError for one that does not stop."""
        self.tell_to_stop()
        for _, thread, listener in self._running:
            thread.join(timeout=20)
            listener.close()
            assert not thread.is_alive(), f"the server did not stop; what runs:\n{_what_runs()}"
        self._running.clear()


def _what_runs() -> str:
    """Where each thread of this process stands."""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    frames = sys._current_frames()  # nothing public tells of threads that run
    return "\n".join(f"{names.get(key)}\n{''.join(traceback.format_stack(frames[key]))}" for key in frames)
