"""The page of evaluations in headless Chromium, over a real base: from a feedback to a report."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from browsing import ask, picture, serious
from ingest.pipeline import ingest
from kb.evaluation.desk import EvaluationDesk
from kb.evaluation.kept.queries import read_queries
from kb.evaluation.questions import EvaluationQuestion
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder
from kb.records.database import AppDatabase
from kb.records.feedback import SavedFeedback
from kb.settings import Settings
from kb.types import Answer, Message
from small_pages import ServePage

OpenPage = Callable[..., Page]
TEXT = "# Le budget\n\nLe budget du programme est de 12 milliards d'euros.\n\nLe programme concerne 448 quartiers."


@pytest.fixture
def base(tmp_path: Path, settings: Settings, packaged_encoder: Encoder) -> Iterator[KnowledgeBase]:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "budget.md").write_text(TEXT, encoding="utf-8")
    ingest([folder], settings, packaged_encoder)
    with KnowledgeBase.open(settings, packaged_encoder) as opened:
        opened.ask("Quel est le budget ?")  # the models are loaded here, not while a page waits
        yield opened


def test_from_a_feedback_to_a_report(
    base: KnowledgeBase, settings: Settings, serve_page: ServePage, open_page: OpenPage
) -> None:
    desk = EvaluationDesk(lambda: base, settings.app_database, settings.retention_days)
    address = serve_page(base, feedback=SavedFeedback(settings.app_database, settings.retention_days), desk=desk)
    page = open_page(address, expected=("status of 422",))
    ask(page, "Quel est le budget du programme ?")
    page.get_by_role("button", name="Utile", exact=True).click()
    expect(page.locator("#thanks")).to_contain_text("votre avis est noté")

    page.get_by_role("link", name="Évaluation").click()
    page.locator("#feedback-list").get_by_label("Quel est le budget du programme ?").check()
    expect(page.locator("#feedback-shown")).to_contain_text("12 milliards")
    page.get_by_role("button", name="En faire une question de test").click()
    expect(page.get_by_label("Identifiant")).to_have_value("avis-1")
    expect(page.locator("#query-documents")).to_contain_text("Le budget")  # by its title
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("#work-notice")).to_contain_text("« avis-1 » enregistrée")
    expect(page.locator("#feedback-list")).to_contain_text("Aucun avis à relire")
    expect(page.locator("#query-list")).to_contain_text("avis-1 — Quel est le budget du programme ?")
    expect(page.locator("#query-list")).not_to_contain_text("Aucune question")

    # A pasted table: all or nothing, with the line of what is wrong.
    page.get_by_label("Coller des questions").fill("identifiant\tquestion\tdocuments\nq2\tCombien ?\trien.md")
    page.get_by_role("button", name="Ajouter ces questions").click()
    expect(page.locator("#work-notice")).to_contain_text("rien.md")
    rows = "identifiant\tquestion\tfaits attendus\nq2\tCombien de quartiers le programme concerne-t-il ?\t500 quartiers"
    page.get_by_label("Coller des questions").fill(rows)
    page.get_by_role("button", name="Ajouter ces questions").click()
    expect(page.locator("#work-notice")).to_contain_text("1 question(s) ajoutée(s)")

    page.get_by_role("button", name="Poser toutes les questions").click()
    result = page.locator("#run-result")
    expect(result).to_contain_text("Évaluation n° 1 : 2 question(s)")
    expect(result).to_contain_text("Réponse incomplète : Combien de quartiers le programme concerne-t-il ?")
    picture(page, "page-evaluation", whole=True)
    assert serious(page, "run") == []
    page.emulate_media(color_scheme="dark")
    picture(page, "page-evaluation-dark", whole=True)
    assert serious(page, "run, dark") == []
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 320, "height": 640})
    picture(page, "page-evaluation-phone", whole=True)
    assert serious(page, "run, narrow") == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.set_viewport_size({"width": 1280, "height": 800})

    # Corrected, it gets better, and the page says so.
    page.locator("#query-list").get_by_label("q2 — Combien de quartiers").check()
    expect(page.get_by_label("Faits attendus")).to_have_value("500 quartiers")
    page.get_by_label("Type (facultatif)").fill("nombre")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("#work-notice")).to_contain_text("« q2 » enregistrée")
    page.get_by_role("button", name="Poser toutes les questions").click()
    expect(result).to_contain_text("Évaluation n° 2")
    page.get_by_role("button", name="Poser toutes les questions").click()
    expect(result).to_contain_text("Évaluation n° 3")
    expect(result).to_contain_text("Rien n'a changé.")

    # Some of them only; what failed leads to its report and its sources.
    page.get_by_role("button", name="Questions à poser").click()
    some = page.get_by_label("Questions à poser", exact=True)
    some.fill("quartiers")
    page.get_by_role("option", name="q2 — Combien de quartiers").click()
    some.press("Escape")
    page.get_by_role("button", name="Poser les questions cochées").click()
    expect(result).to_contain_text("Évaluation n° 4 : 1 question(s)")
    failed = result.get_by_role("link", name="Combien de quartiers le programme concerne-t-il ?")
    assert failed.get_attribute("href") == "/evaluation/rapport/4#q2"
    result.get_by_role("link", name="budget.md").first.click()
    expect(page.get_by_role("heading", level=2).first).to_be_visible()
    expect(page.locator("mark").first).to_be_visible()
    page.go_back()
    page.locator("#query-list").get_by_label("q2 — Combien de quartiers").wait_for()

    # A file: all or nothing too.
    page.get_by_label("Importer un fichier").set_input_files(
        {"name": "questions.csv", "mimeType": "text/csv", "buffer": b"identifiant;autre\nq3;x"}
    )
    page.get_by_role("button", name="Importer", exact=True).click()
    expect(page.get_by_role("heading", name="Import impossible")).to_be_visible()
    assert serious(page, "import refused") == []
    page.goto(f"{address}/evaluation/")
    line = '{"id": "q3", "question": "Quel est le budget ?", "documents": ["budget.md"]}'
    page.get_by_label("Importer un fichier").set_input_files(
        {"name": "questions.jsonl", "mimeType": "application/jsonl", "buffer": line.encode()}
    )
    page.get_by_role("button", name="Importer", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("1 question(s) ajoutée(s)")
    page.get_by_role("link", name="Revenir").click()
    page.locator("#query-list").get_by_label("q3 — Quel est le budget ?").check()
    expect(page.get_by_label("Identifiant")).to_have_value("q3")
    page.get_by_role("button", name="Supprimer", exact=True).click()
    expect(page.locator("#query-list")).not_to_contain_text("q3 —")

    # The report leads to each source, at its sentence, and back.
    page.goto(f"{address}/evaluation/rapport/3")
    assert serious(page, "report") == []
    page.locator("details#q2 a", has_text="Le budget").first.click()
    expect(page.locator("mark").first).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="Revenir aux évaluations").click()
    page.locator("#query-list").get_by_label("avis-1").wait_for()
    report = httpx.get(f"{address}/evaluation/rapport/3", timeout=120)
    assert report.status_code == 200
    assert "Réponse incomplète" in report.text
    assert httpx.get(f"{address}/evaluation/rapport/9", timeout=120).status_code == 404
    exported = httpx.get(f"{address}/evaluation/questions.jsonl", timeout=120)
    assert [json.loads(line)["id"] for line in exported.text.splitlines()] == ["avis-1", "q2"]
    assert httpx.get(f"{address}/evaluation/questions.xlsx", timeout=120).content[:2] == b"PK"
    assert httpx.get(f"{address}/evaluation/questions.exe", timeout=120).status_code == 404

    page.locator("#query-list").get_by_label("q2 — Combien de quartiers").check()
    expect(page.get_by_label("Identifiant")).to_have_value("q2")
    page.get_by_role("button", name="Supprimer", exact=True).click()
    expect(page.locator("#query-list")).not_to_contain_text("q2 —")
    with AppDatabase(settings.app_database) as database:
        assert [query.id for query in read_queries(database)] == ["avis-1"]


def test_a_query_that_is_changed_keeps_what_the_form_does_not_show(
    base: KnowledgeBase, settings: Settings, serve_page: ServePage, open_page: OpenPage
) -> None:
    desk = EvaluationDesk(lambda: base, settings.app_database, settings.retention_days)
    said = (Message("user", "Le budget ?"), Message("assistant", "12 milliards."))
    quotes = (("Le programme concerne 448 quartiers.",),)
    desk.put(EvaluationQuestion("suite", "Et les quartiers ?", ("budget.md",), expected_quotes=quotes, history=said))
    page = open_page(serve_page(base, desk=desk))
    page.get_by_role("link", name="Évaluation").click()
    page.locator("#query-list").get_by_label("suite — Et les quartiers ?").check()
    expect(page.get_by_label("Identifiant")).to_have_value("suite")
    page.get_by_label("Question", exact=True).fill("Et combien de quartiers ?")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("#query-list")).to_contain_text("suite — Et combien de quartiers ?")
    with AppDatabase(settings.app_database) as database:
        (kept,) = read_queries(database)
    assert (kept.question, kept.history, kept.expected_quotes) == ("Et combien de quartiers ?", said, quotes)


def test_without_a_query_nothing_runs_and_the_page_says_so(
    base: KnowledgeBase, settings: Settings, serve_page: ServePage, open_page: OpenPage
) -> None:
    desk = EvaluationDesk(lambda: base, settings.app_database, settings.retention_days)
    page = open_page(serve_page(base, desk=desk))
    page.get_by_role("link", name="Évaluation").click()
    page.get_by_role("button", name="Poser toutes les questions").click()
    expect(page.locator("#work-notice")).to_contain_text("Il n'y a pas de question de test")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("#work-notice")).to_contain_text("« id »")
    assert serious(page, "trouble") == []
    assert page.evaluate("document.documentElement.lang") == "fr"


def test_without_the_desk_there_is_no_such_page(
    base: KnowledgeBase, serve_page: ServePage, open_page: OpenPage
) -> None:
    page = open_page(serve_page(base))
    expect(page.get_by_role("link", name="Évaluation")).to_have_count(0)


def test_the_page_draws_the_curve_of_refusals(
    base: KnowledgeBase,
    settings: Settings,
    serve_page: ServePage,
    open_page: OpenPage,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stream = KnowledgeBase.stream

    def sure(opened: KnowledgeBase, question: str, **options: Any) -> Iterator[Answer]:
        for answer in stream(opened, question, **options):
            yield replace(answer, confidence=0.9 if "budget" in question else 0.1)

    monkeypatch.setattr(KnowledgeBase, "stream", sure)
    desk = EvaluationDesk(lambda: base, settings.app_database, settings.retention_days)
    desk.put(EvaluationQuestion("q1", "Quel est le budget du programme ?", expected_facts=(("12 milliards",),)))
    desk.put(EvaluationQuestion("q2", "Quelle est la taille de la tour Eiffel ?", unanswerable=True))
    address = serve_page(base, desk=desk)
    page = open_page(address)
    page.get_by_role("link", name="Évaluation").click()
    page.get_by_role("button", name="Poser toutes les questions").click()
    curve = page.locator("#run-result").get_by_role("img", name="Courbe des refus. Réglage actuel : 100,0 %")
    curve.scroll_into_view_if_needed()
    for text in ("Questions sans réponse refusées", "Questions répondables refusées", "Réglage actuel"):
        expect(curve.get_by_text(text, exact=True)).to_be_visible()
    expect(page.locator("#run-result")).to_contain_text("Aire sous la courbe des refus : 1,000")
    picture(page, "page-evaluation-refusals")
    assert serious(page, "curve") == []
    page.emulate_media(color_scheme="dark")
    picture(page, "page-evaluation-refusals-dark")
    assert serious(page, "curve, dark") == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.goto(f"{address}/evaluation/rapport/1")
    expect(page.get_by_role("img", name="Courbe des refus.")).to_be_visible()
    assert serious(page, "report with a curve") == []


def test_a_query_is_found_by_its_words_and_names_documents_that_are_chosen(
    base: KnowledgeBase, settings: Settings, serve_page: ServePage, open_page: OpenPage
) -> None:
    desk = EvaluationDesk(lambda: base, settings.app_database, settings.retention_days)
    for number in range(84):
        desk.put(EvaluationQuestion(f"q{number:02}", f"Combien de places dans la crèche {number:02} ?", ("budget.md",)))
    page = open_page(serve_page(base, desk=desk))
    page.goto(f"{page.url}evaluation/")
    header = page.locator("#masthead")
    expect(header.get_by_role("link", name="Repères")).to_have_attribute("href", "/")
    expect(header.get_by_role("link", name="Explorer", exact=True)).to_be_visible()
    rows = page.locator("#query-list").get_by_role("radio")
    expect(page.locator("#query-list")).to_contain_text("12 questions montrées sur 84")
    expect(rows).to_have_count(12)
    page.get_by_label("Chercher une question").fill("CRECHE 47")
    expect(rows).to_have_count(1)
    picture(page, "page-evaluation-list")
    assert serious(page, "found") == []
    page.get_by_label("q47 — Combien de places").check()
    expect(page.get_by_label("Identifiant")).to_have_value("q47")

    # Its document is taken away and chosen anew, by a word of its title.
    page.get_by_role("button", name="Nouvelle question").click()
    expect(page.get_by_label("Identifiant")).to_have_value("")
    page.get_by_label("Identifiant").fill("neuve")
    page.get_by_label("Question", exact=True).fill("Quel budget ?")
    documents = page.get_by_label("Documents qui contiennent la réponse")
    documents.fill("budg")
    option = page.get_by_role("option", name="Le budget")
    expect(option).to_be_visible()
    assert serious(page, "choosing") == []
    option.click()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("#work-notice")).to_contain_text("« neuve » enregistrée")
    kept = next(query for query in desk.queries() if query.id == "neuve")
    assert kept.documents == ("budget.md",)
