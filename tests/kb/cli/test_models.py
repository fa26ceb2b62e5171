"""`reperes model` and what `reperes status` and `ask` make of a measurement: over real servers and files."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click.testing
import pytest

import app
from chat_server import Behaviour, chat_server, failing, saying
from ingest.pipeline import ingest
from kb.models import sentence_encoder
from kb.models.chat import gguf
from kb.models.chat.kept_measurements import keep, kept, this_processor
from kb.models.chat.known_models import KNOWN
from kb.settings import Settings
from measured_models import FAST, SLOW, install_weights
from measured_server import MeasuredModel
from tiny_encoder import TinyEncoder

Run = Callable[..., str]


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `reperes` with a cache of the test's own, and checks its exit code; gives all that it prints."""
    monkeypatch.setattr(sentence_encoder, "load_encoder", lambda _: TinyEncoder())
    monkeypatch.setenv("REPERES_STORE", str(settings.store))
    monkeypatch.setenv("REPERES_CACHE", str(settings.cache))

    def command(*arguments: str | Path, code: int = 0, output: bool = False) -> str:
        result = click.testing.CliRunner().invoke(app.reperes, [str(argument) for argument in arguments])
        assert result.exit_code == code, result.output
        return result.stdout if output else result.output

    return command


@pytest.fixture
def check(run: Run, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Runs `reperes model check` of a server."""

    def checked(behaviour: Behaviour, *options: str, code: int = 0) -> str:
        monkeypatch.setenv("REPERES_LLM_MODEL", "grand")
        monkeypatch.setenv("REPERES_LLM_KEY", "cle-tres-secrete")
        with chat_server(behaviour) as server:
            monkeypatch.setenv("REPERES_LLM_URL", server.address)
            told = run("model", "check", *options, code=code, output=bool(options))
        assert "cle-tres-secrete" not in told
        return told

    return checked


def test_a_server_is_measured_shown_and_remembered(check: Callable[..., str], run: Run, settings: Settings) -> None:
    told = check(MeasuredModel())
    for line in (
        "Modèle                       grand (http://127.0.0.1:",
        "Contexte demandé             16384 jetons, dont 6000 de passages",
        "Cite le bon passage          2 fois sur 2",
        "Refuse quand rien ne répond  oui",
        "Répond en français           oui",
        "Juge bien une phrase         oui",
        "Il lit : passages entiers (serveur qui cite ses sources).",
        "REPERES_LLM_PROFILE=whole",
    ):
        assert line in told
    assert "jetons par seconde" in told
    assert "6000 jetons lus, 250 écrits" in told
    assert "380 lus, 220 écrits" in told
    listed = run("model", "list")
    assert "Réponses : grand. Il lit : passages entiers (serveur qui cite ses sources)." in listed
    assert "jetons lus et" in listed
    (file,) = settings.cache.rglob("measured/*.json")
    assert "cle-tres-secrete" not in file.read_text(encoding="utf-8")


def test_programs_are_told_in_one_object(check: Callable[..., str]) -> None:
    told = json.loads(check(MeasuredModel(), "--json"))
    assert (told["model"], told["local"], told["context_tokens"], told["reading_budget"]) == (
        "grand",
        False,
        16384,
        6000,
    )
    assert (told["cited"], told["asked"], told["refuses"], told["french"]) == (2, 2, True, True)
    assert (told["profile"], told["by_default"], told["failures"]) == ("whole", True, [])
    assert told["overridden_by"] == "REPERES_LLM_PROFILE"
    assert set(told["seconds"]) == {"whole", "sentences"}
    assert told["judges"] is True


def test_a_model_that_judges_wrongly_is_fit_to_write_and_does_not_read_again(check: Callable[..., str]) -> None:
    assert "Il ne relit pas ce qu'il a écrit" in check(MeasuredModel(judges=False))


@pytest.mark.parametrize(
    ("model", "failure", "advice"),
    [
        (MeasuredModel(cites=False), "cites", "ne cite pas le bon passage"),
        (MeasuredModel(refuses=False), "refuses", "répond quand les passages ne disent rien"),
        (MeasuredModel(french=False), "french", "ne répond pas en français"),
    ],
)
def test_a_check_that_is_failed_ends_with_1_and_says_what_to_do(
    check: Callable[..., str], model: MeasuredModel, failure: str, advice: str
) -> None:
    assert advice in check(model, code=1)
    assert json.loads(check(model, "--json", code=1))["failures"] == [failure]


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [(failing(401), "refuse la clé"), (failing(404), "ne connaît pas"), (saying(), "rien répondu")],
)
def test_a_server_that_does_not_answer_ends_with_1(
    check: Callable[..., str], settings: Settings, behaviour: Behaviour, reason: str
) -> None:
    told = check(behaviour, code=1)
    assert reason in told
    assert "REPERES_LLM_URL, REPERES_LLM_MODEL et REPERES_LLM_KEY" in told
    assert not list(settings.cache.rglob("*.json"))
    assert reason in json.loads(check(behaviour, "--json", code=1))["error"]


def test_without_a_model_it_ends_with_2(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "reperes model install" in run("model", "check", code=2)
    monkeypatch.setenv("REPERES_LLM_URL", "http://127.0.0.1:1/v1")
    assert "REPERES_LLM_MODEL" in run("model", "check", code=2)


def test_weights_without_llama_cpp_are_told(run: Run, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    install_weights(settings)
    monkeypatch.setattr(gguf, "runs_here", lambda: False)
    assert "pip install 'reperes[llm]'" in run("model", "check", code=2)


@pytest.mark.parametrize(("load", "told"), [(0.1, False), (100.0, True)])
def test_a_busy_machine_is_told_before_it_is_measured(
    run: Run, settings: Settings, monkeypatch: pytest.MonkeyPatch, load: float, told: bool
) -> None:
    install_weights(settings)
    monkeypatch.setattr(os, "getloadavg", lambda: (load, load, load))
    assert ("Cette machine est occupée" in run("model", "check", code=1)) is told


def test_answers_by_sentences_alone_do_not_stand_in_the_way_of_a_check(
    check: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPERES_ANSWERER", "extractive")
    assert "grand" in check(MeasuredModel())


def test_a_model_that_is_installed_is_measured_at_the_end(run: Run, tmp_path: Path) -> None:
    weights = tmp_path / "faux.gguf"
    weights.write_bytes(b"GGUF et rien d'autre")
    told = run("model", "install", weights)
    assert "Modèle installé : faux" in told
    assert "Le modèle n'a pas pu être mesuré." in told
    assert "ne démarre pas" in told
    told = run("model", "install", weights, "--no-check")
    assert "pas encore mesuré ici" in told
    assert "ne démarre pas" not in told


def test_what_was_measured_before_is_not_measured_again(run: Run, settings: Settings, tmp_path: Path) -> None:
    weights = tmp_path / "faux.gguf"
    weights.write_bytes(b"GGUF et rien d'autre")
    run("model", "install", weights, "--no-check")
    found = gguf.installed(settings)
    assert found is not None
    measured = replace(FAST, subject=f"sha256:{found.sha256}", processor=this_processor())
    keep(settings, measured)
    assert "mesuré" not in run("model", "install", weights)
    assert kept(settings, measured.subject, measured.processor) == measured


def test_a_slow_model_is_left_alone_and_everybody_says_so(
    run: Run, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.md").write_text("# Budget\n\nLe budget du programme est de 12 milliards d'euros.", encoding="utf-8")
    ingest([folder], settings, TinyEncoder())
    assert "sans modèle de langue" in run("status")
    assert json.loads(run("status", "--json", output=True))["language_model"] is None
    subject = install_weights(settings)
    assert "petit. Laissé de côté : pas encore mesuré sur cette machine" in run("status")
    keep(settings, replace(SLOW, subject=subject, processor=this_processor()))
    for command in (("status",), ("model", "list")):
        assert "petit. Laissé de côté : trop lent ici : 42 s pour une réponse" in run(*command)
    told = json.loads(run("status", "--json", output=True))["language_model"]
    assert (told["model"], told["profile"], told["by_default"]) == ("petit", "sentences", False)
    assert told["measured"]["read_speed"] == SLOW.read_speed
    # Weights that do not start: whoever asks them would be told that they could not word the answer.
    question = ("ask", "Quel est le budget du programme ?", "--json")
    asked = json.loads(run(*question, output=True))
    assert asked["answerer"] == "extractive"
    assert "ne démarre pas" not in " ".join(asked["warnings"])
    asked = json.loads(run(*question, "--answerer", "llm", output=True))
    assert "ne démarre pas" in asked["warnings"][-1]
    monkeypatch.setenv("REPERES_LLM_PROFILE", "sentences")
    assert "choisi par REPERES_LLM_PROFILE=sentences" in run("status")
    asked = json.loads(run(*question, output=True))
    assert "ne démarre pas" in asked["warnings"][-1]


def test_small_models_are_named_with_size_and_licence(run: Run) -> None:
    told = run("model", "list")
    assert "non mesurés ici" in told
    for one in KNOWN:
        (line,) = [line for line in told.splitlines() if one.page in line]
        assert one.name in line
        assert one.licence in line
        assert "Md de paramètres" in line
    known = json.loads(run("model", "list", "--json", output=True))["known"]
    assert [one["name"] for one in known] == [one.name for one in KNOWN]
