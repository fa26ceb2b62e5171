"""The form of a test query, and the lists beside it: from what is kept to what fields show, and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import gradio as gr

from kb.evaluation.questions import EvaluationQuestion
from kb.records.feedback import REASONS, VERDICTS, Feedback
from kb.text.folding import fold
from kb.text.moments import french_moment
from kb.web import strings

_MOST_SHOWN = 12  # queries of the list, which a search narrows


def narrowed(kept: list[tuple[str, str]], wanted: str) -> Any:
    """The list of queries whose label holds all of some words: the first ones, and how many there are."""
    parts = fold(wanted).split()
    found = [choice for choice in kept if all(part in fold(choice[0]) for part in parts)]
    told = strings.NO_QUERIES if not kept else strings.NO_QUERY_FOUND if not found else ""
    if len(found) > _MOST_SHOWN:
        told = strings.QUERIES_SHOWN.format(shown=_MOST_SHOWN, total=len(found))
    return gr.update(choices=found[:_MOST_SHOWN], value=None, info=told)


def fields(query: EvaluationQuestion | None) -> list[Any]:
    if query is None:
        return ["", "", [], "", "", False, ""]
    facts = [
        "\n".join(" | ".join(forms) for forms in facts_of_kind)
        for facts_of_kind in (query.expected_facts, query.forbidden_facts)
    ]
    return [query.id, query.question, list(query.documents), *facts, query.unanswerable, query.kind or ""]


def query_of(
    name: str, question: str, documents: Iterable[str], expected: str, forbidden: str, unanswerable: bool, kind: str
) -> EvaluationQuestion:
    def lines(text: str) -> list[str]:
        return [line.strip() for line in text.splitlines() if line.strip()]

    def facts(text: str) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(form.strip() for form in line.split("|") if form.strip()) for line in lines(text))

    return EvaluationQuestion(
        id=name.strip(),
        question=question.strip(),
        documents=tuple(dict.fromkeys(map(str, documents))),
        expected_facts=facts(expected),
        forbidden_facts=facts(forbidden),
        unanswerable=bool(unanswerable),
        kind=kind.strip() or None,
    )


def feedback_label(feedback: Feedback) -> str:
    reason = f" ({REASONS[feedback.reason]})" if feedback.reason else ""
    return f"{french_moment(feedback.at)} : {VERDICTS[feedback.verdict]}{reason} — {feedback.question}"


def query_label(query: EvaluationQuestion) -> str:
    return f"{query.id} — {query.question}" + ("" if query.reviewed else f" ({strings.NOT_REVIEWED})")
