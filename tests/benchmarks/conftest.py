"""The modules of benchmarks/: no package of the project, so they are found from its root."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

_FOLDER = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def benchmark_module(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """Imports a module of benchmarks/ by its name."""
    monkeypatch.syspath_prepend(str(_FOLDER.parent))
    return lambda name: importlib.import_module(f"{_FOLDER.name}.{name}")
