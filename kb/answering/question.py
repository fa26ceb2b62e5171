"""What a question asks for: a number, a date, and about whom."""

from __future__ import annotations

import re
from typing import Literal

from kb.french.figures import figures, same_figure
from kb.french.folding import fold
from kb.french.stems import words

Wanted = Literal["share", "number", "date"]

_SHARE = re.compile(r"\b(?:parts?|pourcentages?|taux|proportion)\b|%")
_NUMBER = re.compile(
    r"\b(?:combien|nb|cb|nombre|montants?|sommes?|budget|enveloppe|plafond|minimum|maximum|couts?|chiffres?|prix|"
    r"superficie|effectifs?)\b"
)
_DATE = re.compile(r"\b(?:quand|dates?|jour|annee|mois)\b")
# A name: a capital in the middle of a sentence, or an acronym of four letters or more. Shorter acronyms are too often
# written in full in the documents (CA, AAP) to tell anything.
_NAME = re.compile(r"(?<=[^\s.?!…«»:] )(?:[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]{2,}(?:-[A-ZÀ-ÖØ-Þ]?[a-zà-öø-ÿ]+)*)")
_ELIDED_NAME = re.compile(r"(?<=[dlDL][’'])[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]{2,}")
_ACRONYM = re.compile(r"\b[A-Z]{4,}\b")


def wanted_figure(question: str) -> Wanted | None:
    """Whether the question asks for a share (« quel taux »), a number (« combien ») or a date; None for none."""
    folded = fold(question)
    if _SHARE.search(folded):
        return "share"
    if _NUMBER.search(folded):
        return "number"
    return "date" if _DATE.search(folded) else None


def figure_fit(text: str, wanted: Wanted | None, question: str) -> float:
    """How well the figures of `text` suit what is wanted: 1 fully, 0 not at all; those of the question count not.

    A number that is no percentage suits a question for a share a little: « 8,4 milliards sur 12 » is a share too.
    """
    if wanted is None:
        return 0.0
    known = figures(question)
    fit = 0.0
    for figure in figures(text):
        if any(same_figure(each, figure) for each in known):
            continue
        is_date = figure.unit in {"date", "year"}
        if is_date != (wanted == "date"):
            continue
        fit = max(fit, 0.4 if wanted == "share" and figure.unit not in {"%", "point"} else 1.0)
    return fit


def names(question: str) -> list[str]:
    """The proper names and long acronyms of a question, as written, without repeats; none when it is all capitals."""
    if not any(each.islower() for each in question):
        return []
    found = [*_NAME.findall(question), *_ELIDED_NAME.findall(question), *_ACRONYM.findall(question)]
    return list(dict.fromkeys(found))


def missing_names(question: str, text: str) -> list[str]:
    """The names of `question` of which a word is nowhere in `text`."""
    there = set(words(text))
    return [name for name in names(question) if not set(words(name)) <= there]
