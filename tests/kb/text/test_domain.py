"""The agency's own file: what it may hold, and what a wrong one says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kb.errors import SettingsError
from kb.settings import Settings
from kb.text.domain import Domain, domain_of, read_domain

RIVERS = """
[noms]
programmes = ["Plan Aval"]
autres = ["rivières  en commun", "2 % rivières"]
feminins = ["ORE"]

[mots]
flotte = ["eau"]

[questions]
exemples = ["Que finance le plan Aval ?"]
sur_un_programme = ["{nom} : combien de rivières ?"]

[pages]
rubriques = ["Au fil de l'eau"]
fin = ["En bref"]
[metiers]
"Droit de l'eau" = ["{nom} : quelles règles ?", "Qui fixe les débits ?"]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "domain.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_file_is_read_whole(tmp_path: Path) -> None:
    assert read_domain(written(tmp_path, RIVERS)) == Domain(
        programmes=("Plan Aval",),
        names=("rivières en commun", "2 % rivières"),
        feminine=("ORE",),
        synonyms=(("flotte", ("eau",)),),
        examples=("Que finance le plan Aval ?",),
        professions=(("Droit de l'eau", ("{nom} : quelles règles ?", "Qui fixe les débits ?")),),
        asked_of_programmes=("{nom} : combien de rivières ?",),
        rubrics=("Au fil de l'eau",),
        page_ends=("En bref",),
    )


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    assert read_domain(written(tmp_path, "# rien\n")) == Domain()


def test_the_file_beside_the_corpus_may_be_absent_and_a_named_one_may_not(tmp_path: Path, settings: Settings) -> None:
    beside = replace(settings, corpus=tmp_path / "documents")
    assert domain_of(beside) == Domain()
    written(tmp_path, RIVERS)
    assert domain_of(beside).programmes == ("Plan Aval",)
    with pytest.raises(SettingsError, match=r"REPERES_DOMAIN=.*absent\.toml : le fichier ne peut pas être lu"):
        domain_of(replace(settings, domain=tmp_path / "absent.toml"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[noms]\nautres = ["a"', "domain.toml : ce n'est pas du TOML bien formé .* guillemets droits"),
        ("[nom]\n", "domain.toml : section inconnue « nom ». Possibles : metiers, mots, noms, pages, questions."),
        ("noms = 3\n", r"« noms » est une section ; écrivez \[noms\] seul"),
        ("[pages]\nrubrique = []\n", r"\[pages\] : clé inconnue « rubrique ». Possibles : encadres, fin, rubriques"),
        ('[pages]\nfin = "En bref"\n', r"\[pages\], fin : il faut une liste de textes entre guillemets"),
        ("[noms]\nautres = [3]\n", r"\[noms\], autres : il faut une liste de textes"),
        ('[noms]\nautres = [" "]\n', r"\[noms\], autres : il faut une liste de textes"),
        ('[mots]\nflotte = "eau"\n', r"\[mots\], flotte : il faut une liste de textes"),
        ('[mots]\n"une flotte" = ["eau"]\n', r"\[mots\], une flotte : il faut un seul mot à gauche"),
        ('[questions]\nsur_un_programme = ["Combien ?"]\n', r"\[questions\], « Combien \? » .* \{nom\} une fois"),
        ('[questions]\nsur_un_partenaire = ["{nom} {x} ?"]\n', "aucune autre accolade"),
    ],
)
def test_a_wrong_file_says_where_and_what_to_do(text: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=says):
        read_domain(written(tmp_path, text))


def test_a_file_that_is_no_text_says_so(tmp_path: Path) -> None:
    (tmp_path / "domain.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="ne peut pas être lu"):
        read_domain(tmp_path / "domain.toml")


def test_only_what_changes_the_texts_has_pages_read_again() -> None:
    assert Domain().reading_mark == Domain(names=("a",), examples=("b ?",)).reading_mark == ""
    marks = {
        domain.reading_mark
        for domain in (Domain(rubrics=("a",)), Domain(page_ends=("a",)), Domain(asides=("a",)), Domain(zones=("a",)))
    }
    assert len(marks - {""}) == 4
