"""What a thing is, or is for: the questions that ask it, and the sentences that look like telling it."""

from __future__ import annotations

import pytest

from kb.answering.asked.definitions import (
    COUNTING,
    HEADING,
    POINTING,
    SUBJECT,
    TELLING,
    TELLING_ELSE,
    asks_purpose,
    begins_with,
    described,
    tells_what,
)
from kb.types import Alternative, Group
from questions import parsed

COMMITTEE: tuple[Group, ...] = ((Alternative(("comit",)),), (Alternative(("suiv",)),))
OFFICE: tuple[Group, ...] = ((Alternative(("otl",)), Alternative(("offic", "tourism"))),)


@pytest.mark.parametrize(
    ("question", "thing"),
    [
        ("À quoi sert le comité de suivi ?", ["comit", "suiv"]),
        ("a quoi ca sert un comité", ["comit"]),
        ("Quel est le rôle du comité de suivi ?", ["comit", "suiv"]),
        ("Quelles sont les missions de l'office ?", ["offic"]),
        ("Que fait l'office ?", ["offic"]),
        ("Que font les comités ?", ["comit"]),
        ("l’office fait quoi exactement ?", ["offic"]),
        ("Un comité, ça sert à quoi ?", ["comit"]),
        ("Ça sert à quoi, un comité ?", ["comit"]),
        ("Quel rôle joue l'office ?", ["offic"]),
        ("Quel est le rôle du comité dans le projet ?", ["comit"]),
        ("C'est quoi un comité de suivi ?", ["comit", "suiv"]),
        ("Qu'est-ce qu'un comité ?", ["comit"]),
        ("Que fait l'office, et qui le paie ?", []),
        ("Que faire après le comité ?", []),
        ("C'est quoi le prix du timbre ?", []),
        ("C'est quoi la différence entre l'office et le comité ?", []),
        ("Qui siège au comité de suivi ?", []),
        ("Quel est le budget du comité ?", []),
    ],
)
def test_what_a_thing_is_or_is_for_is_asked_or_not(question: str, thing: list[str]) -> None:
    assert [group[0].stems[0] for group in described(parsed(question))] == thing


@pytest.mark.parametrize(
    ("text", "about", "fit"),
    [
        ("Le comité de suivi prépare les décisions.", [], SUBJECT + TELLING),
        ("Un comité de suivi est en principe une instance locale.", [], SUBJECT + TELLING),
        ("Le comité de suivi est l’instance de la ville.", [], SUBJECT + TELLING),
        ("Le comité de suivi attend.", [], SUBJECT),
        ("Le comité de suivi retient 6 millions d'euros.", [], COUNTING),
        ("Le comité de suivi est une instance de 2 000 personnes.", [], SUBJECT + TELLING),
        ("Le comité de suivi tient deux réunions.", [], SUBJECT),
        ("Il se réunit chaque mois.", ["Le comité de suivi"], POINTING),
        ("Son but premier : rendre un avis.", ["Le comité de suivi"], POINTING + TELLING),
        ("Ses membres attendent.", ["Le comité de suivi"], 0.0),
        ("Il se réunit chaque mois.", ["Le conseil"], 0.0),
        ("Donner un avis.", ["Le comité de suivi : un avis", "Le but"], HEADING + TELLING),
        ("Donner un avis.", ["Le conseil", "Le but"], 0.0),
        ("La ville écoute le comité de suivi.", [], 0.0),
        ("La ville verse 12 % des aides.", [], COUNTING),
        ("La ville aide depuis 2014.", [], 0.0),
    ],
)
def test_a_sentence_looks_like_telling_it(text: str, about: list[str], fit: float) -> None:
    assert tells_what(text, about, COMMITTEE) == pytest.approx(fit)


@pytest.mark.parametrize(
    ("text", "fit"),
    [
        ("Le comité de suivi est une instance locale.", SUBJECT + TELLING_ELSE),
        ("Le comité de suivi est chargé de la paix.", SUBJECT + TELLING),
        ("Le comité de suivi est une instance qui prépare les décisions.", SUBJECT + TELLING),
    ],
)
def test_what_it_does_counts_more_where_its_purpose_is_asked(text: str, fit: float) -> None:
    assert tells_what(text, [], COMMITTEE, purpose=True) == pytest.approx(fit)
    assert tells_what(text, [], COMMITTEE) == SUBJECT + TELLING
    assert asks_purpose(parsed("À quoi sert le comité de suivi ?"))
    assert not asks_purpose(parsed("C'est quoi, un comité de suivi ?"))


def test_nothing_looks_like_telling_what_is_not_asked() -> None:
    assert tells_what("Le comité de suivi est une instance.", [], ()) == 0.0


def test_a_thing_has_the_names_that_its_acronym_stands_for() -> None:
    assert begins_with("L'office de tourisme (OTL) accueille.", OFFICE)
    assert begins_with("OTL : office de tourisme.", OFFICE)
    assert not begins_with("L'office accueille.", OFFICE)
    assert not begins_with("", OFFICE)
