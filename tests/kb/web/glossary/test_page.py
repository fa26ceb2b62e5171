"""The page of the glossary, called without a browser."""

from __future__ import annotations

from html import unescape

import pytest

from kb.records.accounts import FileAccounts
from kb.settings import Settings
from kb.types import Document
from serving import Application, password
from small_base import SmallBase
from small_pages import DOCUMENTS

QUAYS = Document("quais.md", "d", "Les quais <b>", "L'Office des quais fluviaux (OQF) publie une carte des quais.")


def test_acronyms_are_told_with_their_sources(application: Application) -> None:
    client = application(SmallBase([*DOCUMENTS, QUAYS]))
    html = client.get("/glossaire").text
    for told in ("OQF", "Office des quais fluviaux", "Les quais &lt;b&gt;", "1 sigle"):
        assert told in html, told
    opened = client.get("/glossaire/source", params={"sigle": "OQF", "document": "quais.md"})
    assert opened.status_code == 303
    read = client.get(opened.headers["location"]).text
    assert "<mark>Office des quais fluviaux (OQF)</mark>" in read
    assert "terms.js" in read
    told = client.post("/glossaire/termes", json=["OQF", "oqf", "Office", "x" * 99]).json()
    assert told == {"OQF": {"sens": ["Office des quais fluviaux"], "source": "D'après « Les quais <b> »"}}
    assert "Aucun sigle ne correspond" in client.get("/glossaire?q=tramway").text
    assert client.post("/glossaire/termes", json=["A"] * 301).status_code == 422


def test_editors_write_hide_and_take_back(application: Application) -> None:
    client = application(SmallBase([*DOCUMENTS, QUAYS]))
    done = client.post("/glossaire/entree", data={"sigle": "OQF", "sens": "Observatoire\nOffice <i>"})
    assert (done.status_code, done.headers["location"]) == (303, "/glossaire?fait=OQF#sigle=oqf")
    html = client.get("/glossaire").text
    assert "Observatoire" in html
    assert "Office &lt;i&gt;" in html
    assert "écrit par l" in unescape(html)
    told = client.post("/glossaire/termes", json=["OQF"]).json()["OQF"]
    assert told == {"sens": ["Observatoire", "Office <i>"], "source": "D'après le glossaire de l'agence"}
    client.post("/glossaire/masquer", data={"sigle": "OQF"})
    assert client.post("/glossaire/termes", json=["OQF"]).json() == {}
    assert "masqué" in client.get("/glossaire").text
    client.post("/glossaire/reprendre", data={"sigle": "OQF"})
    assert client.post("/glossaire/termes", json=["OQF"]).json()["OQF"]["sens"] == ["Office des quais fluviaux"]
    wrong = client.post("/glossaire/entree", data={"sigle": "deux mots", "sens": "x"})
    assert wrong.status_code == 422
    assert "en un mot et sans article" in wrong.text
    assert 'value="deux mots"' in wrong.text


@pytest.mark.parametrize("path", ["entree", "masquer", "reprendre"])
def test_readers_may_not(application: Application, settings: Settings, path: str) -> None:
    accounts = FileAccounts(settings.accounts_file)
    accounts.add("lire", "reader", password("lire"))
    client = application(auth="accounts")
    client.post("/connexion", data={"nom": "lire", "mot_de_passe": password("lire"), "suite": "/"})
    assert client.get("/glossaire").status_code == 200
    assert "Modifier" not in client.get("/glossaire").text
    assert client.post(f"/glossaire/{path}", data={"sigle": "X", "sens": "y"}).status_code == 403
