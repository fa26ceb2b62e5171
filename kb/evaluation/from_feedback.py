"""What a reader said of an answer, as a test query to complete."""

from __future__ import annotations

import re

from kb.evaluation.questions import EvaluationQuestion
from kb.records.feedback import Feedback
from kb.text.figures import figures

_NAME = re.compile(r"avis-([1-9][0-9]{0,9})")


def name_of(feedback: Feedback) -> str:
    """What the test query of a feedback is called."""
    return f"avis-{feedback.id}"


def number_in(name: str) -> int | None:
    """The number of the feedback whose test query is called `name`; None for any other name."""
    found = _NAME.fullmatch(name)
    return None if found is None else int(found[1])


def to_query(feedback: Feedback) -> EvaluationQuestion:
    """The test query that a feedback makes, for a person to complete: what is known of it is filled in.

    A good answer gives its documents and figures as what is expected; one that should have been refused makes an
    unanswerable question; of any other bad answer only the question is known for sure.
    """
    cited = tuple(dict.fromkeys(citation["document"] for citation in feedback.answer["citations"]))
    is_good = feedback.verdict == "good" and not feedback.answer["refused"]
    facts = [figure.text for figure in figures(str(feedback.answer["answer"] or ""))] if is_good else []
    return EvaluationQuestion(
        id=name_of(feedback),
        question=feedback.question,
        documents=cited if is_good else (),
        expected_facts=tuple((fact,) for fact in dict.fromkeys(facts)),
        unanswerable=feedback.reason == "should_refuse"
        or (feedback.verdict == "good" and bool(feedback.answer["refused"])),
        kind="avis",
    )
