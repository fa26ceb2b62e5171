"""Do the documents answer? A calibrated probability, and what is done with it. Better no answer than a wrong one.

Two logistic regressions over what the reader makes of the best passages and units, and over signs that hang on words
alone: how much of the question's words the passages hold, names of it that they lack. `refusal.json` holds their
weights, what they were fitted on and with which reader (`python -m benchmarks.refusals`); `reperes calibrate` fits the
second one anew over a base and questions of one's own.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np

from kb.answering.reading import Read
from kb.errors import SettingsError
from kb.question.intent import missing_names
from kb.question.topic import is_rare
from kb.text.context import in_context
from kb.text.stems import stems
from kb.types import Group, Hit, Question

REFUSAL = "Je ne trouve pas cette information dans les documents."
UNSAID = "Je ne trouve pas cette information dans les documents : ils en parlent sans le dire."
NEAREST_TITLE = "Phrases les plus proches"
NEAREST_NOTE = "Elles en parlent sans répondre : vérifiez-les avant de vous en servir."
# Tried and left out, the area under the curve being as large without: the reader's best unit alone, the words held by
# the best passage alone, a figure that is asked for and not given, a noun that is asked for and never said, a base that
# knows none of the words as written (python -m benchmarks.refusals, 29 November 2026), the share of the question's
# words that the best unit is understood by (1 December 2026).
FEATURES = (
    "all_units",
    "best_passage",
    "best_score",
    "units",
    "coverage",
    "held_words",
    "missing_name",
    "same_document",
)
Caution = Literal["low", "normal", "high"]
"""How sure an answer must be: `high` refuses more questions, those that the documents answer too."""
CAUTIONS: tuple[Caution, ...] = get_args(Caution)
Outcome = Literal["answered", "unsaid", "refused"]

# Below, the question has nothing to do with the base. Measured 2026-11-28: of 389 answerable questions of three bases
# (those of benchmarks/formats.py), 0.20 refuses none, 0.25 one, 0.35 seven; but 0.20 one of the 28 of a base of twelve
# documents (tests/data/second_base), which hold few words. Of questions about nothing that a base holds, most have 0.
_OFF_TOPIC_COVERAGE = 0.10
_BEST = 4  # units: as many as an answer shows
# How people shorten « combien », « nombre » and « contre »: no document would.
_SHORTHAND = frozenset({"cb", "nb", "vs"})


@dataclass(frozen=True, slots=True)
class Regression:
    """A fitted logistic regression: for each feature its weight, and the mean and standard deviation that standardise
    it.
    """

    by_feature: Mapping[str, tuple[float, float, float]]
    bias: float

    def probability(self, values: Mapping[str, float]) -> float:
        """From 0 to 1."""
        logit = self.bias + sum(
            weight * (values[name] - mean) / spread for name, (weight, mean, spread) in self.by_feature.items()
        )
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, logit))))

    def kept(self) -> dict[str, Any]:
        """What `regression_of` takes."""
        weights, means, spreads = (
            {name: numbers[place] for name, numbers in self.by_feature.items()} for place in range(3)
        )
        return {"weights": weights, "means": means, "spreads": spreads, "bias": self.bias}


@dataclass(frozen=True, slots=True)
class Calibration:
    """Two regressions: that the documents speak of what is asked (`spoken`, fitted against questions about nothing that
    they hold), and that they then say it (`said`, against near-misses). As one, they refused fewer of either kind.

    `thresholds` gives for each caution the probability of both from which a question is answered, and `near` that of
    the first from which the documents are said to speak of it; `reader` is the identity of the reader that it was
    fitted with, `fitted` the ISO date, where it is known.
    """

    said: Regression
    spoken: Regression
    thresholds: Mapping[str, float]
    near: float
    reader: str
    fitted: str | None = None

    def outcome(self, values: Mapping[str, float], caution: Caution) -> Outcome:
        """What is done for a question of these features: answer, say that the documents only speak of it, or refuse."""
        return "answered" if self.confidence(values) >= self.thresholds[caution] else self.unanswered(values)

    def unanswered(self, values: Mapping[str, float]) -> Outcome:
        """What is done for a question that is not answered."""
        return "unsaid" if self.spoken.probability(values) >= self.near else "refused"

    def confidence(self, values: Mapping[str, float]) -> float:
        """The probability (0 to 1) that the documents answer: that they speak of it, and say it."""
        return self.spoken.probability(values) * self.said.probability(values)


def calibration_of(kept: Mapping[str, object]) -> Calibration:
    """The calibration that a JSON object holds. Raises KeyError, TypeError, ValueError or OverflowError for another.

    One of before 29 November 2026, a single regression on features that are no more, is read too, as both: it can then
    be told from a damaged one, and ignored (`why_ignored`).
    """
    fit: dict[str, Any] = dict(kept)
    halves = {"said": fit, "spoken": fit} if "weights" in fit else fit
    found = Calibration(
        regression_of(halves["said"]),
        regression_of(halves["spoken"]),
        {caution: float(fit["thresholds"][caution]) for caution in CAUTIONS},
        float(fit["near"]),
        str(fit["reader"]),
        str(fit["fitted"]) if "fitted" in fit else None,
    )
    if not all(map(math.isfinite, [found.near, *found.thresholds.values()])):
        raise ValueError("a number that no fit gives")
    return found


def regression_of(kept: Mapping[str, Any]) -> Regression:
    """The regression that a JSON object holds. Raises KeyError, TypeError, ValueError or OverflowError for another."""
    weights, means, spreads = (kept[part] for part in ("weights", "means", "spreads"))
    found = Regression(
        {name: (float(weights[name]), float(means[name]), float(spreads[name])) for name in weights},
        float(kept["bias"]),
    )
    numbers = [found.bias, *(number for numbers in found.by_feature.values() for number in numbers)]
    if not all(map(math.isfinite, numbers)) or any(spread <= 0 for _, _, spread in found.by_feature.values()):
        raise ValueError("a number that no fit gives")
    return found


@cache
def shipped_calibration() -> Calibration:
    """The one that comes with the package."""
    return calibration_of(json.loads(files("kb.answering").joinpath("refusal.json").read_text(encoding="utf-8")))


def calibration_for(path: Path, reader: str) -> Calibration:
    """The calibration that `reperes calibrate` wrote to `path`, else, or where it does not count with the reader of
    identity `reader`, the shipped one. Raises SettingsError when the file cannot be read.
    """
    own = own_calibration(path)
    return shipped_calibration() if own is None or why_ignored(own, reader) else own


def own_calibration(path: Path) -> Calibration | None:
    """What `reperes calibrate` wrote to `path`, None without it. Raises SettingsError when it cannot be read."""
    try:
        return calibration_of(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError) as error:
        raise SettingsError(
            f"Le réglage des refus {path} est illisible ({type(error).__name__} : {error}). Relancez "
            "« reperes calibrate », ou ôtez-le (« reperes calibrate --remove »)."
        ) from error


def why_ignored(own: Calibration, reader: str) -> str | None:
    """In French, why a calibration of one's own does not count with the reader of identity `reader`; None: it does."""
    if own.reader != reader:
        return f"il a été fait avec un autre modèle de lecture ({own.reader}, celui-ci est {reader})"
    if {*own.said.by_feature, *own.spoken.by_feature} - set(FEATURES):
        return "il a été fait avec une autre version de Repères"
    return None


