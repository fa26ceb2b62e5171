"""Which version of `app.db` a file is, and how it becomes the latest one: in one transaction, or not at all.

Files are opened often (with each feedback, say): a file of the latest version costs two small reads. Alembic, which
takes a while to import, is for the others.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kb.errors import StoreError
from kb.index.catalog.write_ahead import SECONDS_TO_WAIT
from kb.records.tables import configure

LATEST = "11"
"""The version that this program works with: the last one of `kb/records/migrations/versions`."""

_MIGRATIONS = Path(__file__).parent
# The version that files from before Alembic tell in their table `meta`.
_BEFORE_ALEMBIC = "1"
_DAMAGED = frozenset({"SQLITE_CORRUPT", "SQLITE_NOTADB"})
_BUSY = frozenset({"SQLITE_BUSY", "SQLITE_LOCKED"})
# Alembic's `context` and `op` are those of the whole process.
_one_at_a_time = threading.Lock()

logger = logging.getLogger(__name__)


def bring_up_to_date(engine: sa.Engine, path: Path) -> None:
    """Makes the file `path`, which `engine` opens, one of the latest version.

    Any number of threads and processes may do so at once. Raises StoreError, the file as it was, when it is damaged,
    cannot be written or comes from a later version of Repères.
    """
    try:
        with engine.connect() as connection:
            if _version(connection) == LATEST:
                return
        _migrate(path)
    except sa.exc.DatabaseError as error:
        raise StoreError(_reason(path, error)) from error


def bring_up_to_date_on_server(engine: sa.Engine, schema: str, name: str, check: Callable[[], None]) -> None:
    """As `bring_up_to_date`, for the tables in a schema of a server: `engine` stands in it, messages call it `name`.

    `check` raises StoreError for a server that a base cannot stand on: before anything is made there.
    """
    with engine.connect() as connection:
        if _version(connection) == LATEST:
            return
    check()
    with _one_at_a_time, engine.begin() as connection:
        # Others that would do the same wait, whichever machine they run on.
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(schema))))
        connection.execute(sa.schema.CreateSchema(schema, if_not_exists=True))
        _migrate_within(connection, name)


def _version(connection: Connection) -> str | None:
    """The version of a file, None for one from before Alembic or a new one."""
    return _told(connection, "alembic_version", "SELECT version_num FROM alembic_version")


def _told(connection: Connection, table: str, query: str) -> str | None:
    """The one value that a query finds in a table, None without the value or the table."""
    if not sa.inspect(connection).has_table(table):
        return None
    found = connection.exec_driver_sql(query).scalar_one_or_none()
    return None if found is None else str(found)


def _migrate(path: Path) -> None:
    # sqlite3 would begin a transaction with the first change of a row only, and make tables outside of it.
    engine = sa.create_engine(
        f"sqlite:///{path.absolute()}", connect_args={"timeout": SECONDS_TO_WAIT}, poolclass=sa.NullPool
    )
    sa.event.listen(engine, "connect", configure)
    sa.event.listen(engine, "connect", _leave_transactions_to_us)
    sa.event.listen(engine, "begin", _begin)
    # What another thread or process did meanwhile is seen: a transaction waits for the others, then looks.
    with _one_at_a_time, engine.begin() as connection:
        _migrate_within(connection, str(path))


def _migrate_within(connection: Connection, name: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    version = _version(connection)
    if version == LATEST:
        return
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    told = version or _version_before_alembic(connection)
    if version not in known and told not in {None, _BEFORE_ALEMBIC}:
        raise StoreError(
            f"{name} : ce fichier vient d'une version plus récente de Repères (schéma {told}, celle-ci connaît le "
            f"schéma {LATEST}). Rien n'y a été modifié, rien n'est perdu : mettez Repères à jour, puis relancez."
        )
    logger.info("%s: from version %s to %s", name, version or "none", LATEST)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _version_before_alembic(connection: Connection) -> str | None:
    return _told(connection, "meta", "SELECT value FROM meta WHERE key = 'schema'")


def _leave_transactions_to_us(connection: Any, _record: Any) -> None:
    connection.isolation_level = None


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _reason(path: Path, error: sa.exc.DatabaseError) -> str:
    name = str(getattr(error.orig, "sqlite_errorname", ""))
    if any(name.startswith(known) for known in _DAMAGED):
        return (
            f"{path} : ce fichier est abîmé, donc illisible ({error.orig}). Il garde les conversations, les avis et "
            "les évaluations : Repères n'y a rien changé. Arrêtez Repères et remettez à cette place votre dernière "
            f"sauvegarde. Sans sauvegarde, « sqlite3 {path.name} .recover | sqlite3 {path.stem}-retrouve.db » en tire "
            "dans un nouveau fichier ce qui se lit encore ; gardez une copie de celui-ci avant de le remplacer."
        )
    if any(name.startswith(known) for known in _BUSY):
        return f"{path} : un autre programme occupe ce fichier. Réessayez dans un moment ; rien n'est perdu."
    return (
        f"{path} : ce fichier ne peut pas être ouvert ({error.orig}). Vérifiez les droits sur ce fichier et sur son "
        "dossier, et la place qui reste sur le disque ; rien n'est perdu."
    )
