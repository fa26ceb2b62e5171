"""The page of what readers miss."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from kb.evaluation.kept.queries import read_queries
from kb.records.accounts import FileAccounts
from kb.records.asked.questions import AskedQuestions
from kb.records.database import AppDatabase
from kb.records.feedback import SavedFeedback, add_feedback, read_feedback
from kb.records.places import place_of
from kb.settings import Settings
from makers import MAKERS, on_maker
from questions import answered, moment, refused
from serving import Application, password

ADDRESS = "/evaluation/manques"
on_both = pytest.mark.parametrize("settings", MAKERS, indirect=True)


@pytest.fixture
def settings(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    """With a store of the maker that a test is run for; without one, of files."""
    return on_maker(request, settings) if hasattr(request, "param") else settings


@pytest.fixture
def kept(settings: Settings) -> Iterator[AskedQuestions]:
    """What the application keeps, seen from outside."""
    opened = AskedQuestions(place_of(settings), 365)
    yield opened
    opened.close()


def pressed(client: httpx.Client, what: str, position: int = 0) -> httpx.Response:
    """The page after a button of one of its cards."""
    forms = re.findall(r'<form method="post" action="/evaluation/manques".*?</form>', client.get(ADDRESS).text, re.S)
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', forms[position])
    sent: dict[str, list[str]] = {}
    for name, value in fields:
        sent.setdefault(name, []).append(value)
    return client.post(ADDRESS, data={**sent, "quoi": what}, follow_redirects=True)


def test_questions_without_a_source_and_bad_answers_are_grouped_and_counted(
    application: Application, kept: AskedQuestions, settings: Settings
) -> None:
    client = application()
    for question in ("Quelle prime pour Mayotte ?", "Pour Mayotte, quelle prime ?", "Qui paie la cantine ?"):
        assert client.post("/api/ask", json={"question": question}).json()["refused"]
    client.post("/api/ask", json={"question": "Qui apporte les aides du programme ?"})
    SavedFeedback(settings.app_database, settings.retention_days).add(
        "bad", "outdated", "", {**refused("Mayotte : la prime, quelle ?")}, 1
    )
    SavedFeedback(settings.app_database, settings.retention_days).add(
        "good", None, "", {**refused("Tout va bien ?")}, 1
    )
    page = client.get(ADDRESS).text
    assert re.findall(r"<strong>(\d+) fois</strong>", page) == ["3", "1"]
    assert "avis : Information périmée" in page
    assert "Tout va bien" not in page
    row = re.search(r'<tr><th scope="row"[^>]*>[^<]*</th>(.*?)</tr>', page)
    assert row is not None
    assert re.findall(r"<td>(.*?)</td>", row[1])[:6] == ["4", "1", "3", "0", "0", "1"]


@on_both
def test_a_group_becomes_a_test_query_in_one_click(
    application: Application, kept: AskedQuestions, settings: Settings
) -> None:
    client = application()
    for _ in range(2):
        kept.answered(refused("Et là ?", understood="Quelle prime à Mayotte ?"), "page", moment(2))
    shown = pressed(client, "test")
    assert shown.status_code == 200
    assert "ajoutée" in shown.text
    assert "Rien à traiter" in shown.text
    with AppDatabase(place_of(settings)) as database:
        (query,) = read_queries(database)
    assert (query.question, query.reviewed, query.kind) == ("Quelle prime à Mayotte ?", False, "manque")
    assert [asked.status for asked in kept.since()] == ["kept", "kept"]


def test_a_bad_answer_becomes_a_test_query_with_what_its_reader_said(
    application: Application, settings: Settings
) -> None:
    client = application()
    SavedFeedback(settings.app_database, settings.retention_days).add(
        "bad", "should_refuse", "", {**answered("Qui finance ?")}, 1
    )
    pressed(client, "test")
    with AppDatabase(settings.app_database) as database:
        (query,) = read_queries(database)
        assert [said.status for said in read_feedback(database)] == ["kept"]
    assert (query.id, query.unanswerable, query.reviewed) == ("avis-1", True, False)


@on_both
def test_a_document_that_is_missing_stays_in_a_list_until_it_is_settled(
    application: Application, kept: AskedQuestions
) -> None:
    client = application()
    kept.answered(refused("Quelle prime à Mayotte ?"), "page")
    shown = pressed(client, "document").text
    assert "Documents manquants" in shown
    assert "Rien à traiter" in shown
    assert "Rien à traiter" not in pressed(client, "reprendre").text
    pressed(client, "document")
    assert "Mayotte ?</bdi>" not in pressed(client, "ecarter").text
    assert [asked.status for asked in kept.since()] == ["dismissed"]


@on_both
def test_the_files_hold_no_formula(application: Application, kept: AskedQuestions) -> None:
    client = application()
    kept.answered(refused('=HYPERLINK("https://evil.example")'), "page")
    found = client.get(f"{ADDRESS}.csv")
    assert found.headers["content-disposition"] == 'attachment; filename="manques.csv"'
    lines = found.content.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("question;fois")
    assert lines[1].startswith("\"'=HYPERLINK")
    weeks = client.get("/evaluation/semaines.csv").content.decode("utf-8-sig")
    assert weeks.splitlines()[1].split(";")[1:4] == ["1", "0", "1"]


@pytest.mark.parametrize(
    "sent",
    [
        {"quoi": "test", "question": "Qui ?", "q": ["999"]},
        {"quoi": "test", "question": "Qui ?", "q": ["x", "-1", "9" * 400, "²"]},
        {"quoi": "document", "question": "Qui ?"},
        {"quoi": "supprimer", "question": "Qui ?", "q": ["1"]},
        {"quoi": "test", "question": "Qui ?", "avis": ["999"]},
        {"question": "Qui ?"},
        {"quoi": "test", "question": "x" * 5000, "q": ["1"]},
    ],
)
def test_a_form_that_is_wrong_changes_nothing(
    application: Application, kept: AskedQuestions, sent: dict[str, str | list[str]]
) -> None:
    client = application()
    kept.answered(refused("Quelle prime à Mayotte ?"), "page")
    assert client.post(ADDRESS, data=sent).status_code == 422
    assert [asked.status for asked in kept.since()] == ["new"]


def test_what_people_write_is_shown_as_text(application: Application, kept: AskedQuestions) -> None:
    client = application()
    kept.answered(refused('<script>alert("x")</script>'), "page")
    page = client.get(ADDRESS).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    told = client.get(ADDRESS, params={"fait": "<b>gras</b>"}).text
    assert "<b>gras" not in told


def test_a_server_that_runs_on_shows_nothing_beyond_the_retention(
    application: Application, kept: AskedQuestions, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = application(retention_days=30)
    assert "Rien à traiter" in client.get(ADDRESS).text
    for module in ("kb.records.feedback", "kb.records.asked.questions"):
        monkeypatch.setattr(f"{module}._BETWEEN_PURGES", -1.0)  # each look comes an hour after the one before
    now = datetime.now(UTC)
    fresh, old = now - timedelta(days=29), now - timedelta(days=31)
    for moment_of, word in ((fresh, "récente"), (old, "ancienne")):
        kept.answered(refused(f"Quelle prime {word} ?"), "page", moment_of)
        with AppDatabase(settings.app_database) as database:
            said = {**answered(f"Quelle cantine {word} ?")}
            add_feedback(database, moment_of.isoformat(timespec="seconds"), "bad", "wrong", "", said, 1)
    shown = [client.get(path).text for path in (ADDRESS, f"{ADDRESS}.csv", "/evaluation/semaines.csv")]
    for found in shown[:2]:
        assert [word in found for word in ("prime récente", "cantine récente", "ancienne")] == [True, True, False]
    header, *weeks = [line.split(";") for line in shown[2].splitlines()]
    counted = {name: sum(int(week[place]) for week in weeks) for place, name in enumerate(header) if 0 < place < 7}
    assert (counted["questions"], counted["refus"], counted["avis « pas utile »"]) == (1, 1, 1)
    with AppDatabase(settings.app_database) as database:
        assert len(read_feedback(database)) == 1


def test_without_retention_there_is_nothing_to_show(application: Application) -> None:
    client = application(retention_days=0)
    client.post("/api/ask", json={"question": "Quelle prime à Mayotte ?"})
    assert "ne sont pas gardées" in client.get(ADDRESS).text
    assert client.get(f"{ADDRESS}.csv").status_code == 404
    assert client.post(ADDRESS, data={"quoi": "test", "question": "Qui ?", "q": "1"}).status_code == 422


def test_readers_may_not_see_it(application: Application, tmp_path: Path) -> None:
    accounts = FileAccounts(tmp_path / "accounts")
    accounts.add("anne", "editor", password("anne"))
    reader, editor = accounts.add_token("outil", "reader"), accounts.add_token("autre", "editor")
    client = application(auth="accounts", accounts=accounts.path)
    for path in (ADDRESS, f"{ADDRESS}.csv", "/evaluation/semaines.csv"):
        told = {token: client.get(path, headers={"authorization": f"Bearer {token}"}) for token in (reader, editor)}
        assert (told[reader].status_code, told[editor].status_code) == (403, 200)
    refusing = client.post(ADDRESS, data={}, headers={"authorization": f"Bearer {reader}"})
    assert refusing.status_code == 403
