"""What a server must have: told in French, with what to do, and never with a password."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from kb.errors import StoreError, StoreUnreachableError
from kb.index.postgresql.server import SETTINGS, Server
from kb.index.postgresql.store import PostgresStore
from kb.settings import Settings
from postgres_server import PostgresServer


@pytest.mark.parametrize("url", ["", "n'importe quoi", "sqlite:///base.db", "mysql://compte:secret@serveur/base"])
def test_an_address_of_another_database_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"REPERES_DATABASE.*postgresql\+psycopg://") as refused:
        PostgresStore(url, tmp_path)
    assert "secret" not in str(refused.value)


def test_a_server_that_does_not_answer_is_told_without_the_password(tmp_path: Path) -> None:
    store = PostgresStore(f"postgresql://compte:secret@/base?host={tmp_path}", tmp_path)
    with pytest.raises(StoreUnreachableError, match="ne répond pas") as told:
        store.exists()
    assert "REPERES_DATABASE" in str(told.value)
    assert "secret" not in str(told.value)
    assert "secret" not in repr(Settings(database="postgresql+psycopg://compte:secret@serveur/base"))


def test_a_database_without_the_extension_gets_it_or_says_who_can(postgres: PostgresServer, tmp_path: Path) -> None:
    for statement in (
        "CREATE DATABASE bare TEMPLATE template0",
        "CREATE ROLE clerk LOGIN",
        "GRANT ALL ON DATABASE bare TO clerk",
    ):
        postgres.tell("postgres", statement)
    url = postgres.url("bare")
    with (
        pytest.raises(StoreError, match=r"droit.*CREATE EXTENSION vector"),
        PostgresStore(url.replace("postgres@", "clerk@"), tmp_path).writing(),
    ):
        pass
    with PostgresStore(url, tmp_path).writing():
        pass
    with PostgresStore(url.replace("postgres@", "clerk@"), tmp_path)._server.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT 1 FROM pg_extension WHERE extname = 'vector'")).scalar_one() == 1


@pytest.mark.parametrize(
    ("oldest", "found"),
    [("_OLDEST_SERVER", 99), ("_OLDEST_EXTENSION", (99, 0))],
)
def test_what_is_too_old_is_told(database: str, monkeypatch: pytest.MonkeyPatch, oldest: str, found: object) -> None:
    monkeypatch.setattr(f"kb.index.postgresql.server.{oldest}", found)
    with pytest.raises(StoreError, match=r"plus récente.*(REPERES_DATABASE|relancez)"):
        Server(database).check()


def test_every_transaction_of_a_connection_searches_by_the_same_settings(database: str) -> None:
    with Server(database).engine.connect() as connection:
        for _ in range(2):
            told = {name: connection.execute(sa.text(f"SHOW {name}")).scalar_one() for name in SETTINGS}
            assert told == SETTINGS
            connection.rollback()


def test_a_connection_at_work_is_closed_once_it_is_given_back_to_a_closed_server(database: str) -> None:
    server = Server(database, keeps=2)
    with server.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT 1")).scalar_one() == 1
        own = connection.connection.driver_connection
        server.close()
        assert own is not None
        assert not own.closed
        assert connection.execute(sa.text("SELECT 2")).scalar_one() == 2
    assert own.closed
