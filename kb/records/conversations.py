"""Saved conversations: per person, in `app.db`, within the retention that the settings allow.

A conversation is kept turn by turn as answers end, each with its sources as they were. With a retention of 0 days
nothing is written anywhere: a conversation is then known while its page is open, for its exports only.
"""

from __future__ import annotations

import json
import math
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa

from kb.records.database import AppDatabase, OpenedOnce
from kb.records.erasure import ERASED, Erased, answer_without, asked_plainly, read_erased
from kb.records.kept_answers import needed
from kb.records.places import Kept, as_place, place_of
from kb.records.tables import CONVERSATIONS, TURNS
from kb.settings import Settings

LONGEST_TITLE = 120
_MOST_PASSING = 500
_BETWEEN_PURGES = 3600.0  # seconds


@dataclass(frozen=True, slots=True)
class KeptTurn:
    """An answer in the form of `kb.records.kept_answers`, when it was given and by which state of the base."""

    number: int
    at: str
    generation: int
    answer: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class KeptConversation:
    """A conversation, its turns in order (none in a list of conversations). `changed` is an ISO moment in UTC; `pinned`
    is whether its person wants it first."""

    id: str
    title: str
    changed: str
    turns: tuple[KeptTurn, ...] = ()
    pinned: bool = False


class Conversations(Protocol):
    """Where conversations are kept. `person` is who is signed in, empty without sign-in: nobody sees another's."""

    saved: bool
    """Whether they outlive the page."""

    def put(self, person: str, conversation: str, turn: KeptTurn) -> None:
        """Keeps a turn; it takes the place of the one of its number and of those after it."""
        ...

    def get(self, person: str, conversation: str) -> KeptConversation | None:
        """A conversation with its turns; None when this person has none of this name."""
        ...

    def list(self, person: str, n: int = 100) -> list[KeptConversation]:
        """The last `n` conversations, newest first, without their turns."""
        ...

    def change(self, person: str, conversation: str, **values: str | bool) -> bool:
        """Gives a conversation another `title`, or pins it or not (`pinned`); whether this person has it."""
        ...

    def erase(self, person: str, conversation: str | None = None) -> int:
        """Erases a conversation, or all of a person's; how many there were."""
        ...

    def restore(self, person: str, kept: KeptConversation) -> None:
        """Keeps a conversation again, as it was; its turns lose what was erased for good since."""
        ...

    def close(self) -> None:
        """Lets go of what it holds."""
        ...


def new_id() -> str:
    """A name for a conversation that nobody can guess."""
    return secrets.token_urlsafe(16)


def conversations_of(settings: Settings) -> Conversations:
    """What keeps conversations; with a retention of 0 days what there was is erased."""
    kept = SavedConversations(place_of(settings), settings.retention_days)
    kept.purge()
    if settings.retention_days:
        return kept
    kept.close()
    return PassingConversations(place_of(settings))


class SavedConversations:
    """In `app.db`, opened once. Serves many threads. Every method raises StoreError when it cannot be opened."""

    saved = True

    def __init__(self, kept: Kept, days: int) -> None:
        self._kept = kept
        self._days = days
        self._database = OpenedOnce(kept)
        self._purged = -math.inf

    def close(self) -> None:
        """Lets go of the database."""
        self._database.close()

    def put(self, person: str, conversation: str, turn: KeptTurn) -> None:
        """Keeps a turn, without the documents erased since it was answered; erases what is older than the retention."""
        with self._database().writing() as connection:
            owner = connection.execute(
                sa.select(CONVERSATIONS.c.person).where(CONVERSATIONS.c.id == conversation)
            ).scalar_one_or_none()
            if owner is not None and owner != person:
                return
            earlier = sa.and_(TURNS.c.conversation_id == conversation, TURNS.c.number < turn.number)
            rows = connection.execute(sa.select(TURNS.c.answer).where(earlier).order_by(TURNS.c.number)).scalars()
            before = list(map(json.loads, rows))
            held = _without_erased(turn, before, read_erased(connection))
            values = {
                "changed": turn.at,
                "needed": json.dumps(needed([*before, held.answer]), ensure_ascii=False),
            }
            if owner is None:
                title = " ".join(str(turn.answer["question"]).split())[:LONGEST_TITLE]
                values |= {"id": conversation, "person": person, "title": title}
                connection.execute(CONVERSATIONS.insert(), values)
            else:
                connection.execute(CONVERSATIONS.update().where(CONVERSATIONS.c.id == conversation).values(values))
            later = sa.and_(TURNS.c.conversation_id == conversation, TURNS.c.number >= turn.number)
            connection.execute(TURNS.delete().where(later))
            row = {
                "conversation_id": conversation,
                "number": turn.number,
                "at": turn.at,
                "generation": turn.generation,
                "answer": json.dumps(held.answer, ensure_ascii=False),
            }
            connection.execute(TURNS.insert(), row)
        if time.monotonic() - self._purged > _BETWEEN_PURGES:
            self.purge()

    def get(self, person: str, conversation: str) -> KeptConversation | None:
        """A conversation with its turns."""
        mine = sa.and_(CONVERSATIONS.c.id == conversation, CONVERSATIONS.c.person == person)
        with self._database().transaction() as connection:
            found = connection.execute(sa.select(CONVERSATIONS).where(mine)).one_or_none()
            if found is None:
                return None
            rows = connection.execute(
                sa.select(TURNS).where(TURNS.c.conversation_id == conversation).order_by(TURNS.c.number)
            )
            turns = tuple(KeptTurn(row.number, row.at, row.generation, json.loads(row.answer)) for row in rows)
        return KeptConversation(found.id, found.title, found.changed, turns, found.pinned)

    def list(self, person: str, n: int = 100) -> list[KeptConversation]:
        """The last `n`, newest first."""
        query = sa.select(CONVERSATIONS).where(CONVERSATIONS.c.person == person)
        query = query.order_by(CONVERSATIONS.c.changed.desc(), CONVERSATIONS.c.id).limit(n)
        with self._database().transaction() as connection:
            rows = connection.execute(query).all()
        return [KeptConversation(row.id, row.title, row.changed, pinned=row.pinned) for row in rows]

    def change(self, person: str, conversation: str, **values: str | bool) -> bool:
        """Renames one, or pins it or not."""
        mine = sa.and_(CONVERSATIONS.c.id == conversation, CONVERSATIONS.c.person == person)
        with self._database().writing() as connection:
            return bool(connection.execute(CONVERSATIONS.update().where(mine).values(values)).rowcount)

    def erase(self, person: str, conversation: str | None = None) -> int:
        """Erases one, or all of a person's."""
        chosen = CONVERSATIONS.c.person == person
        if conversation is not None:
            chosen = chosen & (CONVERSATIONS.c.id == conversation)
        return self._erase(chosen)

    def restore(self, person: str, kept: KeptConversation) -> None:
        """Keeps one again, under its title and with its date."""
        for turn in kept.turns:
            self.put(person, kept.id, turn)
        mine = sa.and_(CONVERSATIONS.c.id == kept.id, CONVERSATIONS.c.person == person)
        with self._database().writing() as connection:
            connection.execute(CONVERSATIONS.update().where(mine).values(title=kept.title, changed=kept.changed))

    def purge(self, now: datetime | None = None) -> int:
        """Erases the conversations that nothing was added to within the retention; how many there were."""
        self._purged = time.monotonic()
        if not as_place(self._kept).exists():
            return 0
        before = ((now or datetime.now(UTC)) - timedelta(days=self._days)).isoformat(timespec="seconds")
        return self._erase(CONVERSATIONS.c.changed < before if self._days else sa.true())

    def _erase(self, chosen: sa.ColumnElement[bool]) -> int:
        with self._database().transaction() as connection:
            ids = sa.select(CONVERSATIONS.c.id).where(chosen)
            connection.execute(TURNS.delete().where(TURNS.c.conversation_id.in_(ids)))
            return int(connection.execute(CONVERSATIONS.delete().where(chosen)).rowcount)


