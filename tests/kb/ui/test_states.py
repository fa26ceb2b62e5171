"""Every state of the page of questions: legible to axe-core, at home on a narrow screen, still while it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browsing import LOOKS, SEEN, WATCH, ask, picture, serious
from kb.errors import StoreError
from kb.index.catalog.rows import Withdrawn
from kb.records.conversations import SavedConversations
from kb.settings import Settings
from kb.types import StoreStatus
from paced_base import WARNING, PacedBase
from small_base import SmallBase
from small_pages import DOCUMENTS, ServePage, StillIngestor

OpenPage = Callable[..., Page]
QUESTION = "Qui apporte les aides du programme ?"


@pytest.fixture
def paced() -> Iterator[PacedBase]:
    base = PacedBase(DOCUMENTS)
    yield base
    base.find(1000)  # whoever still waits ends
    base.write(1000)


def send(page: Page, question: str) -> None:
    page.get_by_label("Votre question").fill(question)
    page.get_by_label("Votre question").press("Enter")
    page.locator("#current .turn").filter(has_text=question).wait_for()


def turn(page: Page, state: str) -> None:
    page.locator(f"#current .turn[data-state={state}]").wait_for()


@pytest.mark.parametrize(("look", "options"), LOOKS.items())
def test_every_state_of_an_answer(
    paced: PacedBase, serve_page: ServePage, open_page: OpenPage, look: str, options: dict[str, Any]
) -> None:
    page = open_page(serve_page(paced), **options)
    found: list[str] = []

    def state(name: str) -> None:
        picture(page, f"state-{name}-{look}")
        found.extend(serious(page, name))
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"{name}: scrolls sideways")

    state("welcome")
    send(page, QUESTION)
    turn(page, "searching")
    expect(page.get_by_role("button", name="Arrêter")).to_be_visible()
    state("searching")
    paced.find()
    paced.write()
    turn(page, "writing")
    expect(page.locator("#sources .source").first).to_be_visible()
    state("writing")
    page.get_by_role("button", name="Arrêter").click()
    turn(page, "stopped")
    expect(page.get_by_role("button", name="Reposer la question")).to_be_visible()
    state("stopped")
    paced.find(100)
    paced.write(100)
    page.get_by_role("button", name="Reposer la question").click()
    turn(page, "done")
    expect(page.locator("#current .warnings")).to_contain_text(WARNING)
    state("done-with-a-warning")
    page.locator("#current .reference").first.hover()
    page.locator("#current .reference").first.click()
    expect(page.locator("#reader mark").first).to_be_visible()
    state("reading")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Modifier la question").click()
    expect(page.locator("#notice")).to_contain_text("remplacera la précédente")
    state("editing")
    page.get_by_role("button", name="Nouvelle conversation").click()
    expect(page.locator(".turn")).to_have_count(0)
    ask(page, "Recette de tarte aux fraises ?")
    state("refusal")
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_role("alert")).to_be_visible()
    state("empty-question")
    assert found == []


@pytest.mark.parametrize("look", ["light", "dark"])
def test_a_failure_and_a_vanished_conversation(serve_page: ServePage, open_page: OpenPage, look: str) -> None:
    def broken() -> PacedBase:
        raise StoreError("La base est illisible. Supprimez son dossier puis lancez « reperes ingest ».")

    address = serve_page(broken)
    page = open_page(address, color_scheme=look)
    found = serious(page, "no base")
    ask(page, QUESTION, state="failed")
    picture(page, f"state-failed-{look}")
    found += serious(page, "failed")
    page.goto(f"{address}/?conversation=inconnue")
    expect(page.get_by_role("alert")).to_contain_text("conversation")
    picture(page, f"state-conversation-gone-{look}")
    found += serious(page, "conversation gone")
    assert found == []


class Updated(SmallBase):
    """Tells of an update in which things went wrong, and of a document that left."""

    def status(self) -> StoreStatus:
        run = {
            "command": "sync", "began": "2025-12-04T13:00:00+00:00", "seconds": 12.5,
            "added": 1, "updated": 1, "unchanged": 41, "withdrawn": 1, "ignored": 0,
            "failed": [{"source": "long-nom-de-fichier-" * 6 + ".md", "reason": "fichier vide"}],
            "notices": [{"source": "https://www.example.org/x", "reason": "la page n'existe plus (404)"}],
            "changes": [
                {"document": "n.md", "title": "Neuf", "change": "added", "diff": []},
                {"document": "m.md", "title": "Changé", "change": "updated", "diff": ["- 5 millions", "+ 12 millions"]},
            ],
        }  # fmt: skip
        return replace(super().status(), withdrawn=1, reports=(run,))

    def withdrawn(self) -> list[Withdrawn]:
        """One document."""
        return [Withdrawn("parti.md", "Un article retiré", "magazine", "2025-12-01T08:00:00+00:00")]


@pytest.mark.parametrize(("look", "options"), LOOKS.items())
def test_every_state_of_the_other_pages(
    serve_page: ServePage, open_page: OpenPage, settings: Settings, look: str, options: dict[str, Any]
) -> None:
    named = replace(DOCUMENTS[0], partners=("Action Logement",), programmes=("NPNRU",))
    base, ingestor = Updated([named, *DOCUMENTS[1:]]), StillIngestor()
    kept = SavedConversations(settings.app_database, 365)
    address = serve_page(base, ingestor, conversations=kept)
    page = open_page(address, expected=("status of 422",), **options)
    ask(page, QUESTION)
    found: list[str] = []

    def state(name: str, path: str = "") -> None:
        if path:
            page.goto(f"{address}{path}")
        page.locator("h1, h2").first.wait_for()
        picture(page, f"state-{name}-{look}", whole=True)
        found.extend(serious(page, name))
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            found.append(f"{name}: scrolls sideways")

    state("conversations", "/conversations")
    page.get_by_role("link", name=QUESTION, exact=True).click()
    page.locator("#current .turn[data-state=done]").wait_for()
    state("resumed")
    state("explorer", "/explorer")
    state("explorer-chosen", "/explorer?type=article&de=2025&a=2025")
    state("explorer-nothing", "/explorer?de=1999&a=1999")
    state("timeline", "/explorer?vue=frise")
    state("partner", "/explorer/partenaire?nom=Action%20Logement")
    state("documents", "/documents")
    expect(page.get_by_role("main")).to_contain_text("fichier vide")
    expect(page.get_by_role("main")).to_contain_text("Un article retiré")
    page.get_by_role("button", name="Mettre à jour").first.click()
    expect(page.get_by_role("main")).to_contain_text("12 / 44")
    state("documents-updating")
    state("document", "/documents/fiche?document=financement.md")
    page.get_by_label("Date").fill("hier")
    page.get_by_role("button", name="Enregistrer les corrections").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Date")).to_have_value("hier")  # nothing typed is lost
    state("document-trouble")
    state("reader", "/lire?document=financement.md")
    state("help", "/aide")
    assert found == []


def test_years_are_chosen_by_keyboard(serve_page: ServePage, open_page: OpenPage) -> None:
    address = serve_page(SmallBase(DOCUMENTS))
    page = open_page(address)
    page.goto(f"{address}/explorer")
    first, last = page.get_by_role("slider", name="Première année"), page.get_by_role("slider", name="Dernière année")
    assert first.get_attribute("aria-valuetext") == "2024, sans limite"
    first.press("ArrowRight")
    expect(page.get_by_label("de", exact=True)).to_have_value("2025")
    assert first.get_attribute("aria-valuetext") == "2025"
    last.press("ArrowLeft")  # the years cannot cross: the other end follows
    expect(page.get_by_label("à", exact=True)).to_have_value("2024")
    expect(page.get_by_label("de", exact=True)).to_have_value("")
    page.get_by_label("à", exact=True).press("Enter")
    expect(page.get_by_role("status")).to_contain_text("1 document")
    expect(page.locator(".results")).to_contain_text("Les quartiers")
    assert "a=2024" in page.url
    expect(last).to_have_value("2024")
    last.press("End")
    expect(page.get_by_label("à", exact=True)).to_have_value("")
    page.get_by_role("button", name="Appliquer").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("3 documents")  # those without a date too


@pytest.mark.parametrize("width", [1280, 360])
def test_nothing_jumps_while_an_answer_comes_in(
    paced: PacedBase, serve_page: ServePage, open_page: OpenPage, width: int
) -> None:
    page = open_page(serve_page(paced), width)
    paced.find()
    send(page, QUESTION)
    turn(page, "writing")
    page.evaluate(WATCH)
    words = page.locator("#current .answer")
    before = words.text_content()
    paced.write()
    expect(words).not_to_have_text(before or "")
    paced.write()
    expect(words).to_contain_text("72 %")
    paced.write(100)
    turn(page, "done")
    expect(page.locator("#feedback, #tools").first).to_be_attached()
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    seen = page.evaluate(SEEN)
    assert len(seen["tops"]) == 1, seen  # what is being read stays where it is
    assert len(seen["scrolls"]) == 1, seen
    assert not seen["shrank"], seen
    assert seen["shifts"] < 0.1, seen  # what web.dev calls good


def test_who_waits_for_the_model_sees_their_place(paced: PacedBase, serve_page: ServePage, open_page: OpenPage) -> None:
    address = serve_page(paced)
    first, second, third = (open_page(address) for _ in range(3))
    paced.find(3)
    paced.write()
    send(first, QUESTION)
    turn(first, "writing")
    for page in (second, third):
        send(page, QUESTION)
        turn(page, "writing")
        expect(page.locator("#current .reference").first).to_be_visible()  # its sources at once
    expect(second.locator("#current .waiting")).to_contain_text("bientôt votre tour")
    expect(third.locator("#current .waiting")).to_contain_text("1 question")
    picture(third, "state-waiting-light")
    assert serious(third, "waiting") == []
    second.get_by_role("button", name="Arrêter").click()
    expect(third.locator("#current .waiting")).to_contain_text("bientôt votre tour")
    paced.write(1000)
    for page in (first, third):
        turn(page, "done")
        expect(page.locator("#current .answer")).to_contain_text("Action Logement apporte 72 %")
    turn(second, "stopped")


def test_beginning_anew_leaves_the_answer_on_its_way_behind(
    paced: PacedBase, serve_page: ServePage, open_page: OpenPage
) -> None:
    page = open_page(serve_page(paced))
    paced.find(3)
    send(page, QUESTION)
    turn(page, "writing")
    page.get_by_role("button", name="Nouvelle conversation").click()
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.locator("#welcome h2")).to_be_visible()
    expect(page.get_by_role("button", name="Envoyer")).to_be_visible()
    send(page, "Combien de quartiers prioritaires ?")
    turn(page, "writing")
    paced.write(1000)
    turn(page, "done")
    expect(page.locator(".turn")).to_have_count(1)
    expect(page.locator("#current .answer")).to_contain_text("448 quartiers")


def test_questions_in_quick_succession_are_all_answered(serve_page: ServePage, open_page: OpenPage) -> None:
    page = open_page(serve_page(SmallBase(DOCUMENTS)))
    for number in range(20):
        ask(page, f"Qui apporte les aides du programme, {number} ?")
    expect(page.locator("#current .answer")).to_contain_text("Action Logement apporte 72 %")
