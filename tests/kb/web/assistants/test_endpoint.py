"""The tools over HTTP, called by the official client."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp.client.client import Client
from mcp.shared.exceptions import MCPError
from mcp.types import CallToolResult, ListToolsResult

from assistant import over_http, told, values
from kb.errors import StoreError
from kb.records.accounts import FileAccounts
from kb.types import Document
from kb.web.assistants.forms import PART
from serving import Application, password
from small_base import SmallBase, UnsaidBase
from small_pages import DOCUMENTS

QUESTION = "Qui apporte les aides du programme ?"


def address_of(client: httpx.Client) -> str:
    return str(client.base_url).rstrip("/")


def called(client: httpx.Client, tool: str, arguments: dict[str, Any], **options: Any) -> CallToolResult:
    """What a tool gives."""

    async def work(assistant: Client) -> CallToolResult:
        return await assistant.call_tool(tool, arguments)

    return over_http(address_of(client), work, **options)


async def listed(assistant: Client) -> ListToolsResult:
    return await assistant.list_tools()


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_the_official_client_lists_the_tools(application: Application, mode: str) -> None:
    tools = {tool.name: tool for tool in over_http(address_of(application()), listed, mode=mode).tools}
    assert set(tools) == {"search", "ask", "read_document"}
    assert tools["ask"].title == "Poser une question"
    assert "question" in tools["ask"].input_schema["required"]
    for tool in tools.values():
        assert tool.output_schema is not None
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint


def test_it_searches_asks_and_reads_with_the_place_in_the_reader(application: Application) -> None:
    client = application()
    found = values(called(client, "search", {"question": QUESTION, "k": 2}))["passages"]
    assert [passage["rank"] for passage in found] == [1, 2]
    assert found[0]["document"] == "financement.md"

    answer = values(called(client, "ask", {"question": QUESTION}))
    assert not answer["refused"]
    assert answer["answer"].startswith("Action Logement apporte 72 %")
    cited = answer["citations"][0]
    assert (cited["number"], cited["title"], cited["date"]) == (1, "Qui finance le programme", "2025-12-04")
    assert cited["url"] == "https://www.example.org/financement"
    assert cited["quote"] in DOCUMENTS[0].text
    assert cited["reader"].startswith(f"{address_of(client)}/lire?document=financement.md&debut=")
    assert "Action Logement apporte" in httpx.get(cited["reader"], timeout=60).text

    read = values(called(client, "read_document", {"document": cited["document"], "start": cited["start"]}))
    assert read["text"] == DOCUMENTS[0].text[cited["start"] :]
    assert (read["length"], read["next"]) == (len(DOCUMENTS[0].text), None)


def test_what_is_refused_has_no_citation(application: Application) -> None:
    unsaid = values(called(application(UnsaidBase(DOCUMENTS)), "ask", {"question": QUESTION}))
    assert (unsaid["refused"], unsaid["reason"], unsaid["citations"]) == (True, "unsaid", [])
    assert unsaid["nearest"][0]["quote"] in DOCUMENTS[0].text
    unknown = values(called(application(), "ask", {"question": "Pourquoi la mer est-elle salée ?"}))
    assert (unknown["refused"], unknown["citations"], unknown["nearest"]) == (True, [], [])


def test_filters_hold_and_wrong_ones_are_told(application: Application) -> None:
    client = application()
    kept = values(called(client, "search", {"question": QUESTION, "until": "2024"}))["passages"]
    assert {passage["document"] for passage in kept} == {"quartiers.md"}
    wrong = called(client, "search", {"question": QUESTION, "since": "hier"})
    assert wrong.is_error
    assert "hier" in told(wrong)


def test_a_long_document_is_read_part_after_part(application: Application) -> None:
    text = "\n\n".join(f"Paragraphe {number} : {'mot ' * 200}".strip() for number in range(60))
    client = application(SmallBase([Document(id="long.md", source="d", title="Long", text=text)]))
    read, start, parts = "", 0, 0
    while start is not None:
        part = values(called(client, "read_document", {"document": "long.md", "start": start}))
        assert len(part["text"]) <= PART
        read, start, parts = read + part["text"], part["next"], parts + 1
    assert read == text
    assert parts > 2
    beyond = values(called(client, "read_document", {"document": "long.md", "start": 10**8}))
    assert (beyond["text"], beyond["next"]) == ("", None)


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("ask", {"question": "   "}, "La question est vide"),
        ("ask", {"question": "?!"}, "aucun mot"),
        ("ask", {"question": "x" * 100_000}, "trop long"),
        ("ask", {"question": {"a": {"b": []}}}, "doit être un texte"),
        ("search", {}, "« question » manque"),
        ("search", {"question": QUESTION, "k": -(10**30)}, "au moins 1"),
        ("read_document", {"document": "inconnu.md"}, "n'est pas, ou n'est plus, un document"),
        ("read_document", {"document": "../../etc/passwd"}, "n'est pas, ou n'est plus, un document"),
        ("read_document", {"document": "a" * 3000}, "trop long"),
    ],
)
def test_hostile_arguments_are_told_in_french(
    application: Application, tool: str, arguments: dict[str, Any], said: str
) -> None:
    result = called(application(), tool, arguments)
    assert result.is_error
    assert said in told(result)
    assert len(told(result)) < 1000


def test_an_unknown_tool_is_an_error_of_the_protocol(application: Application) -> None:
    async def work(assistant: Client) -> None:
        with pytest.raises(MCPError, match="Outil inconnu"):
            await assistant.call_tool("effacer", {})

    over_http(address_of(application()), work)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"[" * 100_000, b'{"jsonrpc": "2.0"}', b"\xff\xfe", b"null", b"12"])
def test_what_is_no_message_is_refused_and_harms_nobody(application: Application, body: bytes) -> None:
    client = application()
    headers = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
    assert 400 <= client.post("/api/mcp", content=body, headers=headers).status_code < 500
    assert values(called(client, "ask", {"question": QUESTION}))["citations"]


def test_nothing_is_pushed_and_no_session_is_kept(application: Application) -> None:
    client = application()
    assert {client.request(way, "/api/mcp").status_code for way in ("GET", "DELETE", "PUT")} == {405}
    assert client.get("/api/mcp/autre").status_code == 404


def test_a_page_of_elsewhere_may_not_call(application: Application) -> None:
    client = application()
    elsewhere = client.post("/api/mcp", json={}, headers={"origin": "https://evil.example"})
    renamed = client.post("/api/mcp", json={}, headers={"host": "evil.example"})
    assert (elsewhere.status_code, renamed.status_code) == (403, 403)


def test_with_accounts_a_token_is_needed_and_those_of_the_api_do(application: Application, tmp_path: Path) -> None:
    accounts = FileAccounts(tmp_path / "accounts")
    accounts.add("anne", "editor", password("anne"))
    token = accounts.add_token("outil", "reader")
    client = application(auth="accounts", accounts=accounts.path)
    for headers in ({}, {"authorization": "Bearer faux"}, {"authorization": f"Basic {token}"}):
        refused = client.post("/api/mcp", json={}, headers=headers)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"] == "Bearer"
        assert "jeton" in refused.json()["detail"]
    assert values(called(client, "ask", {"question": QUESTION}, token=token))["citations"]
    accounts.remove("outil")
    assert client.post("/api/mcp", json={}, headers={"authorization": f"Bearer {token}"}).status_code == 401


def test_the_rate_of_the_api_holds(application: Application, tmp_path: Path) -> None:
    accounts = FileAccounts(tmp_path / "accounts")
    accounts.add("anne", "editor", password("anne"))
    tokens = [accounts.add_token(name, "reader") for name in ("outil", "autre")]
    client = application(auth="accounts", accounts=accounts.path, questions_per_minute=2)
    by_api = client.post("/api/search", json={"question": QUESTION}, headers={"authorization": f"Bearer {tokens[0]}"})
    assert by_api.status_code == 200
    second, third = (called(client, "ask", {"question": QUESTION}, token=tokens[0]) for _ in range(2))
    assert not second.is_error
    assert third.is_error
    assert "Trop de questions" in told(third)
    assert not called(client, "search", {"question": QUESTION}, token=tokens[1]).is_error


def test_its_questions_are_counted_as_an_assistants(application: Application) -> None:
    client = application()
    values(called(client, "ask", {"question": QUESTION}))
    assert 'reperes_questions_total{outcome="extractive",way="mcp"} 1.0' in client.get("/metrics").text


def test_a_base_that_cannot_be_opened_is_told(application: Application) -> None:
    def closed() -> SmallBase:
        raise StoreError("La base n'existe pas encore. Lancez « reperes ingest ».")

    result = called(application(closed), "ask", {"question": QUESTION})
    assert result.is_error
    assert "reperes ingest" in told(result)


def test_a_failure_within_is_told_without_its_cause(application: Application, caplog: pytest.LogCaptureFixture) -> None:
    class Broken(SmallBase):
        def search(self, *_: Any, **__: Any) -> Any:
            raise RuntimeError("secret")

    result = called(application(Broken(DOCUMENTS)), "search", {"question": QUESTION})
    assert result.is_error
    assert "erreur interne" in told(result)
    assert "secret" not in told(result)
    assert "a tool failed" in caplog.text


def test_many_at_once_wait_in_the_line_and_all_get_their_answer(application: Application) -> None:
    client = application()
    answers: list[dict[str, Any]] = []

    def ask() -> None:
        answers.append(values(called(client, "ask", {"question": QUESTION})))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert len(answers) == 8
    assert all(answer["citations"] for answer in answers)
