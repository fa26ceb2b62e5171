"""Names of a sentence, and whether a source holds them."""

from __future__ import annotations

import pytest

from kb.answering.proof.names import (
    first_name,
    is_asked_and_told,
    is_expanded_here,
    is_held,
    is_spelled_here,
    proper_names,
)


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("La ligne de Valbrune dessert Saint-Avit.", {"Valbrune", "Saint-Avit"}),
        ("Le conseil d'Orsenne vote le budget de l'ORF.", {"Orsenne", "ORF"}),
        ("L'eau du lac est pure.", set()),
        ("Une aide de la DGE2 et du CA.", {"DGE2", "CA"}),
    ],
)
def test_names_inside_a_sentence(sentence: str, names: set[str]) -> None:
    assert set(proper_names(sentence)) == names


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("Lormeil compte trois lignes.", "Lormeil"),
        ("L'Aubrac compte trois lignes.", "Aubrac"),
        ("Saint-Avit compte trois lignes.", "Saint-Avit"),
        ("Non : Lormeil compte trois lignes.", "Lormeil"),
        ("Oui, Lormeil compte trois lignes.", "Lormeil"),
        ("Non, adressez-vous au guichet.", ""),
        ("Adressez-vous au guichet.", ""),
        ("Concrètement, la haie est aidée.", ""),
        ("Selon le plan, la haie est aidée.", ""),
        ("Haies et bosquets sont aidés.", ""),
        ("Douze lignes circulent.", ""),
        ("Certaines lignes circulent.", ""),
        ("Face à la crue, la ligne ne circule plus.", ""),
        ("la ligne circule.", ""),
    ],
)
def test_the_first_word_is_a_name_only_when_nothing_says_otherwise(sentence: str, name: str) -> None:
    assert first_name(sentence, frozenset({"haies"})) == name


def test_a_name_is_held_whole_or_by_its_acronym() -> None:
    spelled = {"orf": ["Office des rivières et des forêts"]}
    assert is_held("Saint-Avit", frozenset({"saint", "avit"}), {})
    assert not is_held("Saint-Avit", frozenset({"saint", "loup"}), {})
    assert is_held("ORF", frozenset({"office", "rivieres", "forets"}), spelled)
    assert is_held("Aquaveille", frozenset({"aquaveilleest", "un", "service"}), {})
    assert not is_held("Aquaveille", frozenset({"aquaveillette", "aqua"}), {})
    assert not is_held("ORF", frozenset({"office", "rivieres"}), spelled)
    assert is_held("Office", frozenset({"orf"}), spelled)
    assert not is_held("Agence", frozenset({"orf"}), spelled)


def test_an_acronym_may_be_spelled_by_the_sentence_itself() -> None:
    assert is_spelled_here("AE", "Les autorisations d'engagement (AE) sont votées.")
    assert not is_spelled_here("AE", "Les crédits de paiement (AE) sont votés.")
    assert not is_spelled_here("AE", "Les autorisations d'engagement AE sont votées.")


def test_a_name_may_be_what_an_acronym_of_the_source_stands_for() -> None:
    sentence = "L'Office des Rivières et des Fleuves (ORF) entretient les berges."
    assert is_expanded_here("Office", sentence, frozenset({"orf", "berges"}))
    assert not is_expanded_here("Office", sentence, frozenset({"berges"}))
    assert not is_expanded_here("Valbrune", sentence, frozenset({"orf"}))
    assert not is_expanded_here("Cour", "La Cour des comptes (ORF) entretient les berges.", frozenset({"orf"}))


def test_an_acronym_of_the_question_may_stand_behind_words_of_the_source() -> None:
    sentence = "L'analyse d'impact (AIE) est obligatoire."
    held = frozenset({"analyse", "impact", "obligatoire"})
    assert is_asked_and_told("AIE", sentence, ["aie", "obligatoire"], held)
    assert not is_asked_and_told("AIE", sentence, ["obligatoire"], held)
    assert not is_asked_and_told("AIE", sentence, ["aie"], frozenset({"analyse", "risque"}))
    assert not is_asked_and_told("AIE", "L'analyse AIE est obligatoire.", ["aie"], held)
