"""The modules of benchmarks/: no package of the project, so they are found from its root."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder

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


@pytest.fixture(scope="module")
def writing() -> Iterator[SimpleNamespace]:
    """The modules of benchmarks/writing, seen from the project's root."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(_FOLDER.parent))
        patch.chdir(_FOLDER.parent)
        names = ("__main__", "asking", "counting", "enemies", "fit", "measured", "played", "recorded")
        yield SimpleNamespace(**{name: importlib.import_module(f"benchmarks.writing.{name}") for name in names})


@pytest.fixture(scope="module")
def stores(writing: SimpleNamespace, packaged_encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the store of the corpus."""
    folder = tmp_path_factory.mktemp("stores")
    writing.recorded.open_base("corpus", packaged_encoder, folder).close()
    return folder


@pytest.fixture(scope="module")
def base(writing: SimpleNamespace, packaged_encoder: Encoder, stores: Path) -> Iterator[KnowledgeBase]:
    with writing.recorded.open_base("corpus", packaged_encoder, stores) as opened:
        yield opened


@pytest.fixture(scope="module")
def answers(writing: SimpleNamespace, base: KnowledgeBase) -> list[Any]:
    return list(writing.recorded.recorded("corpus", base.catalog))
