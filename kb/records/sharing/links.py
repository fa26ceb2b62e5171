"""Which conversations are shared, and reading one that is, whosoever it is."""

from __future__ import annotations

import json
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kb.records.conversations import KeptConversation, KeptTurn
from kb.records.database import OpenedOnce
from kb.records.kept_answers import may_be_shown
from kb.records.places import Kept, as_place
from kb.records.tables import CONVERSATIONS, TURNS
from kb.rights.rights import WHOLE, Rights

# What a conversation needs that is not there: as long as of one that is.
_NO_CONVERSATION = json.dumps([[["*"], ["*"]]])


@dataclass(frozen=True, slots=True)
class SharedConversation:
    """A conversation as whoever has its link reads it; `person` is whose it is, empty without sign-in."""

    person: str
    conversation: KeptConversation


class SharedLinks:
    """The conversations kept at a place, opened once. Serves many threads. Every method raises StoreError when it
    cannot be opened."""

    def __init__(self, kept: Kept) -> None:
        self._place = as_place(kept)
        self._database = OpenedOnce(self._place)

    def close(self) -> None:
        """Lets go of the database."""
        self._database.close()

    def share(self, person: str, conversation: str, *, shared: bool) -> bool:
        """Lets others read a conversation of a person's, or no more; whether it is theirs."""
        with self._database().writing() as connection:
            changed = CONVERSATIONS.update().where(_of(person, conversation)).values(shared=shared)
            return bool(connection.execute(changed).rowcount)

    def is_shared(self, person: str, conversation: str) -> bool | None:
        """Whether a conversation of a person's is shared; None when they have none of this name."""
        if not self._place.exists():
            return None
        with self._database().transaction() as connection:
            query = sa.select(CONVERSATIONS.c.shared).where(_of(person, conversation))
            return connection.execute(query).scalar_one_or_none()

    def of_person(self, person: str) -> frozenset[str]:
        """The names of a person's conversations that are shared."""
        if not self._place.exists():
            return frozenset()
        query = sa.select(CONVERSATIONS.c.id).where(CONVERSATIONS.c.person == person, CONVERSATIONS.c.shared)
        with self._database().transaction() as connection:
            return frozenset(connection.execute(query).scalars())

    def read(self, conversation: str, rights: Rights = WHOLE) -> SharedConversation | None:
        """A conversation that is shared, for somebody with `rights`; None for any other, and for one of which they may
        not read all: what would be left out would tell that there is something to hide.

        Its answers are looked at last, so that a clock does not tell one that may not be read from none.
        """
        if not self._place.exists():
            return None
        with self._database().transaction() as connection:
            return _read(connection, conversation, rights)


def _of(person: str, conversation: str) -> sa.ColumnElement[bool]:
    return sa.and_(CONVERSATIONS.c.id == conversation, CONVERSATIONS.c.person == person)


def _read(connection: Connection, conversation: str, rights: Rights) -> SharedConversation | None:
    query = sa.select(CONVERSATIONS).where(CONVERSATIONS.c.id == conversation, CONVERSATIONS.c.shared)
    found = connection.execute(query).one_or_none()
    # As much is judged of one that is not there.
    may_be_read = may_be_shown(json.loads(_NO_CONVERSATION if found is None else found.needed), rights)
    if found is None or not may_be_read:
        return None
    rows = connection.execute(sa.select(TURNS).where(TURNS.c.conversation_id == conversation).order_by(TURNS.c.number))
    turns = tuple(KeptTurn(row.number, row.at, row.generation, json.loads(row.answer)) for row in rows)
    return SharedConversation(found.person, KeptConversation(found.id, found.title, found.changed, turns))
