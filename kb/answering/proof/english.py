"""Sentences in English over French passages: figures are compared as French ones, the rest by vectors and by cognates.

Words cannot prove a translation: of 49 invented sentences what is here catches 0.8, and takes 0.1 of 137 good ones for
such (three bases, cross-validated, 29 November 2026). Figures and acronyms are held to as strictly as in French.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np

from kb.answering.proof.sources import Source, SourceUnit
from kb.text.months import MONTHS
from kb.text.stems import words

Encode = Callable[[Sequence[str]], np.ndarray]
"""Texts -> their vectors, one row each, of length 1."""

WARNING = "Réponse en anglais à partir de documents en français : vérifiez-la avec les citations."
# Logistic regression of (best cosine, share of cognates) on those sentences; the threshold loses a tenth of the good.
_COSINE, _COGNATES, _BIAS, _THRESHOLD = 1.62, 3.17, -1.13, 0.52
_LONGEST = 700  # characters of a unit that are encoded
_COGNATE = 5  # letters in common
_MONTHS = "january february march april may june july august september october november december".split()
_NUMBERS = dict(
    zip(
        "two three four five six seven eight nine ten eleven twelve fifteen twenty thirty fifty hundred".split(),
        "deux trois quatre cinq six sept huit neuf dix onze douze quinze vingt trente cinquante cent".split(),
        strict=True,
    )
)
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_REWRITTEN: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(form, re.IGNORECASE), said)
    for form, said in (
        (r"(?<=\d),(?=\d{3}(?!\d))", " "),
        (r"(?<=\d)\.(?=\d)", ","),
        (r"\bbillions?\b", "milliards"),
        (r"\bmillions?\b", "millions"),
        (r"\bper ?cent\b", "%"),
        (r"€ ?([\d ,]*\d(?: (?:milliards|millions))?)", r"\1 €"),
        (r"\b(?:at least|no (?:less|fewer) than)\b", "au moins"),
        (r"\b(?:more than|over|above|exceed(?:s|ing|ed)?)\b", "plus de"),
        (r"\b(?:less than|fewer than|under|below)\b", "moins de"),
        (r"\b(?:at most|up to|no more than|not exceed(?:ing)?)\b", "jusqu'à"),
        (r"\b(?:about|around|nearly|almost|approximately|roughly)\b", "environ"),
    )
)


def as_french(sentence: str) -> str:
    """`sentence` with its figures, dates and limits as French writes them: only for comparing those."""
    text = sentence
    for dated in (
        rf"\b{_DAY} (?:of )?{_MONTH}\b,?(?P<year> \d{{4}})?",
        rf"\b{_MONTH} {_DAY}\b(?:,? (?P<year>\d{{4}}))?",
    ):
        text = re.sub(dated, _french_date, text, flags=re.IGNORECASE)
    text = re.sub(rf"\b{_MONTH}(?= \d{{4}})", lambda match: _month(match["month"]), text, flags=re.IGNORECASE)
    text = re.sub(r"\b[a-z]+\b", lambda match: _NUMBERS.get(match[0].lower(), match[0]), text, flags=re.IGNORECASE)
    for form, said in _REWRITTEN:
        text = form.sub(said, text)
    return text


def is_likely(sentence: str, cited: Sequence[Source], encode: Encode, least: float = 0.0) -> bool:
    """Whether the passages cited are near enough in meaning to an English sentence, by `least` more than usual."""
    units = [unit for source in cited for unit in source.units]
    if not units:
        return False
    vectors = encode([sentence, *(unit.text[:_LONGEST] for unit in units)])
    cosine = float((vectors[1:] @ vectors[0]).max())
    told = [word for word in dict.fromkeys(words(sentence)) if len(word) >= _COGNATE and word.isalpha()]
    known = frozenset().union(*(source.families for source in cited))
    cognates = sum(word[:_COGNATE] in known for word in told) / max(1, len(told))
    return _COSINE * cosine + _COGNATES * cognates + _BIAS >= _THRESHOLD + least


def nearest_units(sentence: str, source: Source, encode: Encode) -> list[SourceUnit]:
    """The unit of a source whose vector is nearest to the sentence."""
    vectors = encode([sentence, *(unit.text[:_LONGEST] for unit in source.units)])
    return [source.units[int((vectors[1:] @ vectors[0]).argmax())]] if source.units else []


def _french_date(match: re.Match[str]) -> str:
    return f"{int(match['day'])} {_month(match['month'])} {(match['year'] or '').strip()}".strip()


def _month(name: str) -> str:
    return MONTHS[_MONTHS.index(name.lower())]
