"""Where quoted words stand among the characters of a page: whatever the spaces, hyphens, line ends and ligatures."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice

from rapidfuzz.distance import LCSseq
from rapidfuzz.fuzz import partial_ratio_alignment

# Approximate search multiplies the lengths: beyond these only the exact words are looked for.
_LONGEST_QUOTE, _LONGEST_PAGE = 4_000, 60_000  # letters
# Fewer letters than this stand anywhere by chance, but for a few wrong ones.
_SHORTEST = 12
# Of 100: a note call or two more, or a word that the reader joined otherwise, in a sentence. Below, half the sentences
# that differ in a figure would pass for one another.
_ALIKE = 93.0
_LEFT_OUT = 0.15  # of a quote that stands in several places: the words of a last, short line
_SLACK = 4  # letters that may stand between: the figures of a note call, twice
_SIGNS = frozenset(".,;:!?…»«()[]\"'’“”%€")
_EDGE = 3  # characters at either end of a quote


def find_words(codes: Sequence[int], quote: str, place: float = 0.0) -> list[tuple[int, int]]:
    """The characters (first, end) of a page that say `quote`: one stretch, or several where the file goes through
    columns row by row; none when they do not stand there.

    `codes` are the page's characters, as Unicode numbers; only letters and digits count. Of several places the one
    nearest to `place` is taken: how far down the text of the page the words stand, from 0 to 1.
    """
    wanted = "".join(_plain(ord(character)) for character in quote)
    if not wanted:
        return []
    letters: list[str] = []
    origins: list[int] = []  # the character of the page that each letter is of
    for index, code in enumerate(codes):
        for letter in _plain(code):
            letters.append(letter)
            origins.append(index)
    page = "".join(letters)
    whole = _exact(page, wanted, place) or _alike(page, wanted)
    found = [whole] if whole else _pieces(page, wanted)
    return [_with_signs(codes, origins[start], origins[end - 1] + 1, quote) for start, end in found]


def _with_signs(codes: Sequence[int], first: int, end: int, quote: str) -> tuple[int, int]:
    """What was found, with the signs that the quote begins and ends with: the search passes all signs over."""
    opening, closing = ({ord(sign) for sign in part if sign in _SIGNS} for part in (quote[:_EDGE], quote[-_EDGE:]))
    while first and codes[first - 1] in opening:
        first -= 1
    while end < len(codes) and codes[end] in closing:
        end += 1
    return first, end


@lru_cache(maxsize=4096)
def _plain(code: int) -> str:
    """The letters and digits that a character shows, without case and accents: « ﬁ » is two, a space none."""
    if not 0 < code < 0x110000 or 0xD800 <= code < 0xE000:
        return ""
    return "".join(part for part in unicodedata.normalize("NFKD", chr(code)).casefold() if part.isalnum())


def _exact(page: str, wanted: str, place: float) -> tuple[int, int] | None:
    starts = list(islice(_starts(page, wanted), 1000))
    if not starts:
        return None
    start = min(starts, key=lambda start: abs(start - place * len(page)))
    return start, start + len(wanted)


def _starts(page: str, wanted: str) -> Iterator[int]:
    start = page.find(wanted)
    while start >= 0:
        yield start
        start = page.find(wanted, start + 1)


def _alike(page: str, wanted: str) -> tuple[int, int] | None:
    if not _SHORTEST <= len(wanted) <= min(_LONGEST_QUOTE, len(page)) or len(page) > _LONGEST_PAGE:
        return None
    found = partial_ratio_alignment(wanted, page, score_cutoff=_ALIKE)
    if found is None or found.dest_end <= found.dest_start:
        return None
    # What is found is as long as what is looked for: letters that only the page has push the last ones out.
    start, end = max(0, found.dest_start - _SLACK), found.dest_end + _SLACK
    blocks = [block for block in LCSseq.opcodes(wanted, page[start:end]) if block.tag == "equal"]
    start, end = start + blocks[0].dest_start, start + blocks[-1].dest_end
    return (start, end) if _holds_digits(page[start:end], wanted) else None


def _holds_digits(there: str, wanted: str) -> bool:
    """Whether `there` has the digits of `wanted` in their order: a sentence with another figure is another one."""
    digits = iter(letter for letter in there if letter.isdigit())
    return all(digit in digits for digit in wanted if digit.isdigit())


def _pieces(page: str, wanted: str) -> list[tuple[int, int]]:
    """The stretches that say `wanted` one after the other, each as long as can be; none when they leave much of it, or
    any figure, out."""
    if len(wanted) > _LONGEST_QUOTE or len(page) > _LONGEST_PAGE:
        return []
    found: list[tuple[int, int]] = []
    at = left_out = 0
    while at < len(wanted):
        length = _longest(page, wanted, at)
        if length < _SHORTEST:
            left_out += 1
            if wanted[at].isdigit() or left_out > len(wanted) * _LEFT_OUT:
                return []
            at += 1
            continue
        piece = wanted[at : at + length]
        start = page.find(piece, found[-1][1] if found else 0)
        start = start if start >= 0 else page.find(piece)
        found.append((start, start + length))
        at += length
    return found


def _longest(page: str, wanted: str, at: int) -> int:
    """How many letters of `wanted` from `at` on stand together somewhere on the page."""
    low, high = 0, len(wanted) - at
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if wanted[at : at + middle] in page else (low, middle - 1)
    return low
