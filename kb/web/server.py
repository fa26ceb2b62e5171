"""The server: the page behind its guard, its own files, a health check; and how it listens."""

from __future__ import annotations

import importlib.metadata
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi.responses import RedirectResponse
from starlette.middleware import Middleware
from starlette.routing import Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from kb.errors import SettingsError
from kb.evaluation.desk import EvaluationDesk
from kb.index.opening import open_store
from kb.ports import Base, DeskOf, FeedbackStore, Ingestor, Views
from kb.records.asked.questions import asked_of
from kb.records.conversations import Conversations, PassingConversations
from kb.records.editing.glossary import EditedGlossary
from kb.records.places import place_of
from kb.records.sharing.links import SharedLinks
from kb.rights.restrictions import restrictions_of
from kb.settings import Settings
from kb.text.domain import Domain
from kb.web import strings
from kb.web.api import add_api
from kb.web.assistants.endpoint import PATH, AssistantEndpoint
from kb.web.assistants.tools import Tools
from kb.web.auth.access import Access
from kb.web.auth.gate import Gate
from kb.web.auth.shared import shared_state
from kb.web.auth.sign_in import sign_in_routes
from kb.web.door.events import EventDoor, PageEvents
from kb.web.door.origins import Origins, is_loopback
from kb.web.evaluation_files import evaluation_routes
from kb.web.glossary.page import glossary_routes
from kb.web.guard import Guard
from kb.web.news.badge import badge_of
from kb.web.news.routes import news_of, news_routes
from kb.web.operation import Metrics, operation_routes
from kb.web.originals.leaves import Leaves
from kb.web.page_context import PageContext
from kb.web.pages.beside import beside_routes
from kb.web.pages.bulk.sending import MOST_FILES
from kb.web.pages.conversations import conversation_routes
from kb.web.pages.document_editor import DocumentEditor
from kb.web.pages.documents import document_routes
from kb.web.pages.editors.missed import missed_routes
from kb.web.pages.explore import explore_routes
from kb.web.pages.help import help_routes
from kb.web.pages.original import original_routes
from kb.web.pages.reader import reader_routes
from kb.web.pages.templating import ASSETS, asset
from kb.web.pages.values import value_routes
from kb.web.problems import add_problem_pages
from kb.web.render import escape
from kb.web.sharing.page import sharing_routes
from kb.web.uploads import uploads_of

# Open pages hold a connection for as long as they are open: a stop does not wait for them.
_SECONDS_TO_STOP = 2
# A connection is kept longer than by those who call (nginx 60 seconds, programs less): where the server closes it in
# the moment that a request is sent, that one is cut off, and a proxy makes it a 502. uvicorn alone closes it after 5.
_SECONDS_KEPT_ALIVE = 75

MountPages = Callable[[FastAPI, Views, PageContext, FeedbackStore | None, DeskOf | None], None]
"""Puts the pages of questions and of evaluation into the server: `kb.ui.mounting.mount_pages`."""


def build_server(
    base: Callable[[], Base],
    ingestor: Ingestor | None,
    domain: Domain,
    settings: Settings,
    mount_pages: MountPages,
    feedback: FeedbackStore | None = None,
    desk: EvaluationDesk | None = None,
    conversations: Conversations | None = None,
    glossary: EditedGlossary | None = None,
) -> FastAPI:
    """The application. `base()` is called for each question and may raise ReperesError, which the page then shows;
    `domain` gives the first page its examples; `glossary` keeps what editors say of acronyms (by default where the
    settings have it).

    Raises SettingsError for settings of sign-in that do not go together, and for restrictions that are not understood.
    """
    # Gradio draws up a table of all events after each of them, for a page that is not served.
    os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000000")
    shared = shared_state(settings)
    gate = Gate(settings, shared)
    views = Views(base, restrictions_of(settings))
    asked = asked_of(settings)
    metrics = Metrics(log_questions=settings.log_questions, asked=asked)
    kept = conversations or PassingConversations()
    links = SharedLinks(place_of(settings)) if settings.sharing and kept.saved else None
    terms = glossary or EditedGlossary(place_of(settings))
    limit = settings.max_file_mb * MOST_FILES * 1_000_000
    middleware = [
        Middleware(Guard, origins=Origins(settings.host, settings.public_url), head=_head(), largest_body=limit),
        Middleware(Access, gate=gate),
    ]
    badge = badge_of(settings, views)
    events = PageEvents()
    leaves = Leaves()
    middleware.append(Middleware(EventDoor, events=events, marks=gate.is_open))
    sign_in = sign_in_routes(gate, metrics)
    if gate.kind == "oidc":
        from kb.web.auth.oidc import oidc_routes, sign_in_session  # takes memory, and is needed here only

        middleware.append(sign_in_session(gate))
        sign_in.include_router(oidc_routes(gate))

    @asynccontextmanager
    async def closing(_server: FastAPI) -> AsyncIterator[None]:
        yield
        gate.close()
        kept.close()
        terms.close()
        if links is not None:
            links.close()
        if asked is not None:
            asked.close()
        leaves.close()
        badge.close()

    server = FastAPI(
        title=strings.NAME,
        version=version_here(),
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        middleware=middleware,
        lifespan=closing,
    )
    server.state.badge = badge
    add_problem_pages(server)
    hidden: dict[str, Any] = {"include_in_schema": False}
    server.include_router(operation_routes(views, ingestor, metrics), **hidden)
    server.include_router(sign_in, **hidden)
    server.include_router(reader_routes(views), **hidden)
    server.include_router(original_routes(views, leaves), **hidden)
    server.include_router(explore_routes(views, domain), **hidden)
    server.include_router(glossary_routes(views, terms), **hidden)
    server.include_router(beside_routes(kept), **hidden)
    if links is not None:
        server.include_router(sharing_routes(links, views, has_accounts=not gate.is_open), **hidden)
    server.include_router(conversation_routes(kept, settings.retention_days, links), **hidden)
    server.include_router(help_routes(settings.retention_days), **hidden)
    if ingestor is not None:
        uploads = uploads_of(settings)
        unreached, kept_at = open_store(settings).unreached, place_of(settings)
        editor = DocumentEditor(views, ingestor, uploads, kept_at, settings.max_file_mb, unreached=unreached)
        server.include_router(document_routes(editor), **hidden)
        server.include_router(value_routes(editor), **hidden)
    desk_of = None if desk is None else views.desk_of(desk)
    if desk_of is not None:
        server.include_router(evaluation_routes(desk_of), **hidden)
        missed = None if asked is None else lambda person: desk_of(person).missed(asked)
        server.include_router(missed_routes(missed, settings.retention_days), **hidden)
        # Gradio's page stands under the address with a slash.
        server.add_api_route("/evaluation", lambda: RedirectResponse("/evaluation/", 308), **hidden)
    server.include_router(news_routes(news_of(settings, views, kept, shared.waiting_lines)), **hidden)
    add_api(server, views, gate, metrics, shared.waiting_lines)
    tools = Tools(views, shared.waiting_lines, gate.rate_limits, metrics)
    server.router.routes.append(Route(PATH, AssistantEndpoint(tools, server.version)))
    server.mount("/page", StaticFiles(directory=ASSETS))
    context = PageContext(
        ingestor=ingestor,
        domain=domain,
        has_feedback=feedback is not None,
        conversations=kept,
        rate_limits=gate.rate_limits,
        metrics=metrics,
        waiting_lines=shared.waiting_lines,
        has_documents=ingestor is not None,
        has_desk=desk is not None,
        shares=links is not None,
        events=events,
        badge=badge,
    )
    mount_pages(server, views, context, feedback, desk_of)
    return server


