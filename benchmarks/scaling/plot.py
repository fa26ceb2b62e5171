"""Draws the results of `benchmarks/scale.py`: latency and memory against the number of passages.

    .venv-bench/bin/python benchmarks/scaling/plot.py benchmarks/results/scale.json docs/scale.svg

Needs matplotlib, which is in `.venv-bench`. The same results always give the same file.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def draw(results: dict[str, Any], path: Path) -> None:
    """Writes the plot of `results` to `path`."""
    import matplotlib as mpl  # type: ignore[import-not-found]

    mpl.use("svg")
    mpl.rcParams.update({"svg.hashsalt": "reperes", "svg.fonttype": "none", "font.family": "sans-serif"})
    from matplotlib import pyplot as plt

    runs, limits = results["runs"], results["target_lines"]
    sizes = [run["passages"] for run in runs]
    figure, (latency, memory) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    for key, label, colour in (("p50_ms", "p50", "#1f5fa8"), ("p95_ms", "p95", "#b5532a")):
        latency.plot(sizes, [run[key] for run in runs], "o-", color=colour, label=f"search, {label}")
        latency.axhline(limits[key], color=colour, linestyle=":", label=f"target, {label}")
    encoding = [run["encoding_p50_ms"] for run in runs]
    latency.plot(sizes, encoding, "o-", color="#777777", label="of which encoding, p50")
    latency.set(title="Latency", ylabel="ms")
    memory.plot(sizes, [run["peak_mb"] for run in runs], "o-", color="#1f5fa8", label="peak")
    before = [run["peak_before_opening_mb"] for run in runs]
    memory.plot(sizes, before, "o-", color="#777777", label="of which libraries and model")
    memory.axhline(limits["peak_mb"], color="#1f5fa8", linestyle=":", label="target, peak")
    memory.set(title="Memory of the process", ylabel="MB")
    for axes in (latency, memory):
        axes.set_xscale("log")
        axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
        axes.minorticks_off()
        axes.set_xlabel("passages")
        axes.set_ylim(bottom=0)
        axes.grid(alpha=0.3)
        axes.legend(fontsize="small", frameon=False)
    figure.savefig(path, metadata={"Date": None, "Creator": None}, facecolor="white")


def main() -> None:
    draw(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), Path(sys.argv[2]))


if __name__ == "__main__":
    main()
