"""The list of conversations beside the one that is open: in headless Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browsing import LOOKS, ask, picture, serious
from kb.records.conversations import SavedConversations
from kb.settings import Settings
from small_base import SmallBase
from small_pages import ServePage

OpenPage = Callable[..., Page]
TODAY = re.compile(r"^(?:Aujourd'hui|Hier)$")  # midnight may have passed meanwhile
QUESTIONS = ("Qui apporte les aides du programme ?", "Combien de quartiers prioritaires ?", "Où est l'école ?")


@pytest.mark.parametrize(("look", "options"), LOOKS.items())
def test_conversations_are_found_renamed_and_pinned_beside_the_answer(
    serve_page: ServePage,
    small_base: SmallBase,
    open_page: OpenPage,
    settings: Settings,
    look: str,
    options: dict[str, Any],
) -> None:
    kept = SavedConversations(settings.app_database, 365)
    page = open_page(serve_page(small_base, conversations=kept), **options)
    for number, question in enumerate(QUESTIONS):
        if number:
            page.get_by_role("button", name="Nouvelle conversation").click()
            expect(page.locator(".turn")).to_have_count(0)
        ask(page, question)
    page.get_by_role("button", name="Liste des conversations").click()
    panel = page.get_by_role("navigation", name="Conversations", exact=True)
    sought = panel.get_by_label("Chercher une conversation")
    expect(sought).to_be_focused()
    expect(panel.get_by_role("heading", level=3)).to_have_text([TODAY])
    expect(panel.locator("li a[aria-current=page]")).to_have_text(QUESTIONS[2])
    sought.fill("ecole")
    expect(panel.locator("li:visible")).to_have_count(1)
    sought.fill("rien de tel")
    expect(panel.get_by_role("status")).to_have_text("Aucune conversation ne porte ces mots.")
    sought.fill("")
    panel.get_by_role("button", name=f"Renommer : {QUESTIONS[0]}").click()
    named = panel.get_by_label("Nouveau nom de la conversation")
    named.fill("Les <b>aides</b> à citer")
    named.press("Enter")
    link = panel.get_by_role("link", name="Les <b>aides</b> à citer")
    expect(link).to_be_visible()
    pin = panel.get_by_role("button", name="Épingler : Les <b>aides</b> à citer")
    pin.click()
    expect(panel.get_by_role("heading", level=3)).to_have_text(["Épinglées", TODAY])
    expect(pin).to_have_attribute("aria-pressed", "true")
    expect(pin).to_be_focused()
    picture(page, f"everyday-beside-{look}")
    assert serious(page, "beside") == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    link.click()
    expect(page.locator("#current .turn[data-state=done]")).to_contain_text("72 %")
    if look == "phone":  # over the page there: closed by its leaving
        expect(panel).to_have_count(0)
    else:
        expect(panel.locator("li a[aria-current=page]")).to_have_text("Les <b>aides</b> à citer")
        page.get_by_role("button", name="Fermer la liste des conversations").click()
        expect(panel).to_be_hidden()
        expect(page.get_by_role("button", name="Liste des conversations")).to_be_focused()
    kept.close()
