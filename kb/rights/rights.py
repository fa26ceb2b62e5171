"""What somebody may read, as a value: it is handed down with each question, search and look-up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

ANY = "*"
"""At the end of a pattern: whatever follows."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What is hidden from somebody: patterns of the names of sources, sorted, each once. None: they see the whole base.

    A pattern is a name, or the beginning of names with `*` after it.
    """

    hidden: tuple[str, ...] = ()

    @classmethod
    def without(cls, patterns: Iterable[str]) -> Self:
        """The rights of somebody who may not read the sources of `patterns`."""
        return cls(tuple(sorted(set(patterns))))

    @classmethod
    def of_all(cls, several: Iterable[Rights]) -> Self:
        """The rights that it takes to be shown all that people with `several` (one at least) rights were shown."""
        return cls.without(set.intersection(*(set(rights.hidden) for rights in several)))

    def hides(self, source: str) -> bool:
        """Whether the documents of a source may not be read."""
        return any(matches(pattern, source) for pattern in self.hidden)

    def cover(self, others: Rights) -> bool:
        """Whether all that somebody with the rights `others` was shown may be shown to this person too."""
        return set(self.hidden) <= set(others.hidden)


WHOLE = Rights()
"""Of whoever has the machine: the command line sees all."""


def matches(pattern: str, source: str) -> bool:
    """Whether a source is one of those that a pattern means."""
    return source.startswith(pattern.removesuffix(ANY)) if pattern.endswith(ANY) else source == pattern
