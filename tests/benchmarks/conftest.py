"""The modules of benchmarks/: no package of the project, so they are found from its root."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

_FOLDER = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def benchmark_module(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """Imports a module of benchmarks/ by its name."""
    monkeypatch.syspath_prepend(str(_FOLDER.parent))
    return lambda name: importlib.import_module(f"{_FOLDER.name}.{name}")


@pytest.fixture(scope="module")
def crash_module() -> Iterator[ModuleType]:
    """benchmarks/crash.py, for as long as a module of tests runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(_FOLDER.parent))
        yield importlib.import_module(f"{_FOLDER.name}.crash")
