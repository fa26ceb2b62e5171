"""A page as recognition gives it: lines in reading order, and what became of it. Plain values over the wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Outcome = Literal["read", "absent", "time", "failed", "large", "later"]
"""`read`; not tried, since OCR is not installed (`absent`) or the page comes after those that are read (`later`);
given up for the time that it takes, for a failure, or because the image is too large."""
_OUTCOMES: tuple[Outcome, ...] = ("read", "absent", "time", "failed", "large", "later")


@dataclass(frozen=True, slots=True)
class RecognisedLine:
    """A line, where it begins and ends and its base line in points from the bottom left, once the page is straight.

    `place` is its height on the page, from 0 (bottom) to 1; `size` that of its letters, in points, the same for all
    lines of text; `is_row` tells the cells of a table's row, with bars between them.
    """

    text: str
    size: float
    x: float
    right: float
    base: float
    place: float
    is_row: bool = False


@dataclass(frozen=True, slots=True)
class RecognisedPage:
    """The lines of a page, none but for a page that was `read`; `left_out` counts those that were no French text, or
    too uncertain to be kept."""

    lines: tuple[RecognisedLine, ...] = ()
    outcome: Outcome = "read"
    left_out: int = 0

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> RecognisedPage:
        """What `to_json` told. Raises KeyError, TypeError or ValueError for what it did not."""
        lines = tuple(
            RecognisedLine(
                str(line["text"]),
                *(float(line[name]) for name in ("size", "x", "right", "base", "place")),
                is_row=bool(line["is_row"]),
            )
            for line in told["lines"]
        )
        outcome = next((known for known in _OUTCOMES if known == told["outcome"]), None)
        if outcome is None:
            raise ValueError(told["outcome"])
        return cls(lines, outcome, int(told["left_out"]))
