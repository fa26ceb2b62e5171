"""How many questions were asked each week, and how they ended."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from statistics import median

from kb.records.asked.questions import AskedQuestion
from kb.records.feedback import Feedback
from kb.records.spreadsheet import guarded

HEADER = (
    *("semaine du", "questions", "avec réponse", "refus", "sans source", "échecs", "avis « pas utile »"),
    "secondes (médiane)",
)


@dataclass(frozen=True, slots=True)
class Week:
    """A week, from its Monday on. `seconds` is the median of the answers' seconds, None without any answer;
    `disliked` are the answers that were said to be of no use during the week, whenever they were given.
    """

    monday: date
    asked: int = 0
    answered: int = 0
    refused: int = 0
    unsourced: int = 0
    failed: int = 0
    disliked: int = 0
    seconds: float | None = None


def weeks(asked: Iterable[AskedQuestion], said: Iterable[Feedback], zone: tzinfo | None = None) -> list[Week]:
    """The weeks of questions and feedback, latest first, those without any in between included. Days are those of
    `zone`, by default that of this machine.
    """
    of_week: dict[date, list[AskedQuestion]] = {}
    disliked: dict[date, int] = {}
    for question in asked:
        of_week.setdefault(_monday(question.at, zone), []).append(question)
    for feedback in said:
        if feedback.verdict == "bad":
            monday = _monday(feedback.at, zone)
            disliked[monday] = disliked.get(monday, 0) + 1
    known = {*of_week, *disliked}
    if not known:
        return []
    number = (max(known) - min(known)).days // 7
    mondays = [max(known) - timedelta(days=7 * before) for before in range(number + 1)]
    return [_week(monday, of_week.get(monday, ()), disliked.get(monday, 0)) for monday in mondays]


def to_csv(counted: Iterable[Week]) -> bytes:
    """A CSV file that spreadsheets in French open as it is."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADER)
    for week in counted:
        counts = (week.asked, week.answered, week.refused, week.unsourced, week.failed, week.disliked)
        seconds = "" if week.seconds is None else f"{week.seconds:.1f}".replace(".", ",")
        writer.writerow(map(guarded, (week.monday.isoformat(), *map(str, counts), seconds)))
    return text.getvalue().encode("utf-8-sig")


def _week(monday: date, asked: Sequence[AskedQuestion], disliked: int) -> Week:
    def ended(outcome: str) -> int:
        return sum(question.outcome == outcome for question in asked)

    seconds = [question.seconds for question in asked if question.seconds is not None]
    return Week(
        monday,
        len(asked),
        ended("answered"),
        ended("refused"),
        ended("unsourced"),
        ended("failed"),
        disliked,
        median(seconds) if seconds else None,
    )


def _monday(at: str, zone: tzinfo | None) -> date:
    moment = datetime.fromisoformat(at)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    day = moment.astimezone(zone).date()
    return day - timedelta(days=day.weekday())
