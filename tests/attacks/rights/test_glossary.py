"""What editors who may read more write of acronyms that only their documents explain."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from kb.index.opening import open_store
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder
from kb.models.reader.passage_reader import Reader
from kb.records.database import AppDatabase
from kb.records.editing.glossary import EditedGlossary
from kb.records.tables import GLOSSARY
from restricted import ACRONYMS, MARKS, NAMES
from restricted_app import GROUPS, Restricted, rights_of
from told import Told, told_by

CZP = ACRONYMS["rh"]
PEOPLE = tuple(GROUPS)
MAY_READ = {"anne", "carl", "token of personnel"}


@pytest.fixture(autouse=True)
def emptied(restricted: Restricted) -> Iterator[None]:
    """No entry is left to those who come after."""
    yield
    with AppDatabase(restricted.settings.app_database) as database, database.transaction() as connection:
        connection.execute(GLOSSARY.delete())


def pages_of(client: httpx.Client) -> list[Told]:
    """All that tells of acronyms."""
    answers = [client.get(path) for path in ("/glossaire", f"/glossaire?q={CZP}", "/glossaire?q=masque")]
    answers.append(client.post("/glossaire/termes", json=[*ACRONYMS.values(), "ZQX"]))
    answers.append(client.get(f"/glossaire/source?sigle={CZP}&document=note-ouvert.md"))
    return [told_by(answer) for answer in answers]


@pytest.mark.parametrize("what", ["entree", "masquer"])
def test_an_entry_on_a_hidden_acronym_is_for_those_who_may_read_it(restricted: Restricted, what: str) -> None:
    before = {person: pages_of(restricted.clients[person]) for person in PEOPLE}
    # The form comes filled in with what the documents say.
    sent = {"sigle": CZP, "sens": f"{NAMES['rh']}\ncomité du soir"}
    assert restricted.clients["anne"].post(f"/glossaire/{what}", data=sent).status_code == 303
    changed = {person for person in PEOPLE if pages_of(restricted.clients[person]) != before[person]}
    assert changed == MAY_READ
    shown = restricted.clients["anne"].get("/glossaire").text
    assert "réservé" in shown
    assert ("masqué" if what == "masquer" else "comité du soir") in shown
    assert restricted.clients["carl"].post("/glossaire/reprendre", data={"sigle": CZP}).status_code == 303
    assert {person: pages_of(restricted.clients[person]) for person in PEOPLE} == before


def test_whoever_guesses_an_acronym_neither_sees_nor_changes_what_others_wrote(restricted: Restricted) -> None:
    anne, nora, carl = (restricted.clients[person] for person in ("anne", "nora", "carl"))
    anne.post("/glossaire/entree", data={"sigle": CZP, "sens": f"comité {MARKS['rh']}"})
    for what in ("masquer", "entree", "reprendre"):
        mine = told_by(nora.post(f"/glossaire/{what}", data={"sigle": CZP, "sens": "centre de zone"}))
        other = told_by(nora.post(f"/glossaire/{what}", data={"sigle": "CZQ", "sens": "centre de zone"}))
        assert mine.without([CZP, CZP.lower()]) == other.without(["CZQ", "czq"])
        assert f"comité {MARKS['rh']}" in anne.get("/glossaire").text
    nora.post("/glossaire/entree", data={"sigle": CZP, "sens": "centre de zone"})
    assert "centre de zone" in nora.get("/glossaire").text
    assert "centre de zone" not in anne.get("/glossaire").text
    # Taken back by who sees both, the first goes and the other is left.
    carl.post("/glossaire/reprendre", data={"sigle": CZP})
    assert "centre de zone" in anne.get("/glossaire").text
    assert "centre de zone" in nora.get("/glossaire").text


def test_what_everybody_may_read_is_written_for_everybody(restricted: Restricted) -> None:
    for sigle in (ACRONYMS["ouvert"], "ZQX"):
        restricted.clients["carl"].post("/glossaire/entree", data={"sigle": sigle, "sens": "zone de quartier"})
        told = restricted.clients["nora"].post("/glossaire/termes", json=[sigle]).json()
        assert told[sigle]["sens"] == ["zone de quartier"]
        assert "réservé" not in restricted.clients["carl"].get("/glossaire").text


def test_an_entry_that_was_reserved_stays_so_until_it_is_taken_back(restricted: Restricted) -> None:
    """Its form holds what the documents said, even when they are gone."""
    settings, carl = restricted.settings, restricted.clients["carl"]
    with closing(EditedGlossary(settings.app_database)) as glossary:
        glossary.put("ZQX", ["zone du quinquina"], "anne", rights_of("anne", settings))
        carl.post("/glossaire/entree", data={"sigle": "ZQX", "sens": "zone du quinquina d'été"})
        assert glossary.terms(rights_of("nora", settings)) == []
        assert [term.meanings for term in glossary.terms(rights_of("anne", settings))] == [("zone du quinquina",)]
        assert [term.meanings for term in glossary.terms()] == [("zone du quinquina d'été",)]
        carl.post("/glossaire/reprendre", data={"sigle": "ZQX"})
        carl.post("/glossaire/reprendre", data={"sigle": "ZQX"})
        assert glossary.terms() == []
        carl.post("/glossaire/entree", data={"sigle": "ZQX", "sens": "zone"})
        assert [term.meanings for term in glossary.terms(rights_of("nora", settings))] == [("zone",)]


def test_a_question_is_understood_by_what_its_person_may_know(
    restricted: Restricted, tiny_encoder: Encoder, tiny_reader: Reader, tmp_path: Path
) -> None:
    asked = f"Que fait le {CZP} ?"
    settings = restricted.settings
    rights = {person: rights_of(person, settings) for person in PEOPLE}
    with (
        closing(EditedGlossary(tmp_path / "app.db")) as glossary,
        KnowledgeBase(
            open_store(settings).reader(tiny_encoder), tiny_encoder, reader=tiny_reader, edited=glossary.entries
        ) as base,
    ):

        def understood() -> dict[str, str]:
            return {person: base.seen_by(held).explain(asked).embedded for person, held in rights.items()}

        before = understood()
        glossary.put(CZP, ["cellule des zones pavillonnaires"], "anne", rights["anne"])
        after = understood()
        assert {person for person in PEOPLE if after[person] != before[person]} == MAY_READ
        assert "pavillonnaires" in after["anne"]
        glossary.hide(CZP, "carl", rights["carl"])
        assert "pavillonnaires" in understood()["anne"]
        assert understood()["carl"] == asked
        glossary.put(CZP, ["centre de zone"], "nora")
        assert "centre de zone" in understood()["bob"]
        assert understood()["anne"] == after["anne"]
