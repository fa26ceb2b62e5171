"""Asking test queries of a knowledge base, whatever is inside it, and scoring what comes back for each of them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from kb.answering.serialize import answer_to_json, document_ids
from kb.errors import ReperesError
from kb.evaluation.question_scores import score
from kb.evaluation.questions import EvaluationQuestion
from kb.evaluation.results import EvaluationResult, EvaluationRow, QuestionResult
from kb.evaluation.scoring import metrics
from kb.types import Answer, Hit, Message

log = logging.getLogger(__name__)

# Passages asked for at first: several passages of a document count once, and ten documents are ranked.
_PASSAGES = 50
_DOCUMENTS = 10


class EvaluatedBase(Protocol):
    """What an evaluation asks of a knowledge base."""

    def search(self, question: str, *, history: Sequence[Message] = (), k: int = 10) -> Sequence[Hit]:
        """The `k` best passages for the question, best first."""
        ...

    def ask(self, question: str, *, history: Sequence[Message] = (), answerer: str = "auto") -> Answer:
        """The answer to the question; its hits rank ten documents where there are."""
        ...


def evaluate(
    knowledge: EvaluatedBase,
    questions: Sequence[EvaluationQuestion],
    *,
    answers: bool = True,
    answerer: str = "auto",
    progress: Callable[[int, int], None] | None = None,
    known: Mapping[str, EvaluationRow] | None = None,
    keep: Callable[[int, QuestionResult], None] | None = None,
) -> EvaluationResult:
    """Asks each question (`answers`) or only searches for it, and scores what comes back.

    A question that fails counts in no figure, its row holds the reason, and the rest goes on.
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


def _answered(knowledge: EvaluatedBase, question: EvaluationQuestion, answerer: str) -> EvaluationRow:
    began = time.perf_counter()
    first: float | None = None
    stream = getattr(knowledge, "stream", None)
    if stream is None:
        answer = knowledge.ask(question.question, history=question.history, answerer=answerer)
    else:
        for state in stream(question.question, history=question.history, answerer=answerer):
            if state.text:  # before it, only the documents that are read are shown
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


def _true_quotes(knowledge: EvaluatedBase, answer: Answer) -> float | None:
    """Looked for in the documents as the base holds them, not in what the answer says of them."""
    read = getattr(knowledge, "document", None)
    if not answer.citations or read is None:
        return None
    documents = {cited.document.id: read(cited.document.id) for cited in answer.citations}
    texts = {name: document.text if document else None for name, document in documents.items()}
    return metrics.true_quotes(
        [(cited.quote, texts[cited.document.id], cited.start, cited.end) for cited in answer.citations]
    )


def _searched(knowledge: EvaluatedBase, question: EvaluationQuestion) -> EvaluationRow:
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
        "confidence": None,
        "citations": [],
        "nearest": [],
        "retrieved": [],
        "warnings": [],
        "answerer": None,
        "model": None,
        "seconds": {"retrieval": None, "answer": None},
        "error": None,
        "true_quotes": None,
        "latency": {},
    }
