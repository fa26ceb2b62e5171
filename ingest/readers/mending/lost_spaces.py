"""Spaces that a conversion lost, put back: « chaque année.Les règles desdonnées » → « chaque année. Les règles des
données ».

Programs that take the marks out of a page glue what stood on both sides of them. A sentence's end is told from the
words around it; a word that is none is cut where all its parts are French and one of any two neighbours only joins
others. A text in which little shows such losses stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from kb.text.wording.french_words import is_spelt_right
from kb.text.wording.language import language

LEAST = 2
"""Ends of sentences and words that are glued, in a text that lost its spaces."""

# Words that join others: a glued word is cut beside one of them only. Not « sur » and « sous », which make words
# (« surcoût »), nor what names end in (« Sirene »).
_JOINING = frozenset(
    "à au aux avec ce ces cet cette chaque dans de des du en est et il ils elle elles la le les leur leurs mais nos "
    "notre nous ou où par pas pour que qui sa sans ses son sont un une vos votre vous".split()
)
# Those of them that begin few names.
_BEGINNING = frozenset("aux ces cet cette des un une".split())
_ELIDED = frozenset("c d j l m n qu s t".split())
_FEWEST_LETTERS, _MOST_LETTERS = 5, 40  # of a glued word
_SHORTEST_PART = 4  # letters, of one that joins nothing
_MOST_PARTS = 4
_MOST_UNKNOWN = 20_000  # words that are taken apart in one text: what is made to be slow ends
_HEAD = 2_000  # characters that tell the language
# Without one of these, no text has lost its spaces: the list of words need not be read.
_SIGN = re.compile(r"[a-zà-öø-ÿœ»”)][.!?…]?(?=[A-ZÀ-ÖØ-ÞŒ])")
_WORD = re.compile(r"[^\W\d_]+")
_ADDRESS = re.compile(r"\S*(?:://|www\.|@)\S*|\S+\.[a-z]{2,4}/\S*")
_SENTENCE_END = re.compile(
    r"(?P<left>[^\W_]+|[»”)%\]])[ \u00a0\u202f]?[.!?…](?=(?P<right>[A-ZÀ-ÖØ-ÞŒ][^\W\d_]*)(?P<next>['’]?))"
)
_WITHIN = re.compile(
    r"(?P<left>[^\W_]+|[»”)%\].])[ \u00a0\u202f]?[:;](?=(?P<right>[^\W\d_]+)(?P<next>['’]?))|"
    r"(?P<word>[^\W\d_]{3,})(?=\([^\W\d_]{3,})"
)
_BEFORE_A_BEGINNING = re.compile(r"(?:[\n:;!?…]|[^\W_]{3}\.|[»”)]\.)[\s\u00a0\u202f-]*\Z")
_LOWER_THEN_UPPER = re.compile(r"(?P<head>[a-zà-öø-ÿœ]+)(?P<rest>[A-ZÀ-ÖØ-ÞŒ][^\W\d_]*)")
# « UnGuide », not « FranceConnect ».
_CAPITALISED_TWICE = re.compile(r"(?P<first>[A-ZÀ-ÖØ-ÞŒ][a-zà-öø-ÿœ]+)(?P<rest>[A-ZÀ-ÖØ-ÞŒ][^\W\d_]+)")
_ACRONYM_THEN_LOWER = re.compile(r"(?P<acronym>[A-ZÀ-ÖØ-ÞŒ]{2,})(?P<tail>[a-zà-öø-ÿœ]+)")


def with_lost_spaces(text: str) -> str:
    """`text` with the spaces that it lost, or as it is where fewer than `LEAST` show."""
    if not _SIGN.search(text) or language(text[:_HEAD]) != "fr":
        return text
    # An address keeps its length, that places stay what they are.
    looked_at = _ADDRESS.sub(lambda match: " " * len(match[0]), text)
    places = {*_seams(_SENTENCE_END, looked_at), *_cuts(looked_at)}
    if len(places) < LEAST or places.isdisjoint(match.end() for match in _SIGN.finditer(looked_at)):
        return text
    ends = [*sorted(places.union(_seams(_WITHIN, looked_at))), len(text)]
    return " ".join(text[start:end] for start, end in pairwise([0, *ends]))


def _seams(seam: re.Pattern[str], text: str) -> Iterator[int]:
    """Where a mark that a space follows in French touches the next word, both words being known."""
    for match in seam.finditer(text):
        found = match.groupdict()
        if found.get("word") or (_ends(found["left"]) and (found["next"] or _begins(found["right"]))):
            yield match.end()


def _ends(word: str) -> bool:
    if not word.isalpha():
        return not word.isalnum() or word.isdigit()
    return len(word) > 1 and (word == "etc" or _is_known(_apart(word, "")[-1]))


def _begins(word: str) -> bool:
    return word in {"A", "À", "Y"} or (len(word) > 1 and _is_known(_apart(word, "", begins=True)[0]))


def _is_known(word: str) -> bool:
    return word.isupper() or is_spelt_right(word.lower())


def _cuts(text: str) -> Iterator[int]:
    """Where the words that are glued come apart."""
    unknown = 0
    for match in _WORD.finditer(text):
        word, place = match[0], match.start()
        if not _FEWEST_LETTERS <= len(word) <= _MOST_LETTERS or _is_known(word):
            continue
        if (unknown := unknown + 1) > _MOST_UNKNOWN:
            return
        begins = word[0].isupper() and _BEFORE_A_BEGINNING.search(text, max(0, place - 6), place) is not None
        for part in _apart(word, text[match.end() : match.end() + 1], begins=begins)[:-1]:
            place += len(part)
            yield place


def _apart(word: str, following: str, *, begins: bool = False) -> tuple[str, ...]:
    """The words that a glued one is made of, before the character `following`; the word alone where it is none.

    `begins` tells that a sentence or an item does with it.
    """
    if match := _LOWER_THEN_UPPER.fullmatch(word):
        head, rest = match["head"], match["rest"]
        before = (head,) if head in _JOINING or is_spelt_right(head) else _parts(head)
        after = (rest,) if _is_known(rest) else _apart(rest, following)
        if before is None or len(rest) == 1 or (len(after) == 1 and not _is_known(rest)):
            return (word,)
        return (*before, *after) if before[-1] in _JOINING or _is_known(after[0]) else (word,)
    if match := _ACRONYM_THEN_LOWER.fullmatch(word):
        tail = match["tail"]
        is_elided = tail in _ELIDED and following in {"'", "’"}
        return (match["acronym"], tail) if is_elided or tail in _JOINING else (word,)
    if word[1:].islower() and word[0].isupper():
        parts = _parts(word.lower())
        # « Dumoulin » is a name: behind a capital, what is glued begins with a word of its own, or a sentence does.
        if parts is None or (parts[0] in _JOINING and not (begins and parts[0] in _BEGINNING)):
            return (word,)
        return (word[: len(parts[0])], *parts[1:])
    if begins and (match := _CAPITALISED_TWICE.fullmatch(word)) and match["first"].lower() in _BEGINNING:
        return (match["first"], match["rest"]) if _is_known(match["rest"]) else (word,)
    return (_parts(word) if word.islower() else None) or (word,)


@lru_cache(maxsize=4096)
def _parts(word: str) -> tuple[str, ...] | None:
    """The French words that make up `word`, in lower case: as few as may be, the longest first; None where it is not
    made of such, each beside one that joins.
    """
    found = [one for one in _ways(word, _MOST_PARTS, joined=True) if len(one) > 1]
    return min(found, key=lambda parts: (len(parts), -max(map(len, parts))), default=None)


def _ways(word: str, most: int, *, joined: bool) -> Iterator[tuple[str, ...]]:
    """The ways to cut `word`; `joined`, where the part before it joins, or none stands there."""
    if not word:
        yield ()
        return
    if most == 0:
        return
    for end in range(1, len(word) + 1):
        part = word[:end]
        joins = part in _JOINING
        if joins or (joined and end >= _SHORTEST_PART and is_spelt_right(part)):
            for rest in _ways(word[end:], most - 1, joined=joins):
                yield (part, *rest)
