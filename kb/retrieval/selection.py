"""From fused passages to the ones that are shown: near-identical ones once, no document taking all the places."""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heapreplace

# From this share of common word triples on, two passages say the same thing: another year's page, another audience's.
_SAME = 0.9
# The passages of one document that come at their own rank; each one more gives way to others that are nearly as good.
MOST_OF_ONE_DOCUMENT = 4
_WAY_GIVEN = 2.0  # of score, in the standard deviations of the fusion


class Seen:
    """The texts of passages kept so far, to tell the next one that nearly says the same."""

    def __init__(self) -> None:
        self._triples: list[frozenset[tuple[str, ...]]] = []

    def same_as(self, text: str) -> int | None:
        """The number, from 0, of the kept text that `text` equals or nearly equals; None when it is new: then kept.

        Nearly: the Jaccard index of the sets of their word triples is at least 0.9 (Broder, « On the resemblance and
        containment of documents », 1997). A figure changed among few words makes another text.
        """
        triples = _triples(text)
        size = len(triples)
        for number, other in enumerate(self._triples):
            # The index is at most the share of the smaller set in the larger: most pairs are told apart by this alone.
            if _SAME * size <= len(other) <= size / _SAME and _jaccard(triples, other) >= _SAME:
                return number
        self._triples.append(triples)
        return None


def in_turn(documents: Sequence[str], scores: Sequence[float]) -> list[int]:
    """An order of passages, given with their documents and scores, best first, in which no document takes all places.

    A document's passages beyond the fourth give way to passages of other documents that score up to 2 less for each
    one already there: where nothing else is nearly as good, the document answers alone.
    """
    of_documents: dict[str, list[int]] = {}
    for number, document in enumerate(documents):
        of_documents.setdefault(document, []).append(number)
    # What a document takes of another's places hangs on its own passages alone, as many as come before each.
    given = {
        number: scores[number] - _WAY_GIVEN * max(0, before - MOST_OF_ONE_DOCUMENT + 1)
        for numbers in of_documents.values()
        for before, number in enumerate(numbers)
    }
    # Only the first one waiting of each document can be the best one left.
    waiting = [(-given[numbers[0]], numbers[0], 0, numbers) for numbers in of_documents.values()]
    heapify(waiting)
    order: list[int] = []
    while waiting:
        _, number, before, numbers = waiting[0]
        order.append(number)
        if before + 1 < len(numbers):
            after = numbers[before + 1]
            heapreplace(waiting, (-given[after], after, before + 1, numbers))
        else:
            heappop(waiting)
    return order


def _triples(text: str) -> frozenset[tuple[str, ...]]:
    found = text.casefold().split()  # without folding: it takes longer than the search
    return frozenset(zip(found, found[1:], found[2:], strict=False)) or frozenset({tuple(found)})


def _jaccard(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    common = len(one & other)
    return common / (len(one) + len(other) - common)
