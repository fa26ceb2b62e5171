"""The versions of the catalog: an earlier one is brought up to date where it stands, in one transaction.

Whoever opens a catalog does so, the first one that comes; vectors and words are derived, and made anew by a rebuild.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from kb.dialects import put_new
from kb.errors import StoreError
from kb.index.catalog.facets import fill
from kb.index.catalog.rows import FACETS, FORGOTTEN, META, METADATA, PAGES, REPORTS

SCHEMA_VERSION = "4"
"""Raised with each change of the tables, and then `_STEPS` says how the version before becomes the new one."""

_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")


def prepare(engine: Engine, path: Path, *, create: bool) -> None:
    """Makes the catalog in the file `path`, which `engine` opens, one of the present version; makes it if `create`.

    Raises StoreError, the file as it was, when there is no catalog in it (and none is to be made), when it is damaged
    or cannot be opened, or of a version that cannot be brought up to date.
    """
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if create:
                with _transaction(connection):
                    _make(connection)
            if _version(connection) == SCHEMA_VERSION:
                return
            with _transaction(connection):
                _bring_up_to_date(connection, path)
    except sa.exc.DatabaseError as error:
        raise StoreError(_reason(path, error)) from error


def _make(connection: Connection) -> None:
    """Makes what is missing of a new catalog; one of another version is left to `_bring_up_to_date`."""
    if _version(connection) in {None, SCHEMA_VERSION}:
        METADATA.create_all(connection)
        first = [{"key": "schema", "value": SCHEMA_VERSION}, {"key": "generation", "value": "0"}]
        put_new(connection, META, first)


def _bring_up_to_date(connection: Connection, path: Path) -> None:
    # Looked at again within the transaction: another process may have done it meanwhile.
    version = _version(connection)
    if version is None:
        raise StoreError(f"{path} : la base n'existe pas encore. Lancez « reperes ingest » pour la constituer.")
    go_on_from(version, connection, str(path))


def go_on_from(version: str, connection: Connection, name: str) -> None:
    """Brings a catalog of a version up to date, within a transaction. Raises StoreError when that cannot be done."""
    while version != SCHEMA_VERSION:
        if version not in _STEPS:
            raise StoreError(_other_version(name, version))
        version, step = _STEPS[version]
        step(connection)
        connection.execute(META.update().where(META.c.key == "schema").values(value=version))


def _add_what_syncing_keeps(connection: Connection) -> None:
    METADATA.create_all(connection, tables=[PAGES, REPORTS, FORGOTTEN])


def _add_facets(connection: Connection) -> None:
    METADATA.create_all(connection, tables=[FACETS])
    fill(connection)


_STEPS: Mapping[str, tuple[str, Callable[[Connection], None]]] = {
    "2": ("3", _add_what_syncing_keeps),
    "3": ("4", _add_facets),
}
"""From each earlier version to the next one."""


def _version(connection: Connection) -> str | None:
    """The version of the catalog, None when there is none in the file."""
    tables = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'meta'"
    if connection.exec_driver_sql(tables).first() is None:
        return None
    found = connection.execute(sa.select(META.c.value).where(META.c.key == "schema")).scalar_one_or_none()
    return None if found is None else str(found)


@contextmanager
def _transaction(connection: Connection) -> Iterator[None]:
    """One transaction, tables included: sqlite3's own begin with the first change of a row only."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.exec_driver_sql("ROLLBACK")
        raise
    connection.exec_driver_sql("COMMIT")


def _other_version(name: str, version: str) -> str:
    if version.isdigit() and int(version) > int(SCHEMA_VERSION):
        return (
            f"{name} : la base vient d'une version plus récente de Repères (schéma {version}, celle-ci connaît le "
            f"schéma {SCHEMA_VERSION}). Rien n'y a été modifié : mettez Repères à jour, puis relancez."
        )
    return (
        f"{name} : la base vient d'une version de Repères trop ancienne pour être reprise (schéma {version}, il faut "
        f"{SCHEMA_VERSION}). Mettez son dossier de côté, puis lancez « reperes ingest » et « reperes sync » : elle "
        "sera refaite à partir des documents. Conversations et avis sont gardés ailleurs, ils restent."
    )


def _reason(path: Path, error: sa.exc.DatabaseError) -> str:
    if str(getattr(error.orig, "sqlite_errorname", "")).startswith(_DAMAGED):
        return (
            f"{path} : la base est abîmée, donc illisible ({error.orig}). Mettez son dossier de côté, puis lancez "
            "« reperes ingest » et « reperes sync » : elle sera refaite à partir des documents. Conversations et avis "
            "sont gardés ailleurs, ils restent."
        )
    return (
        f"{path} : la base ne peut pas être ouverte ({error.orig}). Un autre programme l'occupe peut-être : réessayez, "
        "puis vérifiez les droits sur son dossier et la place qui reste sur le disque."
    )
