"""Sessions of the pages in other hands: what somebody reads, asks or ends who knows the name of one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from kb.evaluation.desk import EvaluationDesk
from kb.knowledge import KnowledgeBase
from kb.records.accounts import FileAccounts
from kb.settings import Settings
from kb.web.auth.access import _SECONDS_BETWEEN_CHECKS
from paced_base import PacedBase
from page_caller import SECRET, Caller
from serving import Servers, password
from small_base import SmallBase
from small_pages import DOCUMENTS, StillIngestor

Served = Callable[..., str]
Opens = Callable[..., Caller]
FOUND = "Action Logement apporte"


@pytest.fixture
def accounts(tmp_path: Path) -> FileAccounts:
    found = FileAccounts(tmp_path / "comptes")
    found.add("anne", "editor", password("anne"))
    found.add("bob", "reader", password("bob"))
    return found


@pytest.fixture
def serve(settings: Settings) -> Iterator[Served]:
    servers = Servers(settings)

    def served(base: Any = None, **changed: Any) -> str:
        opened = base or SmallBase(DOCUMENTS)
        desk = EvaluationDesk(
            cast("Callable[[], KnowledgeBase]", lambda: opened), settings.app_database, settings.retention_days
        )
        return servers.serve(opened, StillIngestor(), desk=desk, **changed)

    yield served
    servers.stop()


@pytest.fixture
def caller() -> Iterator[Opens]:
    opened: list[Caller] = []

    def call(*arguments: Any, **options: Any) -> Caller:
        opened.append(Caller(*arguments, **options))
        return opened[-1]

    yield call
    for one_caller in opened:
        one_caller.client.close()


@pytest.fixture(params=["accounts", "none"])
def two(request: pytest.FixtureRequest, serve: Served, accounts: FileAccounts, caller: Opens) -> tuple[Caller, Caller]:
    """Two people signed in; without sign-in, two browsers."""
    if request.param == "accounts":
        address = serve(auth="accounts", accounts=accounts.path)
        return caller(address, "anne"), caller(address, "bob")
    address = serve()
    return caller(address), caller(address)


def test_the_answer_is_its_asker_s(two: tuple[Caller, Caller]) -> None:
    anne, bob = two
    assert anne.join().status_code == 200
    # As if it had never been: the same words as for a session that nobody opened.
    assert bob.listen(anne.session) == bob.listen("jamaisouverte") == (404, "Introuvable.")
    assert bob.client.get("/gradio_api/queue/data", params={"session_hash": ["x", anne.session]}).status_code == 404
    status, told = anne.listen()
    assert status == 200
    assert FOUND in told
    assert SECRET in told


def test_a_session_of_the_same_name_is_another(two: tuple[Caller, Caller]) -> None:
    """Asking in somebody's session, or letting go of it, does nothing to it and shows nothing of it."""
    anne, bob = two
    anne.join()
    anne.listen()
    edit = anne.event("edit")
    assert SECRET not in bob.post("run/predict", bob.body(edit, session=anne.session)).text
    with bob.client.stream("GET", f"/gradio_api/heartbeat/{anne.session}") as beat:
        assert beat.status_code == 200
    bob.join("Combien de quartiers prioritaires ?", anne.session)
    status, told = bob.listen(anne.session)
    assert status == 200
    assert "448" in told
    assert SECRET not in told
    assert SECRET in anne.post("run/predict", anne.body(edit)).text


def test_an_event_of_somebody_else_is_not_ended(serve: Served, accounts: FileAccounts, caller: Opens) -> None:
    base = PacedBase(DOCUMENTS)
    address = serve(base, auth="accounts", accounts=accounts.path)
    anne, bob = caller(address, "anne"), caller(address, "bob")
    event = anne.join().json()["event_id"]
    end = {"session_hash": anne.session, "fn_index": anne.event("question", "submit")["id"], "event_id": event}
    assert bob.post("cancel", end).status_code == 404
    assert bob.post("cancel", {**end, "session_hash": bob.session}).status_code == 404
    assert bob.client.get(f"/gradio_api/call/chat/{event}").status_code == 404
    base.find()
    base.write(100)
    assert FOUND in anne.listen()[1]
    assert bob.post("reset", {"event_id": event}).status_code == 404
    assert anne.post("cancel", end).status_code == 200


def test_a_program_s_answer_is_its_own(two: tuple[Caller, Caller]) -> None:
    anne, bob = two
    event = anne.post("call/chat", {"data": [SECRET, []]}).json()["event_id"]
    named = anne.post("call/chat", {"data": [SECRET, []], "session_hash": anne.session}).json()["event_id"]
    # The name of a session in the place of an event's was as good to Gradio.
    for name in (event, named, anne.session):
        assert bob.client.get(f"/gradio_api/call/chat/{name}").status_code == 404
    assert anne.client.get(f"/gradio_api/call/chat/{anne.session}").status_code == 404
    assert bob.listen(event)[0] == 404
    assert FOUND in anne.client.get(f"/gradio_api/call/chat/{event}").text
    assert FOUND in anne.client.get(f"/gradio_api/call/chat/{named}").text


def test_a_program_without_cookies_is_answered(serve: Served) -> None:
    address = serve()
    event = httpx.post(f"{address}/gradio_api/call/chat", json={"data": [SECRET, []]}, timeout=120).json()["event_id"]
    assert FOUND in httpx.get(f"{address}/gradio_api/call/chat/{event}", timeout=120).text


