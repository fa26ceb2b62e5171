"""Repairs and second looks over the answers recorded for the bundled corpus."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from kb.knowledge import KnowledgeBase

pytestmark = pytest.mark.usefixtures("readings_once")


def test_what_the_proof_lets_pass_is_left_to_the_second_look(
    writing: SimpleNamespace, base: KnowledgeBase, answers: list[Any]
) -> None:
    some = answers[::20]
    nothing = writing.measured.measure(base, some, {}, {})
    keys = {key for prompt in nothing.looks for key in writing.played.sentence_keys(prompt.user)}
    passed = {
        name: round(cell["n"] * (1 - cell["value"]))
        for name, cell in nothing.table.items()
        if name.startswith("caught") and cell["value"] < 1
    }
    assert passed
    assert all("look" not in nothing.table[name] for name in passed)
    assert {name: nothing.table[name]["unjudged"] for name in passed} == passed
    for said, left in (("non", 1.0), ("oui", None)):
        judged = writing.measured.measure(base, some, dict.fromkeys(keys, said), {})
        assert not judged.looks
        for name in passed:
            cell = judged.table[name]
            assert (cell["look"], cell["unjudged"]) == (cell["value"] if left is None else left, 0)


def test_what_is_recorded_for_the_corpus_is_for_the_prompts_of_today(
    writing: SimpleNamespace, base: KnowledgeBase, answers: list[Any]
) -> None:
    known = [writing.played.kept(writing.recorded.WRITTEN / name) for name in ("verdicts.jsonl", "repairs.jsonl")]
    measured = writing.measured.measure(base, answers[::20], *known)
    assert not measured.repairs
    # What is drawn by chance is drawn anew among other answers; these are the same.
    same = [name for name in measured.table if name.startswith("caught, written by hand")]
    assert len(same) == 5
    assert {measured.table[name]["unjudged"] for name in ("good kept", "caught: negated", *same)} == {0}
