"""What a question says to the rankings."""

from __future__ import annotations

import pytest

from kb.question.glossary import Glossary
from kb.question.terms import SearchTerms, search_terms
from kb.types import Alternative

GLOSSARY = Glossary(
    {
        "dpo": ("délégué à la protection des données",),
        "pic": ("plan Initiative Copropriétés",),
        "plus": ("prêt locatif à usage social",),
        "anru": ("Agence nationale pour la rénovation urbaine",),
    }
)
SHARES = {"anru": 0.5}


def asked(question: str) -> SearchTerms:
    """The question over a base that knows every word but « kartier » and « xyzzyx »."""
    return search_terms(
        question,
        GLOSSARY,
        share=lambda stem: 0.0 if stem in {"karti", "xyzzyx"} else SHARES.get(stem, 0.01),
        correct=lambda word: "quartier" if word == "kartier" else None,
    )


def test_a_question_of_which_no_word_is_known_is_foreign() -> None:
    assert asked("kartier xyzzyx").is_foreign
    assert not asked("kartier ancien").is_foreign
    assert not asked("kartier").is_foreign  # one word alone is a typing mistake
    assert not asked("kartier DPO").is_foreign


def words_of(question: str) -> list[str]:
    return [" | ".join(" ".join(way.stems) for way in group) for group in asked(question).groups]


def test_an_acronym_is_looked_for_with_what_it_stands_for() -> None:
    found = asked("Un DPO doit-il être salarié ?")
    assert found.embedded == "Un DPO (délégué à la protection des données) doit-il être salarié ?"
    assert found.groups[0] == (Alternative(("dpo",)), Alternative(("delegu", "protect", "donn"), 1 / 3))


def test_what_an_acronym_stands_for_is_looked_for_with_it() -> None:
    found = asked("Qui est délégué à la protection des données ?")
    assert found.embedded.endswith("(DPO)")
    assert len(found.groups) == 1
    assert found.groups[0][1] == Alternative(("dpo",))


@pytest.mark.parametrize(
    ("question", "spelled_out"),
    [
        ("Le PIC finance quoi ?", True),
        ("le pic de pollution", False),
        ("Un PLUS en QPV", True),
        ("il faut plus de logements", False),
        ("LE PIC DE POLLUTION", False),
        ("le dpo du bailleur", True),
    ],
)
def test_a_word_in_small_letters_is_taken_for_the_word(question: str, spelled_out: bool) -> None:
    assert ("(" in asked(question).embedded) == spelled_out


def test_what_the_base_is_all_about_is_not_spelled_out() -> None:
    assert asked("Qui préside l'ANRU ?").embedded == "Qui préside l'ANRU ?"


def test_an_unknown_word_gives_way_to_what_it_is_a_mistake_for() -> None:
    assert words_of("le kartier xyzzyx") == ["quarti", "xyzzyx"]
    assert asked("le kartier").embedded == "le kartier"  # the model reads through mistakes by itself


@pytest.mark.parametrize(
    ("question", "phrases"),
    [
        ("Que dit « la charte nationale » ?", ("la charte nationale",)),
        ('le "reste à charge" et “le loyer”', ("reste à charge", "le loyer")),
        ('« » et "?!"', ()),
        ("une apostrophe d'usage", ()),
        ('un seul " guillemet', ()),
    ],
)
def test_quoted_phrases(question: str, phrases: tuple[str, ...]) -> None:
    assert asked(question).phrases == phrases


def test_a_very_long_question_is_searched_by_its_rarest_words() -> None:
    found = asked(" ".join(f"mot{number}" for number in range(3000)))
    assert len(found.groups) == 64


@pytest.mark.parametrize("question", ["le la les de du", "?!…", "et ou"])
def test_nothing_to_look_for(question: str) -> None:
    assert asked(question).groups == ()
