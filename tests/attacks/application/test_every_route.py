"""Every route of the server as it is built, Gradio's too, with values that no page sends: none fails, and none of
Gradio's is there that the pages have no use for."""

from __future__ import annotations

import asyncio
import http.client
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from ingest.pipeline import ingest
from kb.evaluation.desk import EvaluationDesk
from kb.evaluation.questions import EvaluationQuestion
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder
from kb.ports import Views
from kb.records.conversations import SavedConversations
from kb.settings import Settings
from kb.text.domain import Domain
from kb.web.server import build_server
from sending import CONTENT_TYPES, FORMS, HOSTILE, JSON, Sender
from serving import Servers
from small_pages import FINANCING, StillIngestor
from walking import walked

# What the two pages use: the rest of Gradio is not there.
USED = {
    *("/", "/config", "/theme.css", "/assets/{path:path}", "/static/{path:path}", "/gradio_api/info"),
    *("/gradio_api/run/{api_name}", "/gradio_api/queue/join", "/gradio_api/queue/data", "/gradio_api/cancel"),
    *("/gradio_api/heartbeat/{session_hash}", "/gradio_api/call/{api_name}", "/gradio_api/call/{api_name}/{event_id}"),
}
OUTSIDE_ITS_PAGE = {
    "/favicon.ico",
    "/robots.txt",
}  # of no page: not Gradio's below an address, at the root ours to give


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    root = tmp_path_factory.mktemp("routes")
    names = {"REPERES_STORE": str(root / "store"), "REPERES_CACHE": str(root / "cache")}
    return replace(Settings.load(names), questions_per_minute=0)


