"""A store on a PostgreSQL server, and this machine's copy of its words."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kb.dialects import put, set_numbers
from kb.errors import StoreBusyError, StoreError
from kb.index.catalog.catalog import Catalog
from kb.index.catalog.rows import META, METADATA, REPORTS
from kb.index.catalog.versions import SCHEMA_VERSION
from kb.index.postgresql.reader import PostgresReader
from kb.index.postgresql.server import WRITING, Server
from kb.index.postgresql.snapshot import snapshot_of
from kb.index.postgresql.tables import CHANGED, CONTROL, IDENTITY, IN_USE, INDEX, UNVACUUMED
from kb.index.postgresql.vectors import TABLES
from kb.index.postgresql.words import WordsCopy, copying
from kb.index.postgresql.writing import PostgresWriting
from kb.index.store import Store
from kb.models.encoder import Encoder

# Whoever reads without a snapshot looks for another index in use a few times a second.
GRACE_SECONDS = 2.0
_UNREACHED = (
    "Ce que le serveur PostgreSQL garde ailleurs n'est pas atteint : ses sauvegardes et ses journaux archivés (WAL), "
    "jusqu'à ce qu'ils expirent, un serveur de secours, jusqu'à ce qu'il ait rattrapé son retard ; une réplique de "
    "l'application qui est arrêtée garde sa copie des mots et des pages reconnues jusqu'à son prochain démarrage."
)


class PostgresStore:
    """The store on the server at `url`; the words of this machine stand in the folder `words`.

    With `aside`, the schema of one of its indexes, which is being made under the writer's lock. Raises StoreError for
    an address that is none of a PostgreSQL server.
    """

    def __init__(self, url: str, words: Path, aside: str | None = None) -> None:
        self._url = url
        self._server = Server(url)
        self._words = words
        self._aside = aside

    @property
    def name(self) -> str:
        """The server and its database, without a password."""
        return self._server.name

    @property
    def unreached(self) -> str:
        """What a server keeps of its own, and machines that are not there to be told."""
        return _UNREACHED

    def exists(self) -> bool:
        """Whether there is a base on the server."""
        with self._server.engine.connect() as connection:
            return self._server.schema_in_use(connection) is not None

    def catalog(self) -> Catalog:
        """The catalog of the index in use."""
        if self._aside is not None:
            return Catalog(self._server.of(self._aside))
        return self._server.catalog_in_use()[1]

    def reader(self, encoder: Encoder) -> PostgresReader:
        """Opens it for searches. Raises StoreError, FingerprintError."""
        return PostgresReader(self._url, self._words, encoder)

    @contextmanager
    def writing(self) -> Iterator[PostgresWriting]:
        """Opens it for its one writer. Raises StoreBusyError when another process is writing."""
        with ExitStack() as held:
            if self._aside is not None:
                connection, schema = held.enter_context(self._server.engine.connect()), self._aside
            else:
                connection = held.enter_context(self._locked())
                with self._server.making() as making:
                    schema = self._server.schema_in_use(making) or self._make_first(making)
            server = held.enter_context(closing(Server(self._url, keeps=2)))
            writing = PostgresWriting(server, connection, schema, self._words)
            if writing.catalog.get(UNVACUUMED):
                self._vacuum(schema)
            yield writing
            writing.close()

    def rebuild(self, fill: Callable[[Store], None]) -> None:
        """Makes an index in a schema aside, which `fill` completes, and puts it in the place of the one in use."""
        with self._locked():
            with self._server.making() as connection:
                before = self._server.schema_in_use(connection)
                if before is None:
                    raise StoreError(self._server.missing)
                aside = self._make_index(connection)
                for table in METADATA.sorted_tables:
                    _copy(connection, table, before, aside)
                _identify(connection, aside)
            fill(PostgresStore(self._url, self._words, aside))
            with self._server.making() as connection:
                put(connection, IN_USE, {"number": 1, "schema": aside})
            time.sleep(GRACE_SECONDS)
            self._remove_unused()

    def prove(self) -> None:
        """Raises StoreError unless catalog, vectors and words agree."""
        with self.writing() as writing:
            wrong = next(iter(writing.audit()), None)
        if wrong is not None:
            raise StoreError(
                f"La base refaite n'est pas entière ({wrong.what}) ; celle d'avant reste en service. Lancez « reperes "
                "check --repair », puis la même commande."
            )

    def erase(self, document_ids: Sequence[str], now: str) -> None:
        """Erases documents for good: their rows leave, then the server's files are written anew without them.

        The copies of the words are made anew, on every machine. Raises StoreError, StoreBusyError.
        """
        with self.writing() as writing:
            catalog = writing.catalog
            if unknown := set(document_ids) - catalog.states().keys():
                raise StoreError(f"{', '.join(sorted(unknown))} : la base n'a pas de document de ce nom.")
            # The mark first: an erasure that stops after it is gone on with, and nothing comes back meanwhile.
            for document_id in document_ids:
                catalog.journal.forget(document_id, now)
            with catalog.transaction() as connection:
                for document_id in document_ids:
                    for table in TABLES.values() if writing.has_vectors(connection) else ():
                        connection.execute(table.delete().where(table.c.document_id == document_id))
                    catalog.erase_document(connection, document_id)
                connection.execute(CHANGED.delete())
                catalog.set(connection, {IDENTITY: uuid.uuid4().hex, UNVACUUMED: "yes"})
                writing.announce(connection, set())
            self._vacuum(writing.schema)
        self._remove_copies()

    def finish_erasing(self) -> None:
        """Takes away what an erasure that was interrupted left: the writer does so before anything else."""
        with self.writing():
            self._remove_copies()

    @contextmanager
    def _locked(self) -> Iterator[Connection]:
        """The writer's lock, which goes with the connection that holds it. Raises StoreBusyError."""
        self._server.check()
        with self._server.engine.connect() as connection:
            with connection.begin():
                is_ours = connection.execute(sa.select(sa.func.pg_try_advisory_lock(WRITING))).scalar_one()
            if not is_ours:
                raise StoreBusyError(
                    f"{self.name} : une autre mise à jour de la base est en cours. Attendez qu'elle finisse, puis "
                    "relancez."
                )
            try:
                if used := self._remove_unused():
                    self._server.bring_up_to_date(used, is_locked=True)
                yield connection
            finally:
                if not connection.invalidated:
                    with suppress(StoreError, sa.exc.SQLAlchemyError):
                        connection.rollback()
                        with connection.begin():  # a busy server may see a moment late that it is closed
                            connection.execute(sa.select(sa.func.pg_advisory_unlock(WRITING)))
                    connection.detach()  # closed, not kept for others: at the latest, the lock goes with it

    def _make_first(self, connection: Connection) -> str:
        """Makes the first index of a server, empty."""
        connection.execute(sa.schema.CreateSchema(CONTROL, if_not_exists=True))
        IN_USE.create(connection, checkfirst=True)
        schema = self._make_index(connection)
        connection.execution_options(schema_translate_map={None: schema})
        first = {"schema": SCHEMA_VERSION, "generation": "0"}
        put(connection, META, [{"key": key, "value": value} for key, value in first.items()])
        _identify(connection, schema)
        put(connection, IN_USE, {"number": 1, "schema": schema})
        return schema

    def _make_index(self, connection: Connection) -> str:
        """Makes the schema of another index, and its tables. Returns its name."""
        used = [int(name.removeprefix(INDEX)) for name in self._server.schemas(connection)]
        schema = f"{INDEX}{max(used, default=0) + 1}"
        connection.execute(sa.schema.CreateSchema(schema))
        connection.execution_options(schema_translate_map={None: schema})
        METADATA.create_all(connection)
        CHANGED.create(connection)
        return schema

    def _remove_unused(self) -> str | None:
        """Drops every index but the one in use: those that were replaced, and those that were never finished.

        Returns the schema of the one in use, None where there is no base.
        """
        with self._server.making() as connection:
            used = self._server.schema_in_use(connection)
            if unused := [name for name in self._server.schemas(connection) if name != used]:
                connection.execute(sa.text(f"LOCK TABLE {IN_USE.fullname} IN ACCESS EXCLUSIVE MODE"))
                for name in unused:
                    connection.execute(sa.schema.DropSchema(name, cascade=True))
            return used

    def _vacuum(self, schema: str) -> None:
        """Has the server write its files anew, without the rows that were deleted."""
        tables = [*METADATA.sorted_tables, CHANGED, *TABLES.values()]
        with self._server.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            there = sa.text("SELECT tablename FROM pg_tables WHERE schemaname = :schema")
            names = set(connection.execute(there, {"schema": schema}).scalars())
            for table in tables:
                if table.name in names:
                    connection.execute(sa.text(f"VACUUM (FULL) {schema}.{table.name}"))
        with self._server.of(schema).begin() as connection:
            connection.execute(META.delete().where(META.c.key == UNVACUUMED))

    def _remove_copies(self) -> None:
        with copying(self._words), snapshot_of(self._server) as snapshot:
            copy = WordsCopy(self._words, snapshot.identity)
            copy.remove_others(snapshot.identities(self._server))


def _copy(connection: Connection, table: sa.Table, before: str, after: str) -> None:
    """Copies the rows of a table from a schema into another."""
    names = [column.name for column in table.columns]
    source = sa.table(table.name, *(sa.column(name) for name in names), schema=before)
    target = sa.table(table.name, *(sa.column(name) for name in names), schema=after)
    connection.execute(sa.insert(target).from_select(names, sa.select(source)))
    if table is REPORTS:
        set_numbers(connection, REPORTS.c.id)


def _identify(connection: Connection, schema: str) -> None:
    """Gives an index what tells it from every other."""
    put(
        connection.execution_options(schema_translate_map={None: schema}),
        META,
        {"key": IDENTITY, "value": uuid.uuid4().hex},
    )
