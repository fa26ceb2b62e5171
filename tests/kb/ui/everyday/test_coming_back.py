"""What staff do all day: leave and come back, lose the network, think again. In headless Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from browsing import ask, picture, serious
from kb.records.conversations import SavedConversations
from kb.settings import Settings
from paced_base import PacedBase
from serving import Servers
from small_base import SmallBase
from small_pages import DOCUMENTS, ServePage

OpenPage = Callable[..., Page]
QUESTION = "Qui apporte les aides du programme ?"


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
    page.get_by_role("link", name="Explorer", exact=True).click()
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
    cut = ("Failed to load resource", "net::ERR", "Failed to fetch", "NetworkError")
    page = open_page(address, expected=cut, patient=False)
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
    for by_key in (True, False):
        page.get_by_role("button", name="Modifier la question").click()
        expect(box).to_have_value(QUESTION)
        if by_key:
            box.press("Escape")
        else:
            page.get_by_role("button", name="Annuler la modification").click()
        expect(box).to_have_value("")
        expect(page.locator("#notice .note")).to_have_count(0)
    ask(page, "Combien de quartiers prioritaires ?")
    expect(page.locator(".turn")).to_have_count(2)
