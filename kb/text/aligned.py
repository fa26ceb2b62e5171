"""Folding that keeps offsets: for finding something in a folded text and showing it as it was written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AlignedText:
    """A folded text. `origin` holds the offset, in the text it was made from, of each of its characters; it is None
    when the two have the same offsets, as they do in nearly all texts."""

    text: str
    origin: Sequence[int] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where `self.text[start:end]`, not empty, stands in the text it was made from."""
        if self.origin is None:
            return start, end
        return self.origin[start], self.origin[end - 1] + 1


def fold_aligned(text: str) -> AlignedText:
    """`text` without case, accents, kinds of apostrophe, dash and space, one character for one.

    Unlike `kb.text.folding.fold`, runs of spaces stay, a line end stays a line end, ligatures stay, and so do signs
    such as « ¹ », which are no digits of the number before them. Only combining and invisible characters go.
    """
    if not _DROPPED.search(text):
        return AlignedText(text.translate(_TABLE), None)
    origin = [index for index, character in enumerate(text) if not _DROPPED.match(character)]
    return AlignedText("".join(text[index] for index in origin).translate(_TABLE), origin)


class _OneToOne(dict[int, str]):
    """A table for `str.translate`, filled as characters come."""

    def __missing__(self, code: int) -> str:
        character = folded = chr(code)
        if character in "‐‑‒–—−":
            folded = "-"
        elif character in "’‘ʼ`´′":
            folded = "'"
        elif character in "\n\r\u2028":
            folded = "\n"
        elif character.isspace():
            folded = " "
        elif unicodedata.category(character) != "No" and character != "º":
            decomposed = unicodedata.normalize("NFKD", character.casefold())
            base = "".join(part for part in decomposed if not unicodedata.combining(part))
            folded = base if len(base) == 1 else character
        self[code] = folded
        return folded


_TABLE = _OneToOne()
_DROPPED = re.compile("[\u0300-\u036f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
