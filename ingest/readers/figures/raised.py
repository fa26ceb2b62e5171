"""Raised text in its line: exponents as such (« m² », « 10³ »), the call of a note apart from what it stands at.

A reader puts `RAISED` and `LEVEL` around what its format raises, then `lowered` writes it.
"""

from __future__ import annotations

import re

RAISED, LEVEL = "\x02", "\x03"  # control characters: no text of a document holds them

_RAISED = re.compile(f"{RAISED}([^{LEVEL}]*){LEVEL}")
_JOINED = re.compile(f"{LEVEL}{RAISED}")
_EXPONENTS = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_FIGURES = re.compile(r"[+−-]?\d{1,3}")
# Letters that do not end an ordinal or an hour.
_CALL = re.compile(r"(?:\d{1,3}|[a-cfgj])(?:[,;][ \u00a0]?\d{1,3})*")
# What may be raised to a power: a unit, one letter, a bracket, ten (« 10³ », never « 1 210 » with a call).
_UNIT = re.compile(r"(?:^|[^\w'’]|\d)(?:(?:da|[mcdhkµnN])?m|[^\W\d_]|[CN]O)$|[)\]]$")
_TEN = re.compile(r"(?:^|[^\d.,\s]\s*|[^\d]\s{2,})10$")
_BEFORE = 12  # characters: more than the patterns above look at


def lowered(raw: str) -> str:
    """`raw` with what it marks as raised written in its line, « 1er » as it was, without the marks."""
    if RAISED not in raw:
        return raw
    written = _RAISED.sub(_lowered, _JOINED.sub("", raw))
    return written.replace(RAISED, "").replace(LEVEL, "")


def _lowered(match: re.Match[str]) -> str:
    inner = match[1].strip(" \u00a0\x01")
    before = match.string[max(0, match.start() - _BEFORE) : match.start()]
    if inner and _FIGURES.fullmatch(inner):
        ten = _TEN.search(before) and inner not in {"1", "+1"}
        if before and (_UNIT.search(before) or ten or not inner[0].isdigit()):
            return inner.translate(_EXPONENTS)
    call = inner.strip("()[]")
    if not _CALL.fullmatch(call) or (call.isalpha() and not before[-1:].isdigit() and inner == call):
        return match[1]
    return f" ({call}) "
