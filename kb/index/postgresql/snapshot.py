"""One state of the base, whatever is committed meanwhile: what a question, or a copy of the words, is made from."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial

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
_WHICH_AND_MOMENT = sa.select(IN_USE.c.schema, sa.func.pg_export_snapshot())
_TOLD = sa.select(META.c.key, META.c.value).where(among(META.c.key))
_KEYS = ids_parameter([IDENTITY, GENERATION, COMMIT, ENCODER])


class OneMoment:
    """A database that is one connection in one transaction. Serves many threads: one after the other, or two at once
    where `beside` opens another connection that sees the same.
    """

    def __init__(
        self, connection: Connection, beside: Callable[[], AbstractContextManager[Connection]] | None = None
    ) -> None:
        self._connection = connection
        self._beside = beside
        self._turn = threading.RLock()

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A connection, to one thread at a time."""
        with ExitStack() as held:
            yield self._free(held)

    def begin(self) -> AbstractContextManager[Connection]:
        """Nothing is changed in a snapshot."""
        raise RuntimeError("a snapshot is read only")

    def _free(self, held: ExitStack) -> Connection:
        if self._turn.acquire(blocking=False):
            held.callback(self._turn.release)
            return self._connection
        if self._beside is not None:
            with suppress(StoreError, sa.exc.SQLAlchemyError):  # all are in use, or the server gives no more
                return held.enter_context(self._beside())
        held.enter_context(self._turn)
        return self._connection


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A state of an index: its schema, what tells it from every other index, its generation and its last commit; and
    the encoder that made it, None before the first commit."""

    database: OneMoment
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
def snapshot_of(server: Server, schema: str | None = None, beside: Server | None = None) -> Iterator[Snapshot]:
    """The state, at this moment, of the index in a schema, by default of the one in use. Of that one, two threads may
    read at once, over a connection of the server `beside`, which is the same with connections of its own.

    PostgreSQL's REPEATABLE READ: all that is read in it is of one moment. Raises StoreError where there is no base.
    """
    with _reading(server) as connection:
        another = None
        if schema is None:
            # Whoever drops an index waits until this ends. Before the snapshot: the first query takes that.
            connection.execute(_HOLD)
            found = connection.execute(_WHICH if beside is None else _WHICH_AND_MOMENT).one_or_none()
            if found is None:
                raise StoreError(server.missing)
            schema = str(found[0])
            another = None if beside is None else partial(_also_reading, beside, schema, found[1])
        connection.execution_options(schema_translate_map={None: schema})
        told = dict(connection.execute(_TOLD, _KEYS).all())
        database = OneMoment(connection, another)
        yield Snapshot(
            database,
            CatalogReader(database),
            schema,
            told.get(IDENTITY, ""),
            int(told.get(GENERATION, 0)),
            told.get(COMMIT, ""),
            told.get(ENCODER),
        )


@contextmanager
def _reading(server: Server) -> Iterator[Connection]:
    with server.engine.connect() as connection:
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            yield connection


@contextmanager
def _also_reading(server: Server, schema: str, moment: str) -> Iterator[Connection]:
    with _reading(server) as connection:
        connection.exec_driver_sql(f"SET TRANSACTION SNAPSHOT '{moment}'")
        yield connection.execution_options(schema_translate_map={None: schema})
