"""The files that real life makes: each is read right, or told of, and its question is answered."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kb.models.encoder import Encoder
from kb.settings import Settings

CASES = Path(__file__).parents[1] / "data" / "cases"
NAMES = [json.loads(line)["name"] for line in (CASES / "cases.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def cases() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(__file__).parents[2]))
        yield importlib.import_module("benchmarks.cases")


@pytest.mark.parametrize("name", NAMES)
def test_a_case_holds(name: str, cases: ModuleType, settings: Settings, packaged_encoder: Encoder) -> None:
    (case,) = (case for case in cases.read_cases(CASES) if case.name == name)
    verdict: Any = cases.judge(case, settings, packaged_encoder)
    assert verdict.in_text or case.must_be_told
    assert verdict.holds, f"{case.question} -> {verdict.answer!r}; in its text: {verdict.in_text}; told: {verdict.told}"


def test_a_case_whose_file_is_read_wrong_fails(
    cases: ModuleType, settings: Settings, packaged_encoder: Encoder
) -> None:
    (case,) = (case for case in cases.read_cases(CASES) if case.name == "html_spip")
    wrong = cases.Case(case.name, case.folder, case.question, ("58",), case.kind)
    assert not cases.judge(wrong, settings, packaged_encoder).holds
    told = cases.Case(case.name, case.folder, case.question, ("(un avertissement)",), case.kind)
    assert not cases.judge(told, settings, packaged_encoder).holds
