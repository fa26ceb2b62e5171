"""What the figures have to be once the answers are proven, repaired and looked at again; and how they are kept."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.report import Target, save
from benchmarks.writing.counting import Cell

Tables = Mapping[str, Mapping[str, Cell]]
"""The figures by name, of each base."""

NAMES = {
    "facts in the prompt": "expected facts that stand in the prompt",
    "quotes in the prompt": "expected sentences that stand in the prompt",
    "good kept": "**good sentences kept**",
    "facts shown": "expected facts shown",
    "wrong number put right": "wrong number of a passage put right",
    "caught: figure": "caught: a figure changed",
    "caught: unit": "caught: a unit changed",
    "caught: year": "caught: a year changed",
    "caught: name": "caught: a name that no passage holds",
    "caught: invented": "caught: a sentence of another answer",
    "caught: order": "caught: an order",
    "caught: negated": "caught: the verb denied, or the denial left out",
    "caught: swapped figure": "caught: another figure of the passages",
    "caught: swapped name": "caught: another name of the passages",
    "caught, written by hand: invented": "caught, written by hand: invented",
    "caught, written by hand: negated": "caught, written by hand: denied",
    "caught, written by hand: recombined": "caught, written by hand: recombined from the passage's own words",
    "caught, written by hand: swapped_figure": "caught, written by hand: another figure",
    "caught, written by hand: swapped_name": "caught, written by hand: another name",
    "unanswerable refused": "questions without an answer that the model refused",
    "answerable refused": "questions with one that it refused",
}
"""The figures that are shares, in words."""
LIMITS = {
    "facts in the prompt": 0.95,
    "quotes in the prompt": 0.95,
    "good kept": 0.97,
    "caught: figure": 0.99,
    "caught: unit": 0.99,
    "caught: year": 0.99,
    "caught: name": 0.99,
    "caught: swapped figure": 0.9,
    "caught: swapped name": 0.9,
    "caught: negated": 0.9,
    "caught: invented": 0.95,
}


def targets(tables: Tables) -> list[Target]:
    """The targets, each of the base where the figure is lowest.

    Raises ValueError where second looks were asked for and nothing at all is recorded.
    """
    found = []
    for figure, limit in LIMITS.items():
        cells = {base: table[figure] for base, table in tables.items() if figure in table}
        if unknown := [base for base, cell in cells.items() if cell.get("unjudged") and "look" not in cell]:
            raise ValueError(f"{figure}: no verdict is recorded over {', '.join(unknown)}")
        shares = {base: cell.get("look", cell["value"]) for base, cell in cells.items()}
        if shares:
            lowest = min(shares, key=lambda base: shares[base])
            reason = f"over {lowest}, of {cells[lowest]['n']:.0f}"
            if lacking := cells[lowest].get("unjudged"):
                reason += f"; {lacking:.0f} of them lack a verdict"
            name = f"{NAMES[figure].strip('*')}, lowest of the bases"
            found.append(Target(name, shares[lowest], limit, reason=reason))
    return found


def save_all(tables: Tables, about: Mapping[str, Any]) -> Path:
    """Keeps the figures of all bases with their targets in `benchmarks/results/writing.json`. Raises as `targets`."""
    return save("writing", {"names": NAMES, "bases": tables}, targets(tables), about)
