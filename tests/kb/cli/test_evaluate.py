"""`reperes eval`: what it prints and keeps, and how it ends."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import click.testing
import pytest

import app
from chat_server import chat_server, failing, saying
from ingest.pipeline import ingest
from kb.evaluation.kept.runs import EvaluationRun, evaluation_runs
from kb.knowledge import KnowledgeBase
from kb.models import sentence_encoder
from kb.models.chat.gguf import CARD, FOLDER, LocalServer
from kb.models.chat.kept_measurements import keep, this_processor
from kb.records.database import AppDatabase
from kb.settings import Settings
from measured_models import SLOW, install_weights
from tiny_encoder import TinyEncoder

Run = Callable[..., str]


@pytest.fixture
def run(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `reperes` over a base of one document, and checks its exit code."""
    monkeypatch.setattr(sentence_encoder, "load_encoder", lambda _: TinyEncoder())
    monkeypatch.setenv("REPERES_STORE", str(settings.store))
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.md").write_text("# Budget\n\nLe budget du programme est de 12 milliards d'euros.", encoding="utf-8")
    ingest([folder], settings, TinyEncoder())

    def command(*arguments: str | Path, code: int = 0) -> str:
        result = click.testing.CliRunner().invoke(app.reperes, [str(argument) for argument in arguments])
        assert result.exit_code == code, result.output
        return result.output

    return command


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    """Two test queries: an answerable one, and one that the base fails on when told so."""
    path = tmp_path / "q.csv"
    path.write_text(
        "identifiant;question;documents;faits attendus\n"
        "q1;Quel est le budget du programme ?;a.md;12 Md€\n"
        "q2;Combien de milliards le budget compte-t-il ?;a.md;12 Md€\n",
        encoding="utf-8",
    )
    return path


def kept_runs(settings: Settings) -> Sequence[EvaluationRun]:
    with AppDatabase(settings.app_database) as database:
        return evaluation_runs(database)


