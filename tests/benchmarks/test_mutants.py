"""Mutants: what is changed in a module, and that the change is in what runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

SOURCE = """LEAST = 2
SHARE = 0.5


def enough(count: int) -> bool:
    return LEAST <= count < 0 or count in ()
"""


@pytest.fixture
def mutants(benchmark_module: Callable[[str], ModuleType]) -> ModuleType:
    return benchmark_module("mutants")


def test_every_number_and_comparison_is_changed(mutants: ModuleType) -> None:
    found = mutants.mutants_of(Path("kb/answering/x.py"), SOURCE)
    assert [(mutant.line, mutant.shown) for mutant in found if mutant.line < 6] == [
        (1, "2 → 3"),
        (1, "2 → 1"),
        (1, "2 → 0"),
        (1, "2 → -2"),
        (1, "2 → 200"),
        (2, "0.5 → 0.625"),
        (2, "0.5 → 0.375"),
        (2, "0.5 → 0.0"),
        (2, "0.5 → -0.5"),
        (2, "0.5 → 50.0"),
    ]
    assert {mutant.shown for mutant in found if mutant.line == 6} == {
        "0 → 1",
        "0 → -1",
        "0 → 100",
        "→ LEAST < count < 0",
        "→ LEAST <= count <= 0",
        "→ count not in ()",
    }


def test_words_and_truths_are_no_numbers(mutants: ModuleType) -> None:
    assert mutants.mutants_of(Path("x.py"), "YES = True\nNAME = '3'\nNOTHING = None\n") == []


def test_the_change_is_in_the_tree_that_runs(mutants: ModuleType) -> None:
    values = []
    for mutant in mutants.mutants_of(Path("x.py"), "LEAST = 2\n"):
        scope: dict[str, int] = {}
        exec(compile(mutants.mutated_tree("LEAST = 2\n", mutant), "x.py", "exec"), scope)
        values.append(scope["LEAST"])
    assert values == [3, 1, 0, -2, 200]


def test_a_module_that_is_not_there_is_named(mutants: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["mutants", "citation"])
    with pytest.raises(SystemExit, match=r"kb/answering: citation$"):
        mutants.main()
