"""Whole journeys in headless Chromium, with the real base, the real ingestion in its own process, and axe-core."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import pytest
from fpdf import FPDF
from playwright.sync_api import Page, expect

from browsing import ask, picture, serious
from ingest.child import ChildIngestor
from ingest.pipeline import ingest
from kb.evaluation.desk import EvaluationDesk
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder
from kb.records.accounts import FileAccounts
from kb.records.conversations import SavedConversations
from kb.records.feedback import SavedFeedback
from kb.settings import Settings
from small_base import SmallBase
from small_pages import DOCUMENTS, ServePage, StillIngestor

OpenPage = Callable[..., Page]
BUDGET = (
    "---\ntitre: Le budget du programme\ndate: 2025-03\ntype: article\nprogrammes: [NPNRU]\npartenaires: [Anah]\n"
    "---\n\n## Le budget\n\nLe budget du programme est de 12 milliards d'euros. L'Anah y contribue pour 300 millions "
    "d'euros.\n\n"
    "## Les quartiers\n\nLe programme concerne 448 quartiers prioritaires.\n"
)
FONT = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")


@pytest.fixture
def place(
    tmp_path: Path, settings: Settings, cache_folder: Path, packaged_encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Any]]:
    """Serves a real base of one document, with what updates it; gives the address and the corpus folder."""
    monkeypatch.setenv("REPERES_CACHE", str(cache_folder))
    corpus = tmp_path / "documents"
    corpus.mkdir()
    (corpus / "budget.md").write_text(BUDGET, encoding="utf-8")
    given = replace(settings, corpus=corpus, cache=cache_folder)
    ingest([corpus], given, packaged_encoder)
    base = KnowledgeBase.open(replace(given, llm_url=""), packaged_encoder)
    base.ask("Quel est le budget ?")  # the models are loaded here, not while a page waits
    ingestor = ChildIngestor(given)

    def served(serve_page: ServePage) -> tuple[str, Path]:
        desk = EvaluationDesk(lambda: base, given.app_database, given.retention_days)
        kept = SavedConversations(given.app_database, 365)
        options = {
            "feedback": SavedFeedback(given.app_database, given.retention_days),
            "desk": desk,
            "conversations": kept,
            "corpus": corpus,
        }
        return serve_page(base, ingestor, **options), corpus

    yield served
    ingestor.stop()
    base.close()


def pdf(text: str) -> bytes:
    """A PDF of two pages, the text on the second."""
    file = FPDF()
    file.add_font("dejavu", fname=str(FONT))
    file.set_font("dejavu", size=12)
    file.set_title("Note de service")
    for page in ("Note de service sur les jardins partagés.", text):
        file.add_page()
        file.multi_cell(0, 8, page)
    return bytes(file.output())


def test_ask_check_the_source_go_on_and_export(place: Any, serve_page: ServePage, open_page: OpenPage) -> None:
    address, _ = place(serve_page)
    page = open_page(address)
    ask(page, "Quel est le budget du programme ?")
    page.locator("#current .reference").first.click()
    expect(page.locator("#reader mark")).to_contain_text("12 milliards d'euros")
    page.get_by_role("button", name="Revenir à la réponse").click()
    ask(page, "Et combien de quartiers ?")
    expect(page.locator("#current .answer")).to_contain_text("448 quartiers")
    with page.expect_download() as download:
        page.get_by_role("link", name="DOCX").click()
    text = "\n".join(
        paragraph.text for paragraph in docx.Document(io.BytesIO(Path(download.value.path()).read_bytes())).paragraphs
    )
    assert "12 milliards d'euros" in text
    assert re.search(r"^\[1\] « Le budget du programme », mars 2025", text, re.MULTILINE) or "mars 2025" in text

    # What was said is found again, with its sources, in another page.
    other = open_page(address)
    other.get_by_role("link", name="Conversations").click()
    other.get_by_role("link", name="Quel est le budget du programme ?").first.click()
    expect(other.locator("#past .turn")).to_have_count(1)
    expect(other.locator("#current .answer")).to_contain_text("448 quartiers")
    expect(other.locator("#sources-2 mark").first).to_contain_text("448 quartiers")
    ask(other, "Quelle est la contribution de l'Anah ?")
    expect(other.locator("#past .turn")).to_have_count(2)


def test_a_question_is_edited_and_asked_again(place: Any, serve_page: ServePage, open_page: OpenPage) -> None:
    address, _ = place(serve_page)
    page = open_page(address)
    ask(page, "Combien de quartiers ?")
    page.get_by_role("button", name="Modifier la question").click()
    expect(page.get_by_label("Votre question")).to_have_value("Combien de quartiers ?")
    ask(page, "Quel est le budget du programme ?")
    expect(page.locator(".turn")).to_have_count(1)
    page.get_by_role("button", name="Reposer la question").click()
    expect(page.locator("#current .turn[data-state=done]")).to_contain_text("12 milliards")
    expect(page.locator(".turn")).to_have_count(1)
    page.goto(f"{address}/conversations")
    expect(page.locator(".documents > li")).to_have_count(1)


def test_a_pdf_is_added_asked_about_and_withdrawn(place: Any, serve_page: ServePage, open_page: OpenPage) -> None:
    address, _ = place(serve_page)
    chat = open_page(address)
    page = open_page(address)
    page.get_by_role("link", name="Documents").click()
    content = pdf("Le comité du Quincampoix a retenu quatorze projets de jardins partagés en 2024.")
    page.get_by_label("Fichiers").set_input_files(
        {"name": "note <de> service.pdf", "mimeType": "application/pdf", "buffer": content}
    )
    page.get_by_role("button", name="Lire ces fichiers").click()
    card = page.locator("article.card")
    expect(card.get_by_label("Titre")).not_to_have_value("", timeout=240_000)
    expect(card).to_contain_text("2 pages")
    card.get_by_label("Date").fill("2024-06")
    picture(page, "page-documents")
    card.get_by_role("button", name="Ajouter à la base").click()
    expect(page.locator("article.card")).to_have_count(0)
    expect(page.locator("#etat")).to_contain_text("1 ajouté", timeout=240_000)

    found_soon(
        chat, "Combien de projets de jardins partagés le comité du Quincampoix a-t-il retenus ?", "quatorze projets"
    )
    expect(chat.locator("#sources .shown .facts").first).to_contain_text("juin 2024")
    expect(chat.locator("#sources .shown .facts").first).to_contain_text("p. 2")

    page.goto(f"{address}/documents?q=ajouts")
    page.get_by_role("table").get_by_role("link").first.click()
    page.get_by_role("button", name="Retirer de la base").click()
    expect(page.locator("#etat")).to_contain_text("1 retiré", timeout=240_000)
    found_soon(
        chat,
        "Le comité du Quincampoix a retenu combien de projets de jardins partagés ?",
        "Je ne trouve pas cette information dans les documents.",
    )


def test_a_new_article_is_found_while_a_conversation_is_open(
    place: Any, serve_page: ServePage, open_page: OpenPage
) -> None:
    address, corpus = place(serve_page)
    page = open_page(address)
    ask(page, "Quel est le budget du programme ?")
    (corpus / "fermes.md").write_text(
        "# Les fermes urbaines\n\nLe comité du Quincampoix a retenu quatorze projets de fermes urbaines.\n", "utf-8"
    )
    page.get_by_role("button", name="Mettre à jour la base").click()
    expect(page.locator("#base-state")).to_contain_text("2 documents", timeout=240_000)
    found_soon(
        page, "Combien de projets de fermes urbaines le comité du Quincampoix a-t-il retenus ?", "quatorze projets"
    )
    expect(page.locator("#past .turn").first).to_contain_text("Quel est le budget du programme ?")


def test_what_an_update_changes_is_read_before_it_is_made(
    place: Any, serve_page: ServePage, open_page: OpenPage
) -> None:
    address, corpus = place(serve_page)
    chat, page = open_page(address), open_page(address)
    (corpus / "budget.md").write_text(BUDGET.replace("12 milliards", "14 milliards"), "utf-8")
    (corpus / "fermes.md").write_text("# Les fermes urbaines\n\nLe comité a retenu quatorze projets.\n", "utf-8")
    page.goto(f"{address}/documents")
    page.get_by_role("button", name="Voir d'abord ce qui changera").click()
    state = page.locator("#etat")
    make = state.get_by_role("button", name="Faire cette mise à jour")
    expect(make).to_be_visible(timeout=240_000)
    for change in ("1 ajouté", "1 modifié", "Les fermes urbaines"):
        expect(state).to_contain_text(change)
    of_budget = state.locator(".foreseen details").filter(has_text="Le budget du programme")
    of_budget.locator("summary").click()
    expect(of_budget.locator(".diff").filter(has_text="14 milliards")).to_be_visible()
    picture(page, "aperçu")

    # Nothing has changed yet, for those who ask neither.
    ask(chat, "Quel est le budget du programme ?")
    expect(chat.locator("#current .answer")).to_contain_text("12 milliards")
    page.reload()
    expect(page.locator("#liste ~ [role=status]")).to_have_text("1 document")

    make.click()
    expect(state.locator(".foreseen")).to_have_count(0, timeout=240_000)
    done = state.locator("details").filter(has_text="Les fermes urbaines")  # the report of what was made
    expect(done).to_contain_text("1 ajouté, 1 modifié", timeout=240_000)
    found_soon(chat, "Quel est donc le budget du programme ?", "14 milliards")
    page.reload()
    expect(page.locator("#liste ~ [role=status]")).to_have_text("2 documents")


def test_filters_hold_and_are_taken_away(place: Any, serve_page: ServePage, open_page: OpenPage) -> None:
    address, corpus = place(serve_page)
    (corpus / "autre.md").write_text(BUDGET.replace("2025-03", "2019").replace("12 milliards", "5 milliards"), "utf-8")
    page = open_page(address)
    page.get_by_role("button", name="Mettre à jour la base").click()
    expect(page.locator("#base-state")).to_contain_text("2 documents, base", timeout=240_000)  # not « 1 / 2 documents »
    page.get_by_role("link", name="Explorer", exact=True).click()
    page.get_by_label("de", exact=True).fill("2019")
    page.get_by_label("à", exact=True).fill("2019")
    page.get_by_label("à", exact=True).press("Enter")
    page.get_by_role("link", name="Poser une question dans cette sélection").click()
    expect(page.locator("#filters")).to_contain_text("depuis 2019")
    ask(page, "Quel est le budget du programme ?")
    expect(page.locator("#current .answer")).to_contain_text("5 milliards")
    expect(page.locator("#current .answer")).not_to_contain_text("12 milliards")
    card = page.locator("article.source").first  # of the document, whichever of its places are cited
    expect(card.locator(".badge")).to_have_text(["article", "source de 2019"])
    page.get_by_role("button", name="Retirer les filtres").click()
    expect(page.locator("#filters .filters")).to_have_count(0)
    ask(page, "Quel est donc le budget du programme ?")
    expect(page.locator("#current .answer")).to_contain_text("12 milliards")


def test_what_may_follow_is_proposed_and_can_be_asked(place: Any, serve_page: ServePage, open_page: OpenPage) -> None:
    address, _ = place(serve_page)
    page = open_page(address)
    ask(page, "Combien de quartiers le programme concerne-t-il ?")
    proposed = page.locator("#follow-ups button.example").filter(has_text="Anah")
    expect(proposed.first).to_be_visible()
    proposed.first.click()
    expect(page.locator("#current .turn[data-state=done]")).to_contain_text("300 millions")


def test_an_answer_is_copied_with_its_references(place: Any, serve_page: ServePage, open_page: OpenPage) -> None:
    address, _ = place(serve_page)
    page = open_page(address)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, "Quel est le budget du programme ?")
    page.get_by_role("button", name="Copier avec les références").click()
    expect(page.locator("#announcer")).to_have_text("Réponse copiée.")
    text = page.evaluate("navigator.clipboard.readText()")
    assert "12 milliards d'euros. [1]" in text
    assert "[1] Le budget du programme, mars 2025" in text


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious(place: Any, serve_page: ServePage, open_page: OpenPage, theme: str) -> None:
    address, _ = place(serve_page)
    page = open_page(address, color_scheme=theme, expected=("404 (Not Found)", "status of 422"))
    found = [serious(page, "start")]
    ask(page, "Quel est le budget du programme ?")
    expect(page.locator("#follow-ups button.example").first).to_be_visible()
    found.append(serious(page, "answer"))
    page.get_by_role("button", name="Pas utile").click()
    found.append(serious(page, "feedback"))
    page.locator("#current .reference").first.click()
    expect(page.locator("#reader mark").first).to_be_visible()
    found.append(serious(page, "reader"))
    ask(page, "Recette de la tarte aux fraises ?")
    found.append(serious(page, "refusal"))
    page.get_by_label("Votre question").fill("x" * 2100)
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_role("alert")).to_be_visible()
    found.append(serious(page, "trouble"))
    for path in (
        "/lire?document=budget.md",
        "/lire?document=rien",
        "/explorer",
        "/explorer?vue=frise",
        "/explorer?q=budget",
        "/explorer?de=2025&a=2019",
        "/explorer/partenaire?nom=Anah",
        "/conversations",
        "/documents",
        "/documents/fiche?document=budget.md",
        "/documents/valeurs",
        "/evaluation/",
        "/aide",
        "/accessibilite",
        "/api",
        "/nulle-part",
    ):
        page.goto(f"{address}{path}")
        if path == "/evaluation/":
            page.locator("#query-list").wait_for()
        found.append(serious(page, path))
    page.goto(f"{address}/documents")
    page.get_by_label("Fichiers").set_input_files(
        {
            "name": "a.pdf",
            "mimeType": "application/pdf",
            "buffer": pdf("Le comité a retenu quatorze projets de jardins partagés dans les quartiers en 2024."),
        }
    )
    page.get_by_role("button", name="Lire ces fichiers").click()
    expect(page.locator("article.card").get_by_label("Titre")).not_to_have_value("", timeout=240_000)
    found.append(serious(page, "preview"))
    assert [problem for problem in found if problem] == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_an_empty_base_or_at_the_door(
    serve_page: ServePage, open_page: OpenPage, tmp_path: Path, theme: str
) -> None:
    accounts = FileAccounts(tmp_path / "comptes")
    accounts.add("anne", "editor", "le mot de passe d'anne")
    address = serve_page(SmallBase([]), StillIngestor(), auth="accounts", accounts=accounts.path)
    person = ("anne", "le mot de passe d'anne")
    page = open_page(address, color_scheme=theme, signs_in=person, expected=("status of 401",))
    found = [serious(page, "empty")]
    for path in ("/explorer", "/documents", "/conversations"):
        page.goto(f"{address}{path}")
        found.append(serious(page, path))
    page.get_by_role("button", name="Se déconnecter", exact=True).click()
    page.get_by_label("Mot de passe").wait_for()
    found.append(serious(page, "door"))
    page.get_by_label("Nom").fill("anne")
    page.get_by_label("Mot de passe").fill("faux")
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("alert")).to_be_visible()
    found.append(serious(page, "wrong password"))
    assert [problem for problem in found if problem] == []


PAGES = (
    "/explorer",
    "/explorer?vue=frise",
    "/explorer/partenaire?nom=Anah",
    "/documents",
    "/documents/fiche?document=financement.md",
    "/documents/valeurs",
    "/conversations",
    "/glossaire",
    "/aide",
    "/accessibilite",
    "/api",
    "/lire?document=financement.md",
    "/evaluation/",
)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_fits_a_narrow_screen(
    serve_page: ServePage, open_page: OpenPage, settings: Settings, path: str
) -> None:
    base: Any = SmallBase([replace(DOCUMENTS[0], partners=("Anah",), programmes=("NPNRU",)), *DOCUMENTS[1:]])
    address = serve_page(
        base, StillIngestor(), desk=EvaluationDesk(lambda: base, settings.app_database, settings.retention_days)
    )
    page = open_page(address, 320, 640)
    page.goto(f"{address}{path}")
    page.locator("h1, h2").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert page.evaluate("document.documentElement.lang") == "fr"


def found_soon(page: Page, question: str, words: str) -> None:
    """Asks until the answer holds some words: a new generation is seen within a second or two."""
    end = time.monotonic() + 60
    while True:
        asked = page.locator(".turn").count()
        ask(page, question)
        expect(page.locator(".turn")).to_have_count(asked + 1)  # the one before has the same words
        page.locator("#current .turn[data-state=done]").wait_for()
        answer = page.locator("#current .answer").text_content() or ""
        if words in answer:
            return
        assert time.monotonic() < end, f"{words!r} is not in: {answer}"
        time.sleep(0.3)
