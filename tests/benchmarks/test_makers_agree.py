"""What `benchmarks/makers` measures: the same base of both makers agrees on every question, and a changed one is seen
not to."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kb.evaluation.questions import EvaluationQuestion
from kb.models.encoder import Encoder
from kb.settings import Settings

Module = Callable[[str], ModuleType]
QUESTIONS = (
    EvaluationQuestion("aides", "Qui verse des subventions aux communes ?", ("aides.md",)),
    EvaluationQuestion("culture", "Que soutient le ministère de la Culture ?", ("culture.md",)),
    EvaluationQuestion("absent", "Quelle est la capitale du Pérou ?", unanswerable=True),
)


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    for name, text in {
        "aides.md": "# Aides\n\nL'agence verse des subventions aux communes qui rénovent leurs écoles.",
        "culture.md": "# Culture\n\nLe ministère de la Culture soutient l'architecture des villes.",
        "note.md": "# Note\n\nLes ménages gardent un loyer semblable après le relogement.",
    }.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_both_makers_answer_the_same(
    benchmark_module: Module, settings: Settings, database: str, documents: Path, tmp_path: Path, tiny_encoder: Encoder
) -> None:
    makers = benchmark_module("makers.__main__")
    here = replace(settings, answerer="extractive")
    there = replace(here, database=database, store=tmp_path / "there")
    found = makers.measured(documents, QUESTIONS, here, there, tiny_encoder)
    assert (found["documents"], found["differences"], found["questions"]) == (3, 0, 3)
    assert {found[what] for what in makers.SAME} == {3}
    assert found["mrr_embedded"] == found["mrr_postgresql"] > 0
    assert found["other_ten"] == found["other_answer"] == []
    assert all(target.met for target in makers.targets({"small": found}, 2))


def test_what_is_not_the_same_is_counted(benchmark_module: Module) -> None:
    makers = benchmark_module("makers.__main__")

    def row(*retrieved: str) -> dict[str, Any]:
        cited = [{"number": 1, "document": retrieved[0], "start": 0, "end": 9}]
        return {"retrieved": [*retrieved], "answer": "Oui [1].", "refused": False, "reason": None, "citations": cited}

    rows = {"aides": row("aides.md", "note.md"), "culture": row("culture.md"), "absent": row("note.md")}
    others = copy.deepcopy(rows)
    others["aides"]["retrieved"] = ["note.md", "aides.md"]
    others["culture"]["citations"][0]["end"] = 8
    others["absent"] |= {"refused": True, "reason": "unsaid", "answer": "", "citations": []}
    found = makers.agreement(QUESTIONS, rows, others)
    assert [found[what] for what in makers.SAME] == [2, 3, 2, 1, 2]
    assert (found["mrr_embedded"], found["mrr_postgresql"], found["mrr_difference"]) == (1.0, 0.75, -0.25)
    assert (found["other_ten"], found["other_answer"]) == (["aides"], ["culture", "absent"])
    missed = makers.targets({"small": {**found, "differences": 0, "load_average": 0.1}}, 2)
    assert [target.met for target in missed] == [True, False]
