"""`python -m benchmarks.writing [--stores FOLDER] [--json FILE]`: the figures of each base that is here, as a table.

The other bases stand in the folder that REPERES_BENCH_DATA names.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from benchmarks.writing.measured import measure
from benchmarks.writing.recorded import open_base, question_files, recorded


def main() -> None:
    """Measures, prints and perhaps writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stores", type=Path, help="folder of the stores, made when they are not there")
    parser.add_argument("--json", type=Path, help="file for the figures")
    options = parser.parse_args()
    tables = {}
    for name in question_files():
        with open_base(name, stores=options.stores) as base:
            tables[name] = measure(base, list(recorded(name, base.catalog)))
    names = sorted({figure for table in tables.values() for figure in table})
    print(f"{'':40}" + "".join(f"{name:>18}" for name in tables))
    for figure in names:
        cells = [table.get(figure) for table in tables.values()]
        shown = (f"{cell['value']:.3f} ({cell['n']:.0f})" if cell else "" for cell in cells)
        print(f"{figure:40}" + "".join(f"{cell:>18}" for cell in shown))
    if options.json:
        options.json.write_text(json.dumps(tables, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
