"""Every figure, amount, percentage, date and duration of a sentence: does a cited passage hold it, said so?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.answering.proof.exactness import inexact
from kb.answering.proof.sources import Source
from kb.text.figures import Figure, missing_figures

NOT_THERE = "« {value} » n'est pas dans le passage cité"
NOT_SO = "« {value} » n'est pas dit ainsi dans le passage cité"


# « Les deux montants », « dans les trois cas » point back at what was said: no figure of a source.
_POINTS_BACK = re.compile(r"(?:\b(?:les|ces|des|aux|leurs|nos|vos|autres)[ ]|\bentre les[ ])$", re.IGNORECASE)
_LARGEST_POINTED_AT = 10


def value_fault(claim: str, cited: Sequence[Source]) -> str:
    """Why the figures of `claim` do not stand in `cited` together, in French; empty when they do.

    A figure counts where words are glued to it too (« au33700parSMS »), and in the title and date of a document.
    """
    missing = missing_figures(claim, [text for source in cited for text in (source.text, source.unglued)])
    missing = [figure for figure in missing if not _points_back(figure, claim)]
    if missing:
        return NOT_THERE.format(value=missing[0].text)
    together = "\n".join(text for source in cited for text in (source.text, source.unglued))
    has_table = any(unit.candidate.kind == "row" for source in cited for unit in source.units)
    if wrong := inexact(claim, together, units_elsewhere=has_table):
        return NOT_SO.format(value=wrong)
    return ""


def _points_back(figure: Figure, claim: str) -> bool:
    is_word = figure.text.isalpha() and figure.unit == "" and figure.value <= _LARGEST_POINTED_AT
    return is_word and bool(_POINTS_BACK.search(claim[: figure.start]))