@pytest.fixture(scope="module")
def parts(given: Settings, tiny_encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What the application is made of: a real base of one document, a desk with a query, conversations."""
    folder: Path = tmp_path_factory.mktemp("documents")
    (folder / FINANCING.id).write_text(f"---\ntitre: {FINANCING.title}\n---\n{FINANCING.text}", encoding="utf-8")
    ingest([folder], given, tiny_encoder)
    kept = SavedConversations(given.app_database, 365)
    with KnowledgeBase.open(given, tiny_encoder) as base:
        desk = EvaluationDesk(lambda: base, given.app_database, given.retention_days)
        desk.put(EvaluationQuestion("q1", "Qui finance ?", documents=(FINANCING.id,)))
        yield {"base": base, "ingestor": StillIngestor(), "desk": desk, "conversations": kept}
    kept.close()


@pytest.fixture(scope="module")
def built(given: Settings, parts: dict[str, Any]) -> FastAPI:
    """The server that is walked over, not served: only its routes are asked for."""
    from kb.ui.mounting import mount_pages

    async def build() -> FastAPI:
        # Within a loop: without one Gradio makes some that it never closes.
        others = [parts["ingestor"], Domain(), given, mount_pages, None, parts["desk"], parts["conversations"]]
        return build_server(lambda: cast("KnowledgeBase", parts["base"]), *others)

    return asyncio.run(build())


@pytest.fixture(scope="module")
def address(given: Settings, parts: dict[str, Any]) -> Iterator[str]:
    servers = Servers(given)
    yield servers.serve(parts["base"], parts["ingestor"], desk=parts["desk"], conversations=parts["conversations"])
    servers.stop()


@pytest.fixture
def sender(address: str) -> Iterator[Sender]:
    made = Sender(address)
    yield made
    made.close()


def filled(path: str, value: str) -> str:
    """A path with a value in the place of each of its parameters."""
    for name in [part.partition("}")[0] for part in path.split("{")[1:]]:
        path = path.replace(f"{{{name}}}", value)
    return path


def methods_of(route: BaseRoute) -> list[str]:
    return sorted(getattr(route, "methods", None) or {"GET"})


def queries_of(route: BaseRoute) -> list[str]:
    return [field.alias for field in route.dependant.query_params] if isinstance(route, APIRoute) else []


def test_the_walk_finds_what_there_is(built: FastAPI) -> None:
    found = {(page, path) for page, path, _ in walked(built.routes)}
    assert len(found) > 150
    assert {("", "/lire"), ("", "/evaluation/rapport/{number}"), ("", "/api/ask"), ("", "/documents/fiche")} <= found
    assert {("", "/gradio_api/queue/join"), ("/evaluation", "/gradio_api/upload"), ("/evaluation", "/config")} <= found


def test_no_value_in_a_path_or_a_query_fails(built: FastAPI, sender: Sender) -> None:
    for page, path, route in walked(built.routes):
        names = queries_of(route)
        for method in methods_of(route):
            # Those of Gradio that are not there are all refused alike.
            values = HOSTILE if _is_ours(route) or (path in USED and not page) else HOSTILE[:3]
            for value in values if "{" in path else ("x",):
                sender.send(method, page + filled(path, value))
            sender.send(method, page + filled(path, "1") + "%0a")
            if page or method == "HEAD":
                continue  # Gradio's below the page of evaluation are those of the other
            for name in names:
                for value in values:
                    sender.send(method, f"{filled(path, '1')}?{name}={value}")
                others = "".join(f"&{other}=1" for other in names if other != name)
                sender.send(method, f"{filled(path, '1')}?{name}=%00&{name}=1&{name}=%ff{others}")
    assert sender.sent > 1000
    assert sender.failed == []


# Starlette leaves the files of a form that cannot be read to be closed by Python.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_no_body_fails(built: FastAPI, sender: Sender) -> None:
    for page, path, route in walked(built.routes):
        if page or not isinstance(route, APIRoute) or "POST" not in methods_of(route):
            continue
        if not _is_ours(route) and path not in USED:
            continue
        target = f"{filled(path, '0123456789abcdef')}?document={FINANCING.id}"
        for content in JSON:
            sender.send("POST", target, content, "application/json")
        for kind in CONTENT_TYPES:
            for content in FORMS:
                sender.send("POST", target, content, kind)
    assert sender.sent > 1000, sender.sent
    assert sender.failed == []


def test_a_session_is_named_as_one_likes_in_a_cookie(sender: Sender, address: str) -> None:
    parts = urlsplit(address)
    for value in ("", '"', "\\", "a;b", "=" * 4000, "\x7f", "é", '"\\000"', "reperes_session=x; reperes_browser=y"):
        connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=120)
        connection.putrequest("GET", "/")
        connection.putheader("cookie", f"reperes_browser={value}".encode())
        connection.endheaders()
        status = connection.getresponse().status
        connection.close()
        assert status in (200, 400), value


def test_gradio_offers_what_its_pages_use_and_nothing_else(built: FastAPI, sender: Sender) -> None:
    ours = {path for page, path, route in walked(built.routes) if not page and _is_ours(route)}
    unused = []
    for page, path, route in walked(built.routes):
        if _is_ours(route) or path in ours or path in USED or path in OUTSIDE_ITS_PAGE:
            continue
        unused.append(path)
        for method in methods_of(route):
            for value in ("x", "1", "chat", "predict"):
                status = sender.send(method, page + filled(path, value), '{"data": []}', "application/json")
                assert status in (404, 405), (method, page + path)
    assert {"/gradio_api/upload", "/gradio_api/file={path_or_url:path}", "/gradio_api/stream/{event_id}"} <= set(unused)
    assert {"/gradio_api/component_server", "/monitoring/{key}", "/gradio_api/vibe-code", "/login"} <= set(unused)
    for method, target in (
        *(("POST", "/gradio_api/run/chat"), ("POST", "/gradio_api/api/predict"), ("GET", "/gradio_api/run/predict")),
        *(
            ("POST", "/gradio_api/call/predict"),
            ("POST", "/gradio_api/call/v2/chat"),
            ("GET", "/gradio_api/queue/join"),
        ),
        *(("GET", "/evaluation/config"), ("GET", "/evaluation/gradio_api/info"), ("POST", "/gradio_api/queue/data")),
        *(("POST", "/evaluation/gradio_api/call/chat"), ("POST", "/evaluation/gradio_api/cancel")),
        *(("GET", "/gradio_api/reset"), ("GET", "/gradio_api/startup-events"), ("GET", "/gradio_api/openapi.json")),
    ):
        assert sender.send(method, target, '{"data": []}', "application/json") in (404, 405), target


def _is_ours(route: BaseRoute) -> bool:
    return str(getattr(getattr(route, "endpoint", None), "__module__", "")).startswith("kb.")


@pytest.mark.parametrize("page", ["", "/evaluation"])
def test_no_value_fails_an_event(sender: Sender, parts: dict[str, Any], page: str) -> None:
    """Each event of the pages that runs at once, with each kind of value in each of its places."""
    from kb.ui.chat import build_page
    from kb.ui.evaluation import build_evaluation
    from kb.web.page_context import PageContext

    views = Views(lambda: parts["base"])

    async def build() -> Any:
        return build_evaluation(lambda _: parts["desk"], lambda _: "") if page else build_page(views, PageContext())

    blocks = asyncio.run(build())
    values: tuple[Any, ...] = (
        None,
        "",
        "x" * 5000,
        "\x00",
        "q1",
        -1,
        0,
        10**30,
        1.5,
        True,
        [],
        ["q1", None, 10**30],
        {},
        {"a": []},
        [[]],
    )
    events = [(number, len(event.inputs)) for number, event in blocks.fns.items() if event.queue is False]
    assert len(events) > 5
    for number, inputs in events:
        for value in values:
            for place in range(max(1, inputs)):
                data = [value if at == place else None for at in range(inputs)]
                body = {"data": data, "fn_index": number, "session_hash": "abc", "event_data": value}
                sender.send("POST", f"{page}/gradio_api/run/predict", json.dumps(body), "application/json")
    assert sender.failed == []


def test_no_address_of_the_page_fails_it(sender: Sender, parts: dict[str, Any]) -> None:
    """The page's first event reads the query of its address: a conversation, filters."""
    from kb.ui.chat import build_page
    from kb.web.page_context import PageContext

    async def build() -> Any:
        return build_page(Views(lambda: parts["base"]), PageContext())

    loads = [
        number
        for number, event in asyncio.run(build()).fns.items()
        if not event.inputs and any(kind == "load" for _, kind in event.targets)
    ]
    assert loads
    body = json.dumps({"data": [], "fn_index": loads[0], "session_hash": "abc"})
    for name in ("conversation", "type", "rubrique", "de", "a", "__theme", "deep_link"):
        for value in HOSTILE:
            status = sender.send("POST", f"/gradio_api/run/predict?{name}={value}", body, "application/json")
            assert status in (200, 400), (name, value[:50])
        sender.send("GET", f"/?{name}=%00")
        sender.send("GET", f"/config?{name}=%00")
    assert sender.failed == []
