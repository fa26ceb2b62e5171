"""Counts that become figures: shares, and what is left of sentences stage by stage: proof, repair, second look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

Cell = dict[str, float]
"""A figure: its "value", of how many ("n"), and where sentences go through stages those stages too (see `Stages`)."""


@dataclass
class Shares:
    """Counts by name: (how many hold, of how many)."""

    counts: dict[str, list[float]] = field(default_factory=lambda: defaultdict(lambda: [0.0, 0.0]))

    def add(self, name: str, amount: float) -> None:
        """Counts one more, of which `amount` holds."""
        self.counts[name][0] += amount
        self.counts[name][1] += 1

    def table(self) -> dict[str, Cell]:
        """{"value", "n"} by name."""
        return {name: {"value": round(held / of, 4), "n": of} for name, (held, of) in self.counts.items() if of}


@dataclass
class Stages:
    """How many of some sentences stand after the proof, after a repair, and after a second look.

    `said` holds what the second look said of each sentence that it was shown: "non", "oui" or "" for neither, None
    where nothing was recorded. Those of None count neither as good nor as bad: the others stand for them.
    """

    of: int = 0
    proven: int = 0
    repaired: int = 0
    said: list[str | None] = field(default_factory=list)

    def add(self, of: int, proven: int, repaired: int, said: Iterable[str | None]) -> None:
        """Counts `of` more sentences."""
        self.of += of
        self.proven += proven
        self.repaired += repaired
        self.said += said

    @property
    def judged(self) -> int:
        """How many of those that were shown have a recorded verdict."""
        return len(self.said) - self.said.count(None)

    @property
    def left(self) -> float | None:
        """How many stand in the end; None where sentences were shown, and nothing was recorded for any."""
        if not self.said:
            return self.repaired
        if not self.judged:
            return None
        return self.repaired - self.said.count("non") * len(self.said) / self.judged

    def kept(self) -> Cell:
        """The shares that stand: "value" (proof alone), "repair", "look"; "unjudged" counts those without a verdict."""
        return self._cell(self.proven, self.repaired, self.left)

    def caught(self) -> Cell:
        """The shares that do not stand, in the same way; false sentences are not repaired."""
        left = self.left
        return self._cell(self.of - self.proven, None, None if left is None else self.of - left)

    def _cell(self, proof: float, repair: float | None, look: float | None) -> Cell:
        cell: Cell = {"value": round(proof / self.of, 4), "n": float(self.of)}
        if repair is not None:
            cell["repair"] = round(repair / self.of, 4)
        if look is not None:
            cell["look"] = round(look / self.of, 4)
        cell["unjudged"] = float(self.said.count(None))
        return cell
