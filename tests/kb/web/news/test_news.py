"""The page of what is new, followed questions, and the feed as readers of feeds read it."""

from __future__ import annotations

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


def following(client: httpx.Client, settings: Settings, base: SmallBase, question: str = QUESTION) -> httpx.Response:
    """The page after « Suivre cette question » under the answer to a question."""
    answer = keep_answer(base.ask(question))
    SavedConversations(settings.app_database, 365).put(
        "", "c1", KeptTurn(1, datetime.now(UTC).isoformat(timespec="seconds"), 1, answer)
    )
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


@pytest.mark.parametrize("sent", [{"conversation": "autre"}, {"conversation": "x" * 200}, {}])
def test_only_a_conversation_of_ones_own_can_be_followed(application: Application, sent: dict[str, str]) -> None:
    assert application().post(f"{ADDRESS}/suivre", data=sent).status_code == 422


def test_without_retention_nobody_is_remembered(application: Application, settings: Settings) -> None:
    base = SmallBase(DOCUMENTS)
    base.told = [told((FINANCING, "added"), minutes=-5)]
    client = application(base, retention_days=0)
    page = client.get(ADDRESS).text
    assert "Derniers changements" in page
    assert "Questions suivies" not in page
    refused = client.post(f"{ADDRESS}/suivre", data={"conversation": "c1"})
    assert refused.status_code == 422
    assert "ne garde rien" in refused.text


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
