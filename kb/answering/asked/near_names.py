"""Acronyms that are easily taken for each other: one holds the other (« PLUM », « NPLUM »), often what it followed."""

from __future__ import annotations

import re

from kb.types import Question

_ACRONYM = re.compile(r"\b[A-Z]{3,}\b")
# What the score of a unit loses, a logit: of 1 and 0.5 or 2 and 1, none changes a figure of four bases, both put the
# answer about one first where it was the other's (30 November 2026).
_OTHERS, _ALSO_OTHERS = 1.0, 0.5


def mistaken(text: str, about: str, question: Question) -> float:
    """What a unit loses for an acronym that may be mistaken for one of the question: more where it does not name
    that one than where it names the other first, or stands below that one (`about`: its lead-in, heading and
    title, a line each).
    """
    # In capitals throughout, every word would be an acronym.
    asked = _ACRONYM.findall(question.standalone) if any(map(str.islower, question.standalone)) else []
    said = _ACRONYM.findall(text) if asked else []
    lost = 0.0
    for name in asked:
        others = [at for at, other in enumerate(said) if other not in asked and (other in name or name in other)]
        if others and name not in said:
            is_about_it = re.search(rf"^\W*(?:les? |la |l['’])?{name}\b", about, re.IGNORECASE | re.MULTILINE)
            lost = max(lost, _ALSO_OTHERS if is_about_it else _OTHERS)
        elif others and others[0] < said.index(name):
            lost = max(lost, _ALSO_OTHERS)
    return lost


def is_of_another(text: str, question: Question) -> bool:
    """Whether a text names what may be mistaken for an acronym of the question, and not that one."""
    return mistaken(text, "", question) >= _OTHERS


def names_all(about: str, question: Question) -> bool:
    """Whether a text names all acronyms of the question; not where it has none."""
    asked = _ACRONYM.findall(question.standalone)
    return bool(asked) and set(asked) <= set(_ACRONYM.findall(about))
