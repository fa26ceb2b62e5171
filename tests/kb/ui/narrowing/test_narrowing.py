"""Chips of filters beside the question's box, and questions by profession: in headless Chromium."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browsing import LOOKS, ask, picture, serious
from kb.records.conversations import SavedConversations
from kb.settings import Settings
from small_base import SmallBase
from small_pages import FINANCING, QUARTERS, ServePage

OpenPage = Callable[..., Page]
OLD = replace(
    QUARTERS,
    id="ancien.md",
    title="Les quartiers avant",
    text="Le programme Rives a un budget de 12 millions d'euros.\n\nIl concerne 300 quartiers prioritaires.",
    kind="rapport",
    date="2019",
    programmes=("Rives",),
)


@pytest.mark.parametrize(("look", "options"), LOOKS.items())
def test_answers_are_limited_beside_the_question(
    serve_page: ServePage, open_page: OpenPage, settings: Settings, look: str, options: dict[str, Any]
) -> None:
    kept = SavedConversations(settings.app_database, 365)
    address = serve_page(SmallBase([FINANCING, QUARTERS, OLD]), conversations=kept)
    page = open_page(address, **options)

    # Questions by profession take the place of the others.
    profession = page.get_by_role("button", name="Finances", exact=True)
    profession.click()
    expect(profession).to_have_attribute("aria-expanded", "true")
    expect(page.locator("#examples")).to_be_hidden()
    picture(page, f"narrowing-professions-{look}")
    assert serious(page, "professions") == []
    page.locator(".of-profession .asks:visible").first.click()
    page.locator("#current .turn[data-state=done]").wait_for()
    question = page.locator("#current .question").inner_text()

    # Limited to a kind: the conversation that is open stays, and what is written.
    page.get_by_label("Votre question").fill("Combien de quartiers")
    page.get_by_text("Limiter les réponses").click()
    picture(page, f"narrowing-choices-{look}")
    assert serious(page, "choices of filters") == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="rapport 1")).to_be_hidden()
    page.get_by_text("Limiter les réponses").click()
    page.get_by_role("link", name="rapport 1").click()
    expect(page.locator("#filters .chosen")).to_contain_text("type : rapport")
    expect(page.locator("#current .question")).to_have_text(question)
    expect(page.get_by_label("Votre question")).to_have_value("Combien de quartiers")
    picture(page, f"narrowing-chosen-{look}")
    assert serious(page, "answers are limited") == []
    ask(page, "Combien de quartiers prioritaires ?")
    expect(page.locator("#sources .shown")).to_contain_text("Les quartiers avant")
    expect(page.locator("#sources .shown .title", has_text="Les quartiers")).to_have_count(1)
    page.get_by_role("link", name="Retirer : type : rapport").click()
    expect(page.locator("#filters .chosen")).to_have_count(0)
    expect(page.locator("#filters .filters")).to_have_count(0)
    kept.close()
