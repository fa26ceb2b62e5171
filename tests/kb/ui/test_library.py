"""The pages around the questions, as staff use them: whole journeys in headless Chromium over a real base."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from browsing import ask, serious
from ingest.child import ChildIngestor
from ingest.pipeline import ingest
from kb.index.opening import open_store
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder
from kb.records.conversations import SavedConversations
from kb.settings import Settings
from small_pages import ServePage

OpenPage = Callable[..., Page]
TEXTS = {
    "relogement.md": "---\ntitre: Le relogement des familles\ndate: 2023-05-12\ntype: rapport\nrubrique: Habitat\n"
    "programmes: [Rives]\npartenaires: [Foncière Sud]\n---\n\nEn 2021, la Foncière Sud a relogé 140 familles.\n\n"
    "La Foncière Sud possède 900 logements.\n",
    "jardins.md": "---\ntitre: Les jardins partagés\ndate: 2024-02\ntype: article\nrubrique: Cadre de vie\n"
    "programmes: [Rives]\n---\n\nLes jardins partagés accueillent 30 habitants. Le budget est de 5 millions d'euros.\n",
    "budget.md": "---\ntitre: Le budget du programme Rives\ndate: 2022\ntype: article\nrubrique: Financement\n---\n\n"
    "Le budget du programme est de 12 millions d'euros. Il paie aussi le relogement.\n",
}


@pytest.fixture
def library(
    tmp_path: Path,
    settings: Settings,
    cache_folder: Path,
    packaged_encoder: Encoder,
    serve_page: ServePage,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    """The address of a real base of three documents, with what updates it."""
    monkeypatch.setenv("REPERES_CACHE", str(cache_folder))
    corpus = tmp_path / "documents"
    corpus.mkdir()
    for name, text in TEXTS.items():
        (corpus / name).write_text(text, encoding="utf-8")
    given = replace(settings, corpus=corpus, cache=cache_folder)
    ingest([corpus], given, packaged_encoder)
    base = KnowledgeBase.open(replace(given, llm_url=""), packaged_encoder)
    base.ask("Quel est le budget ?")  # the models are loaded here, not while a page waits
    ingestor = ChildIngestor(given)
    kept = SavedConversations(given.app_database, 365)
    yield serve_page(base, ingestor, conversations=kept, corpus=corpus)
    ingestor.stop()
    base.close()


def height_and_top(part: Locator) -> tuple[float, float]:
    box = part.first.bounding_box()
    assert box is not None
    return box["height"], box["y"]


def test_what_a_search_finds_is_counted_and_asked_about(library: str, open_page: OpenPage) -> None:
    page = open_page(library)
    page.get_by_role("link", name="Explorer", exact=True).click()
    search = page.get_by_role("searchbox", name="Documents qui contiennent")
    search.fill("relogement")
    search.press("Enter")
    expect(page.get_by_role("status")).to_have_text("2 documents")
    filters = page.get_by_role("region", name="Filtres")
    expect(filters).not_to_contain_text("Cadre de vie")  # a value of no document that was found
    filters.locator("summary").filter(has_text="Rubrique").click()
    expect(filters.get_by_label("Financement")).to_be_visible()
    filters.get_by_label("article 1").check()  # of two articles, one holds the word
    filters.get_by_role("button", name="Appliquer").click()
    expect(page.get_by_role("status")).to_have_text("1 document")
    expect(filters.get_by_label("rapport 1")).to_be_visible()  # what it would add is still told

    # The search goes along to the questions, and can be taken away there.
    page.get_by_role("link", name="Poser une question dans cette sélection").click()
    chosen = page.locator("#filters .chosen")
    expect(chosen).to_contain_text(["documents qui contiennent « relogement »", "type : article"])
    ask(page, "Quel est le budget ?")
    expect(page.locator("#current .answer")).to_contain_text("12 millions")
    expect(page.locator("#sources")).not_to_contain_text("Les jardins partagés")

    # Nothing found: nothing is offered to ask about; what was chosen is taken away one by one.
    page.goto(f"{library}/explorer?q=xqzv+wkrpt&type=article")
    expect(page.locator(".results")).to_contain_text("Aucun document ne contient « xqzv wkrpt »")
    expect(page.get_by_role("link", name="Poser une question")).to_have_count(0)
    assert serious(page, "nothing found") == []
    page.get_by_role("link", name="Retirer : « xqzv wkrpt »").click()
    expect(page.get_by_role("status")).to_have_text("2 documents")
    page.goto(f"{library}/explorer?q=jardins+relogement")
    expect(page.get_by_role("status")).to_contain_text("aucun ne contient tous ces mots")

    # On a phone, results stand before the filters, one press away.
    page.set_viewport_size({"width": 375, "height": 667})
    header, first, there = map(height_and_top, (page.locator(".masthead"), page.locator(".documents li"), filters))
    assert header[0] <= 0.15 * 667
    assert first[1] < there[1]
    page.get_by_role("link", name="Filtres").click()
    expect(page.get_by_role("heading", name="Filtres")).to_be_in_viewport()


def test_what_is_erased_can_be_undone_and_changes_wait_for_each_other(
    library: str, settings: Settings, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.child._SECONDS_BETWEEN_TRIES", 0.5)
    page = open_page(library)
    ask(page, "Quel est le budget du programme ?")
    page.goto(f"{library}/conversations")
    page.get_by_role("button", name="Effacer : Quel est le budget du programme ?").click()
    expect(page.get_by_role("status")).to_contain_text("Conversation effacée : « Quel est le budget du programme ? »")
    expect(page.locator(".documents > li")).to_have_count(0)
    assert serious(page, "erased") == []
    page.get_by_role("button", name="Annuler l'effacement").click()
    expect(page.locator(".documents > li")).to_have_count(1)

    # A document is withdrawn, another erased for good before that is done: the second waits, says so, is confirmed.
    page.goto(f"{library}/documents")
    page.get_by_label("Fichiers").set_input_files(
        {"name": "note.md", "mimeType": "text/markdown", "buffer": b"# Une note\n\nRien de plus que ces quelques mots."}
    )
    page.get_by_role("button", name="Lire ces fichiers").click()
    page.get_by_role("button", name="Ajouter à la base").click(timeout=120_000)
    expect(page.locator("#etat")).to_contain_text("1 ajouté", timeout=120_000)
    other = open_page(library)
    for opened, title in ((page, "Une note"), (other, "Les jardins partagés")):
        opened.goto(f"{library}/documents")
        opened.get_by_role("link", name=title, exact=True).click()
    other.get_by_label("Je veux que ce document ne revienne jamais").check()
    while httpx.get(f"{library.rstrip('/')}/healthz", timeout=300).json()["ingesting"]:
        page.wait_for_timeout(100)
    with open_store(settings).writing():  # the first cannot be done before the second is asked for
        page.get_by_role("button", name="Retirer de la base").click()
        other.get_by_role("button", name="Effacer pour de bon").click(no_wait_after=True)
        expect(other.locator("#etat")).to_contain_text("Ensuite : effacement pour de bon de « Les jardins partagés »")
    expect(other.locator("#etat")).to_contain_text("Effacé pour de bon : « Les jardins partagés ».", timeout=240_000)
    assert serious(other, "erased for good") == []

    # What was withdrawn can be erased too.
    other.reload()
    other.locator("summary").filter(has_text="1 document retiré").click()
    other.get_by_role("link", name="Une note").click()
    other.get_by_label("Je veux que ce document ne revienne jamais").check()
    other.get_by_role("button", name="Effacer pour de bon").click(no_wait_after=True)
    expect(other.locator("#etat")).to_contain_text("Effacé pour de bon : « Une note ».", timeout=240_000)
    assert [path.name for path in settings.uploads_folder.rglob("note.md")] == []


def test_what_documents_say_of_themselves_is_written_one_way(library: str, open_page: OpenPage) -> None:
    page = open_page(library, expected=("status of 422",))
    page.goto(f"{library}/documents/fiche?document=jardins.md")
    several = page.get_by_label("Programmes (séparés par des virgules)")
    several.fill("Quais, ")
    suggested = page.locator("#valeurs-programmes option")
    expect(suggested).to_have_attribute("value", "Quais, Rives")
    several.fill("Rives")
    page.get_by_label("Date").fill("12 mars 2026")
    page.get_by_label("Type").fill("Rapports")
    page.get_by_role("button", name="Enregistrer les corrections").click()
    alike = page.get_by_role("group", name="Valeurs qui se ressemblent")
    expect(alike).to_contain_text("Type : « Rapports » ressemble à « rapport », que 1 document donne déjà.")
    expect(page.get_by_label("Date")).to_have_value("12 mars 2026")
    assert serious(page, "alike") == []
    alike.get_by_role("button", name="Garder ce que j'ai écrit").click(no_wait_after=True)
    expect(page.get_by_label("Date")).to_have_value("12/03/2026", timeout=120_000)
    expect(page.get_by_label("Type")).to_have_value("Rapports")

    page.goto(f"{library}/documents")
    page.get_by_role("link", name="Harmoniser").click()
    near = page.get_by_role("group", name="Ces valeurs se ressemblent")
    expect(near).to_contain_text("Rapports 1 document")
    near.get_by_label("rapport 1 document", exact=True).check()
    assert serious(page, "values") == []
    page.locator("form.near").get_by_role("button", name="Fusionner").click(no_wait_after=True)
    expect(page.get_by_role("status")).to_contain_text("Type : « Rapports » → « rapport »", timeout=120_000)
    expect(near).to_have_count(0)
    page.goto(f"{library}/explorer")
    expect(page.get_by_role("region", name="Filtres").get_by_label("rapport 2")).to_be_visible()
