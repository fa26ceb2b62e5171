"""What a reader says of an answer, from the page to a test query."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import click.testing
import pytest
from playwright.sync_api import Page, expect

import app
from browsing import ask, picture
from kb.answering.serialize import answer_to_json
from kb.evaluation.asking import EvaluatedBase, evaluate
from kb.evaluation.from_feedback import to_query
from kb.evaluation.kept.queries import read_queries
from kb.records.database import AppDatabase
from kb.records.feedback import Feedback, SavedFeedback, Verdict, add_feedback, feedback_of, read_feedback, to_csv
from kb.settings import Settings
from kb.ui.evaluation_html import feedback_html
from scripted_base import answer_of
from small_base import SmallBase
from small_pages import ServePage

OpenPage = Callable[..., Page]


@pytest.fixture
def kept(settings: Settings) -> Settings:
    return settings


def said(settings: Settings) -> list[Feedback]:
    with AppDatabase(settings.app_database) as database:
        return read_feedback(database)


def test_a_bad_answer_is_told_with_its_reason_and_becomes_a_test_query(
    serve_page: ServePage, small_base: SmallBase, open_page: OpenPage, kept: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_page(serve_page(small_base, feedback=SavedFeedback(kept.app_database, kept.retention_days)))
    expect(page.locator("#feedback")).to_be_hidden()
    ask(page, "Qui apporte les aides du programme ?")
    page.get_by_role("button", name="Pas utile").click()
    page.get_by_role("button", name="Envoyer l'avis").click()
    expect(page.locator("#thanks")).to_contain_text("Choisissez ce qui ne va pas")
    page.get_by_label("Mauvaise source").check()
    page.get_by_label("Commentaire (facultatif)").fill("La source est <b>ancienne</b>.")
    picture(page, "page-feedback")
    page.get_by_role("button", name="Envoyer l'avis").click()
    expect(page.locator("#thanks")).to_contain_text("votre avis est noté")
    expect(page.locator("#why")).to_be_hidden()
    (feedback,) = said(kept)
    assert (feedback.verdict, feedback.reason, feedback.comment) == (
        "bad", "bad_source", "La source est <b>ancienne</b>."
    )  # fmt: skip
    assert feedback.question == "Qui apporte les aides du programme ?"
    assert [citation["document"] for citation in feedback.answer["citations"]]
    # A new question has no feedback yet.
    ask(page, "Combien de quartiers prioritaires ?")
    expect(page.locator("#thanks")).to_be_empty()

    monkeypatch.setenv("REPERES_STORE", str(kept.store))

    def run(*arguments: str) -> str:
        result = click.testing.CliRunner().invoke(app.reperes, arguments)
        assert result.exit_code == 0, result.output
        return result.output

    assert "Mauvaise source" in run("feedback")
    assert "avis-1" in run("feedback", "--keep", "1")
    (query,) = [query for query in json_lines(run("questions", "--export")) if query["id"] == "avis-1"]
    assert query["question"] == "Qui apporte les aides du programme ?"
    with AppDatabase(kept.app_database) as database:
        result = evaluate(cast("EvaluatedBase", small_base), read_queries(database))
    assert [answered.question.id for answered in result.results] == ["avis-1"]
    assert "devenu question de test" in run("feedback", "--all")


def json_lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def test_a_good_answer_takes_one_click(
    serve_page: ServePage, small_base: SmallBase, open_page: OpenPage, kept: Settings
) -> None:
    page = open_page(serve_page(small_base, feedback=SavedFeedback(kept.app_database, kept.retention_days)))
    ask(page, "Qui apporte les aides du programme ?")
    page.get_by_role("button", name="Utile", exact=True).click()
    expect(page.locator("#thanks")).to_contain_text("votre avis est noté")
    (feedback,) = said(kept)
    query = to_query(feedback)
    assert query.documents == ("financement.md",)
    assert ("72 %",) in query.expected_facts


def test_nobody_is_asked_when_nothing_may_be_kept(
    serve_page: ServePage, small_base: SmallBase, open_page: OpenPage, kept: Settings
) -> None:
    SavedFeedback(kept.app_database, kept.retention_days).add("good", None, "", small_answer(), 3)
    assert feedback_of(replace(kept, retention_days=0)) is None
    assert said(kept) == []
    page = open_page(serve_page(small_base))
    ask(page, "Qui apporte les aides du programme ?")
    expect(page.locator("#feedback")).to_be_hidden()


def small_answer(**others: object) -> dict[str, object]:
    return {
        "question": "Q ?", "standalone_question": "Question ?", "answer": "12 Md€ [1].", "refused": False,
        "citations": [{"document": "a.md"}], "retrieved": ["a.md"], "warnings": [], **others,
    }  # fmt: skip


def test_what_is_older_than_the_retention_goes(kept: Settings) -> None:
    old = (datetime.now(UTC) - timedelta(days=400)).isoformat(timespec="seconds")
    with AppDatabase(kept.app_database) as database:
        add_feedback(database, old, "good", None, "", small_answer(), 3)
    SavedFeedback(kept.app_database, kept.retention_days).add("bad", "wrong", "", small_answer(), 3)
    assert [feedback.verdict for feedback in said(kept)] == ["bad"]


@pytest.mark.parametrize(
    ("verdict", "reason", "refused", "unanswerable", "documents"),
    [
        ("bad", "should_refuse", False, True, ()),
        ("bad", "wrong", False, False, ()),
        ("good", None, False, False, ("a.md",)),
        ("good", None, True, True, ()),
        ("bad", "should_answer", True, False, ()),
    ],
)
def test_what_is_known_of_a_feedback_is_in_its_query(
    verdict: Verdict, reason: str | None, refused: bool, unanswerable: bool, documents: tuple[str, ...]
) -> None:
    feedback = Feedback(7, "2026-11-27", verdict, reason, "", small_answer(refused=refused), 3)
    query = to_query(feedback)
    assert (query.id, query.question, query.unanswerable, query.documents) == (
        "avis-7", "Question ?", unanswerable, documents
    )  # fmt: skip


def test_a_refusal_is_reviewed_with_its_nearest_sentences() -> None:
    near = answer_of("Ils en parlent.", nearest={"a.md": "<b>Il y en a.</b>"})
    shown = feedback_html(Feedback(1, "2026", "bad", "should_answer", "", {**answer_to_json(near)}, 3))
    assert "Phrases les plus proches" in shown
    assert "<q>&lt;b&gt;Il y en a.&lt;/b&gt;</q> <bdi>Titre de a.md</bdi>" in shown
    from_before = small_answer(citations=[{"document": "a.md", "title": "A"}])
    assert "Phrases" not in feedback_html(Feedback(1, "2026", "bad", "wrong", "", from_before, 3))


def test_the_export_is_safe_to_open(tmp_path: Path) -> None:
    text = to_csv([Feedback(1, "2026", "bad", "wrong", "=cmd()", small_answer(), 3)]).decode("utf-8-sig")
    assert ";'=cmd();" in text
    assert "Réponse fausse" in text
