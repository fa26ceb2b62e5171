"""What sources.toml says of groups, and whose rights follow from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.sources.config import read_sources
from kb.errors import SettingsError
from kb.rights.restrictions import read_restrictions, restrictions_of
from kb.rights.rights import WHOLE, Rights
from kb.rights.telling import told
from kb.settings import Settings

WRITTEN = """
[[source]]
name = "rh"
path = "rh"

[[restriction]]
sources = ["rh", "paie-*"]
groups = ["rh", "direction"]

[[restriction]]
sources = ["rh"]
groups = ["cadres"]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "sources.toml"
    path.write_text(WRITTEN, encoding="utf-8")
    return path


def test_a_source_is_for_those_who_fulfil_each_restriction(file: Path) -> None:
    restrictions = read_restrictions(file)
    assert restrictions.rights(()) == Rights(("paie-*", "rh"))
    assert restrictions.rights(["direction"]) == Rights(("rh",))
    assert restrictions.rights(["cadres"]) == Rights(("paie-*", "rh"))
    assert restrictions.rights(["cadres", "rh"]) == WHOLE
    assert restrictions.rights(["RH", "rh ", "cadre"]).hides("rh")
    assert [source.name for source in read_sources(file)] == ["rh"]


def test_a_pattern_means_what_begins_so(file: Path) -> None:
    rights = read_restrictions(file).rights(())
    hidden = [name for name in ("rh", "rh2", "paie-2025", "paie-", "paie", "Paie-1", "ma-paie-1") if rights.hides(name)]
    assert hidden == ["rh", "paie-2025", "paie-"]
    assert Rights(("*",)).hides("")


def test_who_has_less_hidden_may_see_what_others_were_shown() -> None:
    assert WHOLE.cover(Rights(("rh",)))
    assert Rights(("rh",)).cover(Rights(("achats", "rh")))
    assert not Rights(("rh",)).cover(WHOLE)
    assert not Rights(("rh",)).cover(Rights(("achats",)))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('[[restrictions]]\nsources = ["a"]\ngroups = ["b"]', "« restrictions » n'est pas attendu"),
        ('[restriction]\nsources = ["a"]\ngroups = ["b"]', "entre deux crochets"),
        ('[[restriction]]\nsources = ["a"]', "restriction n° 1 : « groups » manque"),
        ('[[restriction]]\nsources = ["a"]\ngroups = []', "restriction n° 1 : « groups » = [] ne convient pas"),
        ('[[restriction]]\nsources = "a"\ngroups = ["b"]', "« sources » = 'a' ne convient pas"),
        ('[[restriction]]\nsources = ["a", " "]\ngroups = ["b"]', "« sources »"),
        ('[[restriction]]\nsource = ["a"]\nsources = ["a"]\ngroups = ["b"]', "« source » n'est pas connu"),
        ('[[restriction]]\nsources = ["a*b"]\ngroups = ["c"]', "« a*b » ; « * » ne va qu'à la fin"),
        ("restriction = [1]", "restriction n° 1 : écrivez-la sous"),
        ("[[restriction]", "TOML"),
    ],
)
def test_what_is_not_understood_opens_nothing(tmp_path: Path, written: str, said: str) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(written, encoding="utf-8")
    with pytest.raises(SettingsError) as error:
        read_restrictions(path)
    assert said in str(error.value)
    assert str(path) in str(error.value)


def test_a_file_that_is_configured_must_be_there(tmp_path: Path) -> None:
    absent = tmp_path / "sources.toml"
    with pytest.raises(SettingsError, match="n'existe pas"):
        restrictions_of(Settings(sources=absent))
    assert not restrictions_of(Settings(corpus=tmp_path / "documents")).rules
    absent.write_text(WRITTEN, encoding="utf-8")
    assert restrictions_of(Settings(corpus=tmp_path / "documents")).patterns == ["rh", "paie-*"]


def test_what_cannot_work_is_told(file: Path) -> None:
    restrictions = read_restrictions(file)
    listed, unused = told(restrictions, ["rh", "documents"], "accounts")
    assert listed == "Sources réservées à des groupes : rh, paie-*."
    assert "« paie-* »" in unused
    *_, unknown = told(restrictions, ["rh", "paie-1"], "none")
    assert "personne n'est connu" in unknown
    assert list(told(restrictions_of(Settings(corpus=Path("nulle/part"))), ["rh"], "none")) == []


def test_what_several_were_shown_together_needs_the_rights_of_each() -> None:
    several = [Rights(("a", "b", "c")), Rights(("b", "c")), Rights(("b", "d"))]
    assert Rights.of_all(several) == Rights(("b",))
    assert Rights.of_all(several[:1]) == several[0]
    assert Rights.of_all([*several, WHOLE]) == WHOLE
    assert all(Rights(("b",)).cover(rights) for rights in several)
