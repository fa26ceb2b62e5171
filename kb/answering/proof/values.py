"""Every figure, amount, percentage, date and duration of a sentence: does a cited passage hold it, said so?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from kb.answering.proof.exactness import inexact
from kb.answering.proof.sources import Source
from kb.text.figures import Figure, figures, missing_figures, same_figure
from kb.text.folding import fold
from kb.text.stems import stems
from kb.text.wording.pointing import points_back

NOT_THERE = "« {value} » n'est pas dans le passage cité"
NOT_SO = "« {value} » n'est pas dit ainsi dans le passage cité"


# Behind a figure, perhaps after an adjective (« 3 premiers mois ») or the end of a range (« 3 à 6 mois »).
_MEASURE = re.compile(
    r"\s*(?:(?:a|et|ou|-)\s*\d+\s*)?(?:\w+\s+)?"
    r"(?:(?P<ans>ans?|annees?)|(?P<mois>mois)|(?P<jours>jours?)|(?P<semaines>semaines?)|(?P<heures>heures?|h)|"
    r"(?P<minutes>minutes?|min)|(?P<trimestres>trimestres?)|(?P<hectares>hectares?|ha)|(?P<kilos>kg|kilos?)|"
    r"(?P<tonnes>tonnes?)|(?P<km>km|kilometres?)|(?P<metres>m|metres?))(?![\w²])"
)
_COUNTS = re.compile(r"\s+[a-z]{4,}")  # « les 3 conditions suivantes »: things are counted, nothing is measured
_LONGEST_MEASURE = 30
# What a person says of their case: an age, children, square metres. From a thousand on it may be a sum.
_OF_A_CASE = 1000
_LARGEST_COUNT = 10


def value_fault(claim: str, cited: Sequence[Source], question: str = "") -> str:
    """Why the figures of `claim`, an answer to `question`, do not stand in `cited` together, in French; empty when they
    do.

    A figure counts where words are glued to it too (« au33700parSMS »), and in the title and date of a document. The
    question's own need not stand there where they tell of whom it asks (« à 13 ans »), and no amount, share or date.
    """
    missing = missing_figures(claim, [text for source in cited for text in (source.text, source.unglued)])
    asked = [
        (figure, _thing(question, figure))
        for figure in figures(question)
        if figure.unit == "" and figure.value < _OF_A_CASE
    ]
    missing = [
        figure
        for figure in missing
        if not points_back(figure, claim)
        and not (
            figure.unit == ""
            and any(same_figure(own, figure) and thing == _thing(claim, figure) for own, thing in asked)
        )
        and not _counts_a_list(figure, cited)
    ]
    if missing:
        return NOT_THERE.format(value=missing[0].text)
    together = "\n".join(text for source in cited for text in (source.text, source.unglued))
    if wrong := _other_measure(claim, together):
        return NOT_SO.format(value=wrong)
    has_table = any(unit.candidate.kind == "row" for source in cited for unit in source.units)
    if wrong := inexact(claim, together, units_elsewhere=has_table):
        return NOT_SO.format(value=wrong)
    return ""


def _counts_a_list(figure: Figure, cited: Sequence[Source]) -> bool:
    """Whether a number word is that of the items of a list of a passage (« trois types d'aide »)."""
    if not figure.text.isalpha() or figure.unit or figure.value > _LARGEST_COUNT:
        return False
    items = Counter(
        (source.number, unit.candidate.context)
        for source in cited
        for unit in source.units
        if unit.candidate.kind == "item"
    )
    return figure.value in items.values()


def _other_measure(claim: str, source: str) -> str:
    """A figure with the measure that `claim` gives it (« 3 ans ») where `source` gives it others only (« 3 mois »)."""
    there = figures(source)
    for figure in figures(claim):
        measure = _measure(claim, figure)
        if not measure:
            continue
        same = [other for other in there if same_figure(other, figure)]
        given = [one for other in same if (one := _measure(source, other)) or not _counts(source, other)]
        if given and all(one and one != measure for one in given):
            return f"{figure.text} {measure}"
    return ""


def _measure(text: str, figure: Figure) -> str:
    """The measure that stands behind a figure, in one form; empty when there is none."""
    match = _MEASURE.match(_behind(text, figure))
    if match is None:
        return ""
    return next(name for name, word in match.groupdict().items() if word)


def _behind(text: str, figure: Figure) -> str:
    """What follows a figure, folded, behind a space: folding takes away the text's own."""
    return " " + fold(text[figure.end : figure.end + _LONGEST_MEASURE])


def _thing(text: str, figure: Figure) -> str:
    """Its measure, or the word behind a figure, in one form: of what there are as many."""
    return _measure(text, figure) or next(iter(stems(_behind(text, figure))), "")


def _counts(text: str, figure: Figure) -> bool:
    """Whether a figure says how many things there are."""
    return bool(_COUNTS.match(_behind(text, figure)))
