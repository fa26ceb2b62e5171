"""The questions that are asked: how each ended and how long it took; its words only where no document proved an answer.

No name, address or session is kept with them. A conversation that its person erases leaves its questions here, as it
leaves its feedback: they tell of the base, not of the person.
"""

from __future__ import annotations

import json
import logging
import math
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, cast

import sqlalchemy as sa

from kb.answering.serialize import AnswerJson
from kb.errors import ReperesError
from kb.records.database import OpenedOnce
from kb.records.erasure import read_erased
from kb.records.feedback import Status
from kb.records.places import Kept, place_of
from kb.records.tables import QUESTIONS_ASKED
from kb.rights.rights import WHOLE, Rights
from kb.settings import Settings

Outcome = Literal["answered", "unsourced", "refused", "failed"]
MISSED: tuple[Outcome, ...] = ("refused", "unsourced")
"""Outcomes of the questions whose words are kept: no document proved an answer."""
_MISSED = QUESTIONS_ASKED.c.outcome.in_(MISSED)
_BETWEEN_PURGES = 3600.0  # seconds

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question that was asked. `at` is an ISO date and time in UTC, `way` where it came from (`page`, `api`, `mcp`),
    `reason` why it was refused, `seconds` how long its answer took; `question` and `understood` (without the
    conversation before it) are empty for one that was answered. `rights` are those of who asked.
    """

    id: int
    at: str
    way: str
    outcome: Outcome
    reason: str | None
    question: str
    understood: str
    seconds: float | None
    status: Status
    rights: Rights = WHOLE


def outcome_of(answer: AnswerJson) -> Outcome:
    """How a question ended that has this answer."""
    if answer["refused"]:
        return "refused"
    return "answered" if answer["citations"] else "unsourced"


class AskedQuestions:
    """In `app.db`, opened once. Serves many threads. Reading raises StoreError when it cannot be opened."""

    def __init__(self, kept: Kept, days: int) -> None:
        self._database = OpenedOnce(kept)
        self._days = days
        self._purged = -math.inf

    def close(self) -> None:
        """Lets go of the database."""
        self._database.close()

    def answered(self, answer: AnswerJson, way: str, now: datetime | None = None, rights: Rights = WHOLE) -> None:
        """Keeps how a question ended that somebody with `rights` asked. Never raises: its answer is there, and is not
        lost with its count."""
        outcome = outcome_of(answer)
        asked = understood = ""
        if outcome in MISSED:
            asked, understood = answer["question"], answer["standalone_question"] or answer["question"]
        took = [seconds for seconds in answer["seconds"].values() if isinstance(seconds, float | int)]
        self._add(way, outcome, answer["reason"], asked, understood, sum(took) if took else None, now, rights)

    def failed(self, way: str, now: datetime | None = None, rights: Rights = WHOLE) -> None:
        """Keeps that a question could not be answered that somebody with `rights` asked. Never raises."""
        self._add(way, "failed", None, "", "", None, now, rights)

    def since(self, at: str = "", rights: Rights = WHOLE) -> list[AskedQuestion]:
        """The questions asked from an ISO date and time on with no more than `rights`, oldest first."""
        return self._read(self._seen_by(rights) & (QUESTIONS_ASKED.c.at >= at))

    def missed(self, status: Status = "new", most: int = 500, rights: Rights = WHOLE) -> list[AskedQuestion]:
        """The last `most` questions without a source, of one status, oldest first, of those that an editor with
        `rights` may see."""
        return self._read(_MISSED & self._seen_by(rights) & (QUESTIONS_ASKED.c.status == status), most)

    def set_status(self, numbers: Collection[int], status: Status, rights: Rights = WHOLE) -> int:
        """Notes what became of questions without a source that an editor with `rights` may see; of how many."""
        mine = _MISSED & QUESTIONS_ASKED.c.id.in_(numbers) & self._seen_by(rights)
        with self._database().writing() as connection:
            return int(connection.execute(QUESTIONS_ASKED.update().where(mine).values(status=status)).rowcount)

    def purge(self, now: datetime | None = None) -> int:
        """Erases what is older than the retention; how many there were."""
        self._purged = time.monotonic()
        before = ((now or datetime.now(UTC)) - timedelta(days=self._days)).isoformat(timespec="seconds")
        chosen = QUESTIONS_ASKED.c.at < before if self._days else sa.true()
        with self._database().writing() as connection:
            return int(connection.execute(QUESTIONS_ASKED.delete().where(chosen)).rowcount)

    def _seen_by(self, rights: Rights) -> sa.ColumnElement[bool]:
        """Those that were asked with no more rights than `rights`."""
        if not rights.hidden:
            return sa.true()
        with self._database().transaction() as connection:
            kinds = connection.execute(sa.select(QUESTIONS_ASKED.c.hidden).distinct()).scalars()
            shown = [kind for kind in kinds if rights.cover(Rights.without(json.loads(kind)))]
        return QUESTIONS_ASKED.c.hidden.in_(shown)

    def _read(self, chosen: sa.ColumnElement[bool], most: int | None = None) -> list[AskedQuestion]:
        self._purge_at_times()
        query = sa.select(QUESTIONS_ASKED).where(chosen).order_by(QUESTIONS_ASKED.c.id.desc()).limit(most)
        with self._database().transaction() as connection:
            return _asked(reversed(connection.execute(query).all()))

    def _purge_at_times(self, now: datetime | None = None) -> None:
        if time.monotonic() - self._purged > _BETWEEN_PURGES:
            self.purge(now)

    def _add(
        self,
        way: str,
        outcome: Outcome,
        reason: str | None,
        asked: str,
        understood: str,
        seconds: float | None,
        now: datetime | None,
        rights: Rights = WHOLE,
    ) -> None:
        values = {
            "at": (now or datetime.now(UTC)).isoformat(timespec="seconds"),
            "way": way,
            "outcome": outcome,
            "reason": reason,
            "question": asked,
            "understood": understood,
            "seconds": seconds,
            "status": "new",
            "hidden": json.dumps(rights.hidden, ensure_ascii=False),
        }
        try:
            with self._database().writing() as connection:
                # Understood after an answer of an erased document, it may hold words of it.
                if understood != asked and read_erased(connection):
                    values["understood"] = asked
                connection.execute(QUESTIONS_ASKED.insert(), values)
            self._purge_at_times(now)
        except (ReperesError, sa.exc.SQLAlchemyError):
            logger.exception("keeping how a question ended failed")


def asked_of(settings: Settings) -> AskedQuestions | None:
    """What keeps the questions that are asked; None when the retention is 0 days: what there was is erased."""
    place = place_of(settings)
    kept = AskedQuestions(place, settings.retention_days)
    if place.exists():
        kept.purge()
    if settings.retention_days:
        return kept
    kept.close()
    return None


def _asked(rows: Iterable[Any]) -> list[AskedQuestion]:
    found = []
    for row in rows:
        values = {name: value for name, value in row._mapping.items() if name != "hidden"}
        told = {"outcome": cast("Outcome", row.outcome), "status": cast("Status", row.status)}
        found.append(AskedQuestion(**values | told, rights=Rights.without(json.loads(row.hidden))))
    return found
