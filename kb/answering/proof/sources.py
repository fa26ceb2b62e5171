"""Extracts as proof reads them: what each says as a whole, and unit by unit (sentences, items, rows of its tables)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from kb.answering.evidence import Candidate, candidates
from kb.answering.extracts import Extract
from kb.answering.hostile import harmless
from kb.answering.proof.names import proper_names
from kb.answering.proof.places import Place, place, place_in_row
from kb.text.acronyms import mentions
from kb.text.context import in_context
from kb.text.figures import Figure, figures
from kb.text.moments import french_date
from kb.text.stems import stems, words
from kb.text.wording.families import beginnings, is_of_family
from kb.text.wording.gluing import unglued
from kb.types import Hit


@dataclass(frozen=True)
class SourceUnit:
    """A sentence, item or row of a passage; `above` is what says what it is about: title, headings, lead-in."""

    candidate: Candidate
    above: str

    @cached_property
    def text(self) -> str:
        """What it says."""
        return self.candidate.text

    @cached_property
    def stems(self) -> frozenset[str]:
        """The stems of its own text, glued words taken apart too."""
        return frozenset((*stems(self.text), *stems(unglued(self.text))))

    @cached_property
    def around(self) -> frozenset[str]:
        """The stems of its text and of what stands above it."""
        return self.stems | frozenset(stems(self.above))

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """The figures of its own text."""
        return tuple(figures(self.text))

    @cached_property
    def names(self) -> tuple[tuple[frozenset[str], int, int], ...]:
        """The proper names of its own text: stems, start and end of each mention."""
        return tuple(
            (frozenset(stems(name)), match.start(), match.end())
            for name in proper_names(self.text)
            for match in re.finditer(re.escape(name), self.text)
        )

    @cached_property
    def name_places(self) -> tuple[Place, ...]:
        """Where each of `names` stands."""
        return tuple(self._place(start, end) for _, start, end in self.names)

    @cached_property
    def figure_places(self) -> tuple[Place, ...]:
        """Where each of `figures` stands."""
        return tuple(self._place(figure.start, figure.end) for figure in self.figures)

    @cached_property
    def stems_above(self) -> frozenset[str]:
        """The stems of what stands above it."""
        return frozenset(stems(self.above))

    @cached_property
    def figures_above(self) -> tuple[Figure, ...]:
        """The figures of what stands above it."""
        return tuple(figures(self.above))

    def places_of(self, name: str) -> list[Place]:
        """Where `name` stands in its own text, at its beginning too, however it is written."""
        return [
            self._place(*match.span())
            for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", self.text, re.IGNORECASE)
        ]

    def _place(self, start: int, end: int) -> Place:
        if self.candidate.kind == "row":
            return place_in_row(self.text, start, end)
        context = self.candidate.context
        leads = self.candidate.kind == "item" and context.rstrip().endswith(":")
        return place(self.text, start, end, context if leads else "")

    @cached_property
    def families(self) -> frozenset[str]:
        """The beginnings of `around`."""
        return beginnings(self.around)

    def says(self, stem: str) -> bool:
        """Whether it, or what stands above it, holds a word of the family of `stem`."""
        return is_of_family(stem, self.around, self.families)


@dataclass(frozen=True)
class Source:
    """A numbered passage that may prove something."""

    extract: Extract
    units: tuple[SourceUnit, ...]
    text: str = field(repr=False)

    @cached_property
    def number(self) -> int:
        """Its number in the prompt."""
        return self.extract.number

    @cached_property
    def unglued(self) -> str:
        """Its text with glued words taken apart."""
        return unglued(self.text)

    @cached_property
    def stems(self) -> frozenset[str]:
        """All its stems, titles included, and those of what its acronyms stand for."""
        own = {*stems(self.text), *stems(self.unglued)}
        for mention in mentions(self.text):
            own |= {*stems(mention.acronym), *stems(mention.expansion)}
        return frozenset(own)

    @cached_property
    def families(self) -> frozenset[str]:
        """The beginnings of its stems."""
        return beginnings(self.stems)

    def says(self, stem: str) -> bool:
        """Whether it holds a word of the family of `stem`."""
        return is_of_family(stem, self.stems, self.families)

    @cached_property
    def words(self) -> frozenset[str]:
        """All its folded words."""
        return frozenset((*words(self.text), *words(self.unglued)))


def sources(found: Sequence[Extract]) -> list[Source]:
    """The extracts, in their order: the n-th has number n + 1."""
    return [_source(extract) for extract in found]


def _source(extract: Extract) -> Source:
    document, passage = extract.document, extract.passage
    above = "\n".join(part for part in (document.title, document.rubric or "", *passage.heading_path) if part)
    units = tuple(
        SourceUnit(candidate, f"{above}\n{candidate.context}".strip())
        for candidate in candidates([Hit(passage, document, 0.0, 1)])
    )
    dated = french_date(document.date) if document.date else ""
    # Nothing of it that is hostile: an order in a heading would prove what it orders.
    text = harmless("\n".join(part for part in (dated, in_context(document, passage)) if part))
    return Source(extract, units, text)
