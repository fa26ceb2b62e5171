"""What a sentence denies and its source does not, and the other way round."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kb.answering.proof.signs.polarity import is_contrary
from kb.answering.proof.sources import Source

Numbered = Callable[..., list[Source]]


def contrary(claim: str, source: str, numbered: Numbered) -> bool:
    return is_contrary(claim, [unit for one in numbered(source) for unit in one.units])


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("L'arrosage est financé.", "L'arrosage n'est pas financé."),
        ("L'arrosage n'est pas financé.", "L'arrosage est financé."),
        ("L'aide peut être cumulée avec le fonds Bocage.", "L'aide ne peut pas être cumulée avec le fonds Bocage."),
        ("L'aide ne peut pas être cumulée avec le fonds.", "L'aide peut être cumulée avec le fonds."),
        ("Le service de nuit ne circule pas le dimanche.", "Le service de nuit circule le dimanche."),
        ("Le service de nuit circule le dimanche.", "Le service de nuit ne circule jamais le dimanche."),
        ("Aucun permis n'est exigé des pêcheurs.", "Un permis est exigé des pêcheurs."),
        ("Un permis est exigé des pêcheurs.", "Aucun permis n'est exigé des pêcheurs."),
        ("La commune n'entretient pas les berges du canal.", "La commune entretient les berges du canal."),
        ("La commune entretient les berges du canal.", "La commune n'entretient pas les berges du canal."),
        ("L'abonné ne paie plus la location du compteur.", "L'abonné paie la location du compteur."),
        ("Le car dessert la gare et la mairie.", "Le car ne dessert ni la gare ni la mairie."),
        ("Non, la coupe de bois n'est pas soumise à déclaration.", "La coupe de bois est soumise à déclaration."),
        ("Oui, la coupe de bois est soumise à déclaration.", "La coupe de bois n'est pas soumise à déclaration."),
        ("Le médiateur n'examine pas les litiges des abonnés.", "Le médiateur examine les litiges des abonnés."),
        ("L'abonné reçoit une facture papier.", "L'abonné ne reçoit pas de facture papier. L'Office écrit."),
    ],
)
def test_the_contrary(claim: str, source: str, numbered: Numbered) -> None:
    assert contrary(claim, source, numbered)
    assert not contrary(source, source, numbered)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("L'arrosage n'est pas financé.", "L'arrosage n'est jamais financé."),
        ("Le fonds ne finance pas l'arrosage.", "Aucun arrosage n'est financé par le fonds."),
        ("Le fonds ne finance que les haies.", "Le fonds finance les haies seulement."),
        ("Seules les haies sont financées.", "Le fonds ne finance que les haies."),
        ("Il n'est pas permis de pêcher de nuit.", "La pêche de nuit est interdite."),
        ("Pêcher de nuit est interdit.", "Il n'est pas permis de pêcher de nuit."),
        ("La carte n'est pas obligatoire.", "La carte est facultative."),
        ("Le fonds est né de la loi sur l'eau.", "Le fonds naît de la loi sur l'eau de 2009."),
        ("La carte, à ne pas confondre avec le titre, lie les villes.", "La carte lie les villes et porte un titre."),
        ("La ville ne peut pas demander le numéro.", "Non. La ville peut demander le nom, l'âge et le numéro de rue."),
        ("Le club n'est pas soumis à l'impôt local.", "Le club qui n'est pas soumis à l'impôt local écrit au fisc."),
        ("Elle prend les dégâts que tu causes, mais pas ceux que tu subis.", "Elle prend les dégâts sauf ceux subis."),
        ("Le car ne dessert pas la gare.", "Le car ne dessert ni la gare ni la mairie."),
        (
            "L'abonné peut saisir le médiateur si la fuite n'est pas réparée.",
            "Si la fuite n'est pas réparée, l'abonné peut saisir le médiateur.",
        ),
        (
            "L'abonné saisit le médiateur lorsque la fuite n'est pas réparée ; c'est gratuit.",
            "Lorsque la fuite est réparée trop tard, l'abonné saisit le médiateur ; c'est gratuit.",
        ),
        (
            "Si le compteur n'est pas relevé, la facture est estimée.",
            "La facture est estimée lorsque le compteur n'est pas relevé.",
        ),
        (
            "Les communes qui n'ont pas de plan reçoivent une aide.",
            "Les communes sans plan reçoivent une aide de l'Office.",
        ),
        (
            "Les communes sans plan reçoivent une aide.",
            "Les communes qui n'ont pas de plan reçoivent une aide de l'Office.",
        ),
        ("Le réseau n'est pas fermé.", "Le réseau n'est pas fermé. Le guichet est fermé."),
        ("Le guichet de la mairie est fermé.", "Le réseau de nuit n'est pas fermé. Le guichet de la mairie est fermé."),
        ("La haie dure 5 ans.", "La haie dure 5 ans. Les clôtures ne durent pas."),
        ("Oui.", "Le car ne dessert pas la gare."),
        (
            "Les relevés des abonnés ne sont pas gardés plus de six mois.",
            "Les relevés des abonnés sont gardés un temps. Cette durée ne doit pas dépasser six mois.",
        ),
        (
            "Pour ne plus recevoir de courrier, l'abonné écrit à l'Office.",
            "Les abonnés reçoivent un courrier de l'Office. L'abonné qui le refuse écrit à l'Office.",
        ),
        (
            "L'abonné ne doit pas être filmé en permanence.",
            "La caméra est là pour les biens et non pour filmer en permanence l'abonné. L'abonné est filmé dehors.",
        ),
        (
            "L'Office a accès aux relevés détaillés de façon exceptionnelle.",
            "L'Office ne doit avoir accès à ces relevés détaillés des abonnés que de façon exceptionnelle.",
        ),
    ],
)
def test_the_same_in_other_words(claim: str, source: str, numbered: Numbered) -> None:
    assert not contrary(claim, source, numbered)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        (
            "Si le compteur est relevé par l'abonné, la facture de l'année est estimée.",
            "Si le compteur n'est pas relevé par l'abonné, la facture de l'année est estimée.",
        ),
        (
            "Les berges du canal ne sont pas entretenues par la commune.",
            "Les berges du canal sont entretenues par la commune. La digue n'est pas ouverte aux promeneurs.",
        ),
        (
            "La commune qui paie ne peut pas fermer le canal pendant la crue.",
            "La digue n'est pas ouverte, et la commune qui paie peut fermer le canal pendant la crue.",
        ),
    ],
)
def test_the_contrary_beside_other_denials(claim: str, source: str, numbered: Numbered) -> None:
    assert contrary(claim, source, numbered)
    assert not contrary(source, source, numbered)


@pytest.mark.parametrize(
    ("claim", "is_against"),
    [
        ("Non, la ville peut demander le numéro de rue.", True),
        ("Non, la ville ne peut pas demander le numéro de rue.", False),
        ("Oui, la ville ne peut pas demander le numéro de rue.", True),
        ("Oui, la ville peut demander le numéro de rue.", False),
        ("Non, la ville demande seulement le nom.", False),
    ],
)
def test_what_follows_yes_or_no_goes_the_same_way(claim: str, is_against: bool) -> None:
    assert is_contrary(claim, [], "La ville peut-elle demander le numéro de rue ?") is is_against
    assert not is_contrary(claim, [])


def test_who_is_spoken_of_is_not_denied(numbered: Numbered) -> None:
    source = (
        "La liste recense les personnes ne souhaitant pas recevoir de courrier. Les personnes reçoivent un courrier."
    )
    assert not contrary("La liste recense les personnes ne souhaitant pas recevoir de courrier.", source, numbered)


LIST = "Il est interdit :\n\n- de pêcher la nuit dans le lac\n- de camper sur la digue\n"


def test_items_go_on_with_their_lead_in(numbered: Numbered) -> None:
    assert not contrary("Il n'est pas possible de camper sur la digue.", LIST, numbered)
    assert contrary("Le campeur ne campe pas sur la digue.", LIST.replace("interdit", "prévu"), numbered)
    negative = "Le fonds ne finance pas :\n\n- les plantations de thuyas\n- les clôtures électriques\n"
    assert not contrary("Le fonds ne finance pas les clôtures électriques.", negative, numbered)
    assert contrary("Le fonds finance les clôtures électriques.", negative, numbered)


def test_without_anything_to_compare_nothing_is_contrary() -> None:
    assert not is_contrary("L'arrosage n'est pas financé.", [])
