"""Citing, sharing and printing: in headless Chromium."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from browsing import LOOKS, OUTPUT, ask, picture, serious
from kb.records.conversations import SavedConversations
from kb.settings import Settings
from small_base import SmallBase
from small_pages import ServePage

OpenPage = Callable[..., Page]
QUESTION = "Qui apporte les aides du programme ?"
TOLD = "(Qui finance le programme, Financement, 4 décembre 2025, https://www.example.org/financement)"


def pasted(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


def printed(page: Page, name: str) -> str:
    """The words of the page on paper, a picture of which is kept."""
    sheets = pypdfium2.PdfDocument(page.pdf(format="A4"))
    words = " ".join(" ".join(sheet.get_textpage().get_text_bounded() for sheet in sheets).split())
    OUTPUT.mkdir(exist_ok=True)
    sheets[0].render(scale=1.5).to_pil().save(OUTPUT / f"{name}.png")
    sheets.close()
    return words


@pytest.mark.parametrize(("look", "options"), LOOKS.items())
def test_an_answer_is_cited_shared_and_printed(
    serve_page: ServePage,
    small_base: SmallBase,
    open_page: OpenPage,
    settings: Settings,
    look: str,
    options: dict[str, Any],
) -> None:
    kept = SavedConversations(settings.app_database, 365)
    address = serve_page(small_base, conversations=kept)
    page = open_page(address, **options)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, QUESTION)

    # A sentence with its reference: from the sources, and from the document that it stands in.
    page.locator("#sources .shown").get_by_role("button", name="Copier la citation avec sa référence").first.click()
    expect(page.locator("#announcer")).to_have_text("Citation copiée.")
    assert "72 % des aides du programme" in pasted(page)
    assert pasted(page).endswith(TOLD)
    page.locator("#current .reference").first.click()
    reader = page.locator("#reader")
    reader.get_by_role("button", name="Copier la citation avec sa référence").click()
    expect(page.locator("#announcer")).to_have_text("Citation copiée.")
    picture(page, f"sharing-reader-{look}")
    assert serious(page, "a document can be cited") == []
    reader.get_by_role("button", name="Copier le lien vers cette phrase").click()
    expect(page.locator("#announcer")).to_have_text("Lien copié.")
    link = pasted(page)
    assert link.startswith(f"{address}/lire?document=financement.md&debut=")
    page.keyboard.press("Escape")

    # The conversation: shared once its person says so.
    page.get_by_role("button", name="Partager").click()
    dialog = page.get_by_role("dialog", name="Partager cette conversation")
    expect(dialog).to_contain_text("vous seul la lisez")
    dialog.get_by_role("button", name="Créer le lien").click()
    shared = dialog.get_by_label("Lien de la conversation")
    expect(shared).to_be_focused()
    picture(page, f"sharing-dialog-{look}")
    assert serious(page, "sharing") == []
    dialog.get_by_role("button", name="Copier le lien vers cette réponse").click()
    expect(dialog.get_by_role("status")).to_have_text("Lien copié.")
    answer = pasted(page)
    assert answer == f"{shared.input_value()}#reponse-1"
    dialog.get_by_role("button", name="Fermer").click()
    expect(dialog).to_be_hidden()

    # Whoever has it reads it, sources included, and prints it.
    page.goto(answer)
    expect(page.get_by_role("heading", name=QUESTION, level=2)).to_be_visible()
    page.locator(".reference").first.click()
    expect(page.locator("#source-1-1")).to_be_in_viewport()
    picture(page, f"sharing-shared-{look}", whole=True)
    assert serious(page, "a shared conversation") == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    words = printed(page, f"sharing-printed-{look}")
    for expected in (QUESTION, "72 % des aides du programme", "Qui finance le programme", "4 décembre 2025"):
        assert expected in words
    for useless in ("Copier", "Explorer", "Imprimer", "Poser une question", "Accessibilité"):
        assert useless not in words

    # The link to a sentence, and to words that are selected.
    page.goto(link)
    expect(page.locator("mark").first).to_contain_text("72 % des aides")
    assert "à un autre endroit" not in page.content()
    page.locator(".document-text td", has_text="Union sociale").evaluate(
        "(cell) => getSelection().selectAllChildren(cell)"
    )
    page.get_by_role("button", name="Copier la citation avec sa référence").click()
    expect(page.locator("#announcer")).to_have_text("Citation copiée.")
    assert pasted(page) == f"« Union sociale » {TOLD}"
    page.get_by_role("button", name="Copier le lien vers cette phrase").click()
    expect(page.locator("#announcer")).to_have_text("Lien copié.")
    page.goto(pasted(page))
    expect(page.locator("mark")).to_have_text("Union sociale")
    assert "Copier" not in printed(page, f"sharing-document-{look}")

    # No more, when its person says so.
    page.goto(f"{address}/conversations")
    expect(page.get_by_role("link", name="partagée")).to_be_visible()
    page.get_by_role("button", name="Arrêter le partage").click()
    expect(page.get_by_role("link", name="partagée")).to_have_count(0)
    kept.close()
