"""Where what people do with the base is kept: a file of its own, or the PostgreSQL server that the base stands on."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from kb.errors import StoreError
from kb.index.catalog.write_ahead import SECONDS_TO_WAIT
from kb.index.postgresql.server import MAKING, Server
from kb.records.migrations.upgrade import bring_up_to_date, bring_up_to_date_on_server
from kb.records.tables import METADATA, configure
from kb.settings import Settings

SCHEMA = "reperes_app"
"""The schema, on a server, of what people do with the base."""

# The key of the advisory lock that stands for the whole of it: after those of the index.
_ALONE = MAKING + 1
# Locks of two numbers stand apart from those of one: this, and what they are about.
_ABOUT = 1
_UNCOMPACTED = (
    "{path} : les documents sont effacés, mais des octets en restent dans ce fichier ({reason}). Relancez la même "
    "commande dans un moment."
)


class Place(Protocol):
    """Where it is kept; `str` of it names it in messages."""

    def exists(self) -> bool:
        """Whether anything was kept there yet."""

    def open(self) -> Engine:
        """Opens it, made when missing and brought up to date. Raises StoreError."""

    def take(self, connection: Connection, about: str = "", /) -> None:
        """Has the transaction of a connection be the only one that changes anything, until it ends; with `about`, the
        only one of those that name the same."""

    def compact(self, engine: Engine) -> None:
        """Leaves no byte of what was deleted. Raises StoreError while that cannot be done."""


@dataclass(frozen=True, slots=True)
class FilePlace:
    """The SQLite file `path`."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)

    def exists(self) -> bool:
        return self.path.is_file()

    def open(self) -> Engine:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(f"sqlite:///{self.path.absolute()}", connect_args={"timeout": SECONDS_TO_WAIT})
        sa.event.listen(engine, "connect", configure)
        try:
            bring_up_to_date(engine, self.path)
        except BaseException:
            engine.dispose()
            raise
        return engine

    def take(self, connection: Connection, _about: str = "", /) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    def compact(self, engine: Engine) -> None:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            try:
                connection.execute(sa.text("VACUUM"))
                is_busy = bool(connection.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)")).one()[0])
            except sa.exc.OperationalError as error:
                raise StoreError(_UNCOMPACTED.format(path=self.path, reason=error.orig)) from error
        if is_busy:
            raise StoreError(_UNCOMPACTED.format(path=self.path, reason="un autre programme le lit"))


@dataclass(frozen=True, slots=True)
class ServerPlace:
    """The schema `SCHEMA` of the database at `url`."""

    url: str = field(repr=False)

    def __str__(self) -> str:
        return f"{Server(self.url).name} (schéma {SCHEMA})"

    def exists(self) -> bool:
        with Server(self.url).engine.connect() as connection:
            name = sa.func.to_regclass(f"{SCHEMA}.alembic_version")
            return connection.execute(sa.select(name)).scalar_one() is not None

    def open(self) -> Engine:
        server = Server(self.url, keeps=2)
        sa.event.listen(server.engine, "connect", _stand_in_schema)
        try:
            # Checked apart: an extension that is missing is made in the schema that connections stand in.
            bring_up_to_date_on_server(server.engine, SCHEMA, str(self), Server(self.url).check)
        except BaseException:
            server.close()
            raise
        return server.engine

    def take(self, connection: Connection, about: str = "", /) -> None:
        lock = sa.func.pg_advisory_xact_lock
        asked = lock(_ABOUT, sa.func.hashtext(about)) if about else lock(_ALONE)
        connection.execute(sa.select(asked))

    def compact(self, engine: Engine) -> None:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for table in METADATA.sorted_tables:
                connection.execute(sa.text(f"VACUUM (FULL) {table.name}"))


Kept: TypeAlias = Place | Path
"""A place, or the path of a file that is one."""


def place_of(settings: Settings) -> Place:
    """Where the settings have it kept."""
    return ServerPlace(settings.database) if settings.database else FilePlace(settings.app_database)


def shared_place_of(settings: Settings) -> Place | None:
    """Where the processes that serve a base keep what they go by together; None where one serves it, by itself."""
    return ServerPlace(settings.database) if settings.database else None


def as_place(kept: Kept) -> Place:
    """The place that is meant."""
    return FilePlace(kept) if isinstance(kept, Path) else kept


def _stand_in_schema(connection: Any, _record: Any) -> None:
    was, connection.autocommit = connection.autocommit, True
    connection.execute(f"SET search_path TO {SCHEMA}")
    connection.autocommit = was
