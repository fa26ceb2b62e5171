"""What staff do all day: check an answer against its sources, by mouse and by keyboard. In headless Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browsing import LOOKS, ask, at_rest, picture, serious
from kb.types import Answer, Document
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
    at_rest(onward)
    onward.scroll_into_view_if_needed()
    spot = at_rest(onward)
    for number, (_, quote) in enumerate(QUOTES[1:], start=2):
        page.mouse.click(spot["x"] + spot["width"] / 2, spot["y"] + spot["height"] / 2)
        expect(bar.locator(".count")).to_have_text(f"{number} sur 6")
        expect(page.locator("#current .reference[aria-current=true]")).to_have_text([str(number)])
        expect(page.locator("#reader mark").first).to_have_text(quote)
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


def test_the_keyboard_goes_everywhere_in_few_keys(serve_page: ServePage, open_page: OpenPage) -> None:
    page = open_page(serve_page(SixBase((*DOCUMENTS, TOWNS))))
    box = page.get_by_label("Votre question")
    ask(page, QUESTION)
    ask(page, "Quelles villes sont aidées ?")
    expect(box).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(box).to_have_value("Quelles villes sont aidées ?")
    page.keyboard.press("ArrowUp")
    expect(box).to_have_value(QUESTION)
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    expect(box).to_have_value("")
    # From the box to the first reference in one key, its document in two.
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("#current .reference").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#reader .count")).to_have_text("1 sur 6")
    expect(page.locator("#reader .reader-title")).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("#reader .count")).to_have_text("2 sur 6")
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("#reader .count")).to_have_text("1 sur 6")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Raccourcis clavier")
    expect(dialog).to_contain_text("Citation suivante")
    picture(page, "everyday-shortcuts")
    assert serious(page, "shortcuts") == []
    dialog.get_by_label("Raccourcis d'une seule touche").uncheck()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("#reader .count")).to_have_text("1 sur 6")  # closed the list alone
    page.keyboard.press("?")
    page.keyboard.press("/")
    expect(dialog).to_be_hidden()
    expect(box).not_to_be_focused()
    page.get_by_role("button", name="Raccourcis clavier").click()
    dialog.get_by_label("Raccourcis d'une seule touche").check()
    dialog.get_by_role("button", name="Fermer").click()
    page.keyboard.press("/")
    expect(box).to_be_focused()
    page.keyboard.type("/ ?")
    expect(box).to_have_value("/ ?")  # signs as any in the box


@pytest.mark.parametrize(("look", "options"), LOOKS.items())
def test_places_of_one_document_are_one_card(
    serve_page: ServePage, open_page: OpenPage, look: str, options: dict[str, Any]
) -> None:
    page = open_page(serve_page(SixBase((*DOCUMENTS, TOWNS))), **options)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    if look == "phone":  # most of a small screen is for the conversation
        assert page.locator("#masthead").evaluate("header => header.offsetHeight / innerHeight") <= 0.15
        expect(page.get_by_role("link", name="Explorer", exact=True)).to_be_hidden()
        page.get_by_role("button", name="Menu").click()
        expect(page.get_by_role("link", name="Explorer", exact=True)).to_be_in_viewport(ratio=1)
        picture(page, "everyday-menu-phone")
        assert serious(page, "menu") == []
        page.keyboard.press("Escape")
        expect(page.get_by_role("link", name="Explorer", exact=True)).to_be_hidden()
    ask(page, "Quelles villes sont aidées ?")
    cards = page.locator("#sources .source")
    expect(cards).to_have_count(3)
    towns = page.get_by_role("article", name="Sources 2, 3, 4 et 5")
    expect(towns.locator(".title")).to_have_text("Les villes aidées, bilan de la première année")
    assert towns.locator(".number").all_text_contents() == ["2", "3", "4", "5"]
    towns.locator("summary").nth(1).click()
    expect(page.locator("#source-1-3 mark")).to_have_text(SENTENCES[1])
    towns.scroll_into_view_if_needed()
    picture(page, f"everyday-places-{look}")
    assert serious(page, "places") == []
    page.locator("#source-1-3").get_by_role("link", name="Lire dans le document").click()
    expect(page.locator("#reader mark")).to_have_text(SENTENCES[1])
    expect(page.locator("#reader .count")).to_have_text("3 sur 6")
    page.get_by_role("button", name="Fermer le document").click()
    expect(page.locator("#source-1-3")).to_be_focused()
    page.get_by_role("button", name="Copier avec les références").click()
    expect(page.locator("#announcer")).to_have_text("Réponse copiée.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert re.findall(r"^\[\d\]", copied, re.MULTILINE) == [f"[{number}]" for number in range(1, 7)]
    assert "[3] Les villes aidées, bilan de la première année, 2 octobre 2025, Bilan" in copied
