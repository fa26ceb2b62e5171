"""Values by date, below an answer and on the page of a partner: in headless Chromium."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from browsing import LOOKS, ask, picture, serious
from kb.records.conversations import SavedConversations
from kb.settings import Settings
from kb.types import Document
from small_base import SmallBase
from small_pages import DOCUMENTS, ServePage

OpenPage = Callable[..., Page]
YEARS = {2018: "10 millions d'euros", 2020: "12,5 millions d'euros", 2024: "15 millions d'euros"}
SENTENCES = [f"Le budget de la Foncière Sud pour les berges est de {value} en {year}." for year, value in YEARS.items()]
BUDGETS = Document(
    "budgets.md", "d", "Les budgets successifs", "\n\n".join(SENTENCES), date="2024-06", partners=("Foncière Sud",)
)


class ManyBase(SmallBase):
    """Cites three sentences."""

    shown = 3


@pytest.mark.parametrize(("look", "options"), LOOKS.items())
def test_values_are_read_as_a_table_and_taken_along(
    serve_page: ServePage, open_page: OpenPage, settings: Settings, look: str, options: dict[str, Any]
) -> None:
    kept = SavedConversations(settings.app_database, 365)
    address = serve_page(ManyBase([*DOCUMENTS, BUDGETS]), conversations=kept)
    page = open_page(address, **options)
    ask(page, "Quel est le budget de la Foncière pour les berges ?")
    values = page.locator("#current details.values")
    values.get_by_text("Tableau des valeurs (3)").click()
    expect(values.get_by_role("img", name="2018 : 10 millions d'euros ; 2020")).to_be_visible()
    expect(values.locator("tbody tr")).to_have_count(3)
    expect(values.locator("tbody tr").last).to_contain_text("2024Foncière Sud15 millions d'euros")
    values.scroll_into_view_if_needed()
    picture(page, f"values-answer-{look}")
    assert serious(page, "values of an answer") == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    with page.expect_download() as download:
        values.get_by_role("link", name="Télécharger en XLSX").click()
    sheet = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes())).worksheets[0]
    assert [(sheet.cell(line, 2).value, sheet.cell(line, 4).value) for line in (2, 3, 4)] == [
        ("2018", 10_000_000),
        ("2020", 12_500_000),
        ("2024", 15_000_000),
    ]
    values.get_by_role("link", name="Les budgets successifs").last.click()
    expect(page.locator("#reader mark")).to_contain_text("15 millions d'euros en 2024")

    page.goto(f"{address}/explorer/partenaire?nom=Foncière Sud")
    section = page.locator("section.values")
    expect(section.get_by_role("img")).to_be_visible()
    expect(section.locator("tbody tr")).to_have_count(3)
    picture(page, f"values-partner-{look}", whole=True)
    assert serious(page, "values of a partner") == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    with page.expect_download() as download:
        section.get_by_role("link", name="Télécharger en CSV").click()
    assert "12500000;€;12,5 millions d'euros" in Path(download.value.path()).read_text("utf-8-sig")
    kept.close()
