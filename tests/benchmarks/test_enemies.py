"""Changes that leave a sentence true, or no French, are none."""

from __future__ import annotations

import random
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks.writing import enemies


@pytest.mark.parametrize(
    ("true", "false"),
    [
        ("Les haies ne sont donc pas réservées aux fermes.", "Les haies sont donc réservées aux fermes."),
        ("Il n'y a pas de car le dimanche.", "Il y a de car le dimanche."),
        ("Le plan ne fixe plus que 12 haies.", None),
        ("Vérifiez si une coupe est nécessaire.", None),
        ("Il y en a un.", None),
        ("S'il y en a un, le car est gratuit.", "S'il y en a un, le car n'est pas gratuit."),
        ("La commune a planté et elle doit arroser.", "La commune n'a pas planté et elle doit arroser."),
    ],
)
def test_what_is_denied(true: str, false: str | None) -> None:
    assert enemies.negated(true, [], random.Random(1)) == false


def test_names_that_may_be_true_are_not_swapped() -> None:
    said: Any = SimpleNamespace(
        text="L'Office des rivières (ODR) aide la Région, la Ville et l'État. Le canal est à Lormeil.",
        words=frozenset("office rivieres odr region ville etat canal lormeil".split()),
        units=(SimpleNamespace(text="L'Office des rivières (ODR) aide la Région, la Ville et l'État."),),
    )
    assert not enemies._are_one("Ville", "Région", [said])
    assert enemies._stand_in_one_list("Ville", "Région", [said])
    assert enemies._are_one("ODR", "Office", [said])
    assert not enemies._stand_in_one_list("Ville", "Lormeil", [said])
