"""Which conversations are shared, and reading one that is, whosoever it is."""

from __future__ import annotations

import json
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kb.records.conversations import KeptConversation, KeptTurn
from kb.records.database import AppDatabase
from kb.records.places import Kept, as_place
from kb.records.tables import CONVERSATIONS, TURNS


@dataclass(frozen=True, slots=True)
class SharedConversation:
    """A conversation as whoever has its link reads it; `person` is whose it is, empty without sign-in."""

    person: str
    conversation: KeptConversation


class SharedLinks:
    """The conversations kept at a place. Every method raises StoreError when it cannot be opened."""

    def __init__(self, kept: Kept) -> None:
        self._place = as_place(kept)

    def share(self, person: str, conversation: str, *, shared: bool) -> bool:
        """Lets others read a conversation of a person's, or no more; whether it is theirs."""
        with AppDatabase(self._place) as database, database.writing() as connection:
            changed = CONVERSATIONS.update().where(_of(person, conversation)).values(shared=shared)
            return bool(connection.execute(changed).rowcount)

    def is_shared(self, person: str, conversation: str) -> bool | None:
        """Whether a conversation of a person's is shared; None when they have none of this name."""
        if not self._place.exists():
            return None
        with AppDatabase(self._place) as database, database.transaction() as connection:
            query = sa.select(CONVERSATIONS.c.shared).where(_of(person, conversation))
            return connection.execute(query).scalar_one_or_none()

    def of_person(self, person: str) -> frozenset[str]:
        """The names of a person's conversations that are shared."""
        if not self._place.exists():
            return frozenset()
        query = sa.select(CONVERSATIONS.c.id).where(CONVERSATIONS.c.person == person, CONVERSATIONS.c.shared)
        with AppDatabase(self._place) as database, database.transaction() as connection:
            return frozenset(connection.execute(query).scalars())

    def read(self, conversation: str) -> SharedConversation | None:
        """A conversation that is shared; None for any other."""
        if not self._place.exists():
            return None
        with AppDatabase(self._place) as database, database.transaction() as connection:
            return _read(connection, conversation)


def _of(person: str, conversation: str) -> sa.ColumnElement[bool]:
    return sa.and_(CONVERSATIONS.c.id == conversation, CONVERSATIONS.c.person == person)


def _read(connection: Connection, conversation: str) -> SharedConversation | None:
    query = sa.select(CONVERSATIONS).where(CONVERSATIONS.c.id == conversation, CONVERSATIONS.c.shared)
    found = connection.execute(query).one_or_none()
    if found is None:
        return None
    rows = connection.execute(sa.select(TURNS).where(TURNS.c.conversation_id == conversation).order_by(TURNS.c.number))
    turns = tuple(KeptTurn(row.number, row.at, row.generation, json.loads(row.answer)) for row in rows)
    return SharedConversation(found.person, KeptConversation(found.id, found.title, found.changed, turns))
