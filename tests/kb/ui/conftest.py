"""The page, served for real on a free port of this machine, and opened in headless Chromium."""

from __future__ import annotations

import asyncio
import queue
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect, sync_playwright

from kb.evaluation.desk import EvaluationDesk
from kb.settings import Settings
from kb.ui.ports import Base, Opinions
from kb.ui.server import build_server
from small_base import SmallBase
from small_pages import DOCUMENTS, EXAMPLES, ServePage, StillIngestor

CHROMIUM = Path("/usr/bin/chromium")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)
PATIENCE = 20_000  # milliseconds: an upper bound, never measured
expect.set_options(timeout=PATIENCE)


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
        base: Base | Callable[[], Base],
        ingestor: StillIngestor | None = None,
        examples: Sequence[str] = EXAMPLES,
        opinions: Opinions | None = None,
        desk: EvaluationDesk | None = None,
    ) -> str:
        opener = base if callable(base) else lambda: base

        listener = socket.create_server(("127.0.0.1", 0))
        ready: queue.Queue[uvicorn.Server | Exception] = queue.Queue()

        async def run() -> None:
            # Built within its loop: without one Gradio makes some that it never closes, and the suite fails on them.
            try:
                app = build_server(opener, ingestor, examples, Settings(), opinions, desk)
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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not CHROMIUM.exists():
        pytest.skip("needs Debian's package chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page and checks at the end that it asked nothing of any other host and that no script failed."""
    opened: list[tuple[Page, str, list[str], list[str]]] = []

    def open_(address: str, width: int = 1280, height: int = 800, **options: Any) -> Page:
        # Without motion: a picture taken while the page glides shows its parts where nobody sees them.
        options = {"viewport": {"width": width, "height": height}, "reduced_motion": "reduce", **options}
        page = browser.new_page(locale="en-US", **options)
        page.set_default_timeout(PATIENCE)
        requests: list[str] = []
        errors: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        opened.append((page, address, requests, errors))
        page.goto(address)
        page.locator("#welcome h2").wait_for()
        return page

    yield open_
    for page, address, requests, errors in opened:
        page.close()
        assert requests
        assert [url for url in requests if not url.startswith((f"{address}/", "data:"))] == []
        assert errors == []