def features(question: Question, hits: Sequence[Hit], read: Read) -> dict[str, float]:
    """What the probability is made of, by the names in `FEATURES`; `hits` are the passages that were read.

    The log of the summed odds of all units, the logit of the best passage, the score of the best unit, the log of how
    many units there were (few in a small base, where their odds sum up to less); the share of the question's words that
    the passages hold, by rarity, and with one more for each (in a small base a word is in every passage, or rare); 1
    when they lack a rare name of it; the share of the four best units that are of the best one's document.
    """
    whole = _whole(hits)
    there = _stems_of(whole)
    logits = np.array([unit.read for unit in read.units] or [-12.0])
    missing = any(
        is_rare(name, question) and not _is_spelt(name, question.groups, there)
        for name in missing_names(question.names, whole)
    )
    return {
        "all_units": float(np.logaddexp.reduce(logits)),
        "best_passage": max(read.relevances, default=-12.0),
        "best_score": max((unit.evidence.score for unit in read.units), default=-12.0),
        "units": math.log(len(logits)),
        "coverage": coverage(question, there),
        "held_words": coverage(question, there, 1.0),
        "missing_name": float(missing),
        "same_document": _same_document(read),
    }


def _same_document(read: Read) -> float:
    documents = [unit.evidence.document.id for unit in read.units[:_BEST]]
    return documents.count(documents[0]) / len(documents) if documents else 0.0


def is_off_topic(question: Question, hits: Sequence[Hit]) -> bool:
    """Whether `question` has nothing to do with the base, of which `hits` are the nearest passages."""
    # Corrected, unknown words come near to known ones: « cuire un œuf » is no « cuite » of « neuf ». None of the 2,064
    # questions of three bases is so (28 November 2026).
    return question.is_foreign or coverage(question, _stems_of(_whole(hits))) < _OFF_TOPIC_COVERAGE


def _whole(hits: Sequence[Hit]) -> str:
    return "\n".join(in_context(hit.document, hit.passage) for hit in hits)


def _stems_of(text: str) -> set[str]:
    """The stems of a text, line by line: those of the lines of a passage are remembered from question to question."""
    return {stem for line in text.splitlines() for stem in stems(line)}


def coverage(question: Question, there: set[str], more: float = 0.0) -> float:
    """The share (0 to 1) of the question's words, weighted by rarity and `more`, that `there` holds; 1 when it has
    none.
    """
    total = held = 0.0
    for group in question.groups:
        if group[0].stems[0] in _SHORTHAND:
            continue
        weight = more + max(question.rarity(stem) for stem in group[0].stems)
        total += weight
        held += weight * any(set(way.stems) <= there for way in group)
    return held / total if total else 1.0


def _is_spelt(name: str, groups: Sequence[Group], there: set[str]) -> bool:
    """Whether the passages hold a name in its other form: an acronym spelled out, or the acronym of a full name."""
    named = set(stems(name))
    return any(
        any(named & set(way.stems) for way in group) and any(set(way.stems) <= there for way in group)
        for group in groups
    )
