"""How well do passages say what a sentence says? One calibrated score over signs of words and places.

A logistic regression over the features below, fitted by `python -m benchmarks.writing.fit` on answers that a capable
model wrote over three bases, and on their false variants. Vectors of sentences added nothing to these signs (28
November 2026): what is false in a near sentence is one word, which they hardly see.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise

from rapidfuzz.distance import LCSseq

from kb.answering.proof.signs.weights import logit
from kb.answering.proof.sources import Source, SourceUnit
from kb.text.figures import figures
from kb.text.stems import stem, stems

FEATURES = (
    "passages", "new", "missing", "unit", "two", "missing_unit", "length", "pairs", "order",
)  # fmt: skip
# Words that a sentence says something with, and not what: those that good sentences of two bases or more have beyond
# their passages (29 November 2026), and others of their kind.
_LINKS = frozenset(
    stem(word)
    for word in (
        "oui non faut selon doit doivent devez pouvez pourra porte portent exige exigee permet permettent vient "
        "viennent donne donnent revanche apporte apportent seul seule seuls seules vaut valent faites apres "
        "passait passe tenu tenue cas hors figure couvre couvrent consacre consacree ensuite prend prennent "
        "signifie fixe fixee prevoit prevoyait prevu prevue prevus prevues trouve existe existent contient "
        "contiennent applique appliquent defaut va vont eleve elevent represente representent correspond "
        "correspondent concerne concernent comporte comportent compte comptent reste restent dure consiste "
        "notamment egalement actuellement desormais toutefois pourtant davantage sert servent indique indiquent "
        "precise precisent dit ete regle principe"
    ).split()
)
_MOST_MISSING = 6
_PAIRS_WITHIN = 3  # words
_NEAREST = 3  # units whose order of words is compared


def support(claim: str, cited: Sequence[Source], question: str) -> float:
    """The logit of the probability that the passages `cited` together say `claim`, an answer to `question`, less the
    threshold in use: at 0 or above the claim stands.
    """
    return logit("sentences", features(claim, cited, question))


def features(claim: str, cited: Sequence[Source], question: str) -> dict[str, float]:
    """The signs, by name: shares from 0 to 1, counts, and gaps from -1 to 1."""
    units = [unit for source in cited for unit in source.units]
    ordered = content(claim)
    said = list(dict.fromkeys(ordered))
    weight = rarity(units)
    total = sum(map(weight, said)) or 1.0
    missing = [stem for stem in said if not any(source.says(stem) for source in cited)]
    asked = set(stems(question))
    new = [stem for stem in said if stem not in asked]
    held = [[stem for stem in said if unit.says(stem)] for unit in units]
    shares = [sum(map(weight, some)) / total for some in held]
    near = sorted(range(len(units)), key=lambda index: -shares[index])[:_NEAREST]
    best = set(held[near[0]]) if near else set()
    two = max((sum(weight(stem) for stem in best | set(some)) / total for some in held), default=0.0)
    return {
        "passages": 1 - sum(map(weight, missing)) / total,
        "new": (sum(stem not in missing for stem in new) + 1) / (len(new) + 1),
        "missing": float(min(_MOST_MISSING, len(missing))),
        "unit": shares[near[0]] if near else 0.0,
        "two": two,
        "missing_unit": float(min(_MOST_MISSING, len(said) - len(best))),
        "length": min(30, len(said)) / 10,
        "pairs": _pairs_together(ordered, held),
        "order": max(
            (LCSseq.similarity(said, list(dict.fromkeys(content(units[index].text)))) / len(said) for index in near),
            default=0.0,
        )
        if said
        else 1.0,
    }


def content(text: str) -> list[str]:
    """The stems of a text, in order, its figures left out: they are compared by value."""
    found: list[str] = []
    cuts = [0, *(end for figure in figures(text) for end in (figure.start, figure.end)), len(text)]
    for start, end in list(pairwise(cuts))[::2]:
        found += [one for one in stems(text[start:end]) if not one[0].isdigit() and one not in _LINKS]
    return found


def rarity(units: Sequence[SourceUnit]) -> Callable[[str], float]:
    """How much a stem tells one of `units` from the others: the logarithm of their number by that of its holders."""
    frequency = Counter(stem for unit in units for stem in unit.around)
    return lambda stem: math.log((len(units) + 1) / (frequency[stem] + 0.5))


def _pairs_together(ordered: Sequence[str], held: Sequence[Sequence[str]]) -> float:
    """The share of the pairs of near words that one unit holds both of."""
    sets = [set(some) for some in held]
    pairs = [
        (first, second)
        for index, first in enumerate(ordered)
        for second in ordered[index + 1 : index + 1 + _PAIRS_WITHIN]
        if first != second
    ]
    if not pairs:
        return 1.0
    return sum(any(first in some and second in some for some in sets) for first, second in pairs) / len(pairs)
