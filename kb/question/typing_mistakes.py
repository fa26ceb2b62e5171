"""Words that the base does not know, and the word of the base that each may be a typing mistake for."""

from __future__ import annotations

from collections import Counter

from rapidfuzz.distance import OSA

from kb.index.catalog.reader import CatalogReader
from kb.index.lexical import Lexical
from kb.text.stems import words
from kb.text.wording.french_words import is_french

_SHORTEST = 4  # letters: a shorter word is near to too many others
_LONG = 8  # letters from which two mistakes are forgiven
_PASSAGES = 30  # looked at for the words near


def nearest_word(word: str, lexical: Lexical, catalog: CatalogReader) -> str | None:
    """The word of the base with the fewest typing mistakes between it and the folded `word`, the most frequent first.

    A mistake is a letter more, less, changed or swapped with its neighbour (optimal string alignment distance): one
    for words of four letters or more, two from eight on. None when there is no such word, and for a
    word that is French: what the base does not speak of is no mistake (« prime » is not « privé »).
    """
    if len(word) < _SHORTEST or not word.isalpha() or is_french(word):
        return None
    for distance in (1, 2) if len(word) >= _LONG else (1,):
        found: Counter[str] = Counter()
        for passage in catalog.passages(lexical.near(word, distance, _PASSAGES)).values():
            found.update(
                near for near in words(passage.text) if OSA.distance(word, near, score_cutoff=distance) <= distance
            )
        if found:
            return min(found, key=lambda near: (-found[near], near))
    return None
