"""MathML -> linear text, as the equations of Word are written: « (a+b)/2 », « x^2 », « √(x+1) »."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ingest.readers.block_builder import one_line

_UNSEEN = frozenset("annotation annotation-xml mphantom".split())
_SIMPLE = re.compile(r"[\w.,]+|\(.*\)|[^\w\s]?")
_SCRIPTS = {"msub": "_", "msup": "^", "msubsup": "_^", "munder": "_", "mover": "^", "munderover": "_^"}


def linear(element: Any) -> str:
    """What an element of MathML shows. Its parts are written one after the other where nothing else is known of it."""
    name = str(element.tag).rpartition("}")[2]
    parts = list(_parts(element))
    whole = one_line(element.text or "") + "".join(parts)
    match name, parts:
        case "mfrac", [above, below]:
            return f"{_closed(above)}/{_closed(below)}"
        case "msqrt", _:
            return f"√({whole})"
        case "mroot", [inner, degree]:
            return f"√[{degree}]({inner})"
        case "mfenced", _:
            return f"({' ; '.join(parts)})"
        case "mtr", _:
            return " ; ".join(parts)
        case "mtable", _:
            return f"[{' / '.join(parts)}]"
        case _, [base, *scripts] if name in _SCRIPTS and len(scripts) == len(_SCRIPTS[name]):
            marks = zip(_SCRIPTS[name], scripts, strict=True)
            return _closed(base) + "".join(f"{mark}{_closed(script)}" for mark, script in marks)
        case _:
            return whole


def _parts(element: Any) -> Iterator[str]:
    for part in element:
        if isinstance(part.tag, str) and part.tag.rpartition("}")[2] not in _UNSEEN:
            yield linear(part)


def _closed(text: str) -> str:
    return text if _SIMPLE.fullmatch(text) else f"({text})"
