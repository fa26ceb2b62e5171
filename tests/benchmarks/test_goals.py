"""What bases of a size have to do, and that measuring one size drops no other's figures."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

Module = Callable[[str], ModuleType]
ABOUT = {"cores": 2, "cpu_flags": ["avx2"], "cpu": "a processor"}


def run(passages: int, **changed: Any) -> dict[str, Any]:
    figures = {"open_s": 1.0, "p50_ms": 20.0, "p95_ms": 30.0, "encoding_p50_ms": 5.0, "encoding_p95_ms": 7.0}
    memory = {"peak_mb": 500.0 + passages / 100, "peak_before_opening_mb": 500.0, "load_average": 0.5}
    return {"passages": passages, **figures, **memory, "measured": {"date": "2026-11-30", "machine": ABOUT}, **changed}


@pytest.fixture
def results(benchmark_module: Module, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder for results that holds those of two sizes, one as it was kept before each told when it was measured."""
    for module in ("report", "scaling.goals"):
        monkeypatch.setattr(benchmark_module(module), "RESULTS", tmp_path)
    old = {name: value for name, value in run(1_000).items() if name != "measured"}
    kept = {"date": "2026-11-27", "machine": ABOUT, "targets": [], "runs": [old, run(100_000)]}
    (tmp_path / "scale.json").write_text(json.dumps(kept), encoding="utf-8")
    return tmp_path


def test_what_is_kept_of_other_sizes_stays(benchmark_module: Module, results: Path) -> None:
    goals = benchmark_module("scaling.goals")
    new = {name: value for name, value in run(1_000_000, p50_ms=80.0).items() if name != "measured"}
    kept = goals.merged("scale", [new], {**ABOUT, "cores": 4})
    assert [held["passages"] for held in kept] == [1_000, 100_000, 1_000_000]
    assert [held["measured"]["machine"]["cores"] for held in kept] == [2, 2, 4]
    assert [held["measured"]["date"] for held in kept][:2] == ["2026-11-27", "2026-11-30"]
    again = goals.merged("scale", [{**new, "passages": 1_000}], ABOUT)
    assert [(held["passages"], held["p50_ms"]) for held in again] == [(1_000, 80.0), (100_000, 20.0)]
    assert goals.kept_runs("scale-database") == []
    (drawn,) = goals.what_is_drawn()
    assert drawn["maker"] == "embedded"
    assert drawn["goals"]["100000"] == {"p50_ms": 40.0, "p95_ms": 100.0, "peak_mb": 2000.0}


def test_each_size_has_its_own_goals(benchmark_module: Module) -> None:
    goals = benchmark_module("scaling.goals")
    large = run(1_000_000, p50_ms=99.0, p95_ms=900.0)
    found = {target.name: target for target in goals.embedded_targets([run(1_000), run(100_000), large])}
    assert {(name, target.limit) for name, target in found.items()} == {
        ("latency p50 at 100,000 passages", 40.0),
        ("latency p95 at 100,000 passages", 100.0),
        ("opening at 100,000 passages", 2.0),
        ("peak memory at 100,000 passages", 2000.0),
        ("latency p50 at 1,000,000 passages", 100.0),
        ("memory of a passage at 1,000,000 passages, as many times that at 100,000", 1.1),
    }
    assert all(target.met for target in found.values())
    greedy = goals.embedded_targets([run(100_000), {**large, "peak_mb": 14_000.0}])
    assert [target.name for target in greedy if not target.met] == [
        "memory of a passage at 1,000,000 passages, as many times that at 100,000"
    ]
    recalls = {"recall_all": 0.97, "recall_10%": 0.9, "recall_50%": 1.0}
    server = goals.server_targets([run(1_000_000, p50_ms=120.0, p95_ms=249.0, **recalls)], 100)
    missed = [(target.name, target.limit) for target in server if not target.met]
    assert missed == [
        ("latency p50 at 1,000,000 passages on PostgreSQL", 100.0),
        ("recall@100 among 10% at 1,000,000 passages on PostgreSQL", 0.99),
    ]
    assert [target.limit for target in server if target.met] == [250.0, 0.95, 0.99]


@pytest.mark.parametrize(
    ("start_server", "on_server", "name"),
    [("", False, "crash"), ("", True, "crash-database"), ("pg_ctl start", True, "crash-server")],
)
def test_kills_are_kept_apart_with_their_number(
    crash_module: ModuleType, results: Path, database: str, start_server: str, on_server: bool, name: str
) -> None:
    given = argparse.Namespace(kills=7, database=database if on_server else None, start_server=start_server)
    crash_module.keep(given, 6, 1, ABOUT)
    kept = json.loads((results / f"{name}.json").read_text("utf-8"))
    assert (kept["kills"], kept["hits"], kept["differ"]) == (7, 6, 1)
    assert "after 7 kills of" in kept["targets"][0]["name"]
    assert not kept["targets"][0]["met"]
    assert [path.name for path in results.glob("crash*")] == [f"{name}.json"]
    if on_server:
        assert kept["server"]["shared_buffers"] == "32MB"
        assert kept["server"]["fsync"] == "off"
        assert kept["server"]["pgvector"].startswith("0.")
        assert "max_parallel_maintenance_workers" in kept["server"]
