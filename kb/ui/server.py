"""The server: the page behind its guard, its own files, a health check; and how it listens."""

from __future__ import annotations

import hashlib
import ipaddress
import socket
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
import uvicorn
from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from kb.errors import SettingsError
from kb.evaluation.desk import EvaluationDesk
from kb.settings import Settings
from kb.ui import strings
from kb.ui.chat import build_page
from kb.ui.guard import Guard
from kb.ui.ports import Base, Ingestor, Opinions
from kb.ui.render import escape
from kb.ui.reports import add_reports
from kb.ui.state import read_state
from kb.ui.theme import page_theme

ASSETS = Path(__file__).parent / "assets"
LOOPBACK = ("127.0.0.1", "::1", "localhost")
# Open pages hold a connection for as long as they are open: a stop does not wait for them.
_SECONDS_TO_STOP = 2


def build_server(
    base: Callable[[], Base],
    ingestor: Ingestor | None,
    examples: Sequence[str],
    settings: Settings,
    opinions: Opinions | None = None,
    desk: EvaluationDesk | None = None,
) -> FastAPI:
    """The application. `base()` is called for each question and may raise ReperesError, which the page then shows."""
    server = FastAPI(
        title=strings.NAME,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        middleware=[Middleware(Guard, hosts={*LOOPBACK, settings.host}, head=_head())],
    )

    @server.get("/healthz")
    def health() -> dict[str, Any]:
        state = read_state(base, ingestor)
        status = state.status
        return {
            "status": "ok",
            "base": state.name,
            "documents": status.documents if status else None,
            "passages": status.passages if status else None,
            "generation": status.generation if status else None,
            "last_ingestion": status.last_ingestion if status else None,
            "ingesting": state.progress.running,
        }

    if desk is not None:
        add_reports(server, desk)
    server.mount("/page", StaticFiles(directory=ASSETS))
    with warnings.catch_warnings():
        # A second page: Gradio says that it does without a rendering on the server that was not asked for.
        warnings.filterwarnings("ignore", "SSR mode is not supported", UserWarning)
        _mount(server, build_page(base, ingestor, examples, opinions, desk))
    return server


def _mount(server: FastAPI, page: gr.Blocks) -> None:
    gr.mount_gradio_app(
        server,
        page,
        path="/",
        theme=page_theme(),
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        show_error=False,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        allowed_paths=[],
        max_file_size=1,
    )


def serve(app: ASGIApp, host: str, port: int, ready: Callable[[str], None] | None = None) -> None:
    """Serves `app` until interrupted. `ready` is told the address once connections are accepted; port 0 takes any.

    Raises SettingsError for an address other than this machine's own, and for a port that cannot be opened.
    """
    listener = _listen(host, port)
    with listener:
        name = f"[{host}]" if ":" in host else host
        if ready is not None:
            ready(f"http://{name}:{listener.getsockname()[1]}")
        config = uvicorn.Config(
            app,
            log_level="warning",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_SECONDS_TO_STOP,
        )
        uvicorn.Server(config).run(sockets=[listener])


def check_host(host: str) -> None:
    """Raises SettingsError for an address other than this machine's own: there is no sign-in yet."""
    if not _is_loopback(host):
        raise SettingsError(strings.HOST_REFUSED.format(host=host))


def _listen(host: str, port: int) -> socket.socket:
    check_host(host)
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen()
        except BaseException:
            listener.close()
            raise
    except OSError as error:
        raise SettingsError(strings.PORT_TAKEN.format(port=port, host=host, reason=error.strerror)) from error
    return listener


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _head() -> str:
    """The page's own files, each with a mark of its content: a new version is never answered from a cache.

    The script comes first and is not deferred, since Gradio reads the language when it starts.
    """

    def link(name: str) -> str:
        return f"page/{name}?v={hashlib.sha256((ASSETS / name).read_bytes()).hexdigest()[:12]}"

    return (
        f"<title>{escape(strings.NAME)}</title>"
        f'<meta name="description" content="{escape(strings.DESCRIPTION)}">'
        f'<meta name="color-scheme" content="light dark">'
        f'<link rel="icon" type="image/svg+xml" href="/{link("icon.svg")}">'
        f'<link rel="stylesheet" href="/{link("page.css")}">'
        f'<script src="/{link("page.js")}"></script>'
    )
