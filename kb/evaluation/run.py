"""Running test queries against a knowledge base, whatever is inside it, and scoring each of them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from kb.answering.serialize import AnswerJson, CitationJson, answer_to_json, document_ids
from kb.errors import ReperesError
from kb.evaluation.questions import EvaluationQuestion
from kb.evaluation.scoring import metrics
from kb.evaluation.scoring.bootstrap import bootstrap_interval
from kb.types import Answer, Hit, Message

log = logging.getLogger(__name__)

# Passages asked for at first: several passages of a document count once, and ten documents are ranked.
_PASSAGES = 50
_DOCUMENTS = 10


class Evaluated(Protocol):
    """What an evaluation asks of a knowledge base."""

    def search(self, question: str, *, history: Sequence[Message] = (), k: int = 10) -> Sequence[Hit]:
        """The `k` best passages for the question, best first."""
        ...

    def ask(self, question: str, *, history: Sequence[Message] = (), answerer: str = "auto") -> Answer:
        """The answer to the question; its hits rank ten documents where there are."""
        ...


class EvaluationRow(AnswerJson):
    """An answer as `reperes ask --json` gives it, with the id of its test query and, if it failed, the reason.

    `true_quotes` is the share of its quotes that stand in their documents, None when there is none or it is not known;
    `latency` the seconds until something was shown (`first`) and until the answer was whole (`total`).
    """

    id: str
    error: str | None
    true_quotes: float | None
    latency: dict[str, float | None]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over `n` questions with its 95 % interval; None for all three when n is 0."""

    value: float | None
    low: float | None
    high: float | None
    n: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Estimate:
        """The mean of `values` and its bootstrap interval."""
        if not values:
            return cls(None, None, None, 0)
        return cls(sum(values) / len(values), *bootstrap_interval(values), len(values))


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """One question, what came back, and its value for each figure that it counts in."""

    question: EvaluationQuestion
    row: EvaluationRow
    scores: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class EvaluationResult:
    """The results of a run, in the order of the questions."""

    results: tuple[QuestionResult, ...]

    def estimate(self, figure: str, kind: str | None = None) -> Estimate:
        """The mean of `figure` over the questions that count in it, those of one `kind` only when given."""
        return Estimate.of(
            [
                each.scores[figure]
                for each in self.results
                if figure in each.scores and kind in (None, each.question.kind)
            ]
        )

    @property
    def kinds(self) -> list[str]:
        """The kinds of the questions, in order of first use."""
        return list(dict.fromkeys(each.question.kind for each in self.results if each.question.kind))

    @property
    def errors(self) -> list[QuestionResult]:
        """The questions that failed."""
        return [each for each in self.results if each.row["error"] is not None]

    def latency(self, percent: float, stage: str = "retrieval") -> float | None:
        """The percentile `percent` of the seconds that a stage took; None when nothing was timed.

        Stages: `retrieval`, `first` (until something was shown), `total` (until the answer was whole).
        """
        known = self.seconds(stage)
        return float(np.percentile(known, percent)) if known else None

    def seconds(self, stage: str) -> list[float]:
        """The seconds that a stage took, of the questions that it was timed for."""
        taken = [
            each.row["seconds"]["retrieval"] if stage == "retrieval" else each.row["latency"].get(stage)
            for each in self.results
        ]
        return [seconds for seconds in taken if seconds is not None]


def evaluate(
    knowledge: Evaluated,
    questions: Sequence[EvaluationQuestion],
    *,
    answers: bool = True,
    answerer: str = "auto",
    progress: Callable[[int, int], None] | None = None,
    known: Mapping[str, EvaluationRow] | None = None,
    keep: Callable[[int, QuestionResult], None] | None = None,
) -> EvaluationResult:
    """Asks each question (`answers`) or only searches for it, and scores what comes back.

    A question that fails counts as one that found and said nothing, its row holds the reason, and the rest goes on.
    `progress` is called after each question with how many are done and how many there are. Questions whose row is
    `known` already are not asked again; `keep` is given each result with its place as soon as it is there.
    """
    results = []
    for done, question in enumerate(questions, start=1):
        if known and question.id in known:
            row = known[question.id]
            results.append(QuestionResult(question, row, score(question, row, answers=answers)))
            continue
        try:
            row = _answered(knowledge, question, answerer) if answers else _searched(knowledge, question)
        except Exception as error:
            log.exception("question %s failed", question.id)
            reason = str(error) if isinstance(error, ReperesError) else f"erreur inattendue ({error!r})"
            row = _empty_row(question) | {"error": reason}
        results.append(QuestionResult(question, row, score(question, row, answers=answers)))
        if keep is not None:
            keep(done, results[-1])
        if progress is not None:
            progress(done, len(questions))
    return EvaluationResult(tuple(results))


