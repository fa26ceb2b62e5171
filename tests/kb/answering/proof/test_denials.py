"""What an answer says of what is missing, and what it tells on that occasion."""

from __future__ import annotations

import pytest

from kb.answering.proof.denials import refuses, tells_what_is_missing
from kb.text.folding import fold


@pytest.mark.parametrize(
    "sentence",
    [
        "Les documents ne disent pas qui entretient les berges.",
        "Ces passages ne précisent pas le montant de la redevance.",
        "Les extraits fournis n'indiquent pas la date de la réunion.",
        "Aucun document ne dit que l'abonnement est gratuit.",
        "Aucun des documents consultés ne mentionne les barrages.",
        "Toutefois, les sources ne permettent pas de comparer les deux bassins.",
        "En revanche, les documents disponibles ne chiffrent pas les pertes en eau.",
        "Le document ne le précise pas.",
        "Les textes n'en parlent pas.",
        "Les documents ne donnent ni le prix ni la durée.",
        "Mais les extraits ne couvrent pas l'année 2025, mais pas davantage 2026.",
        "The documents do not say who maintains the banks.",
        "However, these passages don't mention the price.",
        "No document says whether the subscription is free.",
    ],
)
def test_only_what_is_missing(sentence: str) -> None:
    assert tells_what_is_missing(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Les documents disent que l'aide est gratuite.",
        "Les documents ne disent pas qui paie, mais l'aide est versée en mars.",
        "Les documents ne donnent pas le prix ; il est de 12 €.",
        "Les documents ne le précisent pas : l'abonné paie la réparation.",
        "Les documents ne le disent pas, car l'Office l'a supprimée.",
        "Les passages ne citent pas le maire, alors que le préfet décide.",
        "Les documents ne parlent pas de la plaine, tandis que la montagne est exonérée.",
        "Les documents ne le disent pas. L'aide est versée en mars.",
        "Les documents ne précisent pas le montant et il est versé chaque mois.",
        "Les documents ne le disent pas parce que l'aide est supprimée.",
        "Les documents ne mentionnent qu'une aide, versée en mars.",
        "L'Office ne dit pas combien coûte le réseau.",
        "The documents say that the aid is free.",
        "These passages state that the aid is paid in March.",
        "The documents do not say so, but the aid is free.",
        "",
    ],
)
def test_what_tells_something_as_well_is_proven_as_all_else(sentence: str) -> None:
    assert not tells_what_is_missing(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Je ne trouve pas la réponse dans les documents.",
        "Désolé, je ne peux pas répondre.",
        "Je n'ai pas cette information.",
        "I cannot find the answer in the documents.",
        "This information does not appear in the documents.",
    ],
)
def test_refusals(sentence: str) -> None:
    assert refuses(fold(sentence))


def test_a_part_that_is_missing_refuses_only_where_parts_count() -> None:
    missing = fold("Les documents ne disent pas qui entretient les berges.")
    assert not refuses(missing)
    assert refuses(missing, any_part=True)
    assert not refuses(fold("L'aide est versée en mars."), any_part=True)
