"""Which words are French, as pyspellchecker's list of 140,000 has them: those are no typing mistakes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache

from kb.text.folding import fold


def is_french(word: str) -> bool:
    """Whether `word`, folded, is the folded form of a French word."""
    return word in _folded(word[:1])


@lru_cache(maxsize=1)
def _by_letter() -> Mapping[str, list[str]]:
    # Imported when the first unknown word comes: reading the list takes a tenth of a second.
    from spellchecker import SpellChecker

    found: dict[str, list[str]] = defaultdict(list)
    for word in SpellChecker(language="fr").word_frequency.words():
        found[fold(word[:1])].append(word)
    return found


@lru_cache(maxsize=64)
def _folded(letter: str) -> frozenset[str]:
    """Those that begin with a letter: folding them all would take a second."""
    return frozenset(map(fold, _by_letter().get(letter, ())))
