"""The page of a PDF beside its text, in headless Chromium: on its own and beside an answer, by keyboard too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from browsing import ask, picture, serious
from ingest.pipeline import ingest
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder
from kb.settings import Settings
from kb.web.chat.sources import reader_address
from paged_files import COST, report
from small_base import SmallBase
from small_pages import ServePage

OpenPage = Callable[..., Page]
NAME = "rapport.pdf"


@pytest.fixture
def base(tmp_path: Path, settings: Settings, tiny_encoder: Encoder) -> SmallBase:
    """A report read by the real ingestion, in a base that answers at once."""
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / NAME).write_bytes(report())
    ingest([folder], settings, tiny_encoder)
    with KnowledgeBase.open(settings, tiny_encoder) as opened:
        document, origin = opened.document(NAME), opened.origin(NAME)
    assert document is not None
    assert origin is not None
    made = SmallBase([document])
    made.origins[NAME] = origin
    return made


def address_of(base: SmallBase) -> str:
    text = base.held[0].text
    start = text.index(COST)
    return reader_address(NAME, start, start + len(COST), COST)


@pytest.fixture
def reader(browser: Browser, base: SmallBase, serve_page: ServePage) -> Iterator[Callable[..., Page]]:
    """Opens the reader's own page at the cost."""
    served = serve_page(base)
    opened: list[Page] = []

    def open_(width: int, height: int, **options: Any) -> Page:
        page = browser.new_page(viewport={"width": width, "height": height}, reduced_motion="reduce", **options)
        opened.append(page)
        page.goto(f"{served}{address_of(base)}")
        return page

    yield open_
    for page in opened:
        page.close()


def test_the_page_stands_beside_the_text(reader: Callable[..., Page]) -> None:
    page = reader(1280, 800)
    leaf = page.get_by_role("region", name="Le document tel qu'il est")
    expect(leaf).to_contain_text("Page 2 sur 4")
    expect(leaf.get_by_role("img")).to_have_js_property("complete", True)
    assert leaf.get_by_role("img").evaluate("image => image.naturalWidth") > 100
    expect(leaf.locator(".outlined")).to_have_count(2)
    expect(leaf.locator(".outlined").first).to_be_in_viewport()
    expect(page.locator(".document-text mark")).to_be_in_viewport()
    expect(page.get_by_role("radio")).to_have_count(0)
    picture(page, "leaf-laptop")
    assert serious(page, "leaf") == []

    leaf.get_by_role("link", name="Page suivante").press("Enter")
    expect(leaf).to_contain_text("Page 3 sur 4")
    expect(leaf.get_by_role("link", name="Page suivante")).to_be_focused()
    expect(leaf.get_by_role("status")).to_have_text("Page 3 sur 4")
    expect(leaf.locator(".outlined")).to_have_count(0)
    leaf.get_by_role("link", name="Lire le texte de cette page").press("Enter")
    expect(page.locator("#feuille-3")).to_be_focused()
    expect(page.locator("#feuille-3")).to_be_in_viewport()
    page.get_by_role("link", name="page 4", exact=True).click()
    expect(leaf).to_contain_text("Page 4 sur 4")
    expect(leaf.get_by_role("link", name="Page suivante")).to_have_count(0)


def test_on_a_phone_one_is_in_the_place_of_the_other(reader: Callable[..., Page]) -> None:
    page = reader(390, 844)
    expect(page.locator(".document-text mark")).to_be_in_viewport()
    expect(page.locator(".view-page")).to_be_hidden()
    page.get_by_role("radio", name="Texte").press("ArrowRight")
    expect(page.locator(".document-text")).to_be_hidden()
    expect(page.locator(".outlined").first).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    picture(page, "leaf-phone")
    assert serious(page, "leaf on a phone") == []
    page.get_by_role("link", name="Lire le texte de cette page").click()
    expect(page.locator("#feuille-2")).to_be_in_viewport()
    expect(page.locator(".view-page")).to_be_hidden()


def test_without_scripts_the_page_is_a_page_of_its_own(reader: Callable[..., Page]) -> None:
    page = reader(1280, 800, java_script_enabled=False)
    page.get_by_role("link", name="Voir la page 2 telle qu'elle est").click()
    expect(page.locator(".outlined")).to_have_count(2)
    page.get_by_role("link", name="Page suivante").click()
    expect(page.locator("main")).to_contain_text("Page 3 sur 4")
    page.get_by_role("link", name="Lire le texte de cette page").click()
    expect(page.locator("#feuille-3")).to_be_in_viewport()


def test_beside_an_answer_the_citation_is_seen_on_its_page(
    serve_page: ServePage, base: SmallBase, open_page: OpenPage
) -> None:
    page = open_page(serve_page(base))
    ask(page, "Quel est le coût des jardins partagés, à la charge de l'agence ?")
    expect(page.locator("#source-1-1 .facts").first).to_contain_text("p. 2")
    page.locator("#current .reference").first.click()
    expect(page.locator("#reader mark")).to_be_in_viewport()
    page.locator("#reader").get_by_role("radio", name="Page").check(force=True)
    expect(page.locator("#reader .outlined").first).to_be_in_viewport()
    picture(page, "leaf-answer")
    assert serious(page, "leaf beside an answer") == []
    page.locator("#reader").get_by_role("link", name="Page précédente").click()
    expect(page.locator("#reader")).to_contain_text("Page 1 sur 4")
    page.keyboard.press("Escape")
    expect(page.locator("#current .reference").first).to_be_focused()


def test_why_a_picture_is_not_there_is_told_in_its_place(reader: Callable[..., Page], base: SmallBase) -> None:
    page = reader(1280, 800)
    expect(page.locator(".outlined")).to_have_count(2)
    file = Path(base.origins[NAME].folder) / NAME
    file.write_bytes(report() + b"\n%%EOF")
    page.locator(".sheet-page img").evaluate("image => { image.srcset = ''; image.src += '&encore=1'; }")
    expect(page.locator(".view-page .note")).to_contain_text("a changé depuis qu'il a été lu")
    page.get_by_role("link", name="Page suivante").click()
    expect(page.locator(".view-page .note")).to_contain_text("a changé depuis qu'il a été lu")
    expect(page.locator(".document-text")).to_contain_text("1 254 000 euros")