class PassingConversations:
    """In memory, the last ones only: nothing outlives the application. Serves many threads.

    `path` is the file that holds the marks of erased documents, if there is one: what is held loses them too.
    """

    saved = False

    def __init__(self, kept: Kept | None = None) -> None:
        self._kept = kept
        self._lock = threading.Lock()
        self._held: OrderedDict[tuple[str, str], KeptConversation] = OrderedDict()

    def put(self, person: str, conversation: str, turn: KeptTurn) -> None:
        """Holds a turn."""
        with self._lock:
            before = self._held.pop((person, conversation), None)
            turns = [earlier for earlier in before.turns if earlier.number < turn.number] if before else []
            title = before.title if before else str(turn.answer["question"])[:LONGEST_TITLE]
            pinned = before is not None and before.pinned
            self._held[person, conversation] = KeptConversation(conversation, title, turn.at, (*turns, turn), pinned)
            while len(self._held) > _MOST_PASSING:
                self._held.popitem(last=False)

    def get(self, person: str, conversation: str) -> KeptConversation | None:
        """A conversation that is held, without the documents erased since."""
        erased = self._erased()
        with self._lock:
            found = self._held.get((person, conversation))
            if found is None or not erased:
                return found
            turns: list[KeptTurn] = []
            for turn in found.turns:
                turns.append(_without_erased(turn, [earlier.answer for earlier in turns], erased))
            self._held[person, conversation] = found = replace(found, turns=tuple(turns))
            return found

    def list(self, person: str, n: int = 100) -> list[KeptConversation]:
        """What is held, newest first."""
        with self._lock:
            held = [conversation for (owner, _), conversation in reversed(self._held.items()) if owner == person]
        return [replace(conversation, turns=()) for conversation in held[:n]]

    def change(self, person: str, conversation: str, **values: Any) -> bool:
        """Renames one, or pins it or not."""
        with self._lock:
            found = self._held.get((person, conversation))
            if found is not None:
                self._held[person, conversation] = replace(found, **values)
            return found is not None

    def erase(self, person: str, conversation: str | None = None) -> int:
        """Lets go of one, or of all of a person's."""
        with self._lock:
            chosen = [key for key in self._held if key[0] == person and conversation in {None, key[1]}]
            for key in chosen:
                del self._held[key]
            return len(chosen)

    def restore(self, person: str, kept: KeptConversation) -> None:
        """Holds one again."""
        with self._lock:
            self._held[person, kept.id] = kept

    def close(self) -> None:
        """Lets go of all."""
        with self._lock:
            self._held.clear()

    def _erased(self) -> Erased:
        if self._kept is None or not as_place(self._kept).exists():
            return Erased(frozenset())
        with AppDatabase(self._kept) as database, database.transaction() as connection:
            return read_erased(connection)


def _without_erased(turn: KeptTurn, before: Iterable[Mapping[str, Any]], erased: Erased) -> KeptTurn:
    """A turn without erased documents; `before` are the answers of the conversation so far."""
    held = answer_without(turn.answer, erased)
    if any(answer["answer"] == ERASED for answer in before):
        held = asked_plainly(held)
    return replace(turn, answer=held)
