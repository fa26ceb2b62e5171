"""An index on a server in the hands of its one writer: each change is one transaction, generation and news included."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kb.dialects import JsonTexts
from kb.errors import StoreError
from kb.index.audit import Difference, audit
from kb.index.catalog.among import ids_parameter
from kb.index.catalog.catalog import Catalog
from kb.index.lexical import Lexical
from kb.index.postgresql.server import NEWS, Server
from kb.index.postgresql.snapshot import snapshot_of
from kb.index.postgresql.tables import CHANGED, COMMIT
from kb.index.postgresql.vectors import PostgresVectors, are_there, keep_graphs, write
from kb.index.postgresql.words import WordsCopy, copying
from kb.index.store import Change

# A copy of the words that is further behind is made anew: 500 batches of 64 documents are most of any base.
GENERATIONS_KEPT = 500


class Held:
    """What the writer's catalog speaks to: it changes rows on the connection that holds the lock, and on no other.

    If the server drops that connection the lock is gone, and no change may follow.
    """

    def __init__(self, server: Server, connection: Connection, schema: str) -> None:
        self._server = server
        self._reading = server.of(schema)
        self._connection = connection.execution_options(schema_translate_map={None: schema})
        self._turn = threading.RLock()

    def connect(self) -> AbstractContextManager[Connection]:
        """A connection to read with."""
        return self._reading.connect()

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction on the writer's own connection."""
        with self._turn:
            if self._connection.invalidated:
                raise StoreError(
                    f"{self._server.name} : la liaison avec la base a été coupée pendant la mise à jour. Ce qui a été "
                    "écrit est entier : relancez la même commande, elle reprend là."
                )
            with self._connection.begin():
                yield self._connection


class PostgresWriting:
    """The index in a schema; its owner holds the writer's lock on `connection`."""

    def __init__(self, server: Server, connection: Connection, schema: str, words: Path) -> None:
        self._server = server
        self.schema = schema
        self._words = words
        self._held = Held(server, connection, schema)
        self.catalog = Catalog(self._held)
        self.vectors = PostgresVectors(self._held)

    def settle(self) -> None:
        """Nothing is left by an interrupted writer: the server took it back."""

    def apply(self, change: Change) -> None:
        """Commits a change."""
        with self.catalog.transaction() as connection:
            write(connection, change)
            change.in_catalog(connection)
            self.announce(connection, {*change.new_ids, *change.obsolete})

    def announce(self, connection: Connection, changed: set[str]) -> None:
        """Raises the generation, and tells which ids it changed."""
        generation, commit = self.catalog.bump_generation(connection), uuid.uuid4().hex
        self.catalog.set(connection, {COMMIT: commit})
        every = JsonTexts(sa.bindparam("ids")).table_valued("value")
        rows = sa.select(sa.literal(generation), every.c.value)
        connection.execute(CHANGED.insert().from_select(["generation", "id"], rows), ids_parameter({commit, *changed}))
        connection.execute(CHANGED.delete().where(CHANGED.c.generation <= generation - GENERATIONS_KEPT))
        connection.execute(sa.select(sa.func.pg_notify(NEWS, str(generation))))

    def has_vectors(self, connection: Connection) -> bool:
        """Whether there were any vectors yet."""
        return are_there(connection)

    def audit(self) -> list[Difference]:
        """Everything on which catalog, vectors and this machine's copy of the words do not agree."""
        with copying(self._words), snapshot_of(self._server, self.schema) as snapshot:
            copy = WordsCopy(self._words, snapshot.identity)
            copy.bring_up(snapshot)
            words = Lexical(copy.folder)
            try:
                return list(audit(snapshot.catalog, PostgresVectors(snapshot.database), words))
            finally:
                words.close()

    def close(self) -> None:
        """Makes the graphs of what has become large."""
        with self._held.begin() as connection:
            keep_graphs(connection)
