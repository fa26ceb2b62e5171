"""Which documents hold the words of a search: those that are looked for by their words alone, not by their sense."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from kb.index.store import Lease
from kb.question.parsing import QuestionParser


@dataclass(frozen=True, slots=True)
class Holding:
    """The documents that hold the words of a search: all of them, or, where no document does (`whole` is False), as
    many as any holds. None where the base knows none of the words.
    """

    documents: frozenset[str] = frozenset()
    whole: bool = True


class WordSearch:
    """Finds the documents of an index that hold words, in any of their forms, acronyms spelled out. Serves many
    threads.
    """

    def __init__(self, parser: QuestionParser) -> None:
        self._parser = parser

    def holding(self, words: str, lease: Lease | None) -> Holding:
        """The documents that hold `words`."""
        if lease is None:
            return Holding()
        groups = self._parser.parse(words, lease).groups
        counts: Counter[str] = Counter()
        for group in groups:
            counts.update(lease.catalog.documents_of(lease.lexical.holding(group)))
        most = max(counts.values(), default=0)
        return Holding(
            frozenset(document_id for document_id, number in counts.items() if number == most), most == len(groups)
        )
