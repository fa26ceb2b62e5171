"""Acronyms, from what documents say of them to what a reader is told: in headless Chromium."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browsing import LOOKS, ask, picture, serious
from kb.types import Document
from small_base import SmallBase
from small_pages import DOCUMENTS, ServePage

OpenPage = Callable[..., Page]
QUAYS = Document(
    "quais.md",
    "d",
    "Les quais et leurs gestionnaires",
    "L'Office des quais fluviaux (OQF) entretient les berges du fleuve.\n\nL'OQF emploie 120 agents sur les berges.",
    date="2025-03",
    kind="rapport",
)


@pytest.mark.parametrize(("look", "options"), LOOKS.items())
def test_what_an_acronym_stands_for_is_told_where_it_is_read(
    serve_page: ServePage, open_page: OpenPage, look: str, options: dict[str, Any]
) -> None:
    address = serve_page(SmallBase([*DOCUMENTS, QUAYS]))
    page = open_page(address, **options)
    ask(page, "Combien d'agents emploie l'office sur les berges ?")
    term = page.locator("#current .answer .term").first
    tip = page.locator("#term-tip")
    expect(term).to_have_text("OQF")

    # By the keyboard: told while it is there; Escape takes it away and leaves the keyboard where it is.
    term.focus()
    expect(tip).to_be_visible()
    expect(tip).to_have_text("Office des quais fluviauxD'après « Les quais et leurs gestionnaires »")
    described = term.get_attribute("aria-describedby")
    expect(page.locator(f"[id='{described}']")).to_have_text(
        "Office des quais fluviaux. D'après « Les quais et leurs gestionnaires »"
    )
    picture(page, f"terms-answer-{look}")
    assert serious(page, "an acronym is told") == []
    box = tip.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= page.evaluate("innerWidth")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    expect(term).to_be_focused()
    page.keyboard.press("Enter")
    expect(tip).to_be_visible()
    page.get_by_label("Votre question").focus()
    expect(tip).to_be_hidden()

    # By the pointer: it stays while the pointer goes over it, and leaves with it.
    term.hover()
    expect(tip).to_be_visible()
    tip.hover()
    page.wait_for_timeout(600)  # longer than it takes to leave
    expect(tip).to_be_visible()
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()

    # In the document beside the answer too; there Escape closes first what is told, then the document.
    page.locator("#current .reference").first.click()
    told = page.locator("#reader .document-text .term").first
    expect(told).to_have_text("OQF")
    told.focus()
    expect(tip).to_be_visible()
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    expect(page.locator("#reader")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#reader")).to_have_count(0)

    # The glossary: with its source, opened where it is explained.
    page.goto(f"{address}/glossaire")
    expect(page.get_by_role("status")).to_have_text("1 sigle")
    picture(page, f"terms-glossary-{look}", whole=True)
    assert serious(page, "glossary") == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.get_by_role("link", name="Les quais et leurs gestionnaires").click()
    expect(page.locator("mark")).to_contain_text("Office des quais fluviaux (OQF)")

    # An editor's own words go before those, at once; one that is hidden is told nowhere.
    page.goto(f"{address}/glossaire")
    page.get_by_text("Modifier").click()
    page.get_by_label("Ce qu'il veut dire").last.fill("Observatoire quotidien du fleuve")
    picture(page, f"terms-editing-{look}", whole=True)
    assert serious(page, "an entry is edited") == []
    page.get_by_role("button", name="Enregistrer").last.click()
    expect(page.locator(".done")).to_contain_text("« OQF » : c'est enregistré")
    expect(page.locator(".entry")).to_contain_text("écrit par l'agence")
    page.goto(f"{address}/lire?document=quais.md")
    page.locator(".document-text .term").first.focus()
    expect(tip).to_contain_text("Observatoire quotidien du fleuve")
    page.goto(f"{address}/glossaire")
    page.get_by_text("Modifier").click()
    page.get_by_role("button", name="Masquer ce sigle").click()
    expect(page.locator(".entry")).to_contain_text("masqué")
    page.goto(f"{address}/lire?document=quais.md")
    expect(page.locator(".document-text")).to_contain_text("OQF")
    expect(page.locator(".term")).to_have_count(0)


def test_a_touch_tells_what_an_acronym_stands_for(serve_page: ServePage, open_page: OpenPage) -> None:
    page = open_page(serve_page(SmallBase([*DOCUMENTS, QUAYS])), width=375, height=667, has_touch=True)
    ask(page, "Combien d'agents emploie l'office sur les berges ?")
    page.locator("#current .answer .term").first.tap()
    tip = page.locator("#term-tip")
    expect(tip).to_be_visible()
    tip.tap()
    expect(tip).to_be_visible()
    page.locator("#current .question").tap()
    expect(tip).to_be_hidden()
