"""Every benchmark, one after the other, each in a process of its own; at the end all targets, met or missed.

    python -m benchmarks.run_all [quality] [ingestion] [scale] [sync] [formats] [answers] [people] [idle] [encoder]
                                [ocr] [rights] [options of those]

Without a name, all of them. Options go to every script that runs: name one script to give it options. A missed target
is no failure; a benchmark that could not run is, and the exit code is then 1.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from benchmarks.report import RESULTS, saved_targets, target_lines
from benchmarks.support.bench_data import ROOT, bench_data

NEED_DATA = ("quality", "ingestion", "scale", "sync", "formats")
OWN_OPTIONS = {"encoder": ("--json", str(RESULTS / "encoder.json"))}  # the others save by themselves
NAMES = (*NEED_DATA, "answers", "people", "idle", "encoder", "ocr", "rights")


def chosen(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """The benchmarks to run and the options to hand to them: names come first, from the first option on all is one."""
    names: list[str] = []
    for position, argument in enumerate(arguments):
        if argument.startswith("-"):
            return names or list(NAMES), list(arguments[position:])
        if argument not in NAMES:
            raise SystemExit(f"unknown benchmark {argument!r}: there are {', '.join(NAMES)}")
        names.append(argument)
    return names or list(NAMES), []


def main() -> None:
    names, options = chosen(sys.argv[1:])
    if {"-h", "--help"} & set(options) and len(names) > 1:
        print(__doc__)
        return
    RESULTS.mkdir(exist_ok=True)
    failed: list[str] = []
    if set(names) & set(NEED_DATA):
        try:
            bench_data()
        except SystemExit:  # it has told why, once is enough
            failed = [name for name in names if name in NEED_DATA]
    for name in names:
        if name in failed:
            continue
        print(f"\n== {name}\n", flush=True)
        command = [sys.executable, "-m", f"benchmarks.{name}", *OWN_OPTIONS.get(name, ()), *options]
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            failed.append(name)
    lines = [line for name in names if name not in failed for line in target_lines(saved_targets(name))]
    if lines:
        print(f"\n== targets (figures in {RESULTS.relative_to(ROOT)}/)\n")
        print("\n".join(lines))
    if failed:
        raise SystemExit(f"could not run: {', '.join(failed)}")


if __name__ == "__main__":
    main()
