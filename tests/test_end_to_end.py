"""The whole, as its users meet it: the command line, the served page, a program, a browser; on the bundled corpus."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client
from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parent.parent
QUESTION = "Quelle part des aides du NPNRU vient d'Action Logement ?"


class CommandLine:
    """`reperes` in a process of its own, as installed, with an environment of the test's own."""

    def __init__(self, cache: Path, store: Path, dtype: str) -> None:
        own = {"REPERES_CACHE": str(cache), "REPERES_STORE": str(store), "REPERES_EMBEDDING_DTYPE": dtype}
        self.environment = {**os.environ, **own}

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "app", *arguments]
        return subprocess.Popen(
            command, cwd=ROOT, env=self.environment, text=True, encoding="utf-8", stdout=subprocess.PIPE, **options
        )

    def run(self, *arguments: str, code: int = 0) -> str:
        process = self.start(*arguments, stderr=subprocess.PIPE)
        output, errors = process.communicate(timeout=300)
        assert process.returncode == code, errors
        self.errors = errors
        return output


FORMATS = ("int8", "fp32")
SERVER = "PostgreSQL"
on_folders_alone = pytest.mark.parametrize("reperes", FORMATS, indirect=True, scope="module")


@pytest.fixture(scope="module", params=[*FORMATS, SERVER])
def reperes(
    request: pytest.FixtureRequest, cache_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> CommandLine:
    """The command line over a store that holds the bundled corpus, in each number format on any machine; and over the
    same base, moved to a server."""
    store = tmp_path_factory.mktemp("end-to-end") / "store"
    if request.param == SERVER:
        database = request.getfixturevalue("postgres").new_database()
        filled, _ = request.getfixturevalue("corpus_in")("int8")
        line = CommandLine(cache_folder, filled.store, "int8")
        assert "Documents : 44" in line.run("move", "--to", database)
        assert "les deux bases sont égales" in line.run("check", "--against", database)
        line = CommandLine(cache_folder, store, "int8")
        line.environment["REPERES_DATABASE"] = database
        return line
    line = CommandLine(cache_folder, store, request.param)
    report = json.loads(line.run("ingest", "--json"))
    assert (report["added"], report["failed"]) == (44, [])
    assert set(report) == {
        "added", "updated", "unchanged", "withdrawn", "ignored", "failed", "ignored_files", "notices", "changes",
        "passages", "generation", "began", "seconds",
    }  # fmt: skip
    return line


@pytest.fixture(scope="module")
def address(reperes: CommandLine) -> Iterator[str]:
    """The address of the application, served over that store by a process of its own."""
    process = reperes.start("serve", "--port", "0", stderr=subprocess.STDOUT)
    assert process.stdout is not None
    found = None
    for line in process.stdout:
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            break
    assert found is not None, "the application ended before it was ready"
    yield found[0]
    process.terminate()
    process.communicate(timeout=120)
    assert process.returncode == 0  # a stop that was asked for is no failure


def test_asking_from_the_command_line(reperes: CommandLine) -> None:
    answer = json.loads(reperes.run("ask", QUESTION, "--json"))
    assert not answer["refused"]
    assert "72 %" in answer["answer"].replace("\u00a0", " ")
    assert any("72 %" in citation["quote"].replace("\u00a0", " ") for citation in answer["citations"])
    assert [citation["number"] for citation in answer["citations"]] == [*range(1, len(answer["citations"]) + 1)]
    assert len(answer["retrieved"]) == len(set(answer["retrieved"])) >= 10
    shown = reperes.run("ask", "Quelle est la capitale de l'Australie ?")
    assert shown.startswith("Je ne trouve pas cette information dans les documents.\n")
    assert "Documents les plus proches" in shown
    assert "[1]" not in shown


@on_folders_alone
def test_searching_evaluating_and_the_state_of_the_base(reperes: CommandLine, tmp_path: Path) -> None:
    hits = json.loads(reperes.run("search", "relogement", "des", "ménages", "-k", "3", "--explain", "--json"))["hits"]
    assert [hit["rank"] for hit in hits] == [1, 2, 3]
    assert sum(hits[0]["contributions"].values()) == pytest.approx(hits[0]["score"])
    assert "regle-relogement-des-menages.md" in {hit["document"] for hit in hits}
    assert json.loads(reperes.run("status", "--json"))["documents"] == 44
    questions, results = tmp_path / "questions.jsonl", tmp_path / "results.json"
    lines = (ROOT / "corpus/questions.jsonl").read_text(encoding="utf-8").splitlines()[:3]
    questions.write_text("\n".join(lines), encoding="utf-8")
    gates = "hit@10=0.1,fact_recall=0.1"  # without answers, the second one cannot be reached
    command = ("eval", str(questions), "--no-answers", "--json", str(results), "--fail-under", gates)
    table = reperes.run(*command, code=1)
    assert "fact_recall : aucune question" in reperes.errors
    assert "Le bon document est en premier" in table
    assert json.loads(results.read_text(encoding="utf-8"))["hit@10"]["n"] == 3


@on_folders_alone
def test_wrong_use_is_told_in_french(reperes: CommandLine, tmp_path: Path) -> None:
    reperes.run("chercher", code=2)
    assert "n'existe pas" in reperes.errors
    reperes.run("ask", code=2)
    assert "Il manque l'argument" in reperes.errors
    empty = str(tmp_path / "vide")
    assert json.loads(reperes.run("ask", "Qui ?", "--store", empty, "--json", code=1))["error"]
    assert "reperes ingest" in reperes.errors
    report = json.loads(reperes.run("ingest", str(tmp_path / "nulle-part"), "--store", empty, "--json", code=1))
    assert "introuvable" in report["failed"][0]["reason"]


@on_folders_alone
def test_asking_from_a_program(address: str) -> None:
    client = Client(address, verbose=False, analytics_enabled=False, httpx_kwargs={"timeout": 300})
    answer = client.predict(QUESTION, api_name="/chat")
    assert any("72 %" in citation["quote"].replace("\u00a0", " ") for citation in answer["citations"])


def test_asking_in_the_browser(address: str, browser: Browser) -> None:
    """Asks, clicks a reference, checks that its source shows the very sentence; nothing leaves the machine."""
    pictures = ROOT / "tests/output"
    pictures.mkdir(exist_ok=True)
    page = browser.new_page(viewport={"width": 1280, "height": 860})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    page.get_by_label("Votre question").fill(QUESTION)
    page.keyboard.press("Enter")
    reference = page.locator(".turn .answer :is(p, li)", has_text="72 %").locator("button.reference").first
    reference.wait_for(timeout=60_000)
    reference.click()
    mark = page.locator("#reader mark").first
    mark.wait_for(state="visible")
    page.wait_for_function("() => document.activeElement.classList.contains('reader-title')")
    assert "72 %" in " ".join(page.locator("#reader mark").all_inner_texts()).replace("\u00a0", " ")
    page.screenshot(path=pictures / "end-to-end.png")
    assert page.locator("html").get_attribute("lang") == "fr"
    assert {url for url in asked if not url.startswith((address, "data:", "blob:"))} == set()
    page.close()
