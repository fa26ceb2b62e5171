"""What a base of a size has to do, of either maker, and the kept figures by size: measuring one size drops no other."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.report import RESULTS, Target, busy

Run = Mapping[str, Any]
"""The figures of one size: its `passages`, what was measured, and `measured`, the date and the machine of that."""


@dataclass(frozen=True, slots=True)
class Goal:
    """Limits at one size; None for what has none there. `linear_to` is the smaller size whose memory a passage, beyond
    what libraries and model take, may not be surpassed by more than a tenth."""

    p50_ms: float
    p95_ms: float | None = None
    open_s: float | None = None
    peak_mb: float | None = None
    linear_to: int | None = None


EMBEDDED: Mapping[int, Goal] = {
    100_000: Goal(40.0, 100.0, open_s=2.0, peak_mb=2000.0),
    1_000_000: Goal(100.0, linear_to=100_000),
}
SERVER: Mapping[int, Goal] = {100_000: Goal(40.0, 100.0), 1_000_000: Goal(100.0, 250.0)}
LINEAR = 1.1
"""How many times the memory of a passage at a smaller size counts as the same."""
RECALL, RECALL_FILTERED = 0.95, 0.99
"""Of the nearest vectors, over all documents and among those of a filter."""


def kept_runs(name: str) -> list[Run]:
    """The runs that a benchmark has kept, smallest first; none when it saved nothing."""
    path = RESULTS / f"{name}.json"
    if not path.is_file():
        return []
    held = json.loads(path.read_text(encoding="utf-8"))
    of_file = {"date": held["date"], "machine": held["machine"]}  # a run from before they were told apart
    return [{"measured": of_file, **run} for run in held["runs"]]


def merged(name: str, runs: Sequence[Run], about: Mapping[str, Any]) -> list[Run]:
    """The kept runs of a benchmark with new ones, measured today on the machine `about`, in the place of those of the
    same size; smallest first."""
    measured = {"date": datetime.datetime.now(datetime.UTC).date().isoformat(), "machine": dict(about)}
    by_size = {run["passages"]: run for run in kept_runs(name)}
    by_size |= {run["passages"]: {**run, "measured": measured} for run in runs}
    return [by_size[size] for size in sorted(by_size)]


def what_is_drawn() -> list[dict[str, Any]]:
    """Of each maker that was measured: its name, its runs, and by size the limits that it has, as `plot.py` takes
    them."""
    makers = (("embedded", "scale", EMBEDDED), ("PostgreSQL", "scale-database", SERVER))
    return [
        {
            "maker": maker,
            "runs": runs,
            "goals": {
                str(size): {key: getattr(goal, key) for key in ("p50_ms", "p95_ms", "peak_mb") if getattr(goal, key)}
                for size, goal in goals.items()
            },
        }
        for maker, name, goals in makers
        if (runs := kept_runs(name))
    ]


def latency_targets(runs: Sequence[Run], goals: Mapping[int, Goal], on: str = "") -> list[Target]:
    """Of each size that has a goal: p50 and p95 of a search, `on` a server where that is told."""
    found = []
    for run in runs:
        goal = goals.get(run["passages"])
        for percentile in ("p50", "p95"):
            limit = None if goal is None else getattr(goal, f"{percentile}_ms")
            if limit is not None:
                name = f"latency {percentile} at {run['passages']:,} passages{on}"
                reason = (
                    f"encoding the question takes {run[f'encoding_{percentile}_ms']:.0f} ms at {percentile} by itself"
                )
                reason = f"{reason}; {_load(run)}"
                found.append(Target(name, run[f"{percentile}_ms"], limit, "ms", at_most=True, reason=reason))
    return found


def embedded_targets(runs: Sequence[Run]) -> list[Target]:
    """The targets of every size that was measured of a base in a folder."""
    found = latency_targets(runs, EMBEDDED)
    by_size = {run["passages"]: run for run in runs}
    for size, goal in EMBEDDED.items():
        run = by_size.get(size)
        if run is None:
            continue
        where = f"at {size:,} passages"
        if goal.open_s is not None:
            reason = f"vectors are loaded; {_load(run)}"
            found.append(Target(f"opening {where}", run["open_s"], goal.open_s, "s", at_most=True, reason=reason))
        if goal.peak_mb is not None:
            reason = f"libraries and model alone take {run['peak_before_opening_mb']:.0f} MB"
            found.append(
                Target(f"peak memory {where}", run["peak_mb"], goal.peak_mb, "MB", at_most=True, reason=reason)
            )
        if goal.linear_to is not None and (smaller := by_size.get(goal.linear_to)) is not None:
            name = f"memory of a passage {where}, as many times that at {goal.linear_to:,}"
            times = _memory_of_a_passage(run) / _memory_of_a_passage(smaller)
            found.append(Target(name, times, LINEAR, at_most=True))
    return found


def server_targets(runs: Sequence[Run], neighbours: int) -> list[Target]:
    """The targets of every size that was measured of a base on PostgreSQL."""
    on = " on PostgreSQL"
    found = latency_targets(runs, SERVER, on)
    for run in runs:
        if run["passages"] not in SERVER:
            continue
        where = f"at {run['passages']:,} passages{on}"
        found.append(Target(f"recall@{neighbours} of vectors {where}", run["recall_all"], RECALL))
        shares = sorted(key.removeprefix("recall_") for key in run if key.startswith("recall_") and key != "recall_all")
        found += [
            Target(f"recall@{neighbours} among {share} {where}", run[f"recall_{share}"], RECALL_FILTERED)
            for share in shares
        ]
    return found


def _memory_of_a_passage(run: Run) -> float:
    """Megabytes, without what libraries and model take."""
    return float(run["peak_mb"] - run["peak_before_opening_mb"]) / int(run["passages"])


def _load(run: Run) -> str:
    return busy([run["load_average"]], run["measured"]["machine"]["cores"])
