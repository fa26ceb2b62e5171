"""Text -> features: what a text says to whoever answers, as names that the weights know.

A feature is there or not: words, pairs of neighbours, and what the words are about (`concepts.txt`: a machine, an
answer, an order, this document…), alone, by two anywhere in the text, and by two that follow each other.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

_TOKEN = re.compile(r"[a-z]+|\d+|[^\w\s.,;'\-]")
_STEM = 5  # letters: the first ones of a word, for its neighbours
_SHORTEST_START, _LONGEST_START = 3, 14  # letters of the beginnings in concepts.txt
_NEAR = 4  # words between two concepts that follow each other


@functools.cache
def _lexicon() -> tuple[
    dict[str, tuple[str, ...]], dict[str, tuple[str, ...]], dict[str, list[tuple[tuple[str, ...], str]]]
]:
    """`concepts.txt` as whole words, beginnings of words, and phrases by their first word."""
    words: dict[str, tuple[str, ...]] = {}
    starts: dict[str, tuple[str, ...]] = {}
    phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for line in (Path(__file__).parent / "concepts.txt").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        name, _, listed = line.partition(":")
        for entry in listed.split():
            parts = tuple(part for word in (entry.rstrip("*") or entry).split("_") for part in _TOKEN.findall(word))
            if len(parts) > 1:
                phrases.setdefault(parts[0], []).append((parts, name))
            else:
                table = starts if entry.endswith("*") and len(entry) > 1 else words
                table[parts[0]] = (*table.get(parts[0], ()), name)
    return words, starts, phrases


@functools.lru_cache(maxsize=30_000)
def concepts_of(word: str) -> tuple[str, ...]:
    """What a word is about, by its whole or by its beginning."""
    words, starts, _ = _lexicon()
    found = list(words.get(word, ()))
    for length in range(_SHORTEST_START, min(len(word), _LONGEST_START) + 1):
        found += [name for name in starts.get(word[:length], ()) if name not in found]
    if len(word) > 4 and word.endswith("ez") and word not in {"assez", "chez"}:
        found.append("EZ")
    elif len(word) > 4 and word.endswith(("ra", "ront", "ras", "rons")):
        found.append("SHALL")
    return tuple(found)


def tokens(folded: str) -> list[str]:
    """The words, numbers and signs of a folded text."""
    return _TOKEN.findall(folded)


def features(said: Sequence[str]) -> set[str]:
    """The features of a few dozen tokens."""
    found: set[str] = set()
    placed = list(_concepts(said))
    before = "^"
    for token in said:
        stem = token[:_STEM]
        found.add(token)
        found.add(f"{before}_{stem}")
        before = stem
    found.add(f"{before}_$")
    names = sorted({name for _, name in placed})
    for index, name in enumerate(names):
        found.add(name)
        for other in names[index + 1 :]:
            found.add(f"{name}+{other}")
    for (at, name), following in _followed(placed):
        found.update(f"{name}>{other}" for place, other in following if 0 < place - at <= _NEAR)
    found.update(f"^{name}" for place, name in placed if place == 0)
    return found


def _followed(placed: Sequence[tuple[int, str]]) -> Iterator[tuple[tuple[int, str], Iterable[tuple[int, str]]]]:
    for index, one in enumerate(placed):
        yield one, placed[index + 1 : index + 9]


def _concepts(said: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The concepts of tokens with their places, in order."""
    _, _, phrases = _lexicon()
    for place, token in enumerate(said):
        for name in concepts_of(token):
            yield place, name
        for parts, name in phrases.get(token, ()):
            if tuple(said[place : place + len(parts)]) == parts:
                yield place, name
