"""Which words are French, as pyspellchecker's list of 140,000 has them: those are no typing mistakes, nor glued."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache

from kb.text.folding import fold


def is_french(word: str) -> bool:
    """Whether `word`, folded, is the folded form of a French word."""
    return word in _folded(word[:1])


def is_spelt_right(word: str) -> bool:
    """Whether `word`, in lower case with its accents, is a French word."""
    return word in _words()


@lru_cache(maxsize=1)
def _words() -> frozenset[str]:
    # Imported when the first unknown word comes: reading the list takes a tenth of a second.
    from spellchecker import SpellChecker

    return frozenset(SpellChecker(language="fr").word_frequency.words())


@lru_cache(maxsize=1)
def _by_letter() -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for word in _words():
        found[fold(word[:1])].append(word)
    return found


@lru_cache(maxsize=64)
def _folded(letter: str) -> frozenset[str]:
    """Those that begin with a letter: folding them all would take a second."""
    return frozenset(map(fold, _by_letter().get(letter, ())))
