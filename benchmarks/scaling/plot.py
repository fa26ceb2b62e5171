"""Draws the results of `benchmarks/scale.py`, of both makers: latency and memory against the number of passages.

    python -m benchmarks.scale --draw

That runs it in `.venv-bench`, which has matplotlib, and hands it on standard input what `goals.what_is_drawn` gives.
The same results always give the same file.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_FAST, _SLOW, _GREY = "#1f5fa8", "#b5532a", "#777777"
_LATENCIES = (("p50_ms", "p50", _FAST), ("p95_ms", "p95", _SLOW))
_LINES: Mapping[str, str] = {"embedded": "o-", "PostgreSQL": "s--"}


def draw(results: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Writes the plot of `results`, one of each maker, to `path`."""
    import matplotlib as mpl  # type: ignore[import-not-found]

    mpl.use("svg")
    mpl.rcParams.update({"svg.hashsalt": "reperes", "svg.fonttype": "none", "font.family": "sans-serif"})
    from matplotlib import pyplot as plt

    figure, (latency, memory) = plt.subplots(1, 2, figsize=(9, 3.8), layout="constrained")
    sizes: set[int] = set()
    for kept in results:
        maker, runs = kept["maker"], kept["runs"]
        line = _LINES[maker]
        passages = [run["passages"] for run in runs]
        sizes.update(passages)
        for key, label, colour in _LATENCIES:
            latency.plot(passages, [run[key] for run in runs], line, color=colour, label=f"{maker}, {label}")
            _limits(latency, kept["goals"], key, passages, colour)
        encoding = [run["encoding_p50_ms"] for run in runs]
        latency.plot(passages, encoding, line, color=_GREY, label=f"{maker}, of which encoding, p50")
        memory.plot(passages, [run["peak_mb"] for run in runs], line, color=_FAST, label=f"{maker}, the application")
        _limits(memory, kept["goals"], "peak_mb", passages, _FAST)
        if all(run.get("server_mb") is not None for run in runs):
            memory.plot(passages, [run["server_mb"] for run in runs], line, color=_SLOW, label=f"{maker}, the server")
    latency.set(title="Latency of a search", ylabel="ms")
    memory.set(title="Memory", ylabel="MB")
    for axes in (latency, memory):
        axes.plot([], [], "_", color=_GREY, markersize=14, label="target")
        axes.set_xscale("log")
        axes.set_xticks(sorted(sizes), [f"{size:,}" for size in sorted(sizes)])
        axes.minorticks_off()
        axes.set_xlabel("passages")
        axes.set_ylim(bottom=0)
        axes.grid(alpha=0.3)
        axes.legend(fontsize="x-small", frameon=False)
    figure.savefig(path, metadata={"Date": None, "Creator": None}, facecolor="white")


def _limits(
    axes: Any, goals: Mapping[str, Mapping[str, float]], key: str, passages: Sequence[int], colour: str
) -> None:
    """A mark at the limit of each size that was measured and has one."""
    marks = [(int(size), goal[key]) for size, goal in goals.items() if key in goal and int(size) in passages]
    if marks:
        axes.plot(*zip(*marks, strict=True), "_", color=colour, markersize=14)


def main() -> None:
    draw(json.load(sys.stdin), Path(sys.argv[1]))


if __name__ == "__main__":
    main()
