"""Links to conversations, called without a browser."""

from __future__ import annotations

from html import unescape

import httpx
import pytest

from kb.records.accounts import FileAccounts
from kb.records.conversations import KeptTurn, SavedConversations
from kb.records.kept_answers import keep_answer
from kb.settings import Settings
from questions import recent
from serving import Application, password
from small_base import SmallBase
from small_pages import DOCUMENTS, HOSTILE

QUESTION = "Qui apporte les aides du programme ?"


def keep(settings: Settings, person: str, question: str = QUESTION) -> None:
    kept = SavedConversations(settings.app_database, 36_500)
    answer = keep_answer(SmallBase(DOCUMENTS).ask(question))
    kept.put(person, "c1", KeptTurn(1, recent(), 1, answer))
    kept.close()


def test_who_has_an_account_and_the_link_reads_and_nobody_else(application: Application, settings: Settings) -> None:
    accounts = FileAccounts(settings.accounts_file)
    for name in ("anne", "bob"):
        accounts.add(name, "reader", password(name))
    keep(settings, "anne")
    client = application(auth="accounts", accounts=accounts.path)
    address = str(client.base_url).rstrip("/")
    with (
        httpx.Client(base_url=address, headers={"accept": "text/html"}, timeout=300) as anne,
        httpx.Client(base_url=address, headers={"accept": "text/html"}, timeout=300) as bob,
    ):
        for name, person in (("anne", anne), ("bob", bob)):
            person.post("/connexion", data={"nom": name, "mot_de_passe": password(name), "suite": "/"})
        assert "vous seul la lisez" in anne.get("/conversations/c1/partage?partie=1").text
        for name in ("c1", "autre"):
            answer = bob.post(f"/conversations/{name}/partage?partie=1", data={"partage": "oui"})
            assert answer.status_code == 404
        assert bob.get("/partage/c1").status_code == 404
        given = anne.post("/conversations/c1/partage?partie=1&reponse=1", data={"partage": "oui"}).text
        assert f'value="{address}/partage/c1"' in given
        assert f'data-copy="{address}/partage/c1#reponse-1"' in given
        assert "toute personne qui a un compte ici" in given
        read = bob.get("/partage/c1")
        assert read.status_code == 200
        for told in (QUESTION, "72 % des aides", 'href="#source-1-1"', 'id="source-1-1"', "par <bdi>anne</bdi>"):
            assert told in read.text, told
        assert ">partagée" in anne.get("/conversations").text
        assert ">partagée" not in bob.get("/conversations").text
        assert client.get("/partage/c1").headers["location"] == "/connexion?suite=%2Fpartage%2Fc1"
        stopped = anne.post("/conversations/c1/partage", data={"partage": "non"})
        assert stopped.headers["location"] == "/conversations"
        assert bob.get("/partage/c1").status_code == 404


@pytest.mark.parametrize("changed", [{"sharing": False}, {"retention_days": 0}])
def test_nothing_is_shared_where_it_is_switched_off_or_nothing_is_kept(
    application: Application, settings: Settings, changed: dict[str, object]
) -> None:
    keep(settings, "")
    client = application(**changed)
    assert client.post("/conversations/c1/partage", data={"partage": "oui"}).status_code in (404, 405)
    assert client.get("/partage/c1").status_code == 404


def test_hostile_words_stay_words(application: Application, settings: Settings) -> None:
    keep(settings, "", "Que dit le dossier piégé <script>x()</script> dans sa phrase piégée ?")
    client = application()
    client.post("/conversations/c1/partage", data={"partage": "oui"})
    html = client.get("/partage/c1").text
    assert "<script>x()" not in html
    assert "<img" not in html
    assert HOSTILE.title in unescape(html)
