"""Two bases are proven equal, wherever they stand, or what differs is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import app
from ingest.moving.comparing import compare
from ingest.moving.moving import move, target_of
from kb.answering.serialize import answer_to_json
from kb.errors import StoreError
from kb.index.opening import open_store
from kb.models import sentence_encoder
from kb.models.encoder import Encoder
from kb.records.database import AppDatabase
from kb.records.feedback import add_feedback
from kb.records.places import place_of
from kb.records.shared.accounts import accounts_of
from kb.records.shared.folder import join_folder
from kb.settings import Settings
from questions import recent
from scripted_base import answer_of
from server_index import change
from tiny_encoder import TinyEncoder

Run = Callable[..., Result]


@pytest.fixture
def run(base: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `reperes` over the base, with the tiny encoder."""
    monkeypatch.setattr(sentence_encoder, "load_encoder", lambda _: TinyEncoder())
    monkeypatch.setenv("REPERES_STORE", str(base.store))

    def run(*arguments: str, code: int = 0) -> Result:
        result = CliRunner().invoke(app.reperes, arguments)
        assert result.exit_code == code, result.output
        return result

    return run


def test_what_was_moved_is_equal_both_ways(base: Settings, run: Run, database: str, tmp_path: Path) -> None:
    base.calibration.write_text("{}", encoding="utf-8")
    told = run("move", "--to", database).output
    assert "reperes check --against" in told
    assert str(base.calibration) in told
    assert "les deux bases sont égales" in run("check", "--against", database).output
    there = replace(base, database=database)
    join_folder(tmp_path / "ajouts", place_of(there))  # what replicas share is no difference
    back = tmp_path / "retour" / "base"
    move(there, target_of(there, str(back)))
    assert Path(f"{back}-calibration.json").read_text("utf-8") == "{}"
    found = json.loads(run("check", "--against", str(back), "--json").stdout)
    assert found == {"documents": 4, "passages": 4, "records": 1, "differences": []}
    assert "ne va pas avec" in run("check", "--against", str(back), "--repair", code=2).output
    assert "la même base" in run("check", "--against", str(base.store), code=1).output
    assert "pas de base" in run("check", "--against", str(tmp_path / "rien"), code=1).output


TURN = """
UPDATE {0}.vectors_of_passages AS turned SET vector = other.vector FROM {0}.vectors_of_passages AS other
WHERE turned.document_id = 'culture.md' AND other.document_id = 'note.md'
"""
# What is changed in a base on a server, and how that is told.
CHANGES = (
    ("UPDATE {0}.documents SET title = 'Autre' WHERE id = 'aides.md'", "aides.md", "sa fiche ou son texte"),
    ("UPDATE {0}.passages SET table_header = '| a |' WHERE document_id = 'note.md'", "note.md", "ses passages"),
    ("DELETE FROM {0}.windows WHERE document_id = 'note.md'", "note.md", "ses vecteurs de phrases"),
    ("DELETE FROM {0}.facets WHERE document_id = 'note.md'", "note.md", "ce que les filtres en savent"),
    (
        TURN,
        "culture.md",
        "1 vecteurs ne sont pas les mêmes, ou manquent",
    ),
    ("DELETE FROM {0}.vectors_of_sections WHERE document_id = 'note.md'", "note.md", "1 vecteurs ne sont pas"),
    ("DELETE FROM {0}.runs WHERE id = 1", "", "les rapports des mises à jour : 1 ici seulement, 0 là-bas seulement"),
    ("DELETE FROM reperes_app.feedback", "", "les avis : 1 ici seulement, 0 là-bas seulement"),
    ("DELETE FROM reperes_app.accounts", "", "les comptes et les jetons : 1 ici seulement, 0 là-bas seulement"),
)


def test_each_difference_is_named_once_and_from_both_sides(
    base: Settings, database: str, tiny_encoder: Encoder
) -> None:
    there = target_of(base, database)
    move(base, there)
    for statement, _, _ in CHANGES:
        change(database, statement.format("reperes_index_1"))
    found = [(told.document, told.what) for told in compare(base, there, tiny_encoder).differences]
    assert ("", "vecteurs des titres de sections : 4 ici, 3 là-bas") in found
    assert len(found) == len(CHANGES) + 1
    for _, document, what in CHANGES:
        assert sum(told[0] == document and what in told[1] for told in found) == 1, (document, what, found)
    others = compare(there, base, tiny_encoder).differences
    assert [told.document for told in others] == [document for document, _ in found]
    assert others[-1].what == "les comptes et les jetons : 0 ici seulement, 1 là-bas seulement"


def test_what_only_one_base_has_is_named(base: Settings, run: Run, tmp_path: Path, tiny_encoder: Encoder) -> None:
    there = target_of(base, str(tmp_path / "copie"))
    move(base, there)
    with open_store(there).writing() as writing, writing.catalog.transaction() as connection:
        writing.catalog.erase_document(connection, "note.md")
    with AppDatabase(place_of(there)) as database:
        add_feedback(database, recent(), "bad", None, "", answer_to_json(answer_of("Non [1].")), 1)
    accounts_of(there).add("bob", "reader", "un mot de passe assez long")
    lines = run("check", "--against", str(there.store), code=1).output.splitlines()
    for line in (
        f"Différence : note.md : n'est que dans {base.store}",
        "Différence : base : les avis : 0 ici seulement, 1 là-bas seulement",
        "Différence : base : les comptes et les jetons : 0 ici seulement, 1 là-bas seulement",
    ):
        assert line in lines
    with pytest.raises(StoreError, match="même base"):
        compare(there, there, tiny_encoder)
