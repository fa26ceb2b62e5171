"""Refusals both ways as they are told: JSON, terminal, pages, gates, comparisons, runs of before."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from kb.errors import ReperesError
from kb.evaluation.asking import evaluate
from kb.evaluation.comparison import compare
from kb.evaluation.kept.runs import about_run, rows_of, run_and_keep, scores_of
from kb.evaluation.question_scores import score
from kb.evaluation.questions import EvaluationQuestion
from kb.evaluation.report import failed_gates, parse_gates, to_json, to_text
from kb.evaluation.results import EvaluationResult, QuestionResult
from kb.evaluation.shown.page import refusals_html, to_html
from kb.evaluation.tables import to_jsonl
from kb.records.database import AppDatabase
from kb.records.tables import EVALUATION_ROWS
from kb.types import Answer, StoreStatus
from scripted_base import ScriptedBase, answer_of

STATUS = StoreStatus(documents=1, passages=1, withdrawn=0, generation=1, last_ingestion=None, encoder="tiny@1")
ANSWERABLE = [EvaluationQuestion(f"a{n}", f"A{n} ?", expected_facts=(("oui",),)) for n in range(4)]
UNANSWERABLE = [EvaluationQuestion(f"u{n}", f"U{n} ?", unanswerable=True) for n in range(2)]
QUESTIONS = [*ANSWERABLE, *UNANSWERABLE]
# Refused under 0.5. Pairs in order: 4 + 3 of 8; « a3 » is equal to « u1 »: half a pair.
MEASURED: Sequence[float | None] = (0.9, 0.8, 0.7, 0.4, 0.1, 0.4)
AREA = (4 + 3 + 1 / 2) / 8
TOLD = "Réglage actuel : 100,0 % des questions sans réponse refusées, 25,0 % des questions répondables refusées."


def scripted(confidences: Sequence[float | None], **others: Answer | Exception) -> ScriptedBase:
    """Answers to QUESTIONS in their order, refused under 0.5; `others` in place of some."""
    script: dict[str, Answer | Exception] = {
        question.question: answer_of("Oui.", refused=(known or 0.9) < 0.5, confidence=known)
        for question, known in zip(QUESTIONS, confidences, strict=True)
    }
    return ScriptedBase(script | {f"{name.upper()} ?": answer for name, answer in others.items()})


def run(confidences: Sequence[float | None] = MEASURED, **others: Answer | Exception) -> EvaluationResult:
    return evaluate(scripted(confidences, **others), QUESTIONS)


@pytest.fixture
def database(tmp_path: Path) -> AppDatabase:
    return AppDatabase(tmp_path / "app.db")


def keep(database: AppDatabase, confidences: Sequence[float | None] = MEASURED) -> tuple[int, EvaluationResult]:
    about = about_run("q.jsonl", QUESTIONS, STATUS, answerer="auto", answers=True, model="")
    return run_and_keep(database, scripted(confidences), QUESTIONS, about)


def test_json_has_the_area_with_its_interval_and_the_curve() -> None:
    data = json.loads(json.dumps(to_json(run()), allow_nan=False))
    assert data["refusal_auc"]["value"] == pytest.approx(AREA)
    assert data["refusal_auc"]["n"] == 6
    assert 0 < data["refusal_auc"]["low"] < AREA < data["refusal_auc"]["high"] <= 1
    assert data["refusal_curve"] == {
        "points": [[0, 0], [0, 0.5], [0.25, 1], [0.5, 1], [0.75, 1], [1, 1]],
        "in_use": [0.25, 1],
    }
    assert [row["confidence"] for row in data["questions"]] == list(MEASURED)


def test_a_long_curve_has_at_most_101_points_from_end_to_end() -> None:
    questions = [
        EvaluationQuestion(f"q{n}", f"Q{n} ?", expected_facts=(("oui",),) if n % 2 else (), unanswerable=not n % 2)
        for n in range(300)
    ]
    base = ScriptedBase(
        {question.question: answer_of("Oui.", confidence=n / 300) for n, question in enumerate(questions)}
    )
    points = to_json(evaluate(base, questions))["refusal_curve"]["points"]
    assert len(points) == 101
    assert (points[0], points[-1]) == ([0, 0], [1, 1])
    assert points == sorted(points)


@pytest.mark.parametrize(
    "result",
    [
        run([None] * 6),
        evaluate(scripted(MEASURED), ANSWERABLE),
        evaluate(scripted(MEASURED), UNANSWERABLE),
        run([None, None, None, None, 0.1, 0.2]),
        run(u0=ReperesError("Panne."), u1=ReperesError("Panne.")),
        evaluate(scripted(MEASURED), QUESTIONS, answers=False),
    ],
    ids=["nothing measured", "answerable only", "unanswerable only", "one kind measured", "failed", "search alone"],
)
def test_without_both_kinds_it_is_absent_everywhere(result: EvaluationResult) -> None:
    data = to_json(result)
    assert data["refusal_auc"] == {"value": None, "low": None, "high": None, "n": 0}
    assert data["refusal_curve"] is None
    assert "Aire sous la courbe" not in to_text(result)
    page = to_html(result)
    assert "<h2>Refus</h2>" not in page
    assert "Réglage actuel" not in page
    assert refusals_html(result) == ""
    assert failed_gates(result, {"refusal_auc": 0.0}) == [
        "refusal_auc : aucune question ne permet de la mesurer (seuil 0,000)"
    ]


def test_questions_without_a_confidence_count_in_the_rates_but_not_on_the_curve() -> None:
    result = run((*MEASURED[:3], None, *MEASURED[4:]))
    assert result.estimate("false_refusals").n == 4
    assert (result.estimate("refusal_auc").value, result.estimate("refusal_auc").n) == (1, 5)
    curve = result.refusal_curve
    assert curve is not None
    assert curve.in_use == (0, 1)


def test_the_terminal_tells_the_area_as_the_other_figures() -> None:
    (line,) = [line for line in to_text(run()).splitlines() if line.startswith("Aire sous la courbe des refus  ")]
    value, interval, n = re.split(r" {2,}", line)[1:]
    assert (value, n) == ("0,938", "6")
    assert re.fullmatch(r"0,\d{3} à 1,000", interval)


def test_the_page_draws_the_curve_and_tells_it() -> None:
    page = to_html(run()).replace("&#39;", "'")
    assert page.index("<h2>Mesures</h2>") < page.index("<h2>Refus</h2>") < page.index("<h2>Questions</h2>")
    drawn = page[page.index('<figure class="refusals">') : page.index("</figure>")]
    for text in ("Questions sans réponse refusées", "Questions répondables refusées", "Réglage actuel"):
        assert f">{text}</text>" in drawn
    # The left and lower ends of the square are 48 and 244, its side 220.
    assert 'points="48.0,244.0 48.0,134.0 103.0,24.0 158.0,24.0 213.0,24.0 268.0,24.0"' in drawn
    assert '<circle class="in-use" cx="103.0" cy="24.0"' in drawn
    assert f'aria-label="Courbe des refus. {TOLD} Aire sous la courbe des refus : 0,938 (' in drawn
    assert f"<figcaption><p>{TOLD}</p>" in drawn
    assert (
        "50,0 % en refusant au plus 5 % des questions répondables, 50,0 % en refusant au plus 10 % des questions "
        "répondables, 50,0 % en refusant au plus 20 % des questions répondables."
    ) in drawn
    assert "<script" not in page


def test_the_gate_is_a_floor() -> None:
    assert failed_gates(run(), parse_gates("refusal_auc=0.9")) == []
    assert failed_gates(run(), parse_gates("refusal_auc=0.95")) == ["refusal_auc : 0,938, en dessous du seuil 0,950"]


def test_two_runs_are_compared_with_their_chance() -> None:
    turned = [1 - known for known in MEASURED if known is not None]
    before, after = (
        {asked.question.id: asked.scores for asked in run(confidences).results} for confidences in (MEASURED, turned)
    )
    (found,) = [compared for compared in compare(before, after).figures if compared.figure == "refusal_auc"]
    assert (found.before, found.after) == pytest.approx((AREA, 1 - AREA))
    assert found.n == 6
    assert not found.better
    assert 0 < found.p < 0.5
    (same,) = [compared for compared in compare(before, before).figures if compared.figure == "refusal_auc"]
    assert same.p == 1
    # What one of them does not have is left out of both.
    del before["u0"]
    (fewer,) = [compared for compared in compare(before, after).figures if compared.figure == "refusal_auc"]
    assert fewer.before == pytest.approx(3.5 / 4)
    assert fewer.n == 5


def test_a_question_that_changed_its_kind_between_the_runs_is_not_compared() -> None:
    before = {"a": {"false_refusals": 0.0, "confidence": 0.9}, "u": {"refused_unanswerable": 1.0, "confidence": 0.1}}
    now_answerable = {**before, "u": {"false_refusals": 1.0, "confidence": 0.1}}
    assert "refusal_auc" not in {compared.figure for compared in compare(before, now_answerable).figures}


def test_a_run_is_kept_with_it_and_a_file_is_compared_as_a_run(database: AppDatabase, tmp_path: Path) -> None:
    number, result = keep(database)
    rows = rows_of(database, number)
    assert [row["confidence"] for row, _ in rows.values()] == list(MEASURED)
    again = EvaluationResult(
        tuple(QuestionResult(EvaluationQuestion(name, name), row, scores) for name, (row, scores) in rows.items())
    )
    assert again.refusal_curve == result.refusal_curve
    (tmp_path / "r.json").write_text(json.dumps(to_json(result)), encoding="utf-8")
    (tmp_path / "q.jsonl").write_text(to_jsonl(QUESTIONS), encoding="utf-8")
    assert scores_of(database, str(tmp_path / "r.json"), tmp_path / "q.jsonl") == scores_of(database, str(number))


def test_a_run_and_a_file_of_before_confidences_still_open(database: AppDatabase, tmp_path: Path) -> None:
    number, result = keep(database, [None] * 6)
    recent, _ = keep(database)
    with database.writing() as connection:
        for kept in connection.execute(EVALUATION_ROWS.select().where(EVALUATION_ROWS.c.run_id == number)).all():
            row = {name: value for name, value in json.loads(kept.row).items() if name != "confidence"}
            here = (EVALUATION_ROWS.c.run_id == number) & (EVALUATION_ROWS.c.question_id == kept.question_id)
            connection.execute(EVALUATION_ROWS.update().where(here).values(row=json.dumps(row)))
    rows = rows_of(database, number)
    assert {row["confidence"] for row, _ in rows.values()} == {None}
    assert [score(asked, rows[asked.id][0]) for asked in QUESTIONS] == [asked.scores for asked in result.results]
    told = to_json(result)
    old = [{name: value for name, value in row.items() if name != "confidence"} for row in told["questions"]]
    (tmp_path / "r.json").write_text(json.dumps({**told, "questions": old}), encoding="utf-8")
    (tmp_path / "q.jsonl").write_text(to_jsonl(QUESTIONS), encoding="utf-8")
    for before in (str(number), str(tmp_path / "r.json")):
        found = compare(scores_of(database, before, tmp_path / "q.jsonl"), scores_of(database, str(recent)))
        figures = {compared.figure for compared in found.figures}
        assert "false_refusals" in figures
        assert "refusal_auc" not in figures
