"""What editors say of acronyms: kept, read by questions, taken back."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.errors import ReperesError
from kb.records.database import AppDatabase
from kb.records.editing.glossary import LONGEST_MEANING, EditedGlossary
from kb.rights.rights import Rights


@pytest.fixture
def glossary(tmp_path: Path) -> Iterator[EditedGlossary]:
    opened = EditedGlossary(tmp_path / "app.db")
    yield opened
    opened.close()


def test_reading_makes_no_file(tmp_path: Path, glossary: EditedGlossary) -> None:
    assert (glossary.terms(), glossary.entries()) == ([], ())
    assert not (tmp_path / "app.db").exists()


def test_an_entry_takes_the_place_of_the_one_before_and_is_seen_elsewhere(
    tmp_path: Path, glossary: EditedGlossary
) -> None:
    elsewhere = EditedGlossary(tmp_path / "app.db")
    glossary.put(" OQF ", ["Office des quais  fluviaux", "", "Office des quais  fluviaux", "autre sens"], "anne")
    assert elsewhere.entries() == (("oqf", ("Office des quais fluviaux", "autre sens")),)
    elsewhere.put("Oqf", ["Office"], "luc")
    (term,) = glossary.terms()
    assert (term.key, term.written, term.meanings, term.person) == ("oqf", "Oqf", ("Office",), "luc")
    glossary.hide("OQF")
    assert elsewhere.entries() == (("oqf", ()),)
    assert glossary.drop("oqf")
    assert not glossary.drop("oqf")
    assert elsewhere.entries() == ()
    elsewhere.close()


@pytest.mark.parametrize(
    ("written", "meanings", "told"),
    [
        ("deux mots", ["x"], "en un mot et sans article"),
        ("l'OQF", ["x"], "en un mot et sans article"),
        ("", ["x"], "en un mot"),
        ("…", ["x"], "en un mot"),
        ("X" * 31, ["x"], "30 caractères au plus"),
        ("OQF", [" "], "OQF : écrivez ce qu'il veut dire"),
        ("OQF", ["…"], "« … » ne contient aucun mot"),
        ("OQF", ["a", "b", "c", "d"], "3 sens au plus"),
        ("OQF", ["x" * (LONGEST_MEANING + 1)], "201 caractères, 200 au plus"),
    ],
)
def test_what_is_no_entry_says_what_to_write(
    glossary: EditedGlossary, written: str, meanings: list[str], told: str
) -> None:
    with pytest.raises(ReperesError, match=told):
        glossary.put(written, meanings)
    assert glossary.terms() == []


def test_questions_do_without_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "app.db"
    first = EditedGlossary(path)
    first.put("OQF", ["Office"])
    first.close()
    glossary = EditedGlossary(path)
    assert glossary.entries() == (("oqf", ("Office",)),)
    with AppDatabase(path) as database, database.transaction() as connection:
        connection.exec_driver_sql("DROP TABLE glossary")
    assert glossary.entries() == (("oqf", ("Office",)),)
    glossary.close()
    shutil.copyfile(__file__, path)
    assert EditedGlossary(path).entries() == ()


def test_what_editors_wrote_before_it_had_rights_stays(tmp_path: Path) -> None:
    path = tmp_path / "app.db"
    AppDatabase(path).close()
    connection = sqlite3.connect(path)
    connection.executescript(
        "DROP TABLE glossary; CREATE TABLE glossary (key TEXT PRIMARY KEY, written TEXT NOT NULL, "
        "meanings TEXT NOT NULL, at TEXT NOT NULL, person TEXT NOT NULL);"
        """INSERT INTO glossary VALUES ('oqf', 'OQF', '["Office"]', '2026', 'anne'), ('pas', 'PAS', '[]', '2026', '');
        """
        "ALTER TABLE test_queries DROP COLUMN hidden; UPDATE alembic_version SET version_num = '10';"
    )
    connection.close()
    glossary = EditedGlossary(path)
    assert glossary.entries(Rights(("rh",))) == glossary.entries() == (("oqf", ("Office",)), ("pas", ()))
    assert [(term.person, term.needed) for term in glossary.terms()] == [("anne", None), ("", None)]
    glossary.close()
