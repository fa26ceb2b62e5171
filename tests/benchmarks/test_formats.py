"""What the comparison of number formats counts: facts and refusals that only one of two runs gives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kb.evaluation.questions import EvaluationQuestion

Load = Callable[[str], ModuleType]


def said(module: ModuleType, text: str, facts: set[int], *, refused: bool = False, recall: float | None = 0.5) -> Any:
    return module.Said(text, frozenset({"d"}), frozenset({("d", 0)}), frozenset(), refused, frozenset(facts), recall)


def test_what_one_format_alone_says_is_counted(benchmark_module: Load) -> None:
    module = benchmark_module("formats")
    questions = [EvaluationQuestion("a", "A ?"), EvaluationQuestion("b", "B ?"), EvaluationQuestion("c", "C ?")]
    base = module.Base("water", Path(), questions, {})
    found = {
        "int8": [said(module, "x", {0, 1}), said(module, "y", {0}), said(module, "", set(), refused=True)],
        "fp32": [said(module, "x", {0}), said(module, "y", {0}), said(module, "z", set())],
    }
    noted = {"int8": [{("d", 0): 1.0, ("d", 9): 0.5}], "fp32": [{("d", 0): 0.9, ("e", 9): 7.0}]}
    row = module.compared(base, found, noted)
    assert (row["facts_apart"], row["facts_apart_share"]) == (1, pytest.approx(1 / 3))
    assert row["refusals_apart"] == 1
    assert row["apart"] == ["a", "c"]
    assert row["same_text"] == pytest.approx(2 / 3)
    assert row["score_noise"]["p50"] == pytest.approx(0.1)
    assert [target.met for target in module.targets({"water": row})] == [False, False]


@pytest.mark.parametrize(("limit", "kept"), [(0, 9), (20, 9), (4, 4)])
def test_a_sample_is_always_the_same(benchmark_module: Load, tmp_path: Path, limit: int, kept: int) -> None:
    lines = [f'{{"id": "{n}", "question": "Q{n} ?", "documents": ["d.md"]}}' for n in range(9)]
    (tmp_path / "questions.jsonl").write_text("\n".join(lines), encoding="utf-8")
    first, second = (
        benchmark_module("formats").read_base("water", tmp_path, tmp_path / "questions.jsonl", limit) for _ in range(2)
    )
    assert len(first.questions) == kept
    assert first == second