@pytest.mark.parametrize("leaving", ["signed out", "removed"])
def test_an_open_stream_ends_with_the_session(
    serve: Served, accounts: FileAccounts, caller: Opens, leaving: str
) -> None:
    base = PacedBase(DOCUMENTS)
    anne = caller(serve(base, auth="accounts", accounts=accounts.path), "anne")
    anne.join()
    told: list[str] = []
    began = threading.Event()

    def listen() -> None:
        url, session = "/gradio_api/queue/data", {"session_hash": anne.session}
        cookies = dict(anne.client.cookies)
        with httpx.stream(
            "GET", f"{anne.client.base_url}{url}", params=session, cookies=cookies, timeout=120
        ) as stream:
            for line in stream.iter_lines():
                told.append(line)
                began.set()

    listening = threading.Thread(target=listen)
    listening.start()
    assert began.wait(60)
    if leaving == "removed":
        accounts.remove("anne")
    else:
        assert anne.client.post("/connexion/fin").status_code == 303
    assert anne.join().status_code == 401
    time.sleep(_SECONDS_BETWEEN_CHECKS)  # what is said until then may still be heard
    base.find()
    base.write(100)
    listening.join(60)
    assert not listening.is_alive()
    assert FOUND not in "".join(told)


def test_no_event_skips_its_queue(serve: Served, caller: Opens) -> None:
    page = caller(serve())
    queued = [event for event in page.events if event["queue"] is not False]
    at_once = [event for event in page.events if event["queue"] is False]
    assert len(queued) > 5
    assert len(at_once) > 5
    for event in queued:
        for body in (page.body(event), {**page.body(event), "session_hash": None}):
            assert page.post("run/predict", body).status_code == 404, event["id"]
            assert page.post("run/chat", body).status_code == 404
            assert page.post("api/predict", body).status_code == 404
            assert page.post("call/predict", body).status_code == 404
            assert page.post("call/v2/chat", body).status_code == 404
    for event in at_once:
        assert page.post("queue/join", page.body(event)).status_code == 404, event["id"]
    evaluation = caller(str(page.client.base_url), page="/evaluation")
    run = evaluation.event("run-all")
    assert evaluation.post("run/predict", evaluation.body(run)).status_code == 404
    assert evaluation.post("queue/join", evaluation.body(run)).status_code == 200


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"[]", b"null", b"{", b"[" * 100_000, b'{"data": NaN}', b'"\\ud800"', b'{"data": "\\udc00"}', b"\xff"),
        *(b'{"data": [1e999], "fn_index": 1}', b'{"fn_index": ' + b"9" * 5000 + b"}", b'{"data": 1, "fn_index": 1}'),
        *(b'{"data": [], "fn_index": true}', b'{"data": [], "fn_index": "1"}', b'{"data": [], "fn_index": null}'),
        *(b'{"data": [], "fn_index": 1, "session_hash": 5}', b'{"data": [], "fn_index": 1, "session_hash": ""}'),
        *(b'{"data": [], "fn_index": -1}', b'{"data": [], "fn_index": 99999999999999999999}', b'{"data": []}'),
        b'{"data": [], "fn_index": 1, "session_hash": "' + b"x" * 300 + b'"}',
    ],
)
def test_what_is_no_event_is_refused(serve: Served, content: bytes) -> None:
    address = serve()
    for page in ("", "/evaluation"):
        for route in ("run/predict", "queue/join", "cancel", "call/chat"):
            headers = {"content-type": "application/json"}
            status = httpx.post(
                f"{address}{page}/gradio_api/{route}", content=content, headers=headers, timeout=120
            ).status_code
            if route == "call/chat" and b'"data": []' in content and b"session_hash" not in content:
                continue  # which needs no number: its own queue tells that values are missing
            assert status in (404, 422), route


def test_a_restart_and_a_second_tab_are_as_ever(serve: Served, caller: Opens) -> None:
    before = caller(serve())
    before.join()
    assert FOUND in before.listen()[1]
    before.client.base_url = httpx.URL(serve())
    assert before.listen()[0] == 404
    assert before.join().status_code == 200
    assert FOUND in before.listen()[1]
    tab = caller(str(before.client.base_url))
    tab.client.cookies = before.client.cookies
    tab.join("Combien de quartiers prioritaires ?")
    assert "448" in tab.listen()[1]
    assert SECRET in before.post("run/predict", before.body(before.event("edit"))).text


def test_the_browser_s_cookie_is_for_the_server_alone(serve: Served) -> None:
    address = serve()
    first = httpx.get(f"{address}/", timeout=120)
    cookie = first.headers["set-cookie"].lower()
    assert cookie.startswith("reperes_browser=")
    assert {"httponly", "samesite=lax", "path=/"} <= {part.strip() for part in cookie.split(";")}
    kept = {"cookie": first.headers["set-cookie"].partition(";")[0]}
    for path in ("/", "/evaluation/", "/config"):
        assert "set-cookie" not in httpx.get(f"{address}{path}", headers=kept, timeout=120).headers
    assert "set-cookie" not in httpx.get(f"{address}/aide", timeout=120).headers
    behind = serve(public_url="https://reperes.example")
    assert "secure" in httpx.get(f"{behind}/", timeout=120).headers["set-cookie"].lower()
