"""What people do with the base on a PostgreSQL server: made once, by migrations, whoever opens it first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from app import reperes
from kb.errors import StoreError
from kb.records.accounts import Account, Person
from kb.records.database import AppDatabase
from kb.records.devices import Devices
from kb.records.migrations.upgrade import LATEST
from kb.records.places import FilePlace, ServerPlace, place_of
from kb.records.sessions import Sessions
from kb.records.tables import METADATA
from kb.settings import Settings
from postgres_server import PostgresServer

AllAtOnce = Callable[[int, Callable[[], None]], list[BaseException]]


@pytest.fixture
def on_server(database: str) -> ServerPlace:
    return ServerPlace(database)


def change(place: ServerPlace, statement: str) -> None:
    engine = sa.create_engine(place.url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text(statement))


def test_the_settings_say_where(database: str) -> None:
    assert place_of(Settings()) == FilePlace(Settings().app_database)
    assert place_of(Settings(database=database)) == ServerPlace(database)


def test_many_may_open_it_at_once_and_the_migrations_make_what_the_code_works_with(
    on_server: ServerPlace, all_at_once: AllAtOnce
) -> None:
    assert not on_server.exists()
    assert all_at_once(4, lambda: AppDatabase(on_server).close()) == []
    assert on_server.exists()
    engine = sa.create_engine(on_server.url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        found = sa.inspect(connection)
        for table in METADATA.sorted_tables:
            columns = {column["name"]: column["nullable"] for column in found.get_columns(table.name, "reperes_app")}
            assert columns == {column.name: column.nullable for column in table.columns}


def test_a_server_that_is_too_old_is_told_before_anything_is_made_on_it(
    on_server: ServerPlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.index.postgresql.server._OLDEST_SERVER", 99)
    with pytest.raises(StoreError, match=r"il faut la version 99"):
        on_server.open()
    environment = {"REPERES_DATABASE": on_server.url, "REPERES_STORE": str(tmp_path)}
    told = CliRunner().invoke(reperes, ["user", "add", "anne"], input="un mot de passe assez long\n", env=environment)
    assert told.exit_code == 1
    assert "il faut la version 99" in told.output
    engine = sa.create_engine(on_server.url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        assert [name for name in sa.inspect(connection).get_schema_names() if name.startswith("reperes")] == []
    monkeypatch.undo()
    on_server.open().dispose()


def test_a_database_without_the_extension_gets_it_outside_of_the_schema_of_records(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    postgres.tell("postgres", "CREATE DATABASE without_extension TEMPLATE template0")
    place = ServerPlace(postgres.url("without_extension"))
    place.open().dispose()
    engine = sa.create_engine(place.url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        schema = sa.text(
            "SELECT nspname FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = 'vector'"
        )
        assert connection.execute(schema).scalar_one() == "public"


def test_a_later_version_is_refused_and_left_alone(on_server: ServerPlace) -> None:
    AppDatabase(on_server).close()
    change(on_server, "UPDATE reperes_app.alembic_version SET version_num = '99'")
    with pytest.raises(StoreError, match=r"base_.*plus récente.*99.*" + LATEST):
        AppDatabase(on_server)
    change(on_server, f"UPDATE reperes_app.alembic_version SET version_num = '{LATEST}'")
    AppDatabase(on_server).close()


def test_somebody_who_signed_in_is_known_by_every_machine(on_server: ServerPlace) -> None:
    one, other = Sessions(on_server, 10), Sessions(on_server, 10)
    token = one.begin(Account(Person("anne", "editor"), "v1"))
    held = other.get(token)
    assert held is not None
    assert (held.person, held.account) == ("anne", "v1")
    other.end(token)
    assert one.get(token) is None
    assert one.end_all("anne") == 0
    one.close()
    other.close()
    devices = Devices(on_server)
    marks = [devices.remember("anne") for _ in range(21)]
    assert [devices.knows(mark, "anne") for mark in (marks[0], marks[-1])] == [False, True]
    devices.close()
