"""Words of one family: stems that share their beginning (« financement », « financeur »)."""

from __future__ import annotations

from collections.abc import Iterable

SHORTEST = 5
"""Letters that stems of one family have in common, at least."""


def beginnings(stems: Iterable[str]) -> frozenset[str]:
    """All beginnings of `stems` that are long enough to tell a family; numbers have none."""
    return frozenset(
        stem[:length]
        for stem in stems
        if len(stem) >= SHORTEST and not stem[0].isdigit()
        for length in range(SHORTEST, len(stem) + 1)
    )


def is_of_family(stem: str, known: frozenset[str], beginnings_known: frozenset[str]) -> bool:
    """Whether `known` holds a stem, or one of its family: all but its last letter in common."""
    if stem in known:
        return True
    return len(stem) >= SHORTEST and not stem[0].isdigit() and stem[: max(SHORTEST, len(stem) - 1)] in beginnings_known
