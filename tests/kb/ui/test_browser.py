"""The page in headless Chromium: whole journeys, what the browser asks for, and pictures under tests/output/."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from browsing import LOOKS, ask, picture, serious
from kb.errors import FingerprintError
from kb.ports import IngestionProgress
from kb.records.accounts import FileAccounts, Role
from small_base import SmallBase, UnsaidBase
from small_pages import DOCUMENTS, ServePage, StillIngestor

OpenPage = Callable[..., Page]
SHARE = "Action Logement apporte 72 % des aides du programme, soit 8,4 milliards d'euros."


def test_ask_then_check_the_source(serve_page: ServePage, small_base: SmallBase, open_page: OpenPage) -> None:
    page = open_page(serve_page(small_base))
    assert page.evaluate("document.documentElement.lang") == "fr"
    assert page.title() == "Repères"
    expect(page.locator("#base-state")).to_contain_text("3 documents, base mise à jour le 4 décembre 2025 à")
    picture(page, "page-start")
    ask(page, "Qui apporte les aides du programme ?")
    expect(page.locator("#examples")).to_be_hidden()
    expect(page.get_by_label("Votre question")).to_have_value("")
    expect(page.locator("#announcer")).to_contain_text("Réponse : Action Logement apporte 72 % des aides")

    page.locator("#current").get_by_role("button", name="Voir la source 1 : Qui finance le programme").click()
    reader = page.locator("#reader")
    expect(reader.get_by_role("heading", name="Qui finance le programme")).to_be_focused()
    expect(reader.locator("mark")).to_be_in_viewport()
    assert reader.locator("mark").all_text_contents() == [
        "Action Logement apporte 72 % des aides du programme, soit 8,4 milliards d'euros."
    ]
    expect(reader).to_contain_text("4 décembre 2025")
    expect(reader).to_contain_text("lu par Repères le 4 décembre 2025")
    link = reader.get_by_role("link", name="Ouvrir la page d'origine")
    assert link.get_attribute("href") == "https://www.example.org/financement"
    assert link.get_attribute("rel") == "noopener noreferrer nofollow"
    assert reader.locator("table td").first.text_content() == "Action Logement"
    picture(page, "page-source")

    expect(reader.get_by_role("button", name=re.compile("^Citation"))).to_have_count(0)
    reader.get_by_role("button", name="Revenir à la réponse").click()
    expect(page.locator("#current .reference").first).to_be_focused()
    expect(page.locator("#source-1-1")).to_be_visible()
    assert page.locator("#source-1-1 mark").all_text_contents() == [
        "Action Logement apporte 72 % des aides du programme, soit 8,4 milliards d'euros."
    ]


def test_the_keyboard_alone_reaches_a_source(serve_page: ServePage, small_base: SmallBase, open_page: OpenPage) -> None:
    page = open_page(serve_page(small_base))
    page.get_by_role("button", name="Combien de quartiers prioritaires ?").press("Enter")
    page.locator("#current .turn[data-state=done]").wait_for()
    expect(page.get_by_label("Votre question")).to_be_focused()
    second = page.locator("#current .reference").nth(1)
    for _ in range(20):
        page.keyboard.press("Shift+Tab")
        if second.evaluate("element => element === document.activeElement"):
            break
    assert second.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("#reader .reader-title")).to_be_focused()
    expect(page.locator("#reader mark")).to_have_text("Lyon : 12 quartiers prioritaires")
    page.get_by_role("button", name="Citation précédente").press("Enter")
    expect(page.locator("#reader mark")).to_have_text("Le renouvellement concerne 448 quartiers prioritaires.")
    page.get_by_role("button", name="Citation suivante").press("Enter")
    expect(page.locator("#reader mark")).to_have_text("Lyon : 12 quartiers prioritaires")
    page.keyboard.press("Escape")
    expect(second).to_be_focused()
    expect(page.locator("#reader")).to_have_count(0)


def test_each_answer_keeps_its_sources_until_a_new_conversation(
    serve_page: ServePage, small_base: SmallBase, open_page: OpenPage
) -> None:
    page = open_page(serve_page(small_base))
    ask(page, "Qui apporte les aides du programme ?")
    ask(page, "Combien de quartiers prioritaires ?")
    expect(page.locator("#sources-2")).to_be_visible()
    expect(page.locator("#sources-1")).to_be_hidden()
    page.locator("#past .reference").first.click()
    expect(page.locator("#reader mark")).to_contain_text("72 %")
    page.get_by_role("button", name="Fermer le document").click()
    expect(page.locator("#source-1-1")).to_be_focused()
    expect(page.locator("#sources-2")).to_be_hidden()
    page.get_by_role("button", name="Nouvelle conversation").click()
    expect(page.locator("#welcome h2")).to_be_visible()
    expect(page.locator("#examples")).to_be_visible()
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.locator("#sources")).to_have_text(re.compile("s'afficheront ici"))


def test_a_refusal_shows_close_documents_apart(
    serve_page: ServePage, small_base: SmallBase, open_page: OpenPage
) -> None:
    page = open_page(serve_page(small_base))
    ask(page, "Recette de tarte aux fraises ?")
    expect(page.locator("#current .answer")).to_have_text("Je ne trouve pas cette information dans les documents.")
    expect(page.locator(".reference, .number, #sources mark")).to_have_count(0)
    expect(page.get_by_role("heading", name="Documents les plus proches")).to_be_visible()
    expect(page.locator("#sources .near")).to_have_count(3)
    picture(page, "page-refusal")


@pytest.mark.parametrize(("look", "options"), LOOKS.items())
def test_what_the_documents_speak_of_without_saying_it(
    serve_page: ServePage, open_page: OpenPage, look: str, options: dict[str, Any]
) -> None:
    page = open_page(serve_page(UnsaidBase(DOCUMENTS)), **options)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, "Qui apporte les aides du programme, Union sociale ?")
    expect(page.locator("#current .answer")).to_contain_text("ils en parlent sans le dire.")
    expect(page.locator(".reference, #sources .number")).to_have_count(0)
    panel = page.get_by_role("region", name="Phrases les plus proches")
    expect(panel.get_by_role("heading", name="Documents les plus proches")).to_be_visible()
    expect(panel).to_contain_text("Elles en parlent sans répondre : vérifiez-les avant de vous en servir.")
    sentence, row = panel.locator(".nearest").all()
    expect(sentence.locator(".passage")).to_have_text(SHARE)
    expect(sentence).to_contain_text("4 décembre 2025")
    assert row.locator("th, td").all_text_contents() == ["Financeur", "Montant", "Union sociale", "2,4 milliards"]
    picture(page, f"page-nearest-{look}")
    assert serious(page, "nearest") == []
    page.get_by_role("button", name="Copier avec les références").click()
    expect(page.locator("#announcer")).to_have_text("Réponse copiée.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "Phrases les plus proches\nElles en parlent sans répondre" in copied
    assert f"« {SHARE} » Qui finance le programme, 4 décembre 2025" in copied
    assert "« Financeur | Montant ; Union sociale | 2,4 milliards »" in copied
    assert "[1]" not in copied
    opens = sentence.get_by_role("link", name="Lire dans le document")
    opens.press("Enter")
    expect(page.locator("#reader mark")).to_have_text(SHARE)
    expect(page.locator("#reader mark")).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(page.locator("#reader")).to_have_count(0)
    expect(opens).to_be_focused()


def test_hostile_text_is_shown_as_text(serve_page: ServePage, small_base: SmallBase, open_page: OpenPage) -> None:
    page = open_page(serve_page(small_base))
    hostile = DOCUMENTS[2]
    question = "<img src=x onerror=\"document.title='pris'\"> ![](https://evil.example/?q=1) dossier piégé **contient**"
    ask(page, question)
    expect(page.locator("#current .question")).to_have_text(question)
    source = page.locator("#sources .source").first
    assert source.locator(".title").text_content() == hostile.title
    expect(source.locator(".facts").first).to_contain_text("<b>rubrique</b>")
    assert source.locator(".passage").first.text_content() == hostile.text
    expect(source.locator("a:not(.read)")).to_have_count(0)  # the others lead to the reader, which is ours
    page.locator("#current .reference").first.click()
    assert page.locator("#reader .reader-title").text_content() == hostile.title
    assert page.locator("#reader .document-text").text_content() == hostile.text
    expect(page.locator("#reader a")).to_have_count(0)
    expect(page.locator("#layout img, #layout script, #layout iframe, #layout em, #layout .katex")).to_have_count(0)
    assert page.title() == "Repères"


def test_a_script_that_slipped_through_would_not_run(
    serve_page: ServePage, small_base: SmallBase, browser: Browser
) -> None:
    page = browser.new_page()
    page.goto(serve_page(small_base))
    page.locator("#welcome h2").wait_for()
    blocked = page.evaluate(
        """() => new Promise((done) => {
            document.addEventListener("securitypolicyviolation", (event) => done(event.effectiveDirective));
            const script = document.createElement("script");
            script.textContent = "document.title = 'pris'";
            document.body.append(script);
        })"""
    )
    assert blocked == "script-src-elem"
    assert page.title() == "Repères"
    page.close()


def test_a_question_too_long_stays_in_its_box(
    serve_page: ServePage, small_base: SmallBase, open_page: OpenPage
) -> None:
    page = open_page(serve_page(small_base))
    page.get_by_label("Votre question").fill("x" * 2345)
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_role("alert")).to_contain_text("2\u202f345 caractères, pour 2\u202f000 au plus")
    expect(page.get_by_label("Votre question")).to_have_value("x" * 2345)
    ask(page, "Qui apporte les aides du programme ?")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_an_empty_base_can_be_filled(serve_page: ServePage, open_page: OpenPage) -> None:
    base = SmallBase([])
    ingestor = StillIngestor()
    page = open_page(serve_page(base, ingestor))
    expect(page.get_by_role("heading", name="La base ne contient encore aucun document")).to_be_visible()
    expect(page.locator("#examples")).to_be_hidden()
    picture(page, "page-empty")
    page.get_by_role("button", name="Mettre à jour la base").click()
    expect(page.locator("#base-state")).to_have_text("Mise à jour en cours : 12 / 44 documents")
    expect(page.get_by_role("button", name="Mettre à jour la base")).to_be_hidden()
    picture(page, "page-filling")
    base.held.extend(DOCUMENTS)
    ingestor.now = IngestionProgress(finished_at="2025-12-04T13:05:00+00:00")
    expect(page.locator("#base-state")).to_contain_text("3 documents")
    expect(page.locator("#examples")).to_be_visible()


def test_a_base_that_cannot_be_opened_says_why_and_the_page_lives_on(
    serve_page: ServePage, small_base: SmallBase, open_page: OpenPage
) -> None:
    broken = threading.Event()
    broken.set()

    def opened() -> SmallBase:
        if broken.is_set():
            raise FingerprintError("La base a été faite avec un autre modèle. Lancez « reperes rebuild ».")
        return small_base

    page = open_page(serve_page(opened))
    expect(page.locator("#welcome")).to_contain_text("Lancez « reperes rebuild ».")
    picture(page, "page-unavailable")
    ask(page, "Qui apporte les aides du programme ?", state="failed")
    expect(page.locator("#current .trouble")).to_contain_text("La base a été faite avec un autre modèle.")
    broken.clear()
    ask(page, "Qui apporte toutes les aides du programme ?")
    expect(page.locator("#current .reference").first).to_be_visible()


def test_a_reader_is_not_offered_what_editors_do(
    serve_page: ServePage, small_base: SmallBase, still_ingestor: StillIngestor, open_page: OpenPage, tmp_path: Path
) -> None:
    accounts = FileAccounts(tmp_path / "comptes")
    for name, role in (("anne", "editor"), ("bob", "reader")):
        accounts.add(name, cast("Role", role), f"le mot de passe de {name}")
    address = serve_page(small_base, still_ingestor, auth="accounts", accounts=accounts.path)
    for name, offered in (("bob", False), ("anne", True)):
        page = open_page(address, signs_in=(name, f"le mot de passe de {name}"))
        expect(page.locator("#menu")).to_contain_text(name)
        expect(page.locator("#base-state")).to_contain_text("3 documents")
        expect(page.get_by_role("button", name="Mettre à jour la base")).to_be_visible(visible=offered)
        expect(page.get_by_role("link", name="Documents", exact=True)).to_have_count(int(offered))
        ask(page, "Qui apporte les aides du programme ?")
        page.get_by_role("button", name="Se déconnecter", exact=True).click()
        expect(page.get_by_label("Mot de passe")).to_be_visible()


def test_a_question_asked_while_the_page_still_loads_is_kept(
    serve_page: ServePage, small_base: SmallBase, browser: Browser
) -> None:
    page = browser.new_page()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile(r"/gradio_api/run/"), hold)
    with page.expect_request(re.compile(r"/gradio_api/run/"), timeout=60_000):  # the page asks for its own state
        page.goto(serve_page(small_base))
    box = page.get_by_label("Votre question")
    box.fill("Qui apporte les aides du programme ?")
    page.wait_for_timeout(200)  # what else it asks for then
    assert held
    page.unroute(re.compile(r"/gradio_api/run/"))  # lets those that are held go on
    for route in held:
        if (response := route.request.response()) is not None:
            response.finished()
    page.locator("#welcome h2").wait_for()
    expect(box).to_have_value("Qui apporte les aides du programme ?")
    box.press("Enter")
    expect(page.locator("#current .turn[data-state=done]")).to_contain_text("Action Logement apporte 72 % des aides")
    page.close()
