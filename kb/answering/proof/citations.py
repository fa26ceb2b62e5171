"""The `[n]` marks of a written answer: put in one form while they stream, unknown numbers dropped, numbered anew."""

from __future__ import annotations

import re
from collections.abc import Collection

_LONGEST_MARK = 24
# What a mark may look like: « [1] », « [1, 3] », « [1-3] », « [1 à 3] », « 【2†source】 », « [extrait 2] ».
_MARK = re.compile(
    r"[\[【]\s*(?:extraits?|sources?|n°)?\s*(\d{1,3}(?:\s*(?:[,;–-]|et|à)\s*\d{1,3})*)\s*(?:†[^\]】]*)?[\]】]",
    re.IGNORECASE,
)
_RANGE = re.compile(r"(\d+)(?:\s*(?:[–-]|à)\s*(\d+))?")
_ONE = re.compile(r"\[(\d{1,3})\]")
_OPEN, _CLOSE = "[【", "]】"


class MarkerFilter:
    """Lets the text of a model through with its marks as `[1][3]`, those whose number is not in `known` left out.

    Any way of cutting the same text into pieces gives the same output.
    """

    def __init__(self, known: Collection[int]) -> None:
        self._known = frozenset(known)
        self._held = ""

    def feed(self, piece: str) -> str:
        """What can be shown after one more piece; what may be the beginning of a mark is held back."""
        out: list[str] = []
        for sign in piece:
            if not self._held:
                if sign in _OPEN:
                    self._held = sign
                else:
                    out.append(sign)
                continue
            if sign in _OPEN:
                out.append(self._held)
                self._held = sign
                continue
            self._held += sign
            if sign in _CLOSE:
                out.append(self._decided())
            elif len(self._held) > _LONGEST_MARK:
                out.append(self._held)
                self._held = ""
        return "".join(out)

    def flush(self) -> str:
        """What was held back when the text ends."""
        held, self._held = self._held, ""
        return held

    def _decided(self) -> str:
        held, self._held = self._held, ""
        match = _MARK.fullmatch(held)
        if match is None:
            return held
        return "".join(f"[{number}]" for number in _numbers(match[1]) if number in self._known)


def _numbers(inside: str) -> list[int]:
    found: list[int] = []
    for match in _RANGE.finditer(inside):
        first, last = int(match[1]), int(match[2] or match[1])
        found += range(first, last + 1) if first <= last < first + 20 else [first, last]
    return list(dict.fromkeys(found))


def numbers_in(text: str) -> list[int]:
    """The numbers of the marks of `text`, in order, without repeats."""
    return list(dict.fromkeys(int(match[1]) for match in _ONE.finditer(text)))


def without_marks(text: str) -> str:
    """`text` without its marks and the spaces before them."""
    return re.sub(r"[ \u00a0\u202f]*\[\d{1,3}\]", "", text).strip()


def marked(text: str, numbers: Collection[int]) -> str:
    """`text` with the marks of `numbers` after it."""
    return f"{text} {''.join(f'[{number}]' for number in numbers)}" if numbers else text
