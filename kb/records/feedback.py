"""Feedback: what readers say of answers, kept in `app.db` without a name within the retention of the settings."""

from __future__ import annotations

import csv
import io
import json
import math
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa

from kb.records.database import AppDatabase
from kb.records.erasure import answer_without, read_erased
from kb.records.kept_answers import rights_of
from kb.records.places import Kept, as_place, place_of
from kb.records.spreadsheet import guarded
from kb.records.tables import FEEDBACK
from kb.rights.rights import WHOLE, Rights
from kb.settings import Settings

Verdict = Literal["good", "bad"]
Status = Literal["new", "kept", "missing", "dismissed"]

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
STATUSES: Mapping[Status, str] = {
    "new": "à relire",
    "kept": "devenu question de test",
    "missing": "document manquant",
    "dismissed": "écarté",
}
LONGEST_COMMENT = 2_000
_BETWEEN_PURGES = 3600.0  # seconds
_LARGEST = 2**31 - 1  # number of a row: what PostgreSQL counts to


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


def add_feedback(
    database: AppDatabase,
    at: str,
    verdict: Verdict,
    reason: str | None,
    comment: str,
    answer: Mapping[str, Any],
    generation: int,
) -> int:
    """Keeps what a reader said, of an answer without the documents erased since; returns its number."""
    with database.writing() as connection:
        held = answer_without(answer, read_erased(connection))
        values = {
            "at": at,
            "verdict": verdict,
            "reason": reason,
            "comment": comment,
            "answer": json.dumps(held, ensure_ascii=False),
            "generation": generation,
            "status": "new",
        }
        return int(connection.execute(FEEDBACK.insert().returning(FEEDBACK.c.id), values).scalar_one())


def read_feedback(database: AppDatabase, status: Status | None = None) -> list[Feedback]:
    """What readers said, newest first; of one status only when given."""
    query = sa.select(FEEDBACK).order_by(FEEDBACK.c.id.desc())
    if status is not None:
        query = query.where(FEEDBACK.c.status == status)
    with database.transaction() as connection:
        return [Feedback(**{**row._mapping, "answer": json.loads(row.answer)}) for row in connection.execute(query)]


def set_feedback_status(database: AppDatabase, number: int, status: Status) -> None:
    """Notes what became of a feedback."""
    with database.transaction() as connection:
        connection.execute(FEEDBACK.update().where(FEEDBACK.c.id == number).values(status=status))


def erase_feedback(database: AppDatabase, number: int | None = None, before: str | None = None) -> int:
    """Erases one feedback, or all those from before a date and time, or all; how many there were."""
    chosen = sa.true() if number is None else FEEDBACK.c.id == number
    if before is not None:
        chosen = chosen & (FEEDBACK.c.at < before)
    with database.transaction() as connection:
        return int(connection.execute(FEEDBACK.delete().where(chosen)).rowcount)


def to_csv(feedback: Iterable[Feedback]) -> bytes:
    """A CSV file that spreadsheets in French open as it is."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(("numéro", "date", "avis", "raison", "commentaire", "question", "réponse", "documents", "état"))
    for said in feedback:
        documents = dict.fromkeys(citation["document"] for citation in said.answer["citations"])
        cells = (
            str(said.id),
            said.at,
            VERDICTS[said.verdict],
            REASONS.get(said.reason or "", ""),
            said.comment,
            said.question,
            str(said.answer["answer"] or ""),
            "\n".join(documents),
            STATUSES[said.status],
        )
        writer.writerow(map(guarded, cells))
    return text.getvalue().encode("utf-8-sig")


class SavedFeedback:
    """What readers say of answers, kept at a place for `days`; what is older goes, at each new one and, once an hour at
    most, at reading: an application that goes on shows nothing beyond. Serves many threads; every method raises
    StoreError when `app.db` cannot be opened.
    """

    def __init__(self, kept: Kept, days: int) -> None:
        self._place = as_place(kept)
        self._days = days
        self._purged = -math.inf

    def add(
        self, verdict: Verdict, reason: str | None, comment: str, answer: Mapping[str, Any], generation: int
    ) -> None:
        """Keeps one."""
        now = datetime.now(UTC)
        with AppDatabase(self._place) as database:
            add_feedback(database, now.isoformat(timespec="seconds"), verdict, reason, comment, answer, generation)
        self.purge(now)

    def read(self, status: Status | None = None, rights: Rights = WHOLE) -> list[Feedback]:
        """What was said, newest first, of one status only when given, of answers that were made of no more than
        somebody with `rights` may read."""
        if time.monotonic() - self._purged > _BETWEEN_PURGES:
            self.purge()
        with AppDatabase(self._place) as database:
            return [one for one in read_feedback(database, status) if rights.cover(rights_of(one.answer))]

    def set_status(self, numbers: Collection[int], status: Status, rights: Rights = WHOLE) -> None:
        """Notes what became of those that somebody with `rights` may see."""
        wanted = FEEDBACK.c.id.in_([number for number in numbers if 0 < number <= _LARGEST])
        with AppDatabase(self._place) as database, database.writing() as connection:
            rows = connection.execute(sa.select(FEEDBACK.c.id, FEEDBACK.c.answer).where(wanted))
            mine = [row.id for row in rows if rights.cover(rights_of(json.loads(row.answer)))]
            connection.execute(FEEDBACK.update().where(FEEDBACK.c.id.in_(mine)).values(status=status))

    def purge(self, now: datetime | None = None) -> int:
        """Erases what is older than the retention; how many there were."""
        self._purged = time.monotonic()
        if not self._place.exists():
            return 0
        before = ((now or datetime.now(UTC)) - timedelta(days=self._days)).isoformat(timespec="seconds")
        with AppDatabase(self._place) as database:
            return erase_feedback(database, before=before if self._days else None)


def feedback_of(settings: Settings) -> SavedFeedback | None:
    """What keeps feedback; None when the retention is 0 days: what there was is erased."""
    kept = SavedFeedback(place_of(settings), settings.retention_days)
    kept.purge()
    return kept if settings.retention_days else None
