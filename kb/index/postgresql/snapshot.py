"""One state of the base, whatever is committed meanwhile: what a question, or a copy of the words, is made from."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kb.errors import StoreError
from kb.index.catalog.among import among, ids_parameter
from kb.index.catalog.reader import CatalogReader
from kb.index.catalog.rows import ENCODER, GENERATION, META
from kb.index.postgresql.server import Server
from kb.index.postgresql.tables import CHANGED, COMMIT, IDENTITY, IN_USE

_HOLD = sa.text(f"LOCK TABLE {IN_USE.fullname} IN ACCESS SHARE MODE")
_WHICH = sa.select(IN_USE.c.schema)
_TOLD = sa.select(META.c.key, META.c.value).where(among(META.c.key))
_KEYS = ids_parameter([IDENTITY, GENERATION, COMMIT, ENCODER])


class OneConnection:
    """A database that is one connection in one transaction. Serves many threads, one after the other."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._turn = threading.RLock()

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """The connection, to one thread at a time."""
        with self._turn:
            yield self._connection

    def begin(self) -> AbstractContextManager[Connection]:
        """Nothing is changed in a snapshot."""
        raise RuntimeError("a snapshot is read only")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A state of an index: its schema, what tells it from every other index, its generation and its last commit; and
    the encoder that made it, None before the first commit."""

    database: OneConnection
    catalog: CatalogReader
    schema: str
    identity: str
    generation: int
    commit: str
    encoder: str | None

    def changed_since(self, generation: int, commit: str) -> set[str] | None:
        """The ids that changed after a commit of a generation; None where that commit is not known, or no more."""
        with self.database.connect() as connection:
            same = sa.select(CHANGED.c.id).where(CHANGED.c.generation == generation, CHANGED.c.id == commit)
            if connection.execute(same).first() is None:
                return None
            changed = sa.select(CHANGED.c.id).where(CHANGED.c.generation > generation)
            return set(connection.execute(changed).scalars())

    def identities(self, server: Server) -> set[str]:
        """What identifies each index that there is, this one and those being made."""
        with self.database.connect() as connection:
            asked = sa.select(META.c.value).where(META.c.key == IDENTITY)
            return {
                connection.execute(asked, execution_options={"schema_translate_map": {None: schema}}).scalar_one()
                for schema in server.schemas(connection)
            }


@contextmanager
def snapshot_of(server: Server, schema: str | None = None) -> Iterator[Snapshot]:
    """The state, at this moment, of the index in a schema, by default of the one in use.

    PostgreSQL's REPEATABLE READ: all that is read in it is of one moment. Raises StoreError where there is no base.
    """
    with server.engine.connect() as connection:
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            if schema is None:
                # Whoever drops an index waits until this ends. Before the snapshot: the first query takes that.
                connection.execute(_HOLD)
                schema = connection.execute(_WHICH).scalar_one_or_none()
            if schema is None:
                raise StoreError(server.missing)
            connection.execution_options(schema_translate_map={None: schema})
            database = OneConnection(connection)
            told = dict(connection.execute(_TOLD, _KEYS).all())
            yield Snapshot(
                database,
                CatalogReader(database),
                schema,
                told.get(IDENTITY, ""),
                int(told.get(GENERATION, 0)),
                told.get(COMMIT, ""),
                told.get(ENCODER),
            )
