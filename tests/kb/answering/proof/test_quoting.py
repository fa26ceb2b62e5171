"""Which units a reader must see to check a sentence."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kb.answering.proof.quoting import quoted
from kb.answering.proof.sources import Source

Numbered = Callable[..., list[Source]]
TEXT = (
    "Le barrage d'Orsenne retient 40 millions de litres. La pêche est ouverte en mars. Le canal fournit 12 villages. "
    "Une passe à poissons a été construite. Le gardien habite la digue."
)


@pytest.mark.parametrize(
    ("claim", "places"),
    [
        ("La pêche est ouverte en mars.", [1]),
        ("Le canal alimente 12 villages et le barrage d'Orsenne retient 40 millions de litres.", [0, 2]),
        ("On compte 12 communes.", [2]),
        ("Une passe à poissons est construite, la pêche ouvre en mars.", [1, 3]),
    ],
)
def test_the_nearest_unit_and_those_that_add_to_it_in_their_order(
    claim: str, places: list[int], numbered: Numbered
) -> None:
    (source,) = numbered(TEXT)
    assert quoted(claim, source, alone=True) == [source.units[place] for place in places]


def test_three_units_at_most(numbered: Numbered) -> None:
    (source,) = numbered("On a 12 lacs. On a 17 puits. On a 23 ponts. On a 31 bacs.")
    assert quoted("12 lacs, 17 puits, 23 ponts, 31 bacs", source, alone=True) == list(source.units[:3])


def test_of_a_passage_that_shares_nothing_one_only_when_it_is_alone(numbered: Numbered) -> None:
    (source,) = numbered(TEXT)
    assert quoted("Les forêts brûlent.", source, alone=True) == [source.units[0]]
    assert quoted("Les forêts brûlent.", source, alone=False) == []