def score(question: EvaluationQuestion, row: EvaluationRow, *, answers: bool = True) -> dict[str, float]:
    """The figures that `row` counts in, each from 0 to 1, computed from the row alone.

    Retrieval figures need `documents`; refusals, facts and citations need `unanswerable` or `expected_facts`.
    Citations and figures are those of answers that were given: a refusal has none.
    """
    scores: dict[str, float] = {}
    relevant = question.documents
    if relevant:
        retrieved = row["retrieved"]
        scores |= {f"hit@{k}": metrics.hit_at_k(retrieved, relevant, k) for k in (1, 3, 5, 10)}
        scores["mrr@10"] = metrics.reciprocal_rank(retrieved, relevant, 10)
        scores["ndcg@10"] = metrics.ndcg_at_k(retrieved, relevant, 10)
        scores["recall@10"] = metrics.recall_at_k(retrieved, relevant, 10)
    if not answers:
        return scores
    refused = bool(row["refused"])
    if question.unanswerable:
        scores["refused_unanswerable"] = float(refused)
    elif question.expected_facts:
        text = "" if refused else row["answer"] or ""
        scores["false_refusals"] = float(refused)
        scores["fact_recall"] = metrics.fact_recall(text, question.expected_facts, question.question)
        if question.history:
            scores["follow_ups"] = scores["fact_recall"]
        if not refused:
            cited = [each["document"] for each in row["citations"]]
            if relevant:
                scores["citation_precision"] = metrics.citation_precision(cited, relevant)
                scores["citation_recall"] = metrics.citation_recall(cited, relevant)
            if row["answer"] is not None:
                scores["unsupported_figures"] = float(bool(metrics.unsupported_figures(text, _sources(question, row))))
    if question.forbidden_facts and not refused:
        scores["forbidden_facts"] = metrics.forbidden_facts(
            row["answer"] or "", question.forbidden_facts, question.question
        )
    if not refused and row["true_quotes"] is not None:
        scores["true_quotes"] = row["true_quotes"]
    return scores


def _sources(question: EvaluationQuestion, row: EvaluationRow) -> list[str]:
    def texts(citation: CitationJson) -> list[str]:
        return [citation["excerpt"], citation["quote"], citation["title"], citation["date"] or ""]

    cited = [text for citation in row["citations"] for text in texts(citation)]
    return [question.question, row["standalone_question"] or "", *cited]


def _answered(knowledge: Evaluated, question: EvaluationQuestion, answerer: str) -> EvaluationRow:
    began = time.perf_counter()
    first: float | None = None
    stream = getattr(knowledge, "stream", None)
    if stream is None:
        answer = knowledge.ask(question.question, history=question.history, answerer=answerer)
    else:
        for state in stream(question.question, history=question.history, answerer=answerer):
            first = first or time.perf_counter() - began
            answer = state
    total = time.perf_counter() - began
    return {
        "id": question.id,
        **answer_to_json(answer),
        "error": None,
        "true_quotes": _true_quotes(knowledge, answer),
        "latency": {"first": round(first or total, 4), "total": round(total, 4)},
    }


def _true_quotes(knowledge: Evaluated, answer: Answer) -> float | None:
    """Looked for in the documents as the base holds them, not in what the answer says of them."""
    read = getattr(knowledge, "document", None)
    if not answer.citations or read is None:
        return None
    documents = {each.document.id: read(each.document.id) for each in answer.citations}
    texts = {name: document.text if document else None for name, document in documents.items()}
    return metrics.true_quotes(
        [(each.quote, texts[each.document.id], each.start, each.end) for each in answer.citations]
    )


def _searched(knowledge: Evaluated, question: EvaluationQuestion) -> EvaluationRow:
    row = _empty_row(question)
    start = time.perf_counter()
    hits = knowledge.search(question.question, history=question.history, k=_PASSAGES)
    row["seconds"]["retrieval"] = round(time.perf_counter() - start, 4)
    wanted = _PASSAGES
    # Long documents may fill every place: go deeper until ten documents are ranked or nothing more comes.
    while len(row_documents := document_ids(hits)) < _DOCUMENTS and len(hits) >= wanted:
        wanted *= 4
        hits = knowledge.search(question.question, history=question.history, k=wanted)
    row["retrieved"] = row_documents
    return row


def _empty_row(question: EvaluationQuestion) -> EvaluationRow:
    return {
        "id": question.id,
        "question": question.question,
        "standalone_question": None,
        "answer": None,
        "refused": None,
        "reason": None,
        "citations": [],
        "retrieved": [],
        "warnings": [],
        "answerer": None,
        "model": None,
        "seconds": {"retrieval": None, "answer": None},
        "error": None,
        "true_quotes": None,
        "latency": {},
    }
