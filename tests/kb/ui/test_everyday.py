"""What staff do all day on the page of questions, by mouse and by keyboard: in headless Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from browsing import LOOKS, ask, picture, serious
from kb.records.conversations import SavedConversations
from kb.settings import Settings
from kb.types import Answer, Document
from paced_base import PacedBase
from serving import Servers
from small_base import SmallBase, citation_of
from small_pages import DOCUMENTS, FINANCING, QUARTERS, ServePage

OpenPage = Callable[..., Page]
QUESTION = "Qui apporte les aides du programme ?"
SENTENCES = tuple(
    f"La ville numéro {number} a reçu {number + 2} millions d'euros pour rénover son école et ses {number + 11} rues."
    for number in range(1, 5)
)
TOWNS = Document(
    id="villes.md",
    source="d",
    title="Les villes aidées, bilan de la première année",
    text="## Les écoles\n\n" + "\n\n".join(SENTENCES) + "\n\n" + "Une phrase sans rapport. " * 200,
    date="2025-10-02",
    rubric="Bilan",
)
SHARE = "Action Logement apporte 72 % des aides du programme, soit 8,4 milliards d'euros."
LYON = "Le renouvellement concerne 448 quartiers prioritaires."
QUOTES = ((FINANCING, SHARE), *((TOWNS, sentence) for sentence in SENTENCES), (QUARTERS, LYON))


class SixBase(SmallBase):
    """Answers one question with six citations, four of them of one document; others as a small base does."""

    def ask(self, question: str, **options: Any) -> Answer:
        """The answer."""
        found = super().ask(question, **options)
        if "villes" not in question:
            return found
        citations = tuple(
            citation_of(document, quote, number) for number, (document, quote) in enumerate(QUOTES, start=1)
        )
        text = " ".join(f"{citation.quote} [{citation.number}]" for citation in citations)
        return replace(found, text=text, citations=citations, refused=False, reason=None)


@pytest.mark.parametrize(("look", "options"), LOOKS.items())
def test_citations_are_turned_on_one_spot(
    serve_page: ServePage, open_page: OpenPage, look: str, options: dict[str, Any]
) -> None:
    page = open_page(serve_page(SixBase((*DOCUMENTS, TOWNS))), **options)
    ask(page, "Quelles villes sont aidées ?")
    page.locator("#current .reference").first.click()
    bar = page.locator("#reader .reader-bar")
    expect(bar.locator(".count")).to_have_text("1 sur 6")
    expect(page.locator("#reader mark").first).to_be_visible()
    onward = bar.get_by_role("button", name="Citation suivante")
    page.wait_for_timeout(300)  # where the bar comes to rest
    onward.scroll_into_view_if_needed()
    spot = onward.bounding_box()
    assert spot is not None
    seen = []
    for number in range(2, 7):
        page.mouse.click(spot["x"] + spot["width"] / 2, spot["y"] + spot["height"] / 2)
        expect(bar.locator(".count")).to_have_text(f"{number} sur 6")
        expect(page.locator("#current .reference[aria-current=true]")).to_have_text([str(number)])
        seen.append(page.locator("#reader mark").first.text_content())
    assert seen == [quote for _, quote in QUOTES[1:]]
    expect(onward).to_be_focused()
    expect(onward).to_have_attribute("aria-disabled", "true")
    expect(page.locator("#announcer")).to_have_text("Citation 6 sur 6 : Les quartiers")
    bar.get_by_role("button", name="Citation précédente").press("Enter")
    expect(bar.locator(".count")).to_have_text("5 sur 6")
    buttons = bar.get_by_role("button").all()
    assert len(buttons) == 4
    for button in buttons:
        expect(button).to_be_in_viewport(ratio=1)
    picture(page, f"everyday-citations-{look}")
    assert serious(page, "citations") == []
    page.keyboard.press("Escape")
    expect(page.locator("#current .reference[aria-current]")).to_have_count(0)


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)], ids=["laptop", "phone"])
def test_what_can_be_done_with_a_short_answer_is_right_below_it(
    serve_page: ServePage, small_base: SmallBase, open_page: OpenPage, size: tuple[int, int]
) -> None:
    page = open_page(serve_page(small_base), *size)
    for question in (QUESTION, "Recette de tarte aux fraises ?"):
        ask(page, question)
        copy = page.get_by_role("button", name="Copier avec les références")
        expect(copy).to_be_in_viewport(ratio=1)
        hole = page.evaluate(
            """() => document.querySelector("#tools .tools").getBoundingClientRect().top
                - document.querySelector("#current .turn").lastElementChild.getBoundingClientRect().bottom"""
        )
        assert hole < 60  # pixels: the space below a turn
    picture(page, f"everyday-short-{size[0]}")


def test_a_conversation_has_its_address_and_nothing_asked_is_lost(
    serve_page: ServePage, open_page: OpenPage, settings: Settings
) -> None:
    base = PacedBase(DOCUMENTS)
    kept = SavedConversations(settings.app_database, 365)
    address = serve_page(base, conversations=kept)
    page = open_page(address)
    page.goto(f"{address}/?de=2024")
    expect(page.locator("#filters")).to_contain_text("depuis 2024")
    base.find()
    base.write(100)
    ask(page, QUESTION)
    here = page.url
    assert re.fullmatch(rf"{address}/c/[\w-]+\?de=2024", here)
    page.get_by_role("button", name="Retirer les filtres").click()
    expect(page).to_have_url(here.partition("?")[0])

    # Another page and back, then a reload: it is there, and goes on.
    page.get_by_role("link", name="Explorer").click()
    page.go_back()
    expect(page.locator("#current .turn[data-state=done]")).to_contain_text("72 %")
    page.get_by_label("Votre question").fill("Combien de quartiers prioritaires ?")
    page.get_by_label("Votre question").press("Enter")
    page.locator("#current .turn[data-state=searching]").wait_for()
    page.reload()
    turn = page.locator("#current .turn").filter(has_text="Combien de quartiers")
    expect(turn).to_have_attribute("data-state", "searching")
    expect(page.get_by_role("button", name="Arrêter")).to_be_visible()
    expect(page.locator("#past .turn")).to_have_count(1)
    base.find()
    expect(turn).to_have_attribute("data-state", "done")
    expect(turn).to_contain_text("448 quartiers")
    expect(page.get_by_role("button", name="Copier avec les références")).to_be_visible()

    # It ends while nobody looks.
    page.get_by_label("Votre question").fill("Et quelles aides du programme ?")
    page.get_by_label("Votre question").press("Enter")
    page.locator("#current .turn[data-state=searching]").wait_for()
    page.goto(f"{address}/aide")
    base.find()
    page.go_back()
    expect(page.locator("#current .turn[data-state=done]")).to_contain_text("quelles aides")
    expect(page.locator("#past .turn")).to_have_count(2)

    page.get_by_role("button", name="Nouvelle conversation").click()
    expect(page).to_have_url(f"{address}/")
    page.go_back()
    expect(page.locator("#past .turn")).to_have_count(2)
    kept.close()


def test_a_server_that_is_gone_or_silent_is_told_and_nothing_written_is_lost(
    settings: Settings, open_page: OpenPage
) -> None:
    kept = SavedConversations(settings.app_database, 365)
    servers = Servers(settings)
    address = servers.serve(SmallBase(DOCUMENTS), conversations=kept)
    page = open_page(address, expected=("Failed to load resource", "net::ERR", "Failed to fetch", "NetworkError"))
    ask(page, QUESTION)
    told = page.locator("#connection")
    servers.stop()
    expect(told).to_contain_text("Repères ne répond plus.")
    box = page.get_by_label("Votre question")
    box.fill("Combien de quartiers prioritaires ?")
    box.press("Enter")
    expect(page.locator(".toast-wrap")).to_be_hidden()
    picture(page, "everyday-gone")
    assert serious(page, "gone") == []
    kept = SavedConversations(settings.app_database, 365)
    servers.serve(SmallBase(DOCUMENTS), conversations=kept, port=int(address.rpartition(":")[2]))
    expect(told).to_have_count(0)
    expect(page.locator("#current .turn[data-state=done]")).to_contain_text("72 %")
    expect(box).to_have_value("Combien de quartiers prioritaires ?")
    box.press("Enter")
    expect(page.locator("#current .turn[data-state=done]")).to_contain_text("448 quartiers")
    expect(page.locator("#past .turn")).to_have_count(1)

    # It takes what it is sent and says nothing.
    def hold(_route: Route) -> None:
        pass

    page.route(re.compile("/queue/join|/healthz"), hold)
    box.fill("Et Lille ?")
    box.press("Enter")
    expect(told).to_contain_text("Repères tarde à répondre.")
    told.get_by_role("button", name="Arrêter").click()
    expect(told).to_contain_text("Question arrêtée")
    expect(box).to_have_value("Et Lille ?")
    picture(page, "everyday-silent")
    page.unroute(re.compile("/queue/join|/healthz"))
    expect(told).to_have_count(0)
    expect(box).to_have_value("Et Lille ?")
    ask(page, "Combien de quartiers à Lille, et prioritaires ?")
    servers.stop()
    kept.close()


def test_editing_can_be_given_up_and_signs_ask_nothing(
    serve_page: ServePage, small_base: SmallBase, open_page: OpenPage
) -> None:
    page = open_page(serve_page(small_base))
    box = page.get_by_label("Votre question")
    box.fill("???")
    box.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("ne contient aucun mot")
    expect(page.locator(".turn")).to_have_count(0)
    ask(page, QUESTION)
    for give_up in (lambda: box.press("Escape"), page.get_by_role("button", name="Annuler la modification").click):
        page.get_by_role("button", name="Modifier la question").click()
        expect(box).to_have_value(QUESTION)
        give_up()
        expect(box).to_have_value("")
        expect(page.locator("#notice .note")).to_have_count(0)
    ask(page, "Combien de quartiers prioritaires ?")
    expect(page.locator(".turn")).to_have_count(2)
