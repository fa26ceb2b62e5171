"""Latency and memory of search against the size of the base, with a plot.

    python -m benchmarks.scale [--sizes 1000 10000 100000] [--questions 300] [--database postgresql+psycopg://…]

The bases are made of real French sentences (`benchmarks/scaling/base.py` says how, and which vectors are real), kept in
the cache folder. Each is searched in a process of its own: `KnowledgeBase.search`, the encoding of the question by
the real encoder included, over questions that are all different. The plot goes to docs/scale.svg.

With `--database` the bases stand on that server, where the account may make and drop databases: what is measured
then, `benchmarks/scaling/database.py` says.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.report import Target, busy, encoder_in_words, machine, save, table
from benchmarks.rivals.process import PYTHON as PLOTTING_PYTHON
from benchmarks.rivals.process import require_rivals
from benchmarks.scaling.base import base
from benchmarks.scaling.database import measure_on_server
from benchmarks.scaling.recombine import POOL
from benchmarks.support.bench_data import ROOT, bench_data
from kb.models.sentence_encoder import load_encoder
from kb.settings import Settings

OPENING_S, MEDIAN_MS, SLOW_MS, MEMORY_MB = 2.0, 40.0, 100.0, 2000.0
PLOT = ROOT / "docs" / "scale.svg"


def measured(store: Path, questions: int) -> dict[str, Any]:
    """What a fresh process finds in searching a base, and the load of the machine after it."""
    command = [sys.executable, "-m", "benchmarks.scaling.search", str(store), "--questions", str(questions)]
    result = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if result.returncode:
        raise SystemExit(f"searching {store.name} failed (exit code {result.returncode}): see above.")
    found: dict[str, Any] = json.loads(result.stdout)
    return {**found, "load_average": os.getloadavg()[0]}


def row(run: dict[str, Any], first: dict[str, Any]) -> list[str]:
    """A line of the table: sizes, times, their ratios, memory."""
    return [
        f"{run['passages']:,}",
        f"{run['open_s']:.2f}",
        f"{run['p50_ms']:.1f}",
        f"{run['p95_ms']:.1f}",
        f"{run['encoding_p50_ms']:.1f}",
        f"{run['p50_ms'] / run['encoding_p50_ms']:.1f}",
        f"{run['p50_ms'] / first['p50_ms']:.1f}",
        f"{run['peak_mb']:,.0f}",
    ]


def targets(runs: Sequence[dict[str, Any]], cores: int) -> list[Target]:
    """The targets at the largest size that was measured."""
    last = runs[-1]
    loads = busy([last["load_average"]], cores)
    where = f"at {last['passages']:,} passages"

    def parts(percentile: str) -> str:
        encoding = last[f"encoding_{percentile}_ms"]
        return f"encoding the question takes {encoding:.0f} ms at {percentile} by itself; {loads}"

    return [
        Target(f"opening {where}", last["open_s"], OPENING_S, "s", at_most=True, reason=f"vectors are loaded; {loads}"),
        Target(f"latency p50 {where}", last["p50_ms"], MEDIAN_MS, "ms", at_most=True, reason=parts("p50")),
        Target(f"latency p95 {where}", last["p95_ms"], SLOW_MS, "ms", at_most=True, reason=parts("p95")),
        Target(
            f"peak memory {where}",
            last["peak_mb"],
            MEMORY_MB,
            "MB",
            at_most=True,
            reason=f"libraries and model alone take {last['peak_before_opening_mb']:.0f} MB",
        ),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000], help="passages of each base")
    parser.add_argument("--questions", type=int, default=300, help="how many different questions are asked")
    parser.add_argument("--pool", type=int, default=POOL, help="passages that are really encoded")
    parser.add_argument("--database", default="", help="a PostgreSQL server, by one of its databases")
    options = parser.parse_args()
    data = bench_data()
    if options.database:
        measure_on_server(options.database, sorted(set(options.sizes)), options.questions, data, options.pool)
        return
    require_rivals()  # the plot is drawn there
    settings = Settings.load()
    encoder = load_encoder(settings)
    stores = [base(size, data, encoder, settings.cache, pool=options.pool) for size in sorted(set(options.sizes))]
    about = {**machine(), "encoder": encoder_in_words(encoder, settings)}
    runs = [measured(store, options.questions) for store in stores]

    print(f"{options.questions} questions, {about['encoder']}\n")
    header = [
        "passages",
        "open s",
        "p50 ms",
        "p95 ms",
        "encoding p50 ms",
        "p50 / encoding",
        "p50 / smallest",
        "peak MB",
    ]
    print(table(header, [row(run, runs[0]) for run in runs]))
    figures = {
        "really_encoded": options.pool,
        "target_lines": {"p50_ms": MEDIAN_MS, "p95_ms": SLOW_MS, "peak_mb": MEMORY_MB},
        "runs": [
            {
                **run,
                "p50_over_encoding": run["p50_ms"] / run["encoding_p50_ms"],
                "p50_over_smallest": run["p50_ms"] / runs[0]["p50_ms"],
            }
            for run in runs
        ],
    }
    path = save("scale", figures, targets(runs, about["cores"]), about)
    subprocess.run(
        [str(PLOTTING_PYTHON), str(ROOT / "benchmarks" / "scaling" / "plot.py"), str(path), str(PLOT)], check=True
    )
    print(f"plot: {PLOT.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
