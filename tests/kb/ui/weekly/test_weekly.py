"""What people come back for, in headless Chromium: what is new for readers, the figures of the week for editors."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import httpx
import pytest
from playwright.sync_api import Page, expect

from browsing import LOOKS, ask, picture, serious
from ingest.pipeline import ingest
from kb.evaluation.desk import EvaluationDesk
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder
from kb.records.asked.questions import AskedQuestions
from kb.records.conversations import PassingConversations, SavedConversations
from kb.records.database import AppDatabase
from kb.records.feedback import SavedFeedback, add_feedback
from kb.records.places import place_of
from kb.records.shared.accounts import accounts_of
from kb.records.tables import FEEDBACK, QUESTIONS_ASKED, TEST_QUERIES
from kb.settings import Settings
from questions import answered, refused
from serving import password
from small_base import SmallBase
from small_pages import DOCUMENTS, ServePage

OpenPage = Callable[..., Page]
FORMULA = '=HYPERLINK("https://evil.example";"Quelle prime à Mayotte ?")'
QUESTION = "Quel est le budget du programme Rives ?"


def in_every_light(page: Page, name: str) -> None:
    """Pictures of a page in light, in dark and on a phone; axe-core finds nothing, and nothing sticks out."""
    for look, options in LOOKS.items():
        page.emulate_media(color_scheme=options["color_scheme"])
        page.set_viewport_size({"width": options.get("width", 1280), "height": options.get("height", 800)})
        picture(page, f"{name}-{look}", whole=True)
        assert serious(page, f"{name} {look}") == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 800})


def cells(page: Page, row: int) -> list[str]:
    return page.locator("#semaines ~ .wide tbody tr").nth(row).locator("td").all_inner_texts()


def test_a_week_is_counted_right_and_goes_with_the_retention(
    serve_page: ServePage, open_page: OpenPage, settings: Settings
) -> None:
    now = datetime.now(UTC)
    monday = (now.astimezone() - timedelta(days=now.astimezone().weekday() + 7)).replace(hour=12)
    kept = AskedQuestions(place_of(settings), 30)
    for day, seconds in ((0, 1.0), (2, 2.0), (6, 6.0)):
        kept.answered(answered("Qui finance ?", seconds), "page", monday + timedelta(days=day))
    kept.answered(refused(FORMULA), "page", monday + timedelta(days=1))
    kept.answered(answered("Et là ?", 4.0, documents=()), "api", monday + timedelta(days=3))
    kept.failed("page", monday + timedelta(days=4))
    kept.answered(refused("Une question d'avant ?"), "page", now - timedelta(days=31))
    base: Any = SmallBase(DOCUMENTS)
    said = SavedFeedback(place_of(settings), 30)
    with AppDatabase(place_of(settings)) as database:
        old = (now - timedelta(days=31)).isoformat(timespec="seconds")
        add_feedback(database, old, "bad", "wrong", "", {**answered("Un avis d'avant ?")}, 1)
    desk = EvaluationDesk(lambda: base, place_of(settings), 30)
    address = serve_page(base, feedback=said, desk=desk, retention_days=30)
    page = open_page(address)
    ask(page, "Qui apporte les aides du programme ?")
    page.get_by_role("button", name="Pas utile").click()
    page.get_by_label("Mauvaise source").check()
    page.get_by_role("button", name="Envoyer l'avis").click()
    expect(page.locator("#thanks")).to_contain_text("votre avis est noté")
    ask(page, "Recette de la tarte aux fraises ?")

    page.goto(f"{address}/evaluation/manques")
    this, last = cells(page, 0), cells(page, 1)
    assert this[:6] == ["2", "1", "1", "0", "0", "1"]
    assert this[6] != ""
    assert last == ["6", "3", "1", "1", "1", "0", "2,0"]  # the median of 0.5, 1, 2, 4 and 6
    for gone in ("Une question d'avant", "Un avis d'avant"):
        expect(page.locator("main")).not_to_contain_text(gone)
    in_every_light(page, "manques")
    with page.expect_download() as download:
        page.get_by_role("link", name="les questions (CSV)").click()
    rows = list(csv.reader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig")), delimiter=";"))
    assert f"'{FORMULA}" in [row[0] for row in rows]
    assert not any(cell.startswith(("=", "+", "-", "@")) or "d'avant" in cell for row in rows for cell in row)
    with page.expect_download() as download:
        page.get_by_role("link", name="les semaines (CSV)").click()
    assert f"{monday.date()};6;3;1;1;1;0;" in Path(download.value.path()).read_text("utf-8-sig")

    # A month later all of it is gone.
    assert kept.purge(now + timedelta(days=31)) == 8
    assert said.purge(now + timedelta(days=31)) == 1
    kept.close()
    page.reload()
    expect(page.locator("main")).to_contain_text("Aucune question gardée.")
    expect(page.locator("main")).to_contain_text("Rien à traiter")


def test_what_is_missed_is_settled_in_one_click_and_names_nobody(
    serve_page: ServePage, open_page: OpenPage, settings: Settings, tmp_path: Path
) -> None:
    name = "zenobie"
    signs_in: dict[str, Any] = {"auth": "accounts", "accounts": tmp_path / "accounts"}
    accounts = accounts_of(replace(settings, **signs_in))
    accounts.add(name, "editor", password(name))
    token = accounts.add_token(name, "reader")
    accounts.close()
    base: Any = SmallBase(DOCUMENTS)
    desk = EvaluationDesk(lambda: base, place_of(settings), settings.retention_days)
    said = SavedFeedback(place_of(settings), settings.retention_days)
    address = serve_page(base, feedback=said, desk=desk, **signs_in)
    page = open_page(address, signs_in=(name, password(name)))
    tart, keys, premium = (
        "Recette de la tarte aux fraises ?",
        "Qui garde les clés du gymnase ?",
        "Quelle prime à Mayotte ?",
    )
    ask(page, tart)
    ask(page, keys)
    headers = {"authorization": f"Bearer {token}"}
    assert httpx.post(f"{address}/api/ask", json={"question": premium}, headers=headers, timeout=60).json()["refused"]
    ask(page, "Qui apporte les aides du programme ?")
    page.get_by_role("button", name="Pas utile").click()
    page.get_by_label("Mauvaise source").check()
    page.get_by_role("button", name="Envoyer l'avis").click()
    expect(page.locator("#thanks")).to_contain_text("votre avis est noté")

    page.goto(f"{address}/evaluation/manques")
    cards = page.locator("article.card")
    expect(cards).to_have_count(4)
    page.get_by_role("button", name=f"En faire une question de test : {tart}").click()
    expect(page.get_by_role("status")).to_contain_text("ajoutée : complétez-la dans Évaluation.")
    expect(cards).to_have_count(3)
    expect(cards.filter(has_text=tart)).to_have_count(0)
    assert [(query.question, query.reviewed) for query in desk.queries()] == [(tart, False)]
    page.get_by_role("button", name=f"Document manquant : {keys}").click()
    expect(page.get_by_role("status")).to_have_text(f"Noté : il manque un document pour « {keys} ».")
    missing = page.locator("section").filter(has=page.get_by_role("heading", name="Documents manquants"))
    expect(missing.locator("article.card")).to_have_count(1)
    expect(missing).to_contain_text(keys)
    in_every_light(page, "manques-noté")

    # Somebody asked, in the page and by a program, and disliked: nothing of it says who.
    told = [page.locator("main").inner_text()]
    told += [page.request.get(f"{address}/evaluation/{file}.csv").text() for file in ("manques", "semaines")]
    with AppDatabase(place_of(settings)) as database, database.transaction() as connection:
        rows = [connection.execute(table.select()).all() for table in (QUESTIONS_ASKED, FEEDBACK, TEST_QUERIES)]
    assert [len(found) for found in rows] == [4, 1, 1]
    assert all(premium in text for text in (*told[:2], repr(rows)))
    assert [text for text in (*told, repr(rows)) if name in text] == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "docs"
    made.mkdir()
    (made / "budget.md").write_text("# Budget\n\nLe budget du programme Rives est de 12 millions d'euros.", "utf-8")
    (made / "cantine.md").write_text("# Cantine\n\nLa cantine de la mairie ouvre à midi.", "utf-8")
    return made


@pytest.fixture
def base(folder: Path, settings: Settings, cache_folder: Path, packaged_encoder: Encoder) -> Iterator[KnowledgeBase]:
    assert not ingest([folder], settings, packaged_encoder).failed
    with KnowledgeBase.open(replace(settings, cache=cache_folder, llm_url=""), packaged_encoder) as opened:
        opened.ask("Quel est le budget ?")  # the models are loaded here, not while a page waits
        yield opened


def wait_two_seconds() -> None:
    """What is new is told to the second."""
    time.sleep(2.1)


def test_what_is_new_is_told_once_in_the_page_and_in_the_feed(
    serve_page: ServePage,
    open_page: OpenPage,
    settings: Settings,
    folder: Path,
    base: KnowledgeBase,
    packaged_encoder: Encoder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kb.records.following.visits.ONE_VISIT", timedelta(0))  # each look is a visit
    kept = SavedConversations(place_of(settings), 365)
    address = serve_page(base, conversations=kept)
    page = open_page(address)
    ask(page, QUESTION)
    page.get_by_role("button", name="Suivre cette question").click()
    followed = page.locator("article.card")
    expect(followed).to_contain_text(QUESTION)
    expect(followed).to_contain_text("Rien de nouveau")
    wait_two_seconds()

    # What answered answers no more, and another document does.
    (folder / "budget.md").write_text("# Budget\n\nLe conseil vote le budget chaque année en décembre.", "utf-8")
    (folder / "cantine.md").unlink()
    (folder / "bilan.md").write_text("# Bilan\n\nLe budget du programme Rives est de 15 millions d'euros.", "utf-8")
    assert not ingest([folder], settings, packaged_encoder, confirm=True).failed
    wait_two_seconds()
    told_of_sources = ("Une source de la réponse a changé : Budget", "Un document nouveau ou modifié en parle : Bilan")

    # The menu of every page tells how much is new, to the eye and to the ear.
    link = page.get_by_role("link", name="Nouveautés : 3 nouveautés depuis votre visite", exact=True)
    page.goto(f"{address}/aide")
    expect(link.locator(".fresh")).to_have_text("3")
    in_every_light(page, "pastille")
    page.goto(address)
    expect(link.locator(".fresh")).to_have_text("3")
    picture(page, "pastille-accueil")
    assert serious(page, "pastille") == []
    page.set_viewport_size({"width": 320, "height": 640})
    expect(link).to_be_hidden()
    page.get_by_role("button", name="Menu").click()
    expect(link.locator(".fresh")).to_be_visible()
    picture(page, "pastille-phone")
    page.set_viewport_size({"width": 1280, "height": 800})
    # The feed asks the question anew too: a question that has to wait its turn is asked at the next look.
    end = time.monotonic() + 120
    while not all(one in (feed := page.request.get(f"{address}/nouveautes.atom").text()) for one in told_of_sources):
        assert time.monotonic() < end, feed
        time.sleep(0.5)
    link.click()
    expect(page.get_by_role("heading", name="Nouveautés", level=1)).to_be_visible()
    expect(page.get_by_role("link", name="Nouveautés", exact=True)).to_be_visible()  # seen: nothing is counted any more

    fresh = page.locator("section").filter(has=page.get_by_role("heading", name="Nouveau depuis votre visite"))
    expect(fresh.locator(".documents > li")).to_have_count(3)
    for told in ("Budget Modifié", "Bilan Nouveau", "Cantine Retiré"):
        expect(fresh.locator(".documents > li").filter(has_text=told)).to_have_count(1)
    for told in told_of_sources:
        expect(followed.locator("li").filter(has_text=told)).to_have_count(1)
    in_every_light(page, "nouveautes")

    # Seen once, it is new no more; and the feed has each entry once, under the same ids each time.
    wait_two_seconds()
    page.reload()
    expect(fresh).to_contain_text("Rien n'a changé dans la base depuis.")
    expect(followed.get_by_text("nouveau", exact=True)).to_have_count(0)
    expect(followed.locator("li")).to_have_count(2)
    feeds = [feedparser.parse(page.request.get(f"{address}/nouveautes.atom").text()) for _ in range(2)]
    assert not any(feed.bozo for feed in feeds)
    entries = [[(entry.id, entry.title, entry.get("summary", "")) for entry in feed.entries] for feed in feeds]
    assert entries[0] == entries[1]
    assert len({key for key, _, _ in entries[0]}) == len(entries[0]) == 7
    titles = [title for _, title, _ in entries[0]]
    for title in ("Modifié : Budget", "Nouveau : Bilan", "Retiré : Cantine"):
        assert titles.count(title) == 1
    about = [summary for _, title, summary in entries[0] if title == f"Question suivie : {QUESTION}"]
    assert sorted(about) == sorted(told_of_sources)
    kept.close()


def test_where_nothing_is_kept_no_question_can_be_followed(serve_page: ServePage, open_page: OpenPage) -> None:
    page = open_page(serve_page(SmallBase(DOCUMENTS), conversations=PassingConversations(), retention_days=0))
    ask(page, "Qui apporte les aides du programme ?")
    expect(page.get_by_role("button", name="Copier", exact=False).first).to_be_visible()
    expect(page.get_by_role("button", name="Suivre cette question")).to_have_count(0)
