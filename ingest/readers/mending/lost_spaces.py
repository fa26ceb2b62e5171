"""Spaces that a conversion lost, put back: « chaque année.Les règles desdonnées » → « chaque année. Les règles des
données ».

Programs that take the marks out of a page glue what stood on both sides of them. A sentence's end is told from the
words around it; a word that is none is cut where all its parts are French and one of any two neighbours only joins
others. Names, addresses and code stay whole, and so does a text in which little shows such losses: what is left glued
reads badly, what is cut wrongly says something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from kb.text.folding import fold
from kb.text.wording.french_words import is_french, is_spelt_right
from kb.text.wording.language import language

LEAST = 2
"""Places that are glued, the end of a sentence among them, in a text that lost its spaces."""

# Words that join others: a glued word is cut beside one of them only. Not « sur » and « sous », which make words
# (« surcoût »), nor what names end in (« Sirene »).
_JOINING = frozenset(
    "à au auprès aux avec ce ces cet cette chaque dans de des du en est et il ils elle elles la le les leur leurs mais "
    "nos notre nous ou où par pas pour que qui sa sans ses son sont un une vos votre vous".split()
)
# « Desdits » is one word, whatever the list of words holds.
_NEVER_APART = frozenset("dit dits dite dites".split())
_BEGINNING = frozenset({"un", "une"})  # few names begin so
_ELIDED = frozenset("c d j l m n qu s t".split())
_FEWEST_LETTERS, _MOST_LETTERS = 5, 30  # of a glued word
_SHORTEST_PART = 4  # letters, of one that joins nothing
_MOST_PARTS = 4
_MOST_UNKNOWN = 2_000  # words that are taken apart in one text: what is made to be slow ends
_HEAD = 2_000  # characters that tell the language
# Without one of these, no text has lost its spaces: the list of words need not be read.
_SIGN = re.compile(r"[a-zà-öø-ÿœ»”)\d][.!?…](?=[A-ZÀ-ÖØ-ÞŒ])")

# What is no running text: code, tables of values, addresses, names of files, words of several parts in one.
_CODE = re.compile(r"^(```|~~~).*?(?:^\1|\Z)|`[^`\n]+`", re.MULTILINE | re.DOTALL)
_VALUES = re.compile(r"^[^;\n]*;(?! )[^;\n]*;(?! ).*$", re.MULTILINE)
_TOKEN = re.compile(r"\S+")
_NO_TEXT = re.compile(r"://|^www\.|[@_/\\=<>{}|]|[^\W\d_]\.[^\W\d_]+\.[^\W\d_]|\w\.[a-z]{2,6}(?![^\W\d_])")

_WORD = re.compile(r"(?<![^\W_])[^\W\d_]+(?![^\W_])")
_SENTENCE_END = re.compile(
    r"(?P<left>(?<![^\W_])[^\W_]+|[»”)%\]])[ \u00a0\u202f]?[.!?…](?=(?P<right>[A-ZÀ-ÖØ-ÞŒ][^\W\d_]*)(?P<next>['’]?))"
)
_WITHIN = re.compile(
    r"(?P<left>(?<![^\W_])[^\W_]+|[»”)%\].])[ \u00a0\u202f]?[:;](?=(?P<right>[^\W\d_]+)(?P<next>['’]?))|"
    r"(?P<word>(?<![^\W_])[^\W\d_]{4,})(?=\([^\W\d_]{3,})"
)
_BEFORE_A_BEGINNING = re.compile(r"(?:[\n:;!?…]|[^\W_]{3}\.|[»”)]\.)[\s\u00a0\u202f-]*\Z")
_LOWER_THEN_UPPER = re.compile(r"(?P<head>[a-zà-öø-ÿœ]+)(?P<rest>[A-ZÀ-ÖØ-ÞŒ][^\W\d_]*)")
# « UnGuide », not « FranceConnect ».
_CAPITALISED_TWICE = re.compile(r"(?P<first>Aux|Des|Une?)(?P<rest>[A-ZÀ-ÖØ-ÞŒ][^\W\d_]+)")
_ACRONYM_THEN_LOWER = re.compile(r"(?P<acronym>[A-ZÀ-ÖØ-ÞŒ]{2,})(?P<tail>[a-zà-öø-ÿœ]+)")


def with_lost_spaces(text: str) -> str:
    """`text` with the spaces that it lost, or as it is where fewer than `LEAST` show."""
    if not _SIGN.search(text) or language(text[:_HEAD]) != "fr":
        return text
    running = _running(text)
    ends = set(_seams(_SENTENCE_END, running))
    places = ends.union(_cuts(running) if ends else ())
    if not ends or len(places) < LEAST:
        return text
    cuts = [*sorted(places.union(_seams(_WITHIN, running))), len(text)]
    return " ".join(text[start:end] for start, end in pairwise([0, *cuts]))


def _running(text: str) -> str:
    """`text` with spaces for all that is no running text, as long as before: places stay what they are."""

    def blank(match: re.Match[str]) -> str:
        return re.sub(r"\S", " ", match[0])

    prose = _VALUES.sub(blank, _CODE.sub(blank, text))
    return _TOKEN.sub(lambda token: blank(token) if _NO_TEXT.search(token[0]) else token[0], prose)


def _seams(seam: re.Pattern[str], text: str) -> Iterator[int]:
    """Where a mark that a space follows in French touches the next word, both words being known."""
    for match in seam.finditer(text):
        found = match.groupdict()
        if word := found.get("word"):
            if is_spelt_right(word):
                yield match.end()
        elif _ends(found["left"]) and (found["next"] or _begins(found["right"], after_number=found["left"].isdigit())):
            yield match.end()


def _ends(word: str) -> bool:
    if not word.isalpha():
        return not word.isalnum() or word.isdigit()
    return 1 < len(word) <= _MOST_LETTERS and (word == "etc" or _is_known(_apart(word, "")[-1]))


def _begins(word: str, *, after_number: bool) -> bool:
    if len(word) == 1:
        return word in {"A", "À", "Y", "à", "a", "y"} and not after_number
    return len(word) <= _MOST_LETTERS and _is_known(_apart(word, "", begins=True)[0])


def _is_known(word: str) -> bool:
    return word.isupper() or is_spelt_right(word.lower())


def _cuts(text: str) -> Iterator[int]:
    """Where the words that are glued come apart."""
    unknown = 0
    for match in _WORD.finditer(text):
        word, place = match[0], match.start()
        following = text[match.end() : match.end() + 1]
        if not _FEWEST_LETTERS <= len(word) <= _MOST_LETTERS or _is_known(word):
            continue
        if following == "-" or text[place - 1 : place] == "-":
            continue
        if (unknown := unknown + 1) > _MOST_UNKNOWN:
            return
        begins = word[0].isupper() and _BEFORE_A_BEGINNING.search(text, max(0, place - 6), place) is not None
        for part in _apart(word, following, begins=begins)[:-1]:
            place += len(part)
            yield place


def _apart(word: str, following: str, *, begins: bool = False) -> tuple[str, ...]:
    """The words that a glued one is made of, before the character `following`; the word alone where it is none.

    `begins` tells that a sentence or an item does with it.
    """
    if match := _LOWER_THEN_UPPER.fullmatch(word):
        head, rest = match["head"], match["rest"]
        before = (head,) if head in _JOINING or is_spelt_right(head) else _parts(head)
        after = (rest,) if _is_known(rest) else _behind_a_cut(rest, following)
        if before is None or len(rest) == 1 or (len(after) == 1 and not _is_known(rest)):
            return (word,)
        return (*before, *after) if before[-1] in _JOINING or _is_known(after[0]) else (word,)
    if match := _ACRONYM_THEN_LOWER.fullmatch(word):
        tail = match["tail"]
        is_elided = tail in _ELIDED and following in {"'", "’"}
        return (match["acronym"], tail) if is_elided or tail in _JOINING else (word,)
    if begins and (match := _CAPITALISED_TWICE.fullmatch(word)) and _is_known(match["rest"]):
        return (match["first"], match["rest"])
    if begins and word[1:].islower() and word[0].isupper():
        begun = _parts(word.lower()) or (word,)
        return (word[: len(begun[0])], *begun[1:]) if begun[0] in _BEGINNING else (word,)
    # « Dumoulin », « Richardson »: what has a capital is a name more often than it is glued.
    parts = _parts(word) if word.islower() else None
    # « Sécuriséen'ont » lost it before the « n ».
    return (word,) if parts is None or following in {"'", "’"} else parts


def _behind_a_cut(word: str, following: str) -> tuple[str, ...]:
    """What stands behind a word that it is glued to: « Registredes » of « leRegistredes »."""
    if not word[1:].islower():
        return _apart(word, following)
    parts = _parts(word.lower())
    return (word,) if parts is None or parts[0] in _JOINING else (word[: len(parts[0])], *parts[1:])


@lru_cache(maxsize=4096)
def _parts(word: str) -> tuple[str, ...] | None:
    """The French words that make up `word`, in lower case: as few as may be, the longest first; None where it is not
    made of such, each beside one that joins, or where it is only written without its accents.
    """
    if is_french(fold(word)):
        return None
    ways: dict[tuple[int, str], list[tuple[str, ...]]] = {(0, ""): [()]}
    found: list[tuple[str, ...]] = []
    for start in range(len(word)):
        for (at, last), begun in list(ways.items()):
            if at != start or len(begun[0]) == _MOST_PARTS:
                continue
            for end in range(start + 1, len(word) + 1):
                part = word[start:end]
                joins = part in _JOINING
                if not joins and ((last not in _JOINING and last) or not _is_a_part(part)):
                    continue
                if last and (is_spelt_right(last + part) or part in _NEVER_APART):
                    continue
                way = (*begun[0], part)
                if end == len(word):
                    found.append(way)
                else:
                    ways.setdefault((end, part), [way])
    return min((way for way in found if len(way) > 1), key=lambda way: (len(way), -max(map(len, way))), default=None)


def _is_a_part(part: str) -> bool:
    return len(part) >= _SHORTEST_PART and is_spelt_right(part)
