"""A PostgreSQL server: how it is reached, what it must have, and which index is in use on it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import ConnectionPoolEntry

from kb.dialects import COPIED
from kb.errors import StoreBusyError, StoreError, StoreUnreachableError
from kb.index.catalog.catalog import Catalog
from kb.index.catalog.versions import SCHEMA_VERSION, go_on_from
from kb.index.postgresql.tables import CONTROL, IN_USE, INDEX

DRIVER = "postgresql+psycopg"
News: TypeAlias = Callable[[float], bool]
NEWS = "reperes"
"""The channel on which each new generation is told."""

SETTINGS: Mapping[str, str] = {
    "hnsw.ef_search": "100",
    "hnsw.iterative_scan": "relaxed_order",
    "hnsw.max_scan_tuples": "100000",
    "hnsw.scan_mem_multiplier": "4",
    "plan_cache_mode": "force_custom_plan",
}
"""What a connection is told when it is opened: a graph is asked for more until there are enough, in whatever order; and
each search is planned by what it asks for.
"""

# Keys of advisory locks: « reperes » as a number, and the next one. They hold in one database of the server.
WRITING = int.from_bytes(b"reperes", "big")
MAKING = WRITING + 1
_OLDEST_SERVER = 16
_INSERTED = re.compile(r"INSERT INTO (?P<table>\S+) \((?P<columns>[^()]+)\) VALUES ")
_OLDEST_EXTENSION = (0, 8)  # iterative scans, which a filtered search needs
# Beyond the connections that are kept: twenty people ask at once, and each question holds one while it searches.
_MORE = 20
_SECONDS_TO_WAIT = 30.0
# The writer's connection is idle while files are read, for minutes: what stands between must not take it for dead.
# Whoever is told that it does not answer has not waited for long.
_KEEP_ALIVE = {"keepalives_idle": 60, "connect_timeout": 10}  # seconds


class Server:
    """The database at `url`. Nothing is opened before it is needed. Serves many threads.

    Up to `keeps` connections stay open between two uses, until `close`; `more` are opened for as long as they are used,
    and whoever finds none of them free waits up to `waits` seconds.

    Every method raises StoreError, in French, when the server cannot be reached.
    """

    def __init__(self, url: str, *, keeps: int = 0, more: int = _MORE, waits: float = _SECONDS_TO_WAIT) -> None:
        try:
            parsed = sa.make_url(url)
        except sa.exc.ArgumentError:
            parsed = None
        if parsed is None or parsed.drivername not in {DRIVER, "postgresql"}:
            raise StoreError(
                f"REPERES_DATABASE : l'adresse n'est pas celle d'une base PostgreSQL. Écrivez-la sous la forme "
                f"{DRIVER}://compte:mot-de-passe@serveur/base."
            )
        self.name = f"{parsed.host or parsed.query.get('host', 'localhost')}/{parsed.database or ''}"
        address = parsed.set(drivername=DRIVER)
        if keeps:
            self.engine = sa.create_engine(
                address,
                connect_args=_KEEP_ALIVE,
                pool_pre_ping=True,
                pool_size=keeps,
                max_overflow=more,
                pool_timeout=waits,
            )
        else:
            self.engine = sa.create_engine(address, connect_args=_KEEP_ALIVE, poolclass=sa.NullPool)
        sa.event.listen(self.engine, "connect", _set)
        sa.event.listen(self.engine, "handle_error", self._tell)
        sa.event.listen(self.engine, "do_executemany", _copy)
        sa.event.listen(self.engine, "checkin", self._let_go)
        self._is_checked = self._is_closed = False

    @property
    def missing(self) -> str:
        """What to do where there is no base."""
        return f"{self.name} : la base n'existe pas encore. Lancez « reperes ingest » pour la constituer."

    def close(self) -> None:
        """Closes the connections that are kept, and those at work once they are given back."""
        self._is_closed = True
        self.engine.dispose()

    def _let_go(self, _connection: object, entry: ConnectionPoolEntry) -> None:
        # Disposed of, the engine knows nothing any more of connections at work, which nobody would close.
        if self._is_closed:
            entry.close()

    def of(self, schema: str) -> Engine:
        """What opens connections to the tables in a schema."""
        return self.engine.execution_options(schema_translate_map={None: schema})

    def check(self) -> None:
        """Raises StoreError unless the server has what a base needs: a recent PostgreSQL, a recent pgvector."""
        if self._is_checked:
            return
        with self.engine.begin() as connection:
            version = connection.execute(sa.text("SHOW server_version_num")).scalar_one()
            if int(version) < _OLDEST_SERVER * 10_000:
                raise StoreError(
                    f"{self.name} : ce serveur est un PostgreSQL {int(version) // 10_000}, il faut la version "
                    f"{_OLDEST_SERVER} ou une plus récente. Mettez-le à jour, ou donnez l'adresse d'un autre serveur "
                    "(REPERES_DATABASE)."
                )
            self._check_extension(connection)
        self._is_checked = True

    def schema_in_use(self, connection: Connection) -> str | None:
        """The schema of the index in use; None where there is no base."""
        if connection.execute(sa.select(sa.func.to_regclass(f"{CONTROL}.{IN_USE.name}"))).scalar_one() is None:
            return None
        return connection.execute(sa.select(IN_USE.c.schema)).scalar_one_or_none()

    def catalog_in_use(self) -> tuple[str, Catalog]:
        """The schema and the catalog of the index in use, brought up to date when an earlier Repères made it.

        Raises StoreError where there is none, and for a version that cannot be brought up to date.
        """
        self.check()
        with self.engine.connect() as connection:
            schema = self.schema_in_use(connection)
        if schema is None:
            raise StoreError(self.missing)
        self.bring_up_to_date(schema)
        return schema, Catalog(self.of(schema))

    def bring_up_to_date(self, schema: str, *, is_locked: bool = False) -> None:
        """Makes a catalog that an earlier Repères made one of the present version. `is_locked` tells that the caller
        holds the writer's lock.

        Raises StoreError if it cannot, StoreBusyError while somebody writes: an earlier Repères that does so would go
        on without what the present version adds.
        """
        catalog = Catalog(self.of(schema))
        if catalog.get("schema") == SCHEMA_VERSION:
            return
        with self.making() as connection:
            version = catalog.get("schema") or ""  # another process may have done it meanwhile
            if version != SCHEMA_VERSION and not is_locked:
                alone = sa.select(sa.func.pg_try_advisory_xact_lock(WRITING))
                if not connection.execute(alone).scalar_one():
                    raise StoreBusyError(
                        f"{self.name} : la base vient d'une version antérieure de Repères, qui la met à jour en ce "
                        "moment. Attendez qu'elle finisse, puis relancez."
                    )
            connection.execution_options(schema_translate_map={None: schema})
            go_on_from(version, connection, self.name)

    @contextmanager
    def news(self) -> Iterator[News]:
        """What waits for news of a generation, some seconds at a time, and tells whether there was any."""
        pooled = self.engine.raw_connection()
        driver: Any = pooled.driver_connection
        pooled.detach()  # it listens from now on: for nobody else
        try:
            driver.autocommit = True
            driver.execute(f"LISTEN {NEWS}")
            yield lambda seconds: any(driver.notifies(timeout=seconds, stop_after=1))
        finally:
            driver.close()

    def schemas(self, connection: Connection) -> list[str]:
        """The schemas of all indexes, also of those that are in use no more."""
        names = sa.text("SELECT nspname FROM pg_namespace WHERE starts_with(nspname, :begin)")
        return list(connection.execute(names, {"begin": INDEX}).scalars())

    @contextmanager
    def making(self) -> Iterator[Connection]:
        """A transaction that makes schemas and tables; others that would do the same wait."""
        with self.engine.begin() as connection:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MAKING)))
            yield connection

    def _check_extension(self, connection: Connection) -> None:
        offered = connection.execute(
            sa.text("SELECT default_version, installed_version FROM pg_available_extensions WHERE name = 'vector'")
        ).first()
        if offered is None:
            raise StoreError(
                f"{self.name} : l'extension pgvector manque sur ce serveur. Installez-la (version 0.8 ou plus "
                "récente ; sous Debian le paquet postgresql-…-pgvector), puis relancez."
            )
        version = str(offered.installed_version or offered.default_version)
        if tuple(int(part) for part in version.split(".")[:2]) < _OLDEST_EXTENSION:
            raise StoreError(
                f"{self.name} : l'extension pgvector est en version {version}, il faut la 0.8 ou une plus récente. "
                "Installez-la sur le serveur, faites « ALTER EXTENSION vector UPDATE; » dans cette base, puis relancez."
            )
        if offered.installed_version is None:
            try:
                with connection.begin_nested():
                    connection.execute(sa.text("CREATE EXTENSION IF NOT EXISTS vector"))
            except sa.exc.ProgrammingError as error:
                raise StoreError(
                    f"{self.name} : l'extension pgvector n'est pas activée dans cette base, et ce compte n'a pas le "
                    "droit de le faire. Un administrateur du serveur y fait « CREATE EXTENSION vector; » : relancez "
                    "ensuite."
                ) from error

    def _tell(self, context: Any) -> None:
        """Says in French that the server cannot be reached or cannot do what it is asked, whoever asked."""
        if context.is_pre_ping:  # a connection that a restart of the server has cut: the pool opens another one
            return
        told = str(context.original_exception).strip().splitlines()
        reason = told[0] if told else type(context.original_exception).__name__
        is_operation = isinstance(context.sqlalchemy_exception, sa.exc.OperationalError)
        if context.is_disconnect or (is_operation and context.connection is None):
            raise StoreUnreachableError(
                f"{self.name} : la base de données ne répond pas ({reason}). Vérifiez que le serveur PostgreSQL est "
                "démarré et que son adresse est la bonne (REPERES_DATABASE), puis relancez."
            ) from context.original_exception
        if is_operation:
            raise StoreError(
                f"{self.name} : le serveur PostgreSQL ne peut pas faire ce qui est demandé ({reason}). Rien n'a été "
                "modifié à moitié : voyez sa place sur le disque et son journal, puis relancez."
            ) from context.original_exception


def _set(connection: Any, _record: Any) -> None:
    """Tells a connection, once for all of its transactions, how searches are made."""
    connection.autocommit = True
    asked = ", ".join(["set_config(%s, %s, false)"] * len(SETTINGS))
    connection.execute(f"SELECT {asked}", [part for setting in SETTINGS.items() for part in setting])
    connection.autocommit = False


def _copy(cursor: Any, statement: str, rows: Sequence[Mapping[str, Any]], context: Any) -> bool:
    """Has the rows of an insertion that is marked `COPIED` sent by COPY: half the time of a statement for each.

    Within SQLAlchemy's own execution, which knows what to do when the server drops the connection.
    """
    form = context.execution_options.get(COPIED)
    if form is None:
        return False
    inserted = _INSERTED.match(statement)
    assert inserted is not None, statement
    names = [name.strip('" ') for name in inserted["columns"].split(",")]
    with cursor.copy(f"COPY {inserted['table']} ({inserted['columns']}) FROM STDIN (FORMAT {form})") as copy:
        for row in rows:
            copy.write_row([row[name] for name in names])
    return True
