"""Equations (OMML, ECMA-376 part 1, 22.1) as linear text: « (a+b)/2 », « x^2 », « √(x) », « Σ_(i=1)^n »."""

from __future__ import annotations

import re
from typing import Any

from ingest.readers.docx.ooxml import M, W

_SIMPLE = re.compile(r"[\w,.]+|.", re.DOTALL)  # what needs no brackets as the part of a fraction or an exponent
_SPACES = re.compile(r"\s+")


def linear(equation: Any) -> str:
    """The equation on one line."""
    return _SPACES.sub(" ", _inner(equation)).strip()


def _inner(element: Any) -> str:
    return "".join(_text(child) for child in element)


def _text(element: Any) -> str:
    name = element.tag
    if name in {f"{M}t", f"{W}t"}:
        return element.text or ""
    if not name.startswith(M):
        # Words within an equation, and insertions; what was deleted is left out.
        return _inner(element) if name in {f"{W}r", f"{W}ins", f"{W}moveTo", f"{W}hyperlink"} else ""
    writer = _WRITERS.get(name.removeprefix(M))
    if writer is not None:
        return writer(element)
    return "" if name.endswith("Pr") else _inner(element)


def _part(element: Any, name: str) -> str:
    found = element.find(f"{M}{name}")
    return _inner(found).strip() if found is not None else ""


def _closed(text: str) -> str:
    """`text` in brackets where it is more than one term."""
    return text if not text or _SIMPLE.fullmatch(text) or _is_closed(text) else f"({text})"


def _is_closed(text: str) -> bool:
    """Whether one pair of brackets holds all of `text`."""
    if not (text.startswith("(") and text.endswith(")")):
        return False
    depth = 0
    for index, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return index == len(text) - 1
    return False


def _sign(element: Any, settings: str, name: str, default: str) -> str:
    found = element.find(f"{M}{settings}/{M}{name}")
    return default if found is None else found.get(f"{M}val", default)


def _raised(element: Any, low: str = "sub", high: str = "sup") -> str:
    below, above = _closed(_part(element, low)), _closed(_part(element, high))
    return (f"_{below}" if below else "") + (f"^{above}" if above else "")


def _scripts(element: Any) -> str:
    return _closed(_part(element, "e")) + _raised(element)


def _fraction(element: Any) -> str:
    return f"{_closed(_part(element, 'num'))}/{_closed(_part(element, 'den'))}"


def _radical(element: Any) -> str:
    degree = _part(element, "deg")
    root = {"": "√", "2": "√", "3": "∛", "4": "∜"}.get(degree, f"√[{degree}]")
    return f"{root}({_part(element, 'e')})"


def _large(element: Any) -> str:
    """A sum, a product, an integral: « ∫ » is the sign when none is named."""
    sign = {"∑": "Σ", "∏": "Π"}.get(chosen := _sign(element, "naryPr", "chr", "∫"), chosen)
    bounds = _raised(element)
    return f"{sign}{bounds}{' ' if bounds else ''}{_closed(_part(element, 'e'))}"


def _delimited(element: Any) -> str:
    left, right = _sign(element, "dPr", "begChr", "("), _sign(element, "dPr", "endChr", ")")
    between = _sign(element, "dPr", "sepChr", "|")
    return left + between.join(_inner(part).strip() for part in element.findall(f"{M}e")) + right


def _function(element: Any) -> str:
    argument = _part(element, "e")
    return f"{_part(element, 'fName')}{argument if _is_closed(argument) else f'({argument})'}"


def _limit(element: Any) -> str:
    below = element.tag == f"{M}limLow"
    return _closed(_part(element, "e")) + (_raised(element, low="lim") if below else _raised(element, high="lim"))


def _rows(element: Any) -> str:
    rows = (" ; ".join(_inner(cell).strip() for cell in row.findall(f"{M}e")) for row in element.findall(f"{M}mr"))
    return f"[{' / '.join(rows)}]"


def _lines(element: Any) -> str:
    return " ; ".join(_inner(line).strip() for line in element.findall(f"{M}e"))


def _before(element: Any) -> str:
    return _raised(element) + _closed(_part(element, "e"))


_WRITERS = {
    "f": _fraction,
    "sSup": _scripts,
    "sSub": _scripts,
    "sSubSup": _scripts,
    "sPre": _before,
    "rad": _radical,
    "nary": _large,
    "d": _delimited,
    "func": _function,
    "limLow": _limit,
    "limUpp": _limit,
    "m": _rows,
    "eqArr": _lines,
}
