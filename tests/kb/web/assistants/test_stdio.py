"""`reperes mcp`, started by the official client as assistants start it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from mcp.client.client import Client
from mcp.types import CallToolResult

from assistant import ROOT, over_stdio, told, values
from ingest.pipeline import ingest
from kb.models.encoder import Encoder
from kb.settings import Settings


@pytest.fixture
def environ(tmp_path: Path, cache_folder: Path) -> dict[str, str]:
    return {
        "REPERES_STORE": str(tmp_path / "base"),
        "REPERES_CACHE": str(cache_folder),
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }


@pytest.fixture
def stocked(environ: dict[str, str], tmp_path: Path, packaged_encoder: Encoder) -> dict[str, str]:
    """The environment of a command whose base holds a page."""
    folder = tmp_path / "docs"
    folder.mkdir()
    text = "---\ntitre: Budget\ndate: 2025-03-14\nurl: https://exemple.fr/budget\n---\n\n"
    (folder / "a.md").write_text(f"{text}Le budget du programme est de 12 milliards d'euros.\n", encoding="utf-8")
    assert ingest([folder], Settings.load(environ), packaged_encoder).added == 1
    return environ


def test_it_lists_searches_asks_and_reads(stocked: dict[str, str], tmp_path: Path) -> None:
    async def work(client: Client) -> tuple[list[str], list[CallToolResult]]:
        names = [tool.name for tool in (await client.list_tools()).tools]
        asked = {"question": "Quel est le budget du programme ?"}
        results = [await client.call_tool(name, asked) for name in ("search", "ask")]
        results.append(await client.call_tool("read_document", {"document": "a.md"}))
        results.append(await client.call_tool("read_document", {"document": "b.md"}))
        return names, results

    names, (found, answered, read, unknown) = over_stdio(stocked, work, tmp_path / "errors")
    assert names == ["search", "ask", "read_document"]
    assert values(found)["passages"][0]["document"] == "a.md"
    answer = values(answered)
    assert "12 milliards" in answer["answer"]
    cited = answer["citations"][0]
    assert (cited["title"], cited["date"], cited["url"]) == ("Budget", "2025-03-14", "https://exemple.fr/budget")
    assert cited["reader"] is None  # there is no application to open it in
    assert "12 milliards" in values(read)["text"]
    assert unknown.is_error
    assert "b.md" in told(unknown)


def test_a_restricted_source_is_read_with_its_group_only(
    stocked: dict[str, str], tmp_path: Path, packaged_encoder: Encoder
) -> None:
    (tmp_path / "rh").mkdir()
    (tmp_path / "rh/b.md").write_text("# Prime\n\nLa prime de nuit est de 4 242 euros.\n", encoding="utf-8")
    (tmp_path / "sources.toml").write_text('[[restriction]]\nsources = ["rh"]\ngroups = ["drh"]\n', encoding="utf-8")
    environ = {**stocked, "REPERES_SOURCES": str(tmp_path / "sources.toml")}
    assert ingest([tmp_path / "rh"], Settings.load(environ), packaged_encoder).added == 1

    async def work(client: Client) -> list[CallToolResult]:
        asked = {"question": "De combien est la prime de nuit ?"}
        calls = [("search", asked), ("ask", asked), ("read_document", {"document": "b.md"})]
        unknown = ("read_document", {"document": "c.md"})
        return [await client.call_tool(name, given) for name, given in [*calls, unknown]]

    found, answered, read, _ = over_stdio(environ, work, tmp_path / "errors", "--groups", "agents,drh")
    assert values(found)["passages"][0]["document"] == "b.md"
    assert "4 242" in values(answered)["answer"]
    (cited,) = values(answered)["citations"]
    assert (cited["document"], cited["number"], cited["reader"]) == ("b.md", 1, None)
    assert "4 242" in cited["quote"]
    assert "4 242" in values(read)["text"]
    results = over_stdio(environ, work, tmp_path / "errors", "--groups", "agents")
    refused = values(results[1])
    assert (refused["refused"], refused["citations"]) == (True, [])
    assert not any("4 242" in repr(result) or "Prime" in repr(result) for result in results)
    assert {passage["document"] for passage in values(results[0])["passages"]} == {"a.md"}
    assert told(results[2]).replace("b.md", "¤") == told(results[3]).replace("c.md", "¤")


def test_without_a_base_it_says_what_to_do(environ: dict[str, str], tmp_path: Path) -> None:
    async def work(client: Client) -> CallToolResult:
        return await client.call_tool("ask", {"question": "Quel est le budget ?"})

    result = over_stdio(environ, work, tmp_path / "errors")
    assert result.is_error
    assert "reperes ingest" in told(result)


def test_it_ends_once_what_gets_the_base_ready_has_ended() -> None:
    """A thread that comes back from native code while the interpreter ends would abort the command."""
    code = (
        "import sys, time\n"
        "from kb.web.assistants.stdio import serve_on_stdio\n"
        "def warm():\n"
        "    time.sleep(1)\n"
        "    print('ready', file=sys.stderr)\n"
        "serve_on_stdio(lambda: None, '0', warm)\n"
        "print('left', file=sys.stderr)\n"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, input="", capture_output=True, text=True, check=True, timeout=300)
    assert (done.stdout, done.stderr.split()) == ("", ["ready", "left"])


def test_nothing_but_the_protocol_stands_on_standard_output(stocked: dict[str, str]) -> None:
    def message(number: int, method: str, params: dict[str, Any]) -> str:
        return json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params})

    about = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "essai", "version": "1"}}
    sent = [
        message(1, "initialize", about),
        json.dumps({"jsonrpc": "2.0", "method": "notifications/initialized"}),
        "ceci n'est pas du JSON",
        message(2, "tools/call", {"name": "ask", "arguments": {"question": "Quel est le budget du programme ?"}}),
        message(3, "tools/call", {"name": "ask", "arguments": {"question": 3}}),
    ]
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "--verbose", "mcp"],
        cwd=ROOT,
        env={**stocked, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n".join(sent) + "\n")
    process.stdin.flush()
    answers: dict[Any, Any] = {}
    while {1, 2, 3} - set(answers):
        line = json.loads(process.stdout.readline())
        assert line["jsonrpc"] == "2.0"
        answers[line.get("id")] = line
    rest, log = process.communicate(timeout=300)  # ends standard input: the command ends by itself
    assert rest == ""
    assert process.returncode == 0, log
    assert log
    assert "12 milliards" in answers[2]["result"]["structuredContent"]["answer"]
    assert answers[3]["result"]["isError"]
