"""The months in French: the one list that dates are read and written with."""

from __future__ import annotations

from kb.text.folding import fold

MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
"""As written, January first."""
_SHORT = {
    "janv": 1, "jan": 1, "fevr": 2, "fev": 2, "avr": 4, "juil": 7, "sept": 9, "sep": 9, "oct": 10, "nov": 11, "dec": 12
}  # fmt: skip
_FULL = {fold(month): number for number, month in enumerate(MONTHS, start=1)}
MONTH_NUMBERS = _FULL | _SHORT
"""Folded names and short forms, without their dot, to the number of the month."""
MONTH = rf"(?:(?:{'|'.join(_FULL)})\b|(?:{'|'.join(_SHORT)})\b\.?)"
"""Pattern, for folded text, of a month in full or short."""
