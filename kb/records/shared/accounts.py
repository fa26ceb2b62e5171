"""Accounts in the database that all replicas share: an account made at one signs in at the others."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kb.errors import SettingsError
from kb.records.accounts import ROLES, Accounts, Edit, FileAccounts, Line, Lines, groups_in
from kb.records.database import AppDatabase
from kb.records.places import Place, shared_place_of
from kb.records.tables import ACCOUNTS
from kb.settings import Settings


def accounts_of(settings: Settings) -> Accounts:
    """The accounts where the settings have them kept."""
    place = shared_place_of(settings)
    return FileAccounts(settings.accounts_file) if place is None else SavedAccounts(place)


class SavedAccounts(Accounts):
    """The accounts in the database at `place`. Raises StoreError when it cannot be reached, SettingsError for a row
    that is no account."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self._place = place
        self._database = AppDatabase(place)

    @property
    def name(self) -> str:
        """The database."""
        return str(self._place)

    def close(self) -> None:
        """Closes the database."""
        self._database.close()

    def lines(self, name: str | None = None, /) -> Lines:
        """The lines of a person, or all."""
        with self._database.transaction() as connection:
            return self._read(connection, name)

    def change(self, edit: Edit) -> None:
        """Changes the rows, while nobody else does."""
        with self._database.writing("accounts") as connection:
            before = self._read(connection)
            after = edit(before)
            for line in before:
                if line not in after:
                    connection.execute(ACCOUNTS.delete().where(ACCOUNTS.c.secret == line.secret))
            if new := [_row(line) for line in after if line not in before]:
                connection.execute(ACCOUNTS.insert(), new)

    def _read(self, connection: Connection, name: str | None = None) -> Lines:
        query = sa.select(ACCOUNTS).order_by(ACCOUNTS.c.name, ACCOUNTS.c.secret)
        rows = connection.execute(query if name is None else query.where(ACCOUNTS.c.name == name)).all()
        for row in rows:
            if row.role not in ROLES:
                raise SettingsError(f"{self.name}, compte « {row.name} » : rôle inconnu ({row.role}).")
        return [Line(row.name, row.role, row.secret, groups_in(row.in_groups)) for row in rows]


def accounts_in(path: Path) -> FileAccounts:
    """The accounts of a file that is there. Raises SettingsError for one that is not, or cannot be read."""
    if not path.is_file():
        raise SettingsError(f"{path} : ce fichier n'existe pas.")
    return FileAccounts(path)


def _row(line: Line) -> dict[str, str]:
    groups = ",".join(sorted(line.groups))
    return {"name": line.name, "role": line.role, "secret": line.secret, "in_groups": groups}
