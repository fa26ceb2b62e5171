"""Whose figure, whose name: beside the same words in the source, or beside others."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kb.answering.proof.signs.attribution import misattributed
from kb.answering.proof.signs.support import content, rarity
from kb.answering.proof.sources import Source

Numbered = Callable[..., list[Source]]
ONE_SENTENCE = (
    "Le canal d'Orsenne irrigue 4 200 hectares de vergers, le barrage de Valbrune alimente 310 villages de la plaine "
    "et la digue de Lormeil protège 75 fermes."
)
TWO_SENTENCES = (
    "Le barrage de Valbrune a coûté 34 millions d'euros à la région. La passe à poissons a coûté 2 millions d'euros au "
    "département. La pêche rapporte 5 % des recettes."
)
TABLE = """| Ligne | Budget | Voyageurs |
| --- | --- | --- |
| Lormeil | 4,2 M€ | 310 000 |
| Valbrune | 1,7 M€ | 95 000 |
| Saint-Avit | 2,6 M€ | 128 000 |
"""


def told(claim: str, source: str, numbered: Numbered, question: str = "Que sait-on du bassin ?") -> str | None:
    units = [unit for one in numbered(source) for unit in one.units]
    said = list(dict.fromkeys(content(claim)))
    return misattributed(claim, units, said, rarity(units), question)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("Le canal d'Orsenne irrigue 4 200 hectares de vergers.", ONE_SENTENCE),
        ("Le barrage de Valbrune alimente 310 villages.", ONE_SENTENCE),
        ("La digue de Lormeil protège 75 fermes.", ONE_SENTENCE),
        ("Le barrage de Valbrune a coûté 34 millions d'euros.", TWO_SENTENCES),
        ("La passe à poissons a coûté 2 millions d'euros.", TWO_SENTENCES),
        ("La passe à poissons a coûté 2 millions, contre 34 pour le barrage de Valbrune.", TWO_SENTENCES),
        ("La ligne de Valbrune a un budget de 1,7 M€.", TABLE),
        ("La ligne de Saint-Avit a 128 000 voyageurs.", TABLE),
        ("Lormeil compte 310 000 voyageurs.", TABLE),
        ("Le bassin est suivi.", TABLE),
    ],
)
def test_own_figures_and_names(claim: str, source: str, numbered: Numbered) -> None:
    assert told(claim, source, numbered) is None


@pytest.mark.parametrize(
    ("claim", "source", "value"),
    [
        ("Le canal d'Orsenne irrigue 310 hectares de vergers.", ONE_SENTENCE, "310"),
        ("La digue de Lormeil protège 4 200 fermes.", ONE_SENTENCE, "4 200"),
        ("Le barrage de Valbrune alimente 75 villages de la plaine.", ONE_SENTENCE, "75"),
        ("Le barrage de Valbrune a coûté 2 millions d'euros à la région.", TWO_SENTENCES, "2 millions d'euros"),
        ("La passe à poissons a coûté 34 millions d'euros au département.", TWO_SENTENCES, "34 millions d'euros"),
        ("La ligne de Valbrune a un budget de 4,2 M€.", TABLE, "4,2 M€"),
        ("La ligne de Saint-Avit a un budget de 1,7 M€.", TABLE, "1,7 M€"),
    ],
)
def test_figures_of_something_else(claim: str, source: str, value: str, numbered: Numbered) -> None:
    assert told(claim, source, numbered) == value


@pytest.mark.parametrize(
    ("claim", "name"),
    [
        ("Le canal de Lormeil irrigue des vergers.", "Lormeil"),
        ("La digue d'Orsenne protège des fermes.", "Orsenne"),
        ("Le barrage de Lormeil alimente des villages de la plaine.", "Lormeil"),
    ],
)
def test_names_of_something_else(claim: str, name: str, numbered: Numbered) -> None:
    source = ONE_SENTENCE.replace(" et la digue", ". La digue").replace(", le barrage", ". Le barrage")
    assert told(claim, source, numbered) == name


def test_what_stands_before_the_start_is_not_looked_at(numbered: Numbered) -> None:
    (source,) = numbered(TABLE)
    claim = "Valbrune : Budget : 4,2 M€"
    said = list(dict.fromkeys(content(claim)))
    weight = rarity(source.units)
    assert misattributed(claim, source.units, said, weight, "", 0) == "4,2 M€"
    assert misattributed(claim, source.units, said, weight, "", len(claim)) is None
