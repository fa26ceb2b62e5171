"""A name that is refused and one that means nothing, asked for one after the other: does either take longer?

    python -m benchmarks.rights [--pairs 1000] [--only WORDS] [--dry]

Starts `reperes serve` without sign-in on the bundled corpus and some PDF, restricted to a group that nobody is in,
beside a source that is open. Each pair is the name of something hidden (a document, a partner that only hidden ones
name, a shared conversation of twenty turns that cites them, a finished evaluation) and the same name with another first
letter, in an order drawn by chance, over one connection. The same is done with two unknown names: what is told apart
there is noise. The 95 % intervals of the median differences are by bootstrap.

What is asked for of each: that the interval of refused and unknown holds 0, or that its median is no further from it
than the interval of the noise is wide.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx
import numpy as np

from benchmarks.report import Target, machine, save, table, target_lines
from benchmarks.rights.asked import Asked, asked
from benchmarks.rights.base import counted, prepared
from benchmarks.support.bench_data import ROOT

RESAMPLES = 1000
_SECONDS_TO_SETTLE = 20  # what the server does by itself after its start is over
_WARMING = 50  # requests of each route
Interval = tuple[float, float, float]
"""A median and its 95 % interval, in microseconds."""


def differences(ask: Callable[[str], float], pairs: Sequence[tuple[str, str]]) -> tuple[np.ndarray, np.ndarray]:
    """Seconds of the first of each pair, and what it took more than the second."""
    firsts, more = [], []
    for first, second in pairs:
        swapped = random.random() < 0.5
        if swapped:
            after = ask(second)
        before = ask(first)
        if not swapped:
            after = ask(second)
        firsts.append(before)
        more.append(before - after)
    return np.array(firsts), np.array(more)


def interval(values: np.ndarray) -> Interval:
    """The median of seconds and its interval."""
    picks = np.random.default_rng(0).integers(0, len(values), (RESAMPLES, len(values)))
    low, high = np.percentile(np.median(values[picks], axis=1), [2.5, 97.5])
    return float(np.median(values)) * 1e6, float(low) * 1e6, float(high) * 1e6


def target_of(what: str, refused: Interval, noise: Interval) -> Target:
    """How far the refused stand from the unknown, 0 where the interval holds it, beside the width of the noise."""
    median, low, high = refused
    apart = 0.0 if low <= 0 <= high else abs(median)
    return Target(f"{what}: refused apart from unknown", apart, noise[2] - noise[1], "µs", at_most=True)


def measured(client: httpx.Client, one: Asked, pairs: int) -> tuple[float, Interval, Interval]:
    """The median milliseconds of a refused name, the differences of refused and unknown and of unknown and unknown."""

    def ask(name: str) -> float:
        began = time.perf_counter()
        answer = one.send(client, name)
        took = time.perf_counter() - began
        assert answer.status_code == one.status, (one.what, name, answer.status_code)
        return took

    drawn = [random.choice(one.names) for _ in range(pairs)]
    for name in drawn[:_WARMING]:
        ask(name)
    took, refused = differences(ask, [(name, one.other(name, "q")) for name in drawn])
    _, noise = differences(ask, [(one.other(name, "z"), one.other(name, "q")) for name in drawn])
    return float(np.median(took)) * 1e3, interval(refused), interval(noise)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--pairs", type=int, default=1000)
    parser.add_argument("--only", default="", help="only what holds these words; nothing is saved")
    parser.add_argument("--dry", action="store_true", help="nothing is saved")
    options = parser.parse_args()
    random.seed(0)
    about = machine()
    found, rows, targets = {}, [], []
    with tempfile.TemporaryDirectory() as folder:
        environ, names = prepared(Path(folder))
        command = [sys.executable, "-m", "app", "serve", "--port", "0"]
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            address = next(word for word in process.stdout.readline().split() if word.startswith("http://"))
            time.sleep(_SECONDS_TO_SETTLE)
            with httpx.Client(base_url=address, timeout=60) as client:
                for one in asked(names):
                    if options.only not in one.what:
                        continue
                    took, refused, noise = measured(client, one, options.pairs)
                    found[one.what] = {
                        "milliseconds": took,
                        "refused_microseconds": refused,
                        "noise_microseconds": noise,
                    }
                    rows.append([one.what, f"{took:.2f}", *map(_shown, (refused, noise))])
                    targets.append(target_of(one.what, refused, noise))
        finally:
            process.terminate()
            process.wait(30)
    print(table(["asked for", "median, ms", "refused − unknown, µs", "unknown − unknown, µs"], rows))
    if options.only or options.dry:
        print("\n" + "\n".join(target_lines(targets)))
        return
    save("rights", {"pairs": options.pairs, "of": counted(names), "routes": found}, targets, about)


def _shown(told: Interval) -> str:
    return f"{told[0]:+.0f} ({told[1]:+.0f} to {told[2]:+.0f})"


if __name__ == "__main__":
    main()
