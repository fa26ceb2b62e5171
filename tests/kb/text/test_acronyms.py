"""Acronyms, as documents write them."""

from __future__ import annotations

import pytest

from kb.text.acronyms import Mention, glossary, mentions, spells


@pytest.mark.parametrize(
    ("acronym", "expansion"),
    [
        ("QPV", "quartier prioritaire de la politique de la ville"),
        ("NPNRU", "Nouveau programme national de renouvellement urbain"),
        ("AIPD", "analyse d'impact relative à la protection des données"),
        ("ANRU", "Agence nationale pour la rénovation urbaine"),
        ("CDC", "Caisse des dépôts et consignations"),
        ("EPCI", "établissement public de coopération intercommunale"),
    ],
)
def test_initials_spell_an_acronym(acronym: str, expansion: str) -> None:
    assert spells(acronym, expansion.split())


@pytest.mark.parametrize(
    ("acronym", "expansion"),
    [
        ("DPO", "délégué à la protection des données"),
        ("QPV", "quartier de la ville"),
        ("ANRU", "rénovation urbaine"),
        ("PIA", ""),
        ("UE", "une école de la ville"),
    ],
)
def test_other_words_do_not(acronym: str, expansion: str) -> None:
    assert not spells(acronym, expansion.split())


@pytest.mark.parametrize(
    ("text", "acronym", "expansion"),
    [
        ("Ils vivent dans un quartier prioritaire de la politique de la ville (QPV).", "QPV",
         "quartier prioritaire de la politique de la ville"),
        ("L’Union sociale pour l’habitat (« USH ») fédère", "USH", "Union sociale pour l’habitat"),
        ("La RLS (réduction de loyer de solidarité) pèse", "RLS", "réduction de loyer de solidarité"),
        ("- CGLLS : Caisse de garantie du logement locatif social.", "CGLLS",
         "Caisse de garantie du logement locatif social"),
    ],
)  # fmt: skip
def test_one_sure_mention_is_enough(text: str, acronym: str, expansion: str) -> None:
    found = glossary(("d", mention) for mention in mentions(text))
    assert found == {acronym.lower(): (expansion,)}


def test_initials_that_do_not_spell_need_two_documents() -> None:
    one = list(mentions("Il faut nommer un délégué à la protection des données (DPO) avant mai."))
    two = list(mentions("Votre délégué à la protection des données (DPO) vous aide."))
    assert glossary(("a", mention) for mention in one) == {}
    found = glossary([("a", one[0]), ("b", two[0])])
    assert found == {"dpo": ("délégué à la protection des données",)}


def test_a_glossary_is_believed_when_the_first_letter_fits() -> None:
    line = "- Ademe : Agence de la transition écologique."
    assert glossary(("d", mention) for mention in mentions(line)) == {}
    sure = mentions(line, is_glossary=True)
    assert glossary(("d", mention) for mention in sure) == {"ademe": ("Agence de la transition écologique",)}


@pytest.mark.parametrize(
    "text",
    [
        "Comment supprimer mon compte (Facebook) ?",
        "En 2018 (ANRU) le budget",
        "Le montant (12 M€) est versé",
        "Résultat : tout va bien.",
        "PNRU (2004-2021)",
        "(ANRU)",
        "",
    ],
)
def test_nothing_is_learnt_from_what_is_no_acronym(text: str) -> None:
    assert glossary((str(n), mention) for n in range(2) for mention in mentions(text)) == {}


def test_the_surest_meaning_comes_first_and_forms_of_one_are_not_repeated() -> None:
    told = [
        ("a", Mention("PIA", "programme d'investissements d'avenir", True)),
        ("b", Mention("PIA", "programmes d’investissement d’avenir", True)),
        ("c", Mention("PIA", "programme d'investissements d'avenir", True)),
        ("d", Mention("PIA", "plan intercommunal d'action", True)),
    ]
    assert glossary(told)["pia"] == ("programme d'investissements d'avenir", "plan intercommunal d'action")