def test_the_command_keeps_lists_compares_and_converts(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "q.csv"
    path.write_text(
        "identifiant;question;documents;faits attendus\nq1;Quel est le budget du programme ?;a.md;12 Md€\n",
        encoding="utf-8",
    )

    first = run("eval", str(path), "--html", str(tmp_path / "r.html"), "--json", str(tmp_path / "r.json"))
    assert "Évaluation n° 1" in first
    assert "Quel est le budget du programme ?" in (tmp_path / "r.html").read_text(encoding="utf-8")
    assert json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["hit@1"]["value"] == 1
    assert "Évaluation n° 2" in run("eval", str(path))
    assert "q.csv (1)" in run("eval", "--list")
    assert "différence possible par hasard" in run("eval", "--compare", "1", "2")
    assert "1 questions correctes" in run("questions", str(path), "--to", str(tmp_path / "q.xlsx"))
    assert (tmp_path / "q.xlsx").is_file()
    path.write_text("identifiant;question;documents\nq1;Qui ?;rien.md\n", encoding="utf-8")
    assert "q1 : rien.md" in run("questions", str(path), code=1)
    assert "q1 : rien.md" in run("eval", str(path))
    assert "n'a pas de question de test" in run("eval", code=2)
    path.write_text("identifiant;question;documents\nq1;Quel budget ?;a.md\n", encoding="utf-8")
    assert "gardées dans" in run("questions", str(path), "--import")
    assert "1 question évaluée" in run("eval")
    assert '"id": "q1"' in run("questions", "--export")


def test_a_question_that_fails_is_listed_counted_apart_and_ends_with_1(
    run: Run, questions: Path, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = KnowledgeBase.stream

    def broken(base: KnowledgeBase, question: str, **options: object) -> object:
        if question.startswith("Combien"):
            raise OSError("le disque a lâché")
        return stream(base, question, **options)  # type: ignore[arg-type]  # options of any kind

    monkeypatch.setattr(KnowledgeBase, "stream", broken)
    page, detail = tmp_path / "r.html", tmp_path / "r.json"
    told = run("eval", questions, "--html", page, "--json", detail, "--fail-under", "hit@1=1", code=1)
    assert "Questions en échec, dans aucune mesure (1) :" in told
    assert "q2 : erreur inattendue (OSError('le disque a lâché'))" in told
    figures = json.loads(detail.read_text(encoding="utf-8"))
    assert (figures["hit@1"]["value"], figures["hit@1"]["n"], figures["failed"]) == (1.0, 1, 1)
    assert "le disque a lâché" in page.read_text(encoding="utf-8").replace("&#39;", "'")
    (kept,) = kept_runs(settings)
    assert kept.figures is not None
    assert kept.figures["hit@1"] == figures["hit@1"]
    assert "en échec 1" in run("eval", "--list")


def test_a_gate_that_is_not_met_ends_with_1(run: Run, questions: Path) -> None:
    told = run("eval", questions, "--fail-under", "hit@1=1,refused_unanswerable=0.1", code=1)
    assert "refused_unanswerable : aucune question ne permet de la mesurer" in told
    assert "hit@1 :" not in told
    assert "2 questions évaluées" in run("eval", questions, "--fail-under", "hit@1=1")


@pytest.mark.parametrize("asked", [("--answerer", "llm"), ("--judge",)])
def test_without_the_model_it_was_asked_to_use_nothing_is_run(
    run: Run, questions: Path, settings: Settings, asked: tuple[str, ...]
) -> None:
    assert "Aucun modèle de langue n'est configuré" in run("eval", questions, *asked, code=2)
    assert kept_runs(settings) == []


@pytest.mark.parametrize("asked", [("--answerer", "llm"), ("--judge",)])
def test_a_model_that_cannot_be_reached_ends_it_before_the_first_question(
    run: Run, questions: Path, settings: Settings, asked: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPERES_LLM_MODEL", "grand")
    with chat_server(failing(401)) as server:
        monkeypatch.setenv("REPERES_LLM_URL", server.address)
        told = run("eval", questions, *asked, code=2)
    assert "Le modèle de langue demandé (grand)" in told
    assert "REPERES_LLM_KEY" in told
    assert len(server.requests) == 1
    # Nobody listens there any more.
    assert "injoignable" in run("eval", questions, *asked, code=2)
    assert kept_runs(settings) == []


def test_a_local_model_that_does_not_start_ends_it_before_the_first_question(
    run: Run, questions: Path, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "cache" / FOLDER
    folder.mkdir(parents=True)
    (folder / "faux.gguf").write_bytes(b"pas des poids")
    card = {"name": "petit", "file": "faux.gguf", "sha256": "", "source": "faux.gguf", "bytes": 13}
    (folder / CARD).write_text(json.dumps(card), encoding="utf-8")
    monkeypatch.setenv("REPERES_CACHE", str(tmp_path / "cache"))
    told = run("eval", questions, "--answerer", "llm", code=2)
    assert "Le modèle de langue demandé (petit)" in told
    assert "ne démarre pas" in told
    assert kept_runs(settings) == []


def test_a_model_that_answers_is_used(
    run: Run, questions: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPERES_LLM_MODEL", "grand")
    with chat_server(saying("Le budget du programme est de 12 milliards d'euros [1].")) as server:
        monkeypatch.setenv("REPERES_LLM_URL", server.address)
        run("eval", questions, "--answerer", "llm")
    (kept,) = kept_runs(settings)
    assert (kept.about["answerer"], kept.about["model"]) == ("llm", "grand")


def test_searching_alone_needs_no_model(run: Run, questions: Path) -> None:
    assert "2 questions évaluées" in run("eval", questions, "--no-answers", "--answerer", "llm")


def test_suggestions_that_a_model_was_asked_for_need_it(run: Run) -> None:
    assert "Aucun modèle de langue" in run("eval", "--suggest", "3", "--answerer", "llm", code=2)


def test_what_cannot_be_worked_with_ends_with_2(run: Run, questions: Path, tmp_path: Path) -> None:
    empty = tmp_path / "vide.jsonl"
    empty.write_text("", encoding="utf-8")
    assert "aucune question" in run("eval", empty, code=2)
    assert "mesure inconnue" in run("eval", questions, "--fail-under", "mrr=1", code=2)
    assert "n'existe pas encore" in run("eval", questions, "--store", tmp_path / "rien", code=2)
    assert "il n'y a pas d'évaluation de ce numéro" in run("eval", "--compare", "7", "8", code=2)
    run("eval", tmp_path / "rien.jsonl", code=2)


def test_a_model_that_is_too_slow_here_is_left_alone(
    run: Run, questions: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPERES_CACHE", str(settings.cache))
    subject = install_weights(settings)
    keep(settings, replace(SLOW, subject=subject, processor=this_processor()))
    run("eval", questions)
    (kept,) = kept_runs(settings)
    assert (kept.about["answerer"], kept.about["model"]) == ("auto", "")


@pytest.mark.parametrize(("profile", "asked"), [("auto", False), ("sentences", True)])
def test_suggestions_leave_it_alone_too(
    run: Run,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    profile: str,
    asked: bool,
) -> None:
    text = "Le programme concerne 448 quartiers prioritaires de la politique de la ville."
    (tmp_path / "docs" / "b.md").write_text(f"# Titre\n\n{text}", encoding="utf-8")
    ingest([tmp_path / "docs"], settings, TinyEncoder())
    monkeypatch.setenv("REPERES_CACHE", str(settings.cache))
    monkeypatch.setenv("REPERES_LLM_PROFILE", profile)
    keep(settings, replace(SLOW, subject=install_weights(settings), processor=this_processor()))
    started: list[LocalServer] = []
    start = LocalServer.address

    def address(server: LocalServer) -> str:
        started.append(server)
        return start(server)

    monkeypatch.setattr(LocalServer, "address", address)
    assert "combien de quartiers prioritaires" in run("eval", "--suggest", "1")
    assert bool(started) is asked


def test_the_curve_of_refusals_is_written_shown_and_gated(run: Run, tmp_path: Path) -> None:
    columns = "identifiant;question;faits attendus;sans réponse\n"
    with_answer = "q1;Quel est le budget du programme ?;12 Md€;\n"
    one_kind, path = tmp_path / "one.csv", tmp_path / "q.csv"
    one_kind.write_text(columns + with_answer, encoding="utf-8")
    path.write_text(columns + with_answer + "q2;Quelle est la taille de la tour Eiffel ?;;oui\n", encoding="utf-8")
    assert "refusal_auc : aucune question" in run("eval", one_kind, "--fail-under", "refusal_auc=0.8", code=1)
    page, detail = tmp_path / "r.html", tmp_path / "r.json"
    told = run("eval", path, "--fail-under", "refusal_auc=0.8", "--html", page, "--json", detail)
    assert re.search(r"Aire sous la courbe des refus +1,000 +1,000 à 1,000 +2", told)
    written = json.loads(detail.read_text(encoding="utf-8"))
    assert written["refusal_curve"] == {"points": [[0, 0], [0, 1], [1, 1]], "in_use": [0, 1]}
    assert "Réglage actuel" in page.read_text(encoding="utf-8")
    run("eval", path)
    assert "Aire sous la courbe des refus : 1,000 → 1,000 (n = 2, p = 1.000)" in run("eval", "--compare", "2", "3")
    assert "Aire sous la courbe" not in run("eval", "--compare", "1", "2")
