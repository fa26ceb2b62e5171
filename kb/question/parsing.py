"""Text -> `Question`: everything that is asked of a question is worked out here, once, in one state of the index."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache, partial

from kb.index.store import IndexReader, Lease
from kb.question import intent
from kb.question.explained import Acronym, explained
from kb.question.follow_up import standalone_question
from kb.question.glossary import (
    EVERYDAY,
    Edited,
    EditedEntries,
    Entries,
    Glossary,
    merged,
    no_entries,
    read_glossary,
)
from kb.question.known_names import KnownNames
from kb.question.terms import SearchTerms, search_terms
from kb.question.typing_mistakes import nearest_word
from kb.rights.rights import WHOLE, Rights
from kb.text.acronyms import glossary
from kb.text.domain import NO_DOMAIN, Domain
from kb.text.figures import figures
from kb.text.stems import stems
from kb.types import Message, Question

_FEW_PASSAGES = 40  # in a base of fewer, shares of passages say little: they are shares of this many


class QuestionParser:
    """Parses questions over one index. Serves many threads."""

    def __init__(
        self,
        index: IndexReader,
        written: Entries | None = None,
        domain: Domain = NO_DOMAIN,
        edited: Edited = no_entries,
        rights: Rights = WHOLE,
    ) -> None:
        """`written` holds the glossary's entries that come from a file, `edited` gives those that editors have written
        so far, here as somebody with `rights` may know them; `domain` adds words and names of its own.
        """
        self._index = index
        self._domain = domain
        self._everyday = read_glossary(EVERYDAY)
        self._written = written or {}
        self._edited = partial(edited, rights)
        # Read again when the base has changed, or an editor an entry: the arguments are its generation and the entries.
        self._read: Callable[[int, EditedEntries], Glossary] = lru_cache(maxsize=1)(self._read_glossary)
        self._names: Callable[[int, EditedEntries], KnownNames] = lru_cache(maxsize=1)(self._read_names)
        self._explained: Callable[[int], tuple[Acronym, ...]] = lru_cache(maxsize=1)(self._read_acronyms)

    def standalone(self, question: str, history: Sequence[Message]) -> str:
        """`question` in words that need no history, with the names that the base knows."""
        if not history:
            return question
        return standalone_question(question, history, self._names(self._index.generation, self._edited()))

    def parse(self, text: str, lease: Lease | None, standalone: str | None = None) -> Question:
        """The question `text`, understood without its conversation as `standalone` (the same by default).

        `lease` is the state of the index that the search will see; without one (an empty base) no word is corrected,
        none spelled out, and all are equally rare.
        """
        alone = text if standalone is None else standalone
        if lease is None:
            return question_of(text, alone, SearchTerms(alone, (), ()), lambda _: 0.0)
        lexical = lease.lexical
        total = lexical.count("passages")
        return question_of(
            text,
            alone,
            self._terms(alone, lease),
            lambda stem: inverse_document_frequency(lexical.document_frequency(stem), total),
        )

    def _terms(self, question: str, lease: Lease) -> SearchTerms:
        lexical, catalog = lease.lexical, lease.catalog
        total = max(_FEW_PASSAGES, lexical.count("passages"))
        return search_terms(
            question,
            self._glossary(lease.generation),
            share=lambda stem: lexical.document_frequency(stem) / total,
            correct=lambda word: nearest_word(word, lexical, catalog),
        )

    def acronyms(self, lease: Lease | None) -> Entries:
        """What the acronyms of the base stand for."""
        return {} if lease is None else self._glossary(lease.generation).entries

    def explained(self) -> tuple[Acronym, ...]:
        """The acronyms of the base as its documents and the file explain them, whatever editors say; for people."""
        return self._explained(self._index.generation)

    def _glossary(self, generation: int) -> Glossary:
        return self._read(generation, self._edited())

    def _read_glossary(self, _generation: int, edited: EditedEntries) -> Glossary:
        own, told = dict(self._domain.synonyms), glossary(self._index.catalog.mentions())
        return merged(self._everyday, own, told, self._written, dict(edited))

    def _read_names(self, generation: int, edited: EditedEntries) -> KnownNames:
        expansions = self._read(generation, edited).expansions
        return KnownNames.of(self._domain, self._index.catalog.headers(), expansions)

    def _read_acronyms(self, _generation: int) -> tuple[Acronym, ...]:
        titles = {header.id: header.title for header in self._index.catalog.headers()}
        return explained(self._index.catalog.mentions(), titles, self._written)


def question_of(text: str, standalone: str, terms: SearchTerms, rarity: Callable[[str], float]) -> Question:
    """The question that is looked for by `terms`; `rarity` gives the inverse document frequency of a stem."""
    names = tuple(intent.names(standalone))
    looked_for = {stem for group in terms.groups for alternative in group for stem in alternative.stems}
    named = {stem for name in names for stem in stems(name)}
    return Question(
        text=text,
        standalone=standalone,
        embedded=terms.embedded,
        groups=terms.groups,
        phrases=terms.phrases,
        is_foreign=terms.is_foreign,
        figure=intent.wanted_figure(standalone),
        wants_ratio=intent.wants_ratio(standalone),
        wants_list=intent.asks_for_list(standalone),
        several_things=intent.asks_several_things(standalone),
        names=names,
        years=frozenset(figure.date[0] for figure in figures(standalone) if figure.date[0]),
        rarities={stem: rarity(stem) for stem in looked_for | named},
    )


def inverse_document_frequency(frequency: int, total: int) -> float:
    """ln(1 + (N − n + ½) / (n + ½)): BM25's, never negative."""
    return math.log(1 + (total - frequency + 0.5) / (frequency + 0.5))
