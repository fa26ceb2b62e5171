"""Questions parsed without a base (each of their words is looked for, all equally rare), and how others ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import cast

from kb.answering.serialize import AnswerJson, SecondsJson
from kb.question.parsing import question_of
from kb.question.terms import SearchTerms
from kb.text.stems import stems
from kb.types import Alternative, Group, Question


def parsed(text: str, *more: Group, rarity: float = 2.0) -> Question:
    """The question `text`; `more` are groups of words to look for besides its own."""
    groups = (*((Alternative((stem,)),) for stem in dict.fromkeys(stems(text))), *more)
    return question_of(text, text, SearchTerms(text, groups, ()), lambda _: rarity)


def moment(day: int, hour: int = 12) -> datetime:
    """A moment of March 2026, whose 2nd, 9th, 16th… are Mondays."""
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def recent(minutes: float = 60.0) -> str:
    """So many minutes ago, as moments are kept: within every retention, whatever day the tests run."""
    return (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat(timespec="seconds")


def refused(question: str, reason: str = "no_evidence", understood: str = "") -> AnswerJson:
    """The refusal of a question."""
    answer = answered(question)
    told = {"refused": True, "reason": reason, "citations": [], "standalone_question": understood or question}
    return cast("AnswerJson", {**answer, **told})


def answered(question: str, seconds: float = 0.5, documents: tuple[str, ...] = ("a.md",)) -> AnswerJson:
    """An answer that cites documents, in `seconds`."""
    citations = [{"document": document, "number": number} for number, document in enumerate(documents, 1)]
    return cast(
        "AnswerJson",
        {
            "question": question,
            "standalone_question": question,
            "answer": "Oui.",
            "refused": False,
            "reason": None,
            "confidence": None,
            "citations": citations,
            "nearest": [],
            "retrieved": list(documents),
            "warnings": [],
            "answerer": "extractive",
            "model": None,
            "seconds": SecondsJson(retrieval=seconds / 2, answer=seconds / 2),
        },
    )
