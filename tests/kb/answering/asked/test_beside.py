"""Whether what was found is about what is asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb.answering.asked.beside import holds_topic, is_figure_of_another, lacks_figure
from kb.text.stems import stems
from kb.types import Alternative, Group
from questions import parsed
from units import unit, units_in


def groups(*stems: str) -> tuple[Group, ...]:
    return tuple((Alternative((stem,)),) for stem in stems)


def test_one_of_the_best_three_units_must_hold_what_a_short_question_is_about() -> None:
    asked = parsed("Combien coûte une carte verte ?")
    other, card = (
        unit(text).evidence for text in ("La carte bleue coûte 9 euros.", "Elle coûte 5 euros : c'est la carte verte.")
    )
    assert holds_topic(asked, [other, other, card])
    assert not holds_topic(asked, [other, other, other, card])
    assert not holds_topic(asked, [])
    assert holds_topic(parsed("carte verte"), [])  # nothing is told of what it is about
    assert holds_topic(parsed("Combien coûte une verte ?", groups("vert")[0]), [card])


def test_the_topic_may_be_held_by_titles_and_headings_and_in_another_form() -> None:
    (told,) = units_in("## La carte verte\n\nElle coûte 5 euros.", title="Prix")
    assert holds_topic(parsed("Combien coûte une carte verte ?"), [told.evidence])
    forms = tuple(Alternative(tuple(stems(word))) for word in ("assos", "associations"))
    asked = replace(parsed("Qui aide les assos ?"), groups=(forms,))
    assert holds_topic(asked, [unit("La ville aide les associations.").evidence])


@pytest.mark.parametrize(
    ("text", "fit", "lacks"),
    [
        ("La carte verte coûte 9 euros.", 1.0, False),
        ("La carte verte est jolie.", 0.0, True),
        ("Le billet coûte 9 euros.", 1.0, True),  # of another thing
    ],
)
def test_the_price_that_is_asked_for_must_be_told_and_of_that_thing(text: str, fit: float, lacks: bool) -> None:
    assert lacks_figure(parsed("Combien coûte une carte verte ?"), [(unit(text).evidence, fit)]) == lacks
    assert lacks_figure(parsed("prix carte verte"), [(unit(text).evidence, fit)]) == lacks
    assert not lacks_figure(parsed("Qui donne la carte verte ?"), [(unit(text).evidence, fit)])


@pytest.mark.parametrize(
    ("question", "fit", "lacks"),
    [
        ("Combien de cartes ?", 0.0, True),
        ("Combien de cartes ?", 0.4, False),
        ("Quel est le délai ?", 0.0, True),
        ("délai pour la carte", 0.0, True),
        ("Qui fixe le taux ?", 0.0, False),
        ("Le délai est-il suspendu ?", 0.0, False),
        ("Que faire après le délai ?", 0.0, False),
        ("Comment contester le montant ?", 0.0, False),
        ("Qu'est-ce que le budget participatif ?", 0.0, False),
        ("Où en sommes-nous ?", 0.0, False),
        ("D'où part le bus ?", 0.0, False),
        ("Quand faut-il une carte ?", 0.0, False),  # a condition may answer
        ("Qui a une carte ?", 0.0, False),
        ("Combien de cartes la mairie donne-t-elle aux parents de la commune ?", 0.0, False),  # not a short one
    ],
)
def test_a_figure_asked_for_in_a_few_words_must_be_told(question: str, fit: float, lacks: bool) -> None:
    assert lacks_figure(parsed(question), [(unit("La carte est verte.").evidence, fit)]) == lacks
    assert not lacks_figure(parsed(question), [(unit("Une carte.").evidence, fit), (unit("Cinq.").evidence, 1.0)])


def test_the_price_of_a_name_must_be_told_too() -> None:
    asked = parsed("Combien coûte le NPLUM ?")
    assert lacks_figure(asked, [(unit("Le NPLUM est grand.").evidence, 0.0)])
    assert not lacks_figure(asked, [(unit("L'enveloppe est de 12 milliards d'euros.").evidence, 1.0)])


@pytest.mark.parametrize(
    ("question", "text", "other"),
    [
        ("Quel âge pour se pacser ?", "Jusqu'à 16 ans, l'enfant va à l'école.", True),
        ("Quel âge pour se pacser ?", "Les partenaires pacsés ont 18 ans.", False),
        ("À partir de quel âge peut-on se pacser ?", "Le départ est à 16 ans.", True),  # « partir » asks for the age
        ("Combien de jours de congé maternité ?", "Le congé de maternité dure 112 jours.", False),
        ("Combien de jours de congé maternité ?", "Le congé dure 6 jours.", False),  # half of it
        ("Combien de jours de congé maternité rallongé ?", "Le congé dure 6 jours.", True),  # a third
        (
            "Combien de jours de congé maternité rallongé par la mairie ?",
            "Le congé dure 6 jours.",
            False,
        ),  # no few words
        ("Combien de jours ?", "Le congé dure 6 jours.", False),  # of nothing in particular
        ("Combien de vidéos ?", "On compte 6 caméras de vidéosurveillance.", False),  # of one family
        ("Combien de vidéosurveillances ?", "On garde 6 vidéos.", False),
        ("Combien de cartes ?", "On compte 6 cartons.", True),  # four letters begin too many words
        ("Qui peut se pacser ?", "L'enfant va à l'école.", False),  # no figure
        ("Compare l'âge du pacs et l'âge du permis", "Jusqu'à 16 ans, l'enfant va à l'école.", False),
    ],
)
def test_the_figure_of_something_else_is_told_by_the_few_words_that_ask_for_it(
    question: str, text: str, other: bool
) -> None:
    assert is_figure_of_another(parsed(question), unit(text, fit=1.0).evidence) == other


def test_what_a_figure_is_of_may_be_rare_in_the_title_or_said_in_another_way() -> None:
    asked = parsed("Combien de jours de congé maternité ?")
    leave = unit("Le congé dure 6 jours.").evidence
    assert is_figure_of_another(replace(asked, rarities={**asked.rarities, "maternit": 3.0}), leave)
    (told,) = units_in("## La maternité\n\nElle dure 6 jours.", title="Congé")
    assert not is_figure_of_another(asked, told.evidence)
    forms = tuple(Alternative(tuple(stems(word))) for word in ("assos", "associations"))
    assert is_figure_of_another(parsed("Combien d'assos ?"), unit("Il y a 6 associations.").evidence)
    said = replace(parsed("Combien d'assos ?"), groups=(forms,))
    assert not is_figure_of_another(said, unit("Il y a 6 associations.").evidence)
