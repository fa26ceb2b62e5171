"""What a thing costs: whether a question asks for it, and how well a sentence gives it.

An amount alone is no price: « une rémunération d'au moins 36 946 € » does not say what a passport costs. A sentence or
what leads to it must speak of a cost too.
"""

from __future__ import annotations

import re

from kb.text.figures import Figure, figures, same_figure
from kb.text.folding import fold
from kb.types import Question

_COSTS = r"(?:cout(?:e|ent|er|ait|aient|era|eront)|revient|revenir)"
_PRICE = r"(?:prix|tarifs?|couts?|budget|enveloppe)"
# « Combien coûte… », « que coûte… », « quel est le prix de… », « prix d'un passeport »; not « qui vote le budget », « à
# quel prix réduit a-t-on droit », nor what the price of something else is only mentioned in.
_ASKED = re.compile(
    rf"\b(?:combien|cb)\b (?:(?:est-ce que|que|ca|cela|il|elle) ){{0,2}}(?:{_COSTS}|vaut|valent|ont? cout\w+)\b|"
    rf"\b{_COSTS}\b(?:\W+\w+){{0,5}} (?:combien|cb)\b|\b(?:qu'est-ce que|que|ca) {_COSTS}\b|"
    rf"\b(?:combien|cb)\b(?! d)(?:\W+\w+){{1,4}}? {_COSTS}\b|"
    rf"\bquel(?:le)?s? (?:est|sont|sera|seront|etait) (?:donc )?(?:le |la |les |l'){_PRICE}\b|"
    rf"\bquel(?:le)? {_PRICE} (?:pour|d'|de|du)\b|\ba quel prix\b|"
    rf"^\W*(?:le |les |l'|c'est quoi le )?{_PRICE}(?: (?:pour|d'|de|du|des) ?\w|\W*$)|"
    r"^\W*(?:le |les )?(?:prix|tarifs?|couts?) (?!reduit)\w"
)
_FRAGMENT = re.compile(r"^\W*(?:le |les )?(?:prix|tarifs?|couts?) (?P<thing>.+)")
_MEASURE = (
    r"(?:couts?|prix|tarifs?|montants?|budgets?|enveloppes?|frais|factur\w+|coute(?:nt|r)?|coutait|coutera|vaut|valent|"
    r"comptez|pese(?:nt)?|s'eleve(?:nt)?)"
)
_SPOKEN_OF = re.compile(
    rf"\b(?:{_MEASURE}|(?<!de )pa(?:ye|ie)(?:r|z|nt)?|payant\w*|taxes?|redevances?|"
    r"droits? (?:d'(?:inscription|entree|auteur|acces)|de (?:timbre|mutation|douane|garde|place|voirie))|cotisations?|"
    r"amendes?|astreintes?|depens\w+|dote\w*|timbres?|financ(?:e|ent|er|ements?))\b"
)
# Not « n'est pas gratuit », nor a telephone number that costs nothing beside what is asked about.
_FREE = re.compile(
    r"(?<!pas )(?<!plus )(?<!non )(?<!jamais )(?<!appel )(?<!numero )(?<!service )\b(?:gratuit\w*|sans frais)\b|"
    r"\bnon payant\w*|\baucun frais\b"
)
# « L'enveloppe est de 12 milliards », « Prix du billet : 2 € »: what costs, and how much, in one breath.
_TOLD = re.compile(rf"\b{_MEASURE}\b(?:\W+\w+){{0,6}}?\W*$")
_COUNTED = re.compile(r"\s(?:d['’]|de\s)(?!euros?\b)", re.IGNORECASE)  # « 4,6 millions de lampes »
# « 12 milliards » without a unit are euros, unless something is counted; a number in digits may be anything's.
_SCALE = re.compile(r"milli(?:on|ard)|\bM[dD]?\b")


def asks_price(question: Question) -> bool:
    """Whether one number is asked for that says what something costs."""
    return (
        question.figure == "number" and not question.several_things and bool(_ASKED.search(fold(question.standalone)))
    )


def priced(question: Question) -> str:
    """What a price is asked of in a few words (« prix carte verte »), folded; empty for a whole sentence, or a name."""
    fragment = None if question.names else _FRAGMENT.match(fold(question.standalone))
    return fragment["thing"] if fragment else ""


def price_fit(text: str, about: str, question: Question) -> float:
    """How well `text` gives a price: 1 where it says a cost and its amount in one breath, or that it is free; a half
    where it, or what it is said about (`about`: its lead-in, heading and title), speaks of one; 0 without an amount
    that the question does not have itself, or without a cost.
    """
    folded = fold(text)
    known = figures(question.standalone)
    amounts = [
        one for one in figures(text) if _is_amount(one, text) and not any(same_figure(own, one) for own in known)
    ]
    if any(_TOLD.search(fold(text[: one.start])) for one in amounts):
        return 1.0
    if _FREE.search(folded):
        return 0.5 if amounts else 1.0
    return 0.5 if amounts and _SPOKEN_OF.search(f"{fold(about)}\n{folded}") else 0.0


def _is_amount(figure: Figure, text: str) -> bool:
    if figure.unit == "€":
        return True
    return figure.unit == "" and bool(_SCALE.search(figure.text)) and not _COUNTED.match(text, figure.end)
