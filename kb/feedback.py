"""What readers say of answers, and how it becomes a test query."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from kb.evaluation.questions import EvaluationQuestion
from kb.french.figures import figures

Verdict = Literal["good", "bad"]
Status = Literal["new", "kept", "dismissed"]

REASONS: Mapping[str, str] = {
    "wrong": "Réponse fausse",
    "incomplete": "Réponse incomplète",
    "bad_source": "Mauvaise source",
    "should_answer": "Aurait dû répondre",
    "should_refuse": "N'aurait pas dû répondre",
    "outdated": "Information périmée",
}
"""Why an answer is not good, as readers choose it."""

VERDICTS: Mapping[Verdict, str] = {"good": "utile", "bad": "pas utile"}
STATUSES: Mapping[Status, str] = {"new": "à relire", "kept": "devenu question de test", "dismissed": "écarté"}
LONGEST_COMMENT = 2_000


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a reader said of an answer. `answer` is the answer in the form of `reperes ask --json`; `at` an ISO date and
    time in UTC; `generation` the state of the base that gave it. No name is kept.
    """

    id: int
    at: str
    verdict: Verdict
    reason: str | None
    comment: str
    answer: Mapping[str, Any]
    generation: int
    status: Status = "new"

    @property
    def question(self) -> str:
        """The question as it was understood."""
        return str(self.answer["standalone_question"] or self.answer["question"])


def to_query(feedback: Feedback) -> EvaluationQuestion:
    """The test query that a feedback makes, for a person to complete: what is known of it is filled in.

    A good answer gives its documents and figures as what is expected; one that should have been refused makes an
    unanswerable question; of any other bad answer only the question is known for sure.
    """
    cited = tuple(dict.fromkeys(each["document"] for each in feedback.answer["citations"]))
    is_good = feedback.verdict == "good" and not feedback.answer["refused"]
    facts = [each.text for each in figures(str(feedback.answer["answer"] or ""))] if is_good else []
    return EvaluationQuestion(
        id=f"avis-{feedback.id}",
        question=feedback.question,
        documents=cited if is_good else (),
        expected_facts=tuple((fact,) for fact in dict.fromkeys(facts)),
        unanswerable=feedback.reason == "should_refuse"
        or (feedback.verdict == "good" and bool(feedback.answer["refused"])),
        kind="avis",
    )


def to_csv(found: Iterable[Feedback]) -> bytes:
    """A CSV file that spreadsheets in French open as it is."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(("numéro", "date", "avis", "raison", "commentaire", "question", "réponse", "documents", "état"))
    for each in found:
        documents = dict.fromkeys(citation["document"] for citation in each.answer["citations"])
        cells = (
            str(each.id),
            each.at,
            VERDICTS[each.verdict],
            REASONS.get(each.reason or "", ""),
            each.comment,
            each.question,
            str(each.answer["answer"] or ""),
            "\n".join(documents),
            STATUSES[each.status],
        )
        writer.writerow(["'" + cell if cell[:1] in "=+-@\t\r" and cell else cell for cell in cells])
    return text.getvalue().encode("utf-8-sig")
