"""One moment of the base, read over two connections at once where two threads ask."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from kb.index.catalog.rows import DOCUMENTS
from kb.index.postgresql.server import Server
from kb.index.postgresql.snapshot import OneMoment, snapshot_of
from kb.index.postgresql.store import PostgresStore
from postgres_server import PostgresServer
from server_index import version, writer

_IDS = sa.select(DOCUMENTS.c.id).order_by(DOCUMENTS.c.id)


@pytest.fixture
def server(database: str) -> Iterator[Server]:
    opened = Server(database, keeps=1)
    yield opened
    opened.close()


@pytest.fixture
def beside(database: str) -> Iterator[Server]:
    opened = Server(database, keeps=1, more=0, waits=0)
    yield opened
    opened.close()


@pytest.fixture
def another_thread() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


def told(connection: Connection) -> tuple[int, list[str]]:
    """Which process of the server answers, and the documents that it sees."""
    process = connection.execute(sa.select(sa.func.pg_backend_pid())).scalar_one()
    return process, list(connection.execute(_IDS).scalars())


def seen_from(database: OneMoment) -> tuple[int, list[str]]:
    with database.connect() as connection:
        return told(connection)


def test_two_threads_at_once_see_the_same_moment(
    filled: PostgresStore, server: Server, beside: Server, another_thread: ThreadPoolExecutor
) -> None:
    with snapshot_of(server, beside=beside) as snapshot, snapshot.database.connect() as connection:
        with writer(filled) as index:
            index.commit([version("c.md", "Ajouté entre-temps.")])
        process, documents = told(connection)
        other_process, others = another_thread.submit(seen_from, snapshot.database).result()
        assert other_process != process
        assert others == documents == ["a.md", "b.md"]
        assert seen_from(snapshot.database)[0] == process  # its own once more
    with snapshot_of(server, beside=beside) as snapshot:
        assert seen_from(snapshot.database)[1] == ["a.md", "b.md", "c.md"]


@pytest.mark.usefixtures("filled")
def test_who_finds_no_other_connection_waits_for_the_first(
    server: Server, beside: Server, another_thread: ThreadPoolExecutor
) -> None:
    with beside.engine.connect(), snapshot_of(server, beside=beside) as snapshot:  # the only one there is
        with snapshot.database.connect() as connection:
            process, _ = told(connection)
            waiting = another_thread.submit(seen_from, snapshot.database)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.2)
        assert waiting.result()[0] == process


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("is_reached", [False, True])
def test_a_connection_that_cannot_see_the_same_is_done_without(
    postgres: PostgresServer, tmp_path: Path, server: Server, another_thread: ThreadPoolExecutor, is_reached: bool
) -> None:
    elsewhere = postgres.new_database() if is_reached else f"postgresql://postgres@/base?host={tmp_path}"
    with closing(Server(elsewhere, keeps=1)) as other, snapshot_of(server, beside=other) as snapshot:
        with snapshot.database.connect() as connection:
            process, documents = told(connection)
            waiting = another_thread.submit(seen_from, snapshot.database)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.2)
        assert waiting.result() == (process, documents)
