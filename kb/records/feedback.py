"""What readers say of answers: kept in `app.db` without a name, within the retention that the settings allow."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from kb.records.database import AppDatabase
from kb.settings import Settings

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


class KeptFeedback:
    """Keeps what readers say of answers; what is older than the retention goes. Serves many threads."""

    def __init__(self, settings: Settings) -> None:
        self._path = settings.app_database
        self._days = settings.retention_days

    def add(
        self, verdict: Verdict, reason: str | None, comment: str, answer: Mapping[str, Any], generation: int
    ) -> None:
        """Keeps one. Raises StoreError when `app.db` cannot be opened."""
        now = datetime.now(UTC)
        with AppDatabase(self._path) as database:
            database.add_feedback(now.isoformat(timespec="seconds"), verdict, reason, comment, answer, generation)
        self.purge(now)

    def purge(self, now: datetime | None = None) -> int:
        """Erases what is older than the retention; how many there were."""
        if not self._path.is_file():
            return 0
        before = ((now or datetime.now(UTC)) - timedelta(days=self._days)).isoformat(timespec="seconds")
        with AppDatabase(self._path) as database:
            return database.erase_feedback(before=before if self._days else None)


def feedback_of(settings: Settings) -> KeptFeedback | None:
    """What keeps feedback; None when the retention is 0 days: what there was is erased."""
    kept = KeptFeedback(settings)
    kept.purge()
    return kept if settings.retention_days else None
