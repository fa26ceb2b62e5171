"""The questions that people follow, each with the sources of its last answer and what is new about it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, cast

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kb.errors import ReperesError
from kb.records.database import AppDatabase
from kb.records.erasure import Erased, read_erased
from kb.records.following.visits import iso
from kb.records.kept_answers import keep_filters, kept_filters
from kb.records.places import Kept
from kb.records.tables import FOLLOWED_QUESTIONS
from kb.retrieval.filters import Filters
from kb.rights.rights import WHOLE, Rights

MOST_FOLLOWED = 20
"""Questions of one person: each is answered anew, in some tenths of a second, when documents came or changed."""
MOST_NEWS = 50

What = Literal["source_updated", "source_withdrawn", "source_returned", "bears"]


@dataclass(frozen=True, slots=True)
class QuestionNews:
    """What is new about a question, since `at` (an ISO date and time in UTC): a source of its answer was changed,
    withdrawn, or withdrawn and put back, or a document that is new or changed bears on it."""

    at: str
    what: What
    document: str
    title: str


@dataclass(frozen=True, slots=True)
class FollowedQuestion:
    """A question, `understood` without the conversation that it was asked in, answered from what passes `filters`.
    `sources` are the ids of the documents that its answer cited at `checked`, up to when changes of the base have been
    looked at, with the `rights` of its person; `news` newest first.
    """

    id: str
    question: str
    understood: str
    began: str
    checked: str
    sources: tuple[str, ...]
    news: tuple[QuestionNews, ...]
    filters: Filters = field(default_factory=Filters)
    rights: Rights = WHOLE


class FollowedQuestions:
    """In `app.db`. Serves many threads; every method raises StoreError when it cannot be opened."""

    def __init__(self, kept: Kept, days: int) -> None:
        self._kept = kept
        self._days = days

    def follow(
        self,
        person: str,
        question: str,
        understood: str,
        sources: Sequence[str],
        now: datetime | None = None,
        *,
        answered: datetime | None = None,
        filters: Filters | None = None,
        rights: Rights = WHOLE,
    ) -> None:
        """Follows a question whose answer, `answered` then from what passes `filters`, cited `sources`: what changed
        since is still to be told. One that is followed already is left. Raises ReperesError when there are too many.
        """
        moment = now or datetime.now(UTC)
        given = filters or Filters()
        with AppDatabase(self._kept) as database, database.writing() as connection:
            self._purge(connection, moment)
            mine = sa.select(FOLLOWED_QUESTIONS).where(FOLLOWED_QUESTIONS.c.person == person)
            known = [_followed(row) for row in connection.execute(mine)]
            if any(one.understood == understood and one.filters == given for one in known):
                return
            if len(known) >= MOST_FOLLOWED:
                raise ReperesError(
                    f"Vous suivez déjà {MOST_FOLLOWED} questions : cessez d'en suivre une dans Nouveautés."
                )
            erased = read_erased(connection)
            row = {
                "id": secrets.token_urlsafe(12),
                "person": person,
                "question": question,
                "understood": understood,
                "began": iso(moment),
                "checked": iso(min(answered or moment, moment)),
                "sources": _asked(sources, given, rights, erased),
                "news": "[]",
            }
            connection.execute(FOLLOWED_QUESTIONS.insert(), row)

    def list(self, person: str, now: datetime | None = None) -> list[FollowedQuestion]:
        """The questions of a person, the last followed first; those followed for longer than the retention go."""
        mine = sa.select(FOLLOWED_QUESTIONS).where(FOLLOWED_QUESTIONS.c.person == person)
        with AppDatabase(self._kept) as database, database.writing() as connection:
            self._purge(connection, now or datetime.now(UTC))
            rows = connection.execute(mine.order_by(FOLLOWED_QUESTIONS.c.began.desc(), FOLLOWED_QUESTIONS.c.id))
            return [_followed(row) for row in rows]

    def update(
        self,
        person: str,
        question_id: str,
        checked: str,
        sources: Collection[str],
        news: Sequence[QuestionNews],
        rights: Rights = WHOLE,
    ) -> None:
        """Keeps that changes were looked at with `rights` up to `checked`, with the sources of the answer now and what
        is new.

        Nothing where another page has done so already.
        """
        table = FOLLOWED_QUESTIONS
        mine = (table.c.person == person) & (table.c.id == question_id) & (table.c.checked < checked)
        with AppDatabase(self._kept) as database, database.writing() as connection:
            row = connection.execute(sa.select(table).where(mine)).one_or_none()
            if row is None:
                return
            erased = read_erased(connection)
            filters = _followed(row).filters
            held = [asdict(item) for item in news if item.document not in erased] + json.loads(row.news)
            values = {
                "checked": checked,
                "sources": _asked(sources, filters, rights, erased),
                "news": json.dumps(held[:MOST_NEWS], ensure_ascii=False),
            }
            connection.execute(table.update().where(mine).values(values))

    def seen_with(self, person: str, rights: Rights) -> None:
        """Notes that these are the rights of a person by now: what is looked at with others does not count for them."""
        mine = FOLLOWED_QUESTIONS.c.person == person
        with AppDatabase(self._kept) as database, database.writing() as connection:
            for row in connection.execute(sa.select(FOLLOWED_QUESTIONS).where(mine)).all():
                before = _followed(row)
                if before.rights != rights:
                    values = {"sources": _asked(before.sources, before.filters, rights)}
                    this = FOLLOWED_QUESTIONS.c.id == row.id
                    connection.execute(FOLLOWED_QUESTIONS.update().where(this).values(values))

    def leave(self, person: str, question_id: str) -> bool:
        """Follows a question no longer; whether it was followed."""
        mine = (FOLLOWED_QUESTIONS.c.person == person) & (FOLLOWED_QUESTIONS.c.id == question_id)
        with AppDatabase(self._kept) as database, database.writing() as connection:
            return bool(connection.execute(FOLLOWED_QUESTIONS.delete().where(mine)).rowcount)

    def _purge(self, connection: Connection, now: datetime) -> None:
        oldest = iso(now - timedelta(days=self._days))
        connection.execute(FOLLOWED_QUESTIONS.delete().where(FOLLOWED_QUESTIONS.c.began < oldest))


def _asked(sources: Collection[str], filters: Filters, rights: Rights, erased: Collection[str] | Erased = ()) -> str:
    """How a question is asked, and what its last answer cited, as a row keeps it."""
    held: dict[str, Any] = {"documents": [source for source in sources if source not in erased]}
    held |= {"filters": keep_filters(filters)} if filters else {}
    held |= {"hidden": list(rights.hidden)} if rights.hidden else {}
    return json.dumps(held, ensure_ascii=False)


def _followed(row: Any) -> FollowedQuestion:
    news = tuple(_news(item) for item in json.loads(row.news))
    values = {name: getattr(row, name) for name in ("id", "question", "understood", "began", "checked")}
    held = json.loads(row.sources)
    if isinstance(held, list):  # from before anything stood beside them
        held = {"documents": held}
    return FollowedQuestion(
        **values,
        sources=tuple(held["documents"]),
        news=news,
        filters=kept_filters(held.get("filters", {})),
        rights=Rights.without(held.get("hidden", ())),
    )


def _news(item: Mapping[str, Any]) -> QuestionNews:
    return QuestionNews(item["at"], cast("What", item["what"]), item["document"], item["title"])
