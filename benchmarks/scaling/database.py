"""Bases on a PostgreSQL server, for `benchmarks/scale.py --database`: loading, disk, memory, search, what it misses.

Each base is made by the real `IndexWriter` in a database of its own, which is dropped at the end. Searching it is
measured as `scaling/search.py` does, recall of vectors over all and among the documents of filters included.
Loading, disk and memory are of catalog, vectors and graph; this machine's copy of the words is told apart. The
server's memory is told when it runs on this machine: the share of each of its processes (Pss), shared buffers included.
What the server is set to is kept with each run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.report import encoder_in_words, machine, save, table
from benchmarks.scaling.base import encoded, fill, real_material
from benchmarks.scaling.goals import merged, server_targets
from benchmarks.scaling.recall import NAMES, NEIGHBOURS
from benchmarks.scaling.recombine import passages
from benchmarks.support.bench_data import ROOT, BenchData
from benchmarks.support.server_processes import server_processes, server_settings
from kb.index.opening import open_store
from kb.models.sentence_encoder import load_encoder
from kb.settings import Settings

KEPT_FROM = 100_000
"""The smallest size whose figures are kept: smaller ones show that the measure works."""


def measure_on_server(server: str, sizes: Sequence[int], asked: int, data: BenchData, pool: int) -> None:
    """Measures a base of each size, prints the figures, and keeps those of large ones."""
    settings = Settings.load()
    encoder = load_encoder(settings)
    about = {**machine(), "encoder": encoder_in_words(encoder, settings)}
    source, kept = real_material(data), settings.cache / "bench"
    encoded(source, encoder, kept, passages(source, pool, pool=pool))  # before the clock starts: it is no loading
    runs: list[dict[str, Any]] = []
    for size in sizes:
        with _database(server, size) as url, tempfile.TemporaryDirectory(prefix="reperes-scale-") as folder:
            store = Path(folder) / "store"
            own = Settings.load(database=url, store=store)
            began = time.perf_counter()
            fill(open_store(own), size, source, encoder, kept, pool=pool)
            loaded = time.perf_counter() - began
            runs.append(
                {
                    "load_s": loaded,
                    **_sizes(url),
                    **_searched(store, url, asked),
                    "server_mb": _server_mb(url),
                    "words_mb": sum(file.stat().st_size for file in store.rglob("*") if file.is_file()) / 1e6,
                    "server": server_settings(url),
                    "load_average": os.getloadavg()[0],
                }
            )
        print(json.dumps(runs[-1]), file=sys.stderr)
    _tell(runs, about)


def _tell(runs: Sequence[dict[str, Any]], about: dict[str, Any]) -> None:
    columns = {
        "load s": "load_s",
        "disk MB": "disk_mb",
        "graph MB": "graph_mb",
        "words MB": "words_mb",
        "server MB": "server_mb",
        "peak MB": "peak_mb",
        "p50 ms": "p50_ms",
        "p95 ms": "p95_ms",
        **{f"{name} {what}": f"{what}_{name}" for name in NAMES for what in ("recall", "ms")},
    }
    rows = [[f"{run['passages']:,}", *(_number(run[key]) for key in columns.values())] for run in runs]
    print(table(["passages", *columns], rows))
    if large := [run for run in runs if run["passages"] >= KEPT_FROM]:
        kept = merged("scale-database", large, about)
        figures = {"neighbours": NEIGHBOURS, "runs": kept}
        save("scale-database", figures, server_targets(kept, NEIGHBOURS), about)


def _number(value: float | None) -> str:
    if value is None:
        return "?"
    return f"{value:.3f}" if value <= 1 else f"{value:,.1f}"


@contextmanager
def _database(server: str, size: int) -> Iterator[str]:
    """The address of a new database, until the end."""
    name, url = f"reperes_scale_{os.getpid()}_{size}", sa.make_url(server)
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))


def _sizes(url: str) -> dict[str, float]:
    """Bytes on the server's disk: of all, and of the graphs."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        whole = connection.execute(sa.text("SELECT pg_database_size(current_database())")).scalar_one()
        graphs = connection.execute(
            sa.text("SELECT coalesce(sum(pg_relation_size(oid)), 0) FROM pg_class WHERE relname LIKE 'graph_of_%'")
        ).scalar_one()
    return {"disk_mb": whole / 1e6, "graph_mb": float(graphs) / 1e6}


def _searched(store: Path, url: str, asked: int) -> dict[str, Any]:
    """What a fresh process finds in searching the base."""
    command = [sys.executable, "-m", "benchmarks.scaling.search", str(store), "--questions", str(asked)]
    # Not among the arguments, which anybody on the machine may read: the address holds a password.
    environ = {**os.environ, "REPERES_DATABASE": url}
    result = subprocess.run(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True, check=False)
    if result.returncode:
        raise SystemExit(f"searching failed (exit code {result.returncode}): see above.")
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def _server_mb(url: str) -> float | None:
    """The memory of all processes of the server, None when it is not one of this machine's."""
    return sum(map(_share, server_processes(url))) / 1e3 or None


def _share(process: int) -> float:
    """Kilobytes; 0 of a process that has ended meanwhile, or may not be looked at."""
    try:
        told = Path(f"/proc/{process}/smaps_rollup").read_text("ascii")
    except OSError:
        return 0.0
    return float(told.split("\nPss:")[1].split()[0])
