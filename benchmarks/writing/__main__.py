"""`python -m benchmarks.writing [--stores FOLDER] [--save]`: the figures of each base that is here, as tables.

The other bases stand in the folder that REPERES_BENCH_DATA names. No model is called: what one wrote, put right and
judged is recorded. `--ask FOLDER` writes out the prompts that nothing is recorded for, 400 second looks at most, drawn
by chance from all kinds; `--answers FILE …` takes in what was answered to them, files of {"id", "answer"} beside them.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks.report import machine, table
from benchmarks.writing.asking import ask, take_in
from benchmarks.writing.counting import Cell
from benchmarks.writing.measured import Measured, measure
from benchmarks.writing.played import REPAIRS, VERDICTS, kept
from benchmarks.writing.recorded import BASES, DATA, WRITTEN, open_base, question_files, recorded
from benchmarks.writing.targets import save_all

HEADER = ("", "of", "proof", "with repair", "and look", "no verdict")


def main() -> None:
    """Takes in, measures, prints, and perhaps writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stores", type=Path, help="folder of the stores, made when they are not there")
    parser.add_argument("--json", type=Path, help="file for the figures")
    parser.add_argument("--save", action="store_true", help="keep the figures as the benchmark's result")
    parser.add_argument(
        "--ask", type=Path, metavar="FOLDER", help="folder for the prompts that nothing is recorded for"
    )
    parser.add_argument(
        "--answers", "--verdicts", type=Path, nargs="+", default=(), metavar="FILE", help="answers to such prompts"
    )
    options = parser.parse_args()
    if options.save and set(question_files()) != set(BASES):
        parser.error(f"the kept figures are of {', '.join(BASES)}: {DATA} names the folder of the last two")
    for path in options.answers:
        print(f"{path}: {take_in(path)} answers")
    about = machine()
    found = measured(options.stores)
    for name, one in found.items():
        print(f"\n{name}\n{shown(one.table)}")
    if options.ask:
        looks = [prompt for one in found.values() for prompt in one.looks]
        repairs = [prompt for one in found.values() for prompt in one.repairs]
        files = ask(options.ask, looks, repairs)
        print(f"\n{len(looks)} second looks and {len(repairs)} repairs are lacking: {', '.join(map(str, files))}")
    tables = {name: one.table for name, one in found.items()}
    if options.json:
        options.json.write_text(json.dumps(tables, indent=1) + "\n", encoding="utf-8")
    if options.save:
        save_all(tables, about)


def measured(stores: Path | None) -> dict[str, Measured]:
    """What is measured over each base that is here."""
    verdicts, repairs = kept(WRITTEN / VERDICTS), kept(WRITTEN / REPAIRS)
    found = {}
    for name in question_files():
        with open_base(name, stores=stores) as base:
            found[name] = measure(base, list(recorded(name, base.catalog)), verdicts, repairs)
    return found


def shown(figures: dict[str, Cell]) -> str:
    """The figures of a base as a table."""
    return table(HEADER, [[name, *_cells(figures[name])] for name in sorted(figures)])


def _cells(cell: Cell) -> list[str]:
    stages = [f"{cell[stage]:.3f}" if stage in cell else "" for stage in ("value", "repair", "look")]
    return [f"{cell['n']:.0f}", *stages, f"{cell['unjudged']:.0f}" if cell.get("unjudged") else ""]


if __name__ == "__main__":
    main()
