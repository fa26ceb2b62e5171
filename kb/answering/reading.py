"""Hits -> Evidence[]: the units of the passages found, each with how well it answers, as the reader judges.

The logit of a unit stands beside « nothing answers », whose logit is 0: above it, the unit is likelier than not to be
what the question asks for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from kb.answering.asked.definitions import asks_purpose, described, tells_what
from kb.answering.asked.near_names import mistaken
from kb.answering.asked.prices import asks_price, price_fit
from kb.answering.evidence import Candidate, candidates
from kb.index.texts import text_to_read
from kb.models.packaged.quantising import FloatVector
from kb.models.reader.passage_reader import Reader
from kb.question.intent import as_read, figure_fit, word_alone
from kb.text.stems import stems
from kb.text.wording.language import language
from kb.types import Evidence, Hit, Question

# What the unit's logit counts, its passage's (which the unit's holds already), the words that it shares with the
# question and how well its passage was found, both standardised, and whether it has the figure that the question asks
# for: what makes the units that answer likeliest beside the others of their question (a conditional logit, with a
# ridge of 0.5), scaled by a logistic regression to the logit that a unit answers; of 30 November 2026, over 379
# questions of 50 sheets of bench/sheets and 58 of the bundled corpus. By folds of documents the best unit answers for
# 0.67 and 0.69 of them and the four best hold 0.86 and 0.81 of what is expected (without the figures: 0.66 and 0.69,
# 0.85 and 0.77; the reader alone: 0.56 and 0.59, 0.79 and 0.73).
WEIGHTS = (0.576, -0.064, 0.368, 0.400, 1.003)
BIAS = -3.208
_K1, _B = 1.2, 0.75


@dataclass(frozen=True, slots=True)
class Scored:
    """A unit with its score: the logit that it answers, by the reader and the words that it shares with the question.

    `fit` (0 to 1) tells how well its figures suit what the question asks for, `read` is the reader's logit alone.
    """

    evidence: Evidence
    fit: float
    read: float = 0.0


@dataclass(frozen=True, slots=True)
class Read:
    """What was read for a question: `units` best first, and for each of the hits the logit that it answers."""

    units: tuple[Scored, ...]
    relevances: tuple[float, ...]


def read(question: Question, hits: Sequence[Hit], reader: Reader) -> Read:
    """The units of the passages of `hits` with their scores for `question`."""
    found = candidates(hits)
    of_passages: dict[str, list[Candidate]] = {hit.passage.id: [] for hit in hits}
    for candidate in found:
        of_passages[candidate.passage.id].append(candidate)
    texts = [text_to_read(hit.document, hit.passage) for hit in hits]
    spans = [
        [text.span(one.start - hit.passage.start, one.end - hit.passage.start) for one in of_passages[hit.passage.id]]
        for hit, text in zip(hits, texts, strict=True)
    ]
    readings = reader.read(as_read(question.standalone), [text.text for text in texts], spans)
    judged = [
        _Judged(candidate, hit.score, reading.relevance, float(logit), _fit(candidate, question))
        for hit, reading in zip(hits, readings, strict=True)
        for candidate, logit in zip(of_passages[hit.passage.id], reading.units, strict=True)
    ]
    scored = [
        Scored(_evidence(one.candidate, float(score)), one.fit, one.logit)
        for one, score in zip(judged, _scores(question, judged), strict=True)
    ]
    # Equal scores stand in the order of the search.
    scored.sort(key=lambda unit: -unit.evidence.score)
    return Read(tuple(scored), tuple(reading.relevance for reading in readings))


class _Judged(NamedTuple):
    """A candidate with the score of its passage in the search, the reader's logits of its passage and of itself, and
    how well its figures suit the question.
    """

    candidate: Candidate
    found: float
    relevance: float
    logit: float
    fit: float


def _scores(question: Question, judged: Sequence[_Judged]) -> FloatVector:
    """For each a logit."""
    if not judged:
        return np.empty(0, np.float32)
    if word_alone(question.standalone) or language(question.standalone) == "en":
        # A word says nothing of what to say of it, and French documents share none with an English question.
        return np.array([one.logit + BIAS for one in judged], np.float32)
    wanted: dict[str, float] = {}
    for group in question.groups:
        for alternative in group:
            for stem in alternative.stems:
                wanted[stem] = max(wanted.get(stem, 0.0), alternative.weight * question.rarity(stem))
    words = _standardised(np.array(_bm25(wanted, [stems(_in_context(one.candidate)) for one in judged])))
    found = _standardised(np.array([one.found for one in judged]))
    one_figure = question.wants_one_figure
    price = asks_price(question)
    fits = [one_figure * (2 * one.fit if price else float(one.fit > 0)) for one in judged]
    read = np.array([(one.logit, one.relevance, fit) for one, fit in zip(judged, fits, strict=True)], np.float64)
    signs = np.column_stack([read[:, :2], words, found, read[:, 2]])
    mistaken_for = np.array([mistaken(one.candidate.text, _about(one.candidate), question) for one in judged])
    thing, purpose = described(question), asks_purpose(question)
    told = [tells_what(one.candidate.text, _lines_about(one.candidate), thing, purpose=purpose) for one in judged]
    return np.asarray(signs @ np.array(WEIGHTS) + BIAS - mistaken_for + np.array(told), np.float32)


def _fit(candidate: Candidate, question: Question) -> float:
    if not asks_price(question):
        return figure_fit(candidate.text, question)
    return price_fit(candidate.text, _about(candidate), question)


def _about(candidate: Candidate) -> str:
    return "\n".join([candidate.document.title, *candidate.passage.heading_path, candidate.context])


def _lines_about(candidate: Candidate) -> list[str]:
    return [candidate.document.title, *candidate.passage.heading_path, candidate.context]


def _in_context(candidate: Candidate) -> str:
    """A unit with the title, the heading and the line that it is understood by."""
    parts = [candidate.document.title, *candidate.passage.heading_path[-1:], candidate.context, candidate.text]
    return " — ".join(part for part in parts if part)


def _bm25(wanted: Mapping[str, float], texts: Sequence[Sequence[str]]) -> list[float]:
    """BM25 of each text for the wanted stems, with rarities from outside (Robertson and Zaragoza, 2009)."""
    average = sum(len(text) for text in texts) / len(texts) or 1.0
    scores = []
    for text in texts:
        counts = Counter(text)
        norm = _K1 * (1 - _B + _B * len(text) / average)
        scores.append(sum(idf * counts[stem] * (_K1 + 1) / (counts[stem] + norm) for stem, idf in wanted.items()))
    return scores


def _standardised(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Values with mean 0 and standard deviation 1; zeros where they are all the same."""
    spread = float(values.std())
    return (values - values.mean()) / spread if spread > 1e-9 else np.zeros_like(values)


def _evidence(candidate: Candidate, score: float) -> Evidence:
    return Evidence(
        candidate.passage,
        candidate.document,
        candidate.kind,
        candidate.text,
        candidate.start,
        candidate.end,
        score,
        candidate.context,
    )
