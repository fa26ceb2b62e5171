"""Where the bases of a benchmark stand: folders, or databases of a PostgreSQL server."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import sqlalchemy as sa

from kb.settings import Settings

# A copied sequence believes that its next values are in the log already, where a crash looks for them in vain: the copy
# would give numbers that its rows have. What is set is logged.
_SEQUENCES_ARE_LOGGED = """DO $$ DECLARE one record; BEGIN
FOR one IN SELECT quote_ident(schemaname) || '.' || quote_ident(sequencename) AS name, last_value FROM pg_sequences
WHERE last_value IS NOT NULL LOOP PERFORM setval(one.name, one.last_value); END LOOP; END $$"""


class Folders:
    """Where the bases stand: folders of a scratch folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def settings(self, name: str) -> Settings:
        """The settings of a base."""
        return Settings(store=self._folder / name)

    def copy(self, source: str, target: str) -> None:
        """Makes a base what another one is."""
        shutil.rmtree(self._folder / target, ignore_errors=True)
        if (self._folder / source).is_dir():  # on a server, there only once somebody has searched
            shutil.copytree(self._folder / source, self._folder / target)


class Databases(Folders):
    """Where the bases stand: databases of a server, and folders for the copies of their words."""

    def __init__(self, folder: Path, server: str) -> None:
        super().__init__(folder)
        self._server = sa.make_url(server)
        self._engine = sa.create_engine(self._server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        self._prefix = f"reperes_bench_{os.getpid()}_"
        self._tell(f"CREATE DATABASE {self._prefix}before")

    def settings(self, name: str) -> Settings:
        url = self._server.set(database=self._prefix + name).render_as_string(hide_password=False)
        return Settings(store=self._folder / name, database=url)

    def copy(self, source: str, target: str) -> None:
        super().copy(source, target)
        self._tell(f"DROP DATABASE IF EXISTS {self._prefix}{target} WITH (FORCE)")
        self._tell(f"CREATE DATABASE {self._prefix}{target} TEMPLATE {self._prefix}{source}")
        engine = sa.create_engine(self._server.set(database=self._prefix + target), poolclass=sa.NullPool)
        with engine.begin() as connection:
            connection.exec_driver_sql(_SEQUENCES_ARE_LOGGED)

    def remove(self) -> None:
        """Drops the databases."""
        for name in ("before", "store"):
            self._tell(f"DROP DATABASE IF EXISTS {self._prefix}{name} WITH (FORCE)")

    def _tell(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.execute(sa.text(statement))
