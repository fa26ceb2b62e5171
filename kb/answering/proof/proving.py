"""A sentence and the passages that it cites -> the units that prove it, or why it cannot be shown.

In this order: nothing that orders or links; every figure with its unit and limits (`values`); every name (`names`); the
whole of it (`support`), not its contrary (`polarity`). A sentence without a number, or whose number cites the wrong
passage, gets the number of the passage that proves it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kb.answering.hostile import is_hostile
from kb.answering.proof.citations import numbers_in, without_marks
from kb.answering.proof.denials import tells_what_is_missing
from kb.answering.proof.draft import Piece
from kb.answering.proof.english import Encode, as_french, is_likely, nearest_units
from kb.answering.proof.names import (
    bracketed_names,
    first_name,
    is_asked_and_told,
    is_expanded_here,
    is_held,
    is_spelled_here,
    proper_names,
)
from kb.answering.proof.quoting import quoted
from kb.answering.proof.signs.attribution import misattributed
from kb.answering.proof.signs.polarity import is_contrary
from kb.answering.proof.signs.support import content, rarity, support
from kb.answering.proof.sources import Source, SourceUnit
from kb.answering.proof.values import value_fault
from kb.text.acronyms import mentions
from kb.text.figures import figures, missing_figures, same_figure
from kb.text.folding import fold
from kb.text.stems import stems, words
from kb.text.wording.language import language

ORDERS = "consigne ou adresse"
IN_ENGLISH = "elle n'est pas en français"
SAYS_NOTHING = "elle ne dit rien"
NO_PASSAGE = "aucun passage ne la prouve"
NOT_SAID = "le passage cité ne dit pas cela"
CONTRARY = "elle nie ce que le passage dit, ou l'inverse"
OF_ANOTHER = "le passage cité dit « {value} » d'autre chose"
NAME_NOT_THERE = "« {name} » n'est pas dans le passage cité"
# A name in as many of the passages is what they are about: a cited passage need not repeat it. A quarter: the share
# above which `refusal` takes a name for common in the whole base.
_COMMON_IN = 0.25
_ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|\b[a-z\d-]+(?:\.[a-z\d-]+)*\.[a-z]{2,}/\S|"
    r"\b[a-z\d-]+\.(?:com|org|net|fr|eu|io|info|example|test|app|dev|biz|xyz)\b",
    re.IGNORECASE,
)
# A sentence that compares says one thing of each of its passages.
_AGAINST = re.compile(r"\s*(?:;|,? tandis que|,? alors que|, contre|, et) ")
_FEWEST_STEMS = 3
_CELL = " : "  # between the names of a row and a column, and what stands there
_LOWER = re.compile(r"\b[a-zà-öø-ÿ]+\b")
# Of a passage that the model did not cite more is asked: one of sixteen passes more easily than one. At 0.7, 0.97
# instead of 0.93 of 148 invented sentences are caught, for 3 of 627 good ones (29 November 2026).
_MARGIN = 0.7


@dataclass(frozen=True, slots=True)
class Proof:
    """What proves a piece: units of the sources, by source; for a row those of each cell. Without any, `fault` says
    why, in French; empty when the piece needs no proof.
    """

    units: tuple[SourceUnit, ...] = ()
    by_cell: Mapping[int, tuple[SourceUnit, ...]] | None = None
    fault: str = ""


class Prover:
    """Proves the pieces of one answer to `question` over its numbered sources."""

    def __init__(
        self,
        sources: Sequence[Source],
        question: str,
        acronyms: Mapping[str, Sequence[str]] | None = None,
        encode: Encode | None = None,
    ) -> None:
        """`acronyms` gives what acronyms, folded, stand for, beside what the sources say themselves. `encode` gives
        the vectors that sentences in English are compared by, where the question is in English: without it none stands.
        """
        self._sources = sources
        self._encode = encode if language(question) == "en" else None
        self._by_number = {source.number: source for source in sources}
        self._question = question
        self._spelled: dict[str, list[str]] = {key: list(full) for key, full in (acronyms or {}).items()}
        for source in sources:
            for mention in mentions(source.text):
                self._spelled.setdefault(fold(mention.acronym), []).append(mention.expansion)
        self._common = frozenset(fold(word) for source in sources for word in _LOWER.findall(source.text))

    @property
    def most(self) -> int:
        """The highest number of its sources."""
        return len(self._sources)

    def prove(self, piece: Piece) -> Proof:
        """The proof of a piece, or its fault."""
        if is_hostile(piece.text) or any(not self._is_written(address[0]) for address in _ADDRESS.finditer(piece.text)):
            return Proof(fault=ORDERS)
        if self._encode is None and language(piece.text) == "en":
            return Proof(fault=IN_ENGLISH)
        if piece.kind == "row":
            return self._row(piece)
        if not piece.numbers and tells_what_is_missing(piece.text):
            return self._missing_part(piece.text)
        if piece.kind == "lead" and not piece.numbers:
            return self._lead(piece)
        return self._sentence(piece.text, piece.numbers)

    def _missing_part(self, text: str) -> Proof:
        """What the documents do not say needs no number; but its figures and names are the question's or theirs."""
        known = [self._question, *(source.text for source in self._sources)]
        if missing := missing_figures(text, known):
            return Proof(fault=NAME_NOT_THERE.format(name=missing[0].text))
        held = frozenset(words(self._question)).union(*(source.words for source in self._sources))
        if strange := next((name for name in proper_names(text) if not is_held(name, held, self._spelled)), ""):
            return Proof(fault=NAME_NOT_THERE.format(name=strange))
        return Proof()

    def _is_written(self, address: str) -> bool:
        """Whether a source holds a web address, in a sentence that orders nothing."""
        return any(address.rstrip(".,;:)") in source.text for source in self._sources)

    def _sentence(self, text: str, numbers: Sequence[int]) -> Proof:
        cited = [self._by_number[number] for number in numbers if number in self._by_number]
        fault = self._fault(text, cited) if cited else NO_PASSAGE
        if fault and fault != CONTRARY:  # what the cited passage denies, no other one proves
            # The number is missing or wrong: the one passage that proves it, the nearest first.
            said = set(stems(text))
            for source in sorted(self._sources, key=lambda source: -len(said & source.stems)):
                if [source] != cited and not self._fault(text, [source], _MARGIN):
                    cited, fault = [source], ""
                    break
        if fault:
            return Proof(fault=fault)
        if self._encode is not None and language(text) == "en":
            return Proof(tuple(unit for source in cited for unit in nearest_units(text, source, self._encode)))
        return Proof(tuple(unit for source in cited for unit in quoted(text, source, alone=len(cited) == 1)))

    def _lead(self, piece: Piece) -> Proof:
        """What leads in a list needs no number where it says nothing by itself: no figure, and only words of the
        question and of the passages.
        """
        claims = any(figure.unit for figure in figures(piece.text))
        asked = set(stems(self._question))
        strange = [
            stem
            for stem in stems(piece.text)
            if stem not in asked and not any(source.says(stem) for source in self._sources)
        ]
        if claims or strange:
            return self._sentence(piece.text, piece.numbers)
        return Proof()

    def _row(self, piece: Piece) -> Proof:
        """Each cell with its row's and its column's name is a sentence; one that fails takes the row with it."""
        label = without_marks(piece.cells[0]) if piece.cells else ""
        found: dict[int, tuple[SourceUnit, ...]] = {}
        for index, cell in enumerate(piece.cells):
            text = without_marks(cell)
            says = any(sign.isalnum() for sign in text)
            if not says or (index == 0 and len(piece.cells) > 1 and not numbers_in(cell)):
                continue
            column = without_marks(piece.header[index]) if index < len(piece.header) else ""
            claim = _CELL.join(part for part in ((label if index else ""), column, text) if part)
            proof = self._sentence(claim, numbers_in(cell) or piece.numbers)
            if proof.fault:
                return proof
            found[index] = proof.units
        units = tuple(dict.fromkeys(unit for some in found.values() for unit in some))
        return Proof(units, found) if units else Proof(fault=NO_PASSAGE)

    def _fault(self, text: str, cited: Sequence[Source], least: float = 0.0) -> str:
        if self._encode is not None and language(text) == "en":
            return self._fault_in_english(text, cited, self._encode, least)
        if not content(text) and not figures(text):
            return SAYS_NOTHING
        if fault := value_fault(text, cited, self._question):
            return fault
        if name := next(self._missing_names(text, cited), ""):
            return NAME_NOT_THERE.format(name=name)
        if not self._is_supported(text, cited, least):
            return NOT_SAID
        units = [unit for source in cited for unit in source.units]
        if not (_CELL in text and _is_row_of(text, units)):
            said = list(dict.fromkeys(content(text)))
            of_another = misattributed(text, units, said, rarity(units), self._question, text.rfind(_CELL) + 1)
            if of_another:
                return OF_ANOTHER.format(value=of_another)
        return CONTRARY if is_contrary(text, units, self._question) else ""

    def _fault_in_english(self, text: str, cited: Sequence[Source], encode: Encode, least: float) -> str:
        """As `_fault`: figures and acronyms as strictly, names of which English has others not at all."""
        if fault := value_fault(as_french(text), cited, self._question):
            return fault
        held = frozenset().union(*(source.words for source in cited))
        for name in (name for name in proper_names(text) if name.isupper()):
            if not is_held(name, held, self._spelled) and not is_spelled_here(name, text):
                return NAME_NOT_THERE.format(name=name)
        return "" if is_likely(text, cited, encode, least) else NOT_SAID

    def _is_supported(self, text: str, cited: Sequence[Source], least: float) -> bool:
        """Whether the passages say the sentence, or each of the two halves that it sets against one another."""
        if support(text, cited, self._question) >= least:
            return True
        if _CELL in text:  # the name of a column is the answer's own, and often the question's
            label, *_, cell = text.split(_CELL)
            return support(f"{label}{_CELL}{cell}", cited, self._question) >= least
        halves = [half for half in _AGAINST.split(text) if half.strip()]
        return (
            len(cited) > 1
            and len(halves) > 1
            and all(
                len(stems(half)) >= _FEWEST_STEMS and support(half, cited, self._question) >= least for half in halves
            )
        )

    def _missing_names(self, text: str, cited: Sequence[Source]) -> Iterator[str]:
        held = frozenset().union(*(source.words for source in cited))
        # « Budget : 12 M€ »: what stands before a colon is the name of a row or column.
        first = "" if _CELL in text else first_name(text, self._common)
        for name in (*proper_names(text), *bracketed_names(text), first):
            if not name or is_held(name, held, self._spelled) or is_spelled_here(name, text):
                continue
            if is_expanded_here(name, text, held) or is_asked_and_told(name, text, words(self._question), held):
                continue
            wanted = set(words(name))
            if sum(wanted <= source.words for source in self._sources) < _COMMON_IN * len(self._sources):
                yield name


def _is_row_of(claim: str, units: Sequence[SourceUnit]) -> bool:
    """Whether one unit holds the name of a row and all figures of a cell of it."""
    label, *_, cell = claim.split(_CELL)
    wanted, values = stems(label), figures(cell)
    return bool(wanted and values) and any(
        all(unit.says(stem) for stem in wanted)
        and all(any(same_figure(other, value) for other in unit.figures) for value in values)
        for unit in units
    )
