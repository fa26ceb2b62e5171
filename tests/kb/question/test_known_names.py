"""Names that a base knows, and the gender of its acronyms."""

from __future__ import annotations

import pytest

from kb.question.known_names import NO_NAMES, KnownNames
from kb.text.domain import Domain
from kb.types import Document

SHEET = Document(
    "a.md",
    "d",
    "Fiche",
    "Texte.",
    programmes=("Fonds vert", "Plan 2030", "PAE", "PAE 2"),
    partners=("office des rivières", "Office français de l'eau", "Région"),
)
MEANINGS = {"pae": ("programme d'aide à l'eau",), "are": ("Agence régionale de l'eau",), "uer": ("Union des rivières",)}
NAMES = KnownNames.of(
    Domain(
        programmes=("Plan Aval",), names=("rivières en commun", "3 % rivières"), feminine=("ORE",), masculine=("UER",)
    ),
    [SHEET],
    lambda acronym: MEANINGS.get(acronym, ()),
)


@pytest.mark.parametrize(
    "text",
    [
        "Fonds vert",
        "fonds vert",
        "office français de l’eau",
        "Office francais de l'eau",
        "PAE 2",
        "PAE2",
        "3 % rivières",
    ],
)
def test_known_names_are_one_whatever_their_capitals_accents_and_spaces(text: str) -> None:
    assert NAMES.is_known(text)
    assert NAMES.name.fullmatch(text)


@pytest.mark.parametrize("text", ["office des rivières", "rivières en commun", "région", "fonds verts", "plan"])
def test_common_nouns_are_no_names(text: str) -> None:
    assert not NAMES.name.fullmatch(text)


def test_names_stand_between_word_boundaries() -> None:
    text = "Les Fonds verts, le fonds vert et le Plan 20301 du PAE 2."
    assert [text[start:end] for start, end in NAMES.known_spans(text)] == ["fonds vert", "PAE 2"]


def test_programmes_are_those_of_the_documents_and_of_the_domain() -> None:
    assert all(map(NAMES.is_programme, ("Fonds Vert", "PAE2", "pae 2", "plan aval")))
    assert not any(map(NAMES.is_programme, ("Région", "Fonds", "PAE 3")))
    assert not NO_NAMES.is_programme("Fonds vert")


@pytest.mark.parametrize(
    ("word", "gender"),
    [
        ("ARE", "f"),  # by what it stands for
        ("PAE", "m"),
        ("ORE", "f"),  # by the domain
        ("UER", "m"),  # by the domain, against what it stands for
        ("ETE", None),  # no acronym tells by its end
        ("agence", "f"),
        ("État", "m"),
        ("accompagnement", "m"),
        ("eau", "m"),
    ],
)
def test_the_gender_of_a_noun_or_acronym(word: str, gender: str | None) -> None:
    assert NAMES.gender(word) == gender


def test_without_names_capitals_tell() -> None:
    assert [match[0] for match in NO_NAMES.name.finditer("Que verse la Région Bretagne à Rennes ?")] == [
        "Que",
        "Région Bretagne",
        "Rennes",
    ]
    assert not NO_NAMES.is_known("Région Bretagne")
    assert NO_NAMES.gender("ARE") is None
