"""The page of what is new, followed questions, and the feed as readers of feeds read it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import httpx
import pytest

from ingest.pipeline import ingest
from kb.index.opening import open_store
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder
from kb.records.accounts import FileAccounts
from kb.records.conversations import KeptTurn, SavedConversations
from kb.records.database import AppDatabase
from kb.records.following.followed import FollowedQuestions
from kb.records.following.visits import Visits
from kb.records.kept_answers import keep_answer
from kb.records.places import place_of
from kb.records.tables import VISITS
from kb.retrieval.filters import Filters
from kb.settings import Settings
from kb.types import Document
from makers import MAKERS, on_maker
from serving import Application, password
from small_base import SmallBase
from small_pages import DOCUMENTS, FINANCING, QUARTERS

ADDRESS = "/nouveautes"
on_both = pytest.mark.parametrize("settings", MAKERS, indirect=True)
QUESTION = "Qui apporte les aides du programme ?"
BEARS = Document(id="bilan.md", source="d", title="Bilan", text="Qui apporte les aides du programme ? La Région.")


@pytest.fixture
def settings(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    """With a store of the maker that a test is run for; without one, of files."""
    return on_maker(request, settings) if hasattr(request, "param") else settings


def told(*changes: tuple[Document, str], minutes: float = 0.0, diff: Sequence[str] = ()) -> dict[str, Any]:
    """The report of an ingestion that ended so many minutes from now."""
    began = datetime.now(UTC) + timedelta(minutes=minutes, seconds=-1)
    held = [{"document": one.id, "title": one.title, "change": kind, "diff": list(diff)} for one, kind in changes]
    return {"began": began.isoformat(), "seconds": 0.0, "changes": held}


def visited(settings: Settings, hours: float, person: str = "") -> None:
    """Has the last visit of somebody be so many hours ago."""
    Visits(place_of(settings), 365).look(person)
    at = (datetime.now(UTC) - timedelta(hours=hours)).isoformat(timespec="seconds")
    with AppDatabase(place_of(settings)) as database, database.transaction() as connection:
        connection.execute(VISITS.update().values(at=at))


def following(
    client: httpx.Client,
    settings: Settings,
    base: SmallBase,
    question: str = QUESTION,
    *,
    minutes: float = 0.0,
    filters: Filters | None = None,
) -> httpx.Response:
    """The page after « Suivre cette question » under the answer to a question, given so many minutes from now."""
    answer = keep_answer(base.ask(question, filters=filters), filters=filters)
    at = (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat(timespec="seconds")
    SavedConversations(settings.app_database, 365).put("", "c1", KeptTurn(1, at, 1, answer))
    return client.post(f"{ADDRESS}/suivre", data={"conversation": "c1"}, follow_redirects=True)


def read(client: httpx.Client, **headers: str) -> Any:
    """The feed, as feedparser reads it; it finds nothing to mend."""
    answer = client.get(f"{ADDRESS}.atom", headers=headers)
    assert answer.status_code == 200
    feed = feedparser.parse(answer.content)
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.version == "atom10"
    return feed


@on_both
def test_what_changed_since_the_last_visit_is_told_once(application: Application, settings: Settings) -> None:
    base = SmallBase(DOCUMENTS)
    base.told = [
        told((FINANCING, "updated"), minutes=-10, diff=("- 70 %", "+ 72 %")),
        told((QUARTERS, "added"), minutes=-20),
        told((replace(BEARS, title="Ancien <b>"), "withdrawn"), minutes=-30),
        told((BEARS, "added"), minutes=-600),
    ]
    client = application(base)
    assert "Nouveau depuis votre visite" not in client.get(ADDRESS).text  # the first one
    visited(settings, 2)
    page = client.get(ADDRESS).text
    new, _, before = page.partition('id="avant"')
    assert [kind in new for kind in ("Modifié", "Nouveau</strong>", "Retiré")] == [True] * 3
    assert "+ 72 %" in new
    assert "Ancien &lt;b&gt;" in new
    assert "Nouveau</strong>" in before
    assert "Rien n'a changé" not in client.get(ADDRESS).text  # the same visit
    visited(settings, 0.1)
    with AppDatabase(place_of(settings)) as database, database.transaction() as connection:
        connection.execute(VISITS.update().values(before=datetime.now(UTC).isoformat(timespec="seconds")))
    assert "Rien n'a changé" in client.get(ADDRESS).text


def test_a_followed_question_tells_of_its_sources_and_of_what_bears_on_it(
    application: Application, settings: Settings
) -> None:
    base = SmallBase(DOCUMENTS)
    client = application(base)
    assert "Qui apporte les aides" in following(client, settings, base).text
    assert "Rien de nouveau" in client.get(ADDRESS).text
    other = Document(id="cantine.md", source="d", title="Cantine", text="La cantine ouvre à midi.")
    base.held = [replace(FINANCING, text="Les financeurs sont partis."), QUARTERS, BEARS, other]
    base.told = [told((FINANCING, "updated"), (BEARS, "added"), (other, "added"), minutes=1)]
    page = client.get(ADDRESS).text
    assert "Une source de la réponse a changé" in page
    assert "Un document nouveau ou modifié en parle" in page
    assert "Cantine" not in page.partition('id="avant"')[0]
    assert client.get(ADDRESS).text.count("Un document nouveau ou modifié en parle") == 1
    base.held = [QUARTERS]
    base.told = [told((BEARS, "withdrawn"), minutes=2), *base.told]
    assert "Une source de la réponse a été retirée" in client.get(ADDRESS).text
    titles = [entry.title for entry in read(client).entries]
    assert titles.count(f"Question suivie : {QUESTION}") == 3
    (followed,) = FollowedQuestions(settings.app_database, 365).list("")
    assert [item.document for item in followed.news] == ["bilan.md", "financement.md", "bilan.md"]
    client.post(f"{ADDRESS}/laisser", data={"question": followed.id})
    assert "Vous ne suivez aucune question" in client.get(ADDRESS).text


def test_every_page_tells_how_much_is_new(application: Application, settings: Settings) -> None:
    base = SmallBase(DOCUMENTS)
    client = application(base)

    def badge(path: str) -> str:
        page = client.get(path, headers={"accept": "text/html"}).text
        found = re.search(r'href="/nouveautes"[^>]*>Nouveautés(.*?)</a>', page)
        assert found is not None
        return found[1]

    base.told = [told((QUARTERS, "added"), minutes=-600)]
    assert badge("/aide") == ""  # to somebody who comes for the first time nothing is new
    following(client, settings, base, minutes=-180)
    visited(settings, 2)
    base.told = [
        told((FINANCING, "updated"), (BEARS, "withdrawn"), minutes=-5),
        told((FINANCING, "updated"), minutes=-10),
        *base.told,
    ]
    assert '>2</span><span class="unseen"> : 2 nouveautés depuis votre visite</span>' in badge("/aide")
    assert badge("/glossaire?page=0") == ""  # what tells of an error asks no database
    (question,) = FollowedQuestions(settings.app_database, 365).list("")
    assert question.news == ()  # nothing is asked anew for it
    read(client)  # a reader of feeds has it asked
    for path in ("/explorer", "/documents", "/conversations"):
        assert " : 2 nouveautés depuis votre visite, dont 1 pour une question suivie<" in badge(path)
    assert badge(ADDRESS) == badge("/aide") == ""  # seen


def test_what_changed_between_the_answer_and_the_click_is_told(application: Application, settings: Settings) -> None:
    base = SmallBase(DOCUMENTS)
    client = application(base)
    base.told = [
        told((FINANCING, "updated"), minutes=-5),
        told((QUARTERS, "updated"), (FINANCING, "added"), minutes=-20),
    ]
    page = following(client, settings, base, minutes=-10).text
    assert page.count("Une source de la réponse a changé") == 1
    assert "puis remise" not in page  # it came before the answer


def test_a_source_that_left_and_came_back_between_two_looks_is_told(
    application: Application, settings: Settings
) -> None:
    base = SmallBase(DOCUMENTS)
    client = application(base)
    following(client, settings, base)
    base.told = [
        told((FINANCING, "updated"), (QUARTERS, "added"), minutes=3),
        told((FINANCING, "added"), minutes=2),
        told((FINANCING, "withdrawn"), (QUARTERS, "withdrawn"), minutes=1),
    ]
    page = client.get(ADDRESS).text
    assert page.count("Une source de la réponse a été retirée, puis remise : ") == 1
    assert "Une source de la réponse a changé" not in page
    summaries = [entry.get("summary", "") for entry in read(client).entries]
    assert f"Une source de la réponse a été retirée, puis remise : {FINANCING.title}" in summaries


def test_a_question_is_asked_again_of_what_it_was_limited_to(
    application: Application, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = "Le conseil examine la prime des agents."
    one = Document(id="un.md", source="d", title="Un", text=shared, rubric="Personnel", date="2025-03")
    other = Document(id="deux.md", source="d", title="Deux", text=shared, rubric="Achats", date="2025-03")
    base = SmallBase([one, other, *DOCUMENTS])
    client = application(base)
    asked, limited = "Que dit le conseil de la prime des agents ?", Filters(rubric=("Personnel",), since="03/2025")
    shown = following(client, settings, base, asked, filters=limited).text
    assert "rubrique : Personnel, depuis 2025-03" in shown
    came = [replace(one, id="trois.md", title="Trois"), replace(other, id="quatre.md", title="Quatre")]
    base.held = [*base.held, *came]
    base.told = [told(*((document, "added") for document in came), minutes=1)]
    page = client.get(ADDRESS).text.partition('id="avant"')[0]
    assert [f'en parle : <a href="/lire?document={one.id}"' in page for one in came] == [True, False]
    # The same without limits is another question.
    assert "Quatre" not in following(client, settings, base, asked).text.partition('id="avant"')[0]
    assert len(FollowedQuestions(settings.app_database, 365).list("")) == 2
    # What it was limited to is gone from the base: its sources are told all the same.
    base.held = [document for document in base.held if document.rubric != "Personnel"]
    base.told = [told((one, "withdrawn"), minutes=2), *base.told]
    monkeypatch.setattr(base, "documents", None)  # not every header of a large base, for each question
    assert "Une source de la réponse a été retirée : <bdi>Un</bdi>" in client.get(ADDRESS).text


def test_a_refused_question_is_told_when_a_document_answers_it(application: Application, settings: Settings) -> None:
    base = SmallBase(DOCUMENTS)
    client = application(base)
    asked = "Quelle prime pour Mayotte ?"
    following(client, settings, base, asked)
    answers = Document(id="mayotte.md", source="d", title="Primes", text="Quelle prime pour Mayotte ? Aucune prime.")
    base.held.append(answers)
    base.told = [told((answers, "added"), minutes=1)]
    assert "en parle : " in client.get(ADDRESS).text


def test_the_feed_is_read_by_readers_of_feeds(application: Application) -> None:
    base = SmallBase(DOCUMENTS)
    hostile = replace(BEARS, id="é?&a=<b>.md", title="<script>alert(1)</script> & \x00\x1b]]> \ud800")
    base.told = [
        told((FINANCING, "updated"), minutes=-1, diff=("- 70 %", "+ 72 % <b>")),
        told((hostile, "added"), (QUARTERS, "withdrawn"), minutes=-2),
    ]
    client = application(base)
    address = str(client.base_url).rstrip("/")
    feed = read(client)
    assert feed.feed.title == "Repères : nouveautés de la base"
    assert {link.href for link in feed.feed.links} == {f"{address}{ADDRESS}.atom", f"{address}{ADDRESS}"}
    first, added, gone = feed.entries
    assert first.title == "Modifié : Qui finance le programme"
    assert first.link == f"{address}/lire?document=financement.md"
    assert client.get(first.link).status_code == 200
    assert "+ 72 % &lt;b&gt;" in first.summary or "+ 72 % <b>" in first.summary
    assert "script" in added.title
    assert gone.link == f"{address}{ADDRESS}"
    assert len({entry.id for entry in feed.entries}) == 3
    assert [entry.id for entry in read(client).entries] == [entry.id for entry in feed.entries]
    assert first.updated_parsed >= added.updated_parsed


def test_an_empty_feed_is_one_too(application: Application) -> None:
    assert read(application(SmallBase([]))).entries == []


def test_the_feed_stands_behind_the_same_door_as_the_pages(
    application: Application, settings: Settings, tmp_path: Path
) -> None:
    accounts = FileAccounts(tmp_path / "accounts")
    accounts.add("anne", "editor", password("anne"))
    mine, other = accounts.add_token("anne", "reader"), accounts.add_token("luc", "reader")
    base = SmallBase(DOCUMENTS)
    client = application(base, auth="accounts", accounts=accounts.path)
    for path in (ADDRESS, f"{ADDRESS}.atom"):
        assert client.get(path, headers={"accept": "*/*"}).status_code == 401
    assert client.post(f"{ADDRESS}/suivre", data={"conversation": "c1"}).status_code == 401
    FollowedQuestions(settings.app_database, 365).follow("anne", QUESTION, QUESTION, [FINANCING.id])
    base.told = [told((FINANCING, "updated"), minutes=1)]
    assert len(read(client, authorization=f"Bearer {mine}").entries) == 2
    assert len(read(client, authorization=f"Bearer {other}").entries) == 1  # another's question is nobody's business
    told_to_other = client.get(ADDRESS, headers={"authorization": f"Bearer {other}"}).text
    assert QUESTION not in told_to_other


@on_both
def test_a_real_base_tells_what_came_changed_and_went(
    application: Application, settings: Settings, tiny_encoder: Encoder, tmp_path: Path
) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.md").write_text("# Budget\n\nLe budget du programme est de 12 milliards.", encoding="utf-8")
    (folder / "b.md").write_text("# Cantine\n\nLa cantine ouvre à midi.", encoding="utf-8")
    ingest([folder], settings, tiny_encoder)
    (folder / "a.md").write_text("# Budget\n\nLe budget du programme est de 14 milliards.", encoding="utf-8")
    (folder / "b.md").unlink()
    (folder / "c.md").write_text("# Musée\n\nLe musée ferme le lundi.", encoding="utf-8")
    ingest([folder], settings, tiny_encoder)
    with KnowledgeBase(open_store(settings).reader(tiny_encoder), tiny_encoder) as base:
        titles = [entry.title for entry in read(application(base)).entries]
    assert titles[:3] == ["Modifié : Budget", "Nouveau : Musée", "Retiré : Cantine"]
    assert sorted(titles[3:]) == ["Nouveau : Budget", "Nouveau : Cantine"]
