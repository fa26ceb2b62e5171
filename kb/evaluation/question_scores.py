"""The figures that one question counts in, from what came back for it."""

from __future__ import annotations

from kb.answering.serialize import CitationJson
from kb.evaluation.questions import EvaluationQuestion
from kb.evaluation.results import EvaluationRow
from kb.evaluation.scoring import metrics


def score(question: EvaluationQuestion, row: EvaluationRow, *, answers: bool = True) -> dict[str, float]:
    """The figures that `row` counts in, each from 0 to 1, computed from the row alone.

    Retrieval figures need `documents`; refusals, facts and citations need `unanswerable` or `expected_facts`.
    With the refusals goes `confidence`, where it was measured: no figure of its own, `refusal_auc` is made of it.
    Citations and figures are those of answers that were given: a refusal has none. A question that failed counts in
    none: what went wrong says nothing of how well it would have been answered.
    """
    scores: dict[str, float] = {}
    if row["error"] is not None:
        return scores
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
    elif question.expected_facts or question.expected_quotes:
        text = "" if refused else row["answer"] or ""
        scores["false_refusals"] = float(refused)
        if question.expected_facts:
            scores["fact_recall"] = metrics.fact_recall(text, question.expected_facts, question.question)
            if question.history:
                scores["follow_ups"] = scores["fact_recall"]
        if question.expected_quotes:
            shown = [citation["quote"] for citation in row["citations"]]
            scores["quote_recall"] = metrics.quote_recall(shown, question.expected_quotes)
        scores["first_sentence"] = metrics.first_sentence(text, question.expected_facts, question.expected_quotes)
        if not refused:
            scores["sentences_shown"] = float(metrics.sentences_shown(text))
            cited = [citation["document"] for citation in row["citations"]]
            if relevant:
                scores["citation_precision"] = metrics.citation_precision(cited, relevant)
                scores["citation_recall"] = metrics.citation_recall(cited, relevant)
            if row["answer"] is not None:
                scores["unsupported_figures"] = float(bool(metrics.unsupported_figures(text, _sources(question, row))))
    if row["confidence"] is not None and scores.keys() & {"refused_unanswerable", "false_refusals"}:
        scores["confidence"] = row["confidence"]
    if question.forbidden_facts and not refused:
        scores["forbidden_facts"] = metrics.forbidden_facts(
            row["answer"] or "", question.forbidden_facts, question.question
        )
    if not refused and row["true_quotes"] is not None:
        scores["true_quotes"] = row["true_quotes"]
    return scores


def _sources(question: EvaluationQuestion, row: EvaluationRow) -> list[str]:
    def texts(citation: CitationJson) -> list[str]:
        # Runs kept from before citations had headings lack them.
        heading = citation.get("heading", "")
        return [citation["excerpt"], citation["quote"], citation["title"], citation["date"] or "", heading]

    cited = [text for citation in row["citations"] for text in texts(citation)]
    return [question.question, row["standalone_question"] or "", *cited]
