"""What a short question is about."""

from __future__ import annotations

import pytest

from kb.question.topic import is_rare, topic
from kb.text.stems import stems
from questions import parsed


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("Combien coûte une carte verte ?", "carte verte"),
        ("Quel est le prix du timbre ?", "timbre"),  # a figure stands for its price
        ("Combien de temps pour contester une amende ?", "amende"),
        ("Combien de lampes ont été changées ?", "lampes"),
        ("Qui paie la taxe d'habitation ?", "taxe habitation"),
        ("Quand la ville ferme-t-elle ?", "ville"),
        ("cookies", ""),
        ("Qui aide le fonds Citron ?", ""),  # its name is looked for
        ("Que fait le PLUM ?", ""),
        ("La mairie aide-t-elle les parents des enfants qui lisent les journaux des voisins ?", ""),  # not a short one
    ],
)
def test_a_short_question_is_about_the_nouns_behind_its_articles(question: str, about: str) -> None:
    assert topic(parsed(question)) == tuple(stems(about))


def test_a_name_that_many_passages_hold_hides_no_topic() -> None:
    question = "Qui est le médecin du Bureau ?"
    assert topic(parsed(question, rarity=2.0)) == ()
    assert topic(parsed(question, rarity=1.0)) == tuple(stems("médecin bureau"))
    assert (is_rare("Bureau", parsed(question, rarity=2.0)), is_rare("Bureau", parsed(question, rarity=1.0))) == (
        True,
        False,
    )
