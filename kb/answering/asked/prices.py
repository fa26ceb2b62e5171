"""What a thing costs: whether a question asks for it, and how well a sentence gives it.

An amount alone is no price: « une rémunération d'au moins 36 946 € » does not say what a passport costs. A sentence or
what leads to it must speak of a cost too.
"""

from __future__ import annotations

import re

from kb.text.figures import Figure, figures, same_figure
from kb.text.folding import fold
from kb.types import Question

_ASKED = re.compile(
    r"\b(?:cout(?:e|ent|er|s|ait|era|eront)?|prix|tarifs?|cher|chere|vaut|valent)\b|"
    r"^\W*quel(?:le)? est (?:le |l')(?:budget|enveloppe)\b"
)
_MEASURE = (
    r"(?:couts?|prix|tarifs?|montants?|budgets?|enveloppes?|frais|factur\w+|coute(?:nt|r)?|coutait|coutera|pesent?|"
    r"s'elevent?)"
)
_SPOKEN_OF = re.compile(
    rf"\b(?:{_MEASURE}|pa(?:ye|ie)\w*|payant\w*|taxes?|redevances?|droits? d\w+|cotisations?|amendes?|astreintes?|"
    r"depens\w+|dote\w*|timbres?|financ\w+)\b"
)
_FREE = re.compile(r"\b(?:gratuit\w*|sans frais|non payant\w*)\b")
# « L'enveloppe est de 12 milliards », « Prix du billet : 2 € »: what costs, and how much, in one breath.
_TOLD = re.compile(rf"\b{_MEASURE}\b(?:\W+\w+){{0,6}}?\W*$")
_COUNTED = re.compile(r"\s(?:d['’]|de\s)(?!euros?\b)", re.IGNORECASE)  # « 4,6 millions de lampes »
_MONEY_FROM = 1_000_000  # « 12 milliards » without a unit are euros, unless something is counted


def asks_price(question: Question) -> bool:
    """Whether one number is asked for that says what something costs."""
    return (
        question.figure == "number" and not question.several_things and bool(_ASKED.search(fold(question.standalone)))
    )


def price_fit(text: str, about: str, question: Question) -> float:
    """How well `text` gives a price: 1 where it says a cost and its amount in one breath, or that it is free; a half
    where it, or what it is said about (`about`: its lead-in, heading and title), speaks of one; 0 without an amount
    that the question does not have itself, or without a cost.
    """
    folded = fold(text)
    if _FREE.search(folded):
        return 1.0
    known = figures(question.standalone)
    amounts = [
        one for one in figures(text) if _is_amount(one, text) and not any(same_figure(own, one) for own in known)
    ]
    if any(_TOLD.search(fold(text[: one.start])) for one in amounts):
        return 1.0
    return 0.5 if amounts and _SPOKEN_OF.search(f"{fold(about)}\n{folded}") else 0.0


def _is_amount(figure: Figure, text: str) -> bool:
    if figure.unit == "€":
        return True
    return figure.unit == "" and figure.value >= _MONEY_FROM and not _COUNTED.match(text, figure.end)