def serve(app: ASGIApp, host: str, port: int, ready: Callable[[str], None] | None = None) -> None:
    """Serves `app` until interrupted. `ready` is told the address once connections are accepted; port 0 takes any.

    Whether `host` may be listened on is `check_host`'s business. Raises SettingsError for a port that cannot be opened.
    """
    listener = _listen(host, port)
    with listener:
        name = f"[{host}]" if ":" in host else host
        if ready is not None:
            ready(f"http://{name}:{listener.getsockname()[1]}")
        uvicorn.Server(server_config(app)).run(sockets=[listener])


def server_config(app: ASGIApp) -> uvicorn.Config:
    """How the server runs: silent, and believing no header about where a request comes from (`proxy_headers`)."""
    return uvicorn.Config(
        app,
        log_level="warning",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_SECONDS_TO_STOP,
        timeout_keep_alive=_SECONDS_KEPT_ALIVE,
    )


def check_host(settings: Settings) -> None:
    """Raises SettingsError for an address other than this machine's own without sign-in, or without a name for it."""
    if is_loopback(settings.host):
        return
    if settings.auth == "none":
        raise SettingsError(strings.HOST_REFUSED.format(host=settings.host))
    if not settings.public_url:
        raise SettingsError(strings.PUBLIC_URL_MISSING.format(host=settings.host))


def _listen(host: str, port: int) -> socket.socket:
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


def version_here() -> str:
    """The version of Repères that runs, 0 where it is not installed."""
    try:
        return importlib.metadata.version("reperes")
    except importlib.metadata.PackageNotFoundError:
        return "0"


def _head() -> str:
    """The page's own files, each with a mark of its content: a new version is never answered from a cache.

    Two scripts come first and are not deferred: Gradio reads the language when it starts, and asks its first events.
    """

    return (
        f"<title>{escape(strings.NAME)}</title>"
        f'<meta name="description" content="{escape(strings.DESCRIPTION)}">'
        f'<meta name="color-scheme" content="light dark">'
        f'<link rel="icon" type="image/svg+xml" href="{asset("icon.svg")}">'
        f'<link rel="stylesheet" href="{asset("fonts.css")}">'
        f'<link rel="stylesheet" href="{asset("page.css")}">'
        f'<link rel="stylesheet" href="{asset("beside.css")}">'
        f'<link rel="stylesheet" href="{asset("leaves.css")}">'
        f'<link rel="stylesheet" href="{asset("workbench.css")}">'
        f'<link rel="stylesheet" href="{asset("glossary/terms.css")}">'
        f'<link rel="stylesheet" href="{asset("sharing/sharing.css")}">'
        f'<link rel="stylesheet" href="{asset("questions/narrowing.css")}">'
        f'<link rel="stylesheet" href="{asset("values/values.css")}">'
        f'<script src="{asset("connection.js")}"></script>'
        f'<script src="{asset("page.js")}"></script>'
        f'<script src="{asset("keys.js")}" defer></script>'
        f'<script src="{asset("leaves.js")}" defer></script>'
        f'<script src="{asset("sharing/clipboard.js")}" defer></script>'
        f'<script src="{asset("copying.js")}" defer></script>'
        f'<script src="{asset("sharing/sharing.js")}" defer></script>'
        f'<script src="{asset("beside.js")}" defer></script>'
        f'<script src="{asset("glossary/terms.js")}" defer></script>'
        f'<script src="{asset("questions/narrowing.js")}" defer></script>'
    )
