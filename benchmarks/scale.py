"""Latency and memory of search against the size of the base, with a plot.

    python -m benchmarks.scale [--sizes 1000 10000 100000] [--questions 300] [--database postgresql+psycopg://…]

The bases are made of real French sentences (`benchmarks/scaling/base.py` says how, and which vectors are real), kept in
the cache folder. Each is searched in a process of its own: `KnowledgeBase.search`, the encoding of the question by
the real encoder included, over questions that are all different. What is kept of other sizes stays; the plot, of both
makers, goes to docs/scale.svg.

With `--database` the bases stand on that server, where the account may make and drop databases: what is measured
then, `benchmarks/scaling/database.py` says.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.report import encoder_in_words, machine, save, table
from benchmarks.rivals.process import PYTHON as PLOTTING_PYTHON
from benchmarks.rivals.process import require_rivals
from benchmarks.scaling.base import base
from benchmarks.scaling.database import measure_on_server
from benchmarks.scaling.goals import embedded_targets, merged, what_is_drawn
from benchmarks.scaling.recombine import POOL
from benchmarks.support.bench_data import ROOT, bench_data
from kb.models.sentence_encoder import load_encoder
from kb.settings import Settings

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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000], help="passages of each base")
    parser.add_argument("--questions", type=int, default=300, help="how many different questions are asked")
    parser.add_argument("--pool", type=int, default=POOL, help="passages that are really encoded")
    parser.add_argument("--database", default="", help="a PostgreSQL server, by one of its databases")
    parser.add_argument("--draw", action="store_true", help="measures nothing, draws what is kept anew")
    options = parser.parse_args()
    require_rivals()  # the plot is drawn there
    if options.draw:
        draw()
        return
    data = bench_data()
    if options.database:
        measure_on_server(options.database, sorted(set(options.sizes)), options.questions, data, options.pool)
        draw()
        return
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
    kept = merged("scale", runs, about)
    figures = {
        "really_encoded": options.pool,
        "runs": [
            {
                **run,
                "p50_over_encoding": run["p50_ms"] / run["encoding_p50_ms"],
                "p50_over_smallest": run["p50_ms"] / kept[0]["p50_ms"],
            }
            for run in kept
        ],
    }
    save("scale", figures, embedded_targets(kept), about)
    draw()


def draw() -> None:
    """Draws the kept figures of both makers."""
    program = ROOT / "benchmarks" / "scaling" / "plot.py"
    drawn = json.dumps(what_is_drawn())
    subprocess.run([str(PLOTTING_PYTHON), str(program), str(PLOT)], input=drawn, text=True, check=True)
    print(f"plot: {PLOT.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
