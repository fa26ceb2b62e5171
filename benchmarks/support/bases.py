"""Where the bases of a benchmark stand: folders, or databases of a PostgreSQL server."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import sqlalchemy as sa

from kb.settings import Settings


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
        self._prefix = f"reperes_crash_{os.getpid()}_"
        self._tell(f"CREATE DATABASE {self._prefix}before")

    def settings(self, name: str) -> Settings:
        url = self._server.set(database=self._prefix + name).render_as_string(hide_password=False)
        return Settings(store=self._folder / name, database=url)

    def copy(self, source: str, target: str) -> None:
        super().copy(source, target)
        self._tell(f"DROP DATABASE IF EXISTS {self._prefix}{target} WITH (FORCE)")
        self._tell(f"CREATE DATABASE {self._prefix}{target} TEMPLATE {self._prefix}{source}")

    def remove(self) -> None:
        """Drops the databases."""
        for name in ("before", "store"):
            self._tell(f"DROP DATABASE IF EXISTS {self._prefix}{name} WITH (FORCE)")

    def _tell(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.execute(sa.text(statement))
