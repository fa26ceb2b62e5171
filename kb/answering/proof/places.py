"""Where a name or a figure stands: the words right before it and right behind it, in a sentence, an item or a row."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from kb.text.stems import stems
from kb.text.wording.families import SHORTEST

WORDS = 6
"""Words on each side that are looked at."""
_CELL = " ; "  # between the cells of a row
_LONGEST = 120  # characters on each side: six words and what stands between them
_FAR = 0.3  # how much less a word counts for each word that it stands further off than in the other place
_OTHER_SIDE = 0.4  # of what a word counts when it stands on the other side: « X verse 3 M€ », « 3 M€ versés par X »
_NEXT = 2  # words that stand next to it

Weight = Callable[[str], float]


@dataclass(frozen=True, slots=True)
class Place:
    """The stems before and behind a stretch of a text, each nearest first."""

    before: tuple[str, ...]
    behind: tuple[str, ...]

    def without(self, stems: Collection[str]) -> Place:
        """The place without some of its stems."""
        return Place(
            tuple(one for one in self.before if one not in stems), tuple(one for one in self.behind if one not in stems)
        )


def place(text: str, start: int, end: int, lead_in: str = "") -> Place:
    """The place of `text[start:end]`; what leads in the text stands before it."""
    before = stems(text[max(0, start - _LONGEST) : start])
    if lead_in and len(before) < WORDS:
        before = [*stems(lead_in[-_LONGEST:]), *before]
    return Place(tuple(before[::-1][:WORDS]), tuple(stems(text[end : end + _LONGEST])[:WORDS]))


def place_in_row(text: str, start: int, end: int) -> Place:
    """The place of `text[start:end]` in a row that was written out (« Ligne : Lormeil ; Budget : 4 M€ »): beside it
    stand the name of its column and the row's own; behind the row's own all that is said of it.
    """
    begins = text.rfind(_CELL, 0, start)
    if begins < 0:
        return place(text, start, end)
    label, ends = text[: text.find(_CELL)], text.find(_CELL, end)
    before = stems(text[begins + len(_CELL) : start])[::-1] + stems(label)[::-1]
    return Place(tuple(before[:WORDS]), tuple(stems(text[end : ends if ends >= 0 else len(text)])[:WORDS]))


def likeness(mine: Place, other: Place, weight: Weight) -> float:
    """How much of what stands around `mine` stands around `other`, from 0 to 1: what is nearer counts more, and what
    stands on the same side, as near.
    """
    total = held = 0.0
    for side, same, opposite in (
        (mine.before, other.before, other.behind),
        (mine.behind, other.behind, other.before),
    ):
        for index, stem in enumerate(side):
            worth = weight(stem) / (index + 1)
            total += worth
            found, across = _find(stem, same), _find(stem, opposite)
            if found >= 0:
                held += worth / (1 + _FAR * abs(found - index))
            elif across >= 0:
                held += worth * _OTHER_SIDE / (1 + _FAR * abs(across - index))
    return held / total if total else 0.0


def next_to(mine: Place, other: Place) -> float:
    """On how many of the two sides the word next to `mine` stands next to `other`, or one further off."""
    return float(
        sum(
            bool(side) and 0 <= _find(side[0], same[:_NEXT]) < _NEXT
            for side, same in ((mine.before, other.before), (mine.behind, other.behind))
        )
    )


def are_family(one: str, other: str) -> bool:
    """Whether two stems are of one family: all but the last letter of `other` in common (see `families`)."""
    if one == other:
        return True
    shared = max(SHORTEST, len(other) - 1)
    return not other[0].isdigit() and len(other) >= SHORTEST and len(one) >= shared and one[:shared] == other[:shared]


def _find(stem: str, among: tuple[str, ...]) -> int:
    """Where `among` holds a word of the family of `stem`; -1 where it does not."""
    return next((index for index, one in enumerate(among) if are_family(one, stem)), -1)
