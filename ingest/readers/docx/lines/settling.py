"""From a paragraph's characters with marks among them to its text: breaks, raised figures, numbers of pages.

The marks are control characters, which no text of a document can hold: XML forbids them.
"""

from __future__ import annotations

import re

from ingest.readers.block_builder import one_line

BREAK = "\x01"  # a tab, a line's end: white space that keeps figures apart
RAISED, LEVEL = "\x02", "\x03"  # around raised text
PAGE = "\x04"  # the number of a page or of all pages
GAP = "\x05"  # a space where two words or numbers would touch

_APART = re.compile(rf"(?<=\d)[ {BREAK}]*{BREAK}[ {BREAK}]*(?=\d)")
_GAP = re.compile(rf"(?<=\w){GAP}+(?=\w)")
_PAGES = re.compile(
    rf"(?:[|·•(–—-][ \u00a0]*)?(?:\bp(?:age|\.)[ \u00a0]*)?(?:n°[ \u00a0]*)?{PAGE}"
    rf"(?:[ \u00a0]*(?:/|sur|de|of|-)[ \u00a0]*{PAGE})?\)?(?:[ \u00a0]*[|·•–—-](?=[ \u00a0]*$))?",
    re.IGNORECASE,
)
_RAISED = re.compile(f"{RAISED}([^{LEVEL}]*){LEVEL}")
_JOINED = re.compile(f"{LEVEL}{RAISED}")
_EXPONENTS = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_FIGURES = re.compile(r"[+−-]?\d{1,3}")
_CALL = re.compile(r"(?:\d{1,3}|[a-cf-hj-km])(?:[,;][ \u00a0]?\d{1,3})*")
# What may be raised to a power: a unit, one letter, a bracket, ten (« 10³ », never « 1 210 » with a call).
_UNIT = re.compile(r"(?:^|[^\w'’]|\d)(?:(?:da|[mcdhkµnN])?m|[^\W\d_]|[CN]O)$|[)\]]$")
_TEN = re.compile(r"(?:^|[^\d.,\s]\s*|[^\d]\s{2,})10$")
_BEFORE = 12  # characters: more than the patterns above look at


def settled(raw: str) -> str:
    """The text of a paragraph, on one line."""
    raw = _JOINED.sub("", raw)
    if RAISED in raw:
        raw = _RAISED.sub(_raised, raw)
    if PAGE in raw:
        raw = _PAGES.sub(" ", raw)
    raw = _GAP.sub(" ", raw)
    return one_line(_APART.sub(" ; ", raw).replace(BREAK, " "))


def parts(raw: str) -> list[str]:
    """The text of a paragraph in the parts that its tabs and line ends make."""
    return [text for part in raw.split(BREAK) if (text := settled(part))]


def joined(texts: list[str]) -> str:
    """The texts of a cell's paragraphs as one, figures that follow each other kept apart."""
    return settled(BREAK.join(text for text in texts if text))


def _raised(match: re.Match[str]) -> str:
    """Raised text in its line: exponents as such, a note's call apart from what it stands at, « 1er » as it was."""
    inner = match[1].strip(f" \u00a0{BREAK}")
    before = match.string[max(0, match.start() - _BEFORE) : match.start()]
    if inner and _FIGURES.fullmatch(inner):
        ten = _TEN.search(before) and inner not in {"1", "+1"}
        if before and (_UNIT.search(before) or ten or not inner[0].isdigit()):
            return inner.translate(_EXPONENTS)
    call = inner.strip("()[]")
    if not _CALL.fullmatch(call) or (call.isalpha() and not before[-1:].isdigit() and inner == call):
        return match[1]
    return f" ({call}) "
