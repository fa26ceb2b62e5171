"""What went wrong with a question, in a word that staff understand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from kb.evaluation.questions import EvaluationQuestion
from kb.evaluation.results import EvaluationRow

Diagnosis = Literal[
    "ok", "error", "wrong_figure", "answered", "refused", "not_retrieved", "not_used", "incomplete", "unscored"
]

LABELS: Mapping[Diagnosis, str] = {
    "ok": "Bonne réponse",
    "error": "La question a échoué",
    "wrong_figure": "Chiffre faux ou non sourcé",
    "answered": "Répond alors que les documents ne répondent pas",
    "refused": "Refuse alors que les documents répondent",
    "not_retrieved": "Le bon document n'est pas trouvé",
    "not_used": "Le bon document est trouvé, mais pas utilisé",
    "incomplete": "Réponse incomplète",
    "unscored": "Rien à vérifier",
}
"""What is shown for each, the worst first after `ok`."""


def diagnose(question: EvaluationQuestion, row: EvaluationRow, scores: Mapping[str, float]) -> Diagnosis:
    """The first thing that went wrong, from the surest cause to the least; `ok` when nothing did."""
    if row["error"] is not None:
        return "error"
    if scores.get("forbidden_facts") or scores.get("unsupported_figures"):
        return "wrong_figure"
    if scores.get("refused_unanswerable") == 0:
        return "answered"
    found = scores.get("hit@10", 1.0) > 0
    if scores.get("false_refusals"):
        return "refused" if found else "not_retrieved"
    if not found:
        return "not_retrieved"
    if scores.get("fact_recall", 1.0) < 1:
        cited = {citation["document"] for citation in row["citations"]}
        return "incomplete" if cited & set(question.documents) or not question.documents else "not_used"
    return "ok" if scores else "unscored"
