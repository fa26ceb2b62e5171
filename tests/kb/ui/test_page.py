"""How the page lays itself out in headless Chromium: what is in view, on narrow screens, and whether it can be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from browsing import ask, picture
from kb.types import Document
from small_base import SmallBase
from small_pages import FINANCING, ServePage

READABLE = 4.5  # contrast of text that WCAG 2 asks for (1.4.3, level AA)
# One colour over another, as the browser computed them, up to the first background that hides what is below it.
CONTRASTS = """() => {
    const channels = (colour) => colour.match(/[0-9.]+/g).map(Number);
    const light = (colour) => {
        const [r, g, b] = channels(colour).slice(0, 3)
            .map((channel) => channel / 255)
            .map((channel) => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element) => {
        for (; element; element = element.parentElement) {
            const colour = getComputedStyle(element).backgroundColor;
            const [, , , alpha = 1] = channels(colour);
            if (alpha === 1) return colour;
        }
        return "rgb(255, 255, 255)";
    };
    const found = [];
    const walker = document.createTreeWalker(document.querySelector("gradio-app"), NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const element = walker.currentNode.parentElement;
        if (!walker.currentNode.data.trim() || !element.checkVisibility({ visibilityProperty: true })) continue;
        const [one, other] = [light(getComputedStyle(element).color), light(behind(element))];
        const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
        found.push([walker.currentNode.data.trim(), contrast]);
    }
    return found;
}"""

OpenPage = Callable[..., Page]


def scrolls_sideways(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def hidden_by_the_question_box(page: Page, selector: str) -> bool:
    bottom, box = page.evaluate(
        """selector => [selector, "#ask"].map((part) => document.querySelector(part).getBoundingClientRect())
            .map((place, index) => (index ? place.top : place.bottom))""",
        selector,
    )
    return bool(bottom > box)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_narrow_page_never_scrolls_sideways(
    serve_page: ServePage, small_base: SmallBase, open_page: OpenPage, theme: str
) -> None:
    page = open_page(serve_page(small_base), 320, 640, color_scheme=theme)
    assert not scrolls_sideways(page)
    ask(page, "Qui apporte les aides du programme, " + "x" * 200 + " ?")
    assert not scrolls_sideways(page)
    page.locator("#current .reference").first.click()
    expect(page.locator("#reader mark").first).to_be_in_viewport()
    assert not hidden_by_the_question_box(page, "#reader mark")
    assert not scrolls_sideways(page)
    assert page.locator("body").evaluate("body => body.classList.contains('dark')") is (theme == "dark")
    picture(page, f"page-narrow-{theme}")


@pytest.mark.parametrize(("theme", "background"), [("light", "rgb(250, 249, 247)"), ("dark", "rgb(19, 20, 20)")])
def test_every_text_can_be_read(
    serve_page: ServePage, small_base: SmallBase, open_page: OpenPage, theme: str, background: str
) -> None:
    page = open_page(serve_page(small_base), color_scheme=theme)
    assert page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor") == background
    shown = page.evaluate(CONTRASTS)
    ask(page, "Qui apporte les aides du programme ?")
    picture(page, f"page-{theme}")
    shown += page.evaluate(CONTRASTS)
    ask(page, "Recette de tarte aux fraises ?")
    shown += page.evaluate(CONTRASTS)
    texts = {text for text, _ in shown}
    assert {"Que voulez-vous savoir\u00a0?", "Nouvelle conversation", "Documents les plus proches", "1"} <= texts
    assert [(text, round(contrast, 2)) for text, contrast in shown if contrast < READABLE] == []


def test_a_new_question_comes_to_the_top_with_its_answer_and_its_sources(
    serve_page: ServePage, open_page: OpenPage
) -> None:
    long = replace(FINANCING, text=FINANCING.text + "\n\n" + "Une phrase sans rapport. " * 150)
    page = open_page(serve_page(SmallBase([long])))
    for number in ("un", "deux", "trois", "quatre"):
        page.locator("#sources").evaluate("panel => { panel.scrollTop = panel.scrollHeight; }")
        ask(page, f"Qui apporte les aides du programme, {number} ?")  # each its own: `ask` waits for these very words
    expect(page.locator("#current .note")).to_be_in_viewport(ratio=1)
    assert not hidden_by_the_question_box(page, "#current .note")
    expect(page.locator("#sources-4 h2")).to_be_in_viewport(ratio=1)
    page.wait_for_function(
        """() => {
            const top = (selector) => document.querySelector(selector).getBoundingClientRect().top;
            return top("#current .question") - top("#conversation") < 100;
        }"""
    )


@pytest.mark.parametrize("before", [1, 24, 120])
def test_a_number_opens_the_whole_document_at_its_sentence(
    serve_page: ServePage, open_page: OpenPage, before: int
) -> None:
    text = "Une phrase sans rapport. " * before + "Action Logement apporte 72 % des aides. " + "Autre chose ici. " * 120
    page = open_page(serve_page(SmallBase([Document(id="a.md", source="d", title="Long", text=text.strip())])))
    ask(page, "Qui apporte les aides ? Action Logement ?")
    page.locator("#current .reference").first.click()
    expect(page.locator("#reader .reader-title")).to_be_focused()
    expect(page.locator("#reader mark")).to_have_text("Action Logement apporte 72 % des aides.")
    expect(page.locator("#reader mark")).to_be_in_viewport(ratio=1)
    expect(page.locator("#reader .document-text")).to_contain_text("Autre chose ici.")
