"""A backup as docs/deploy.md says: dumped while it is open, restored elsewhere, and whole there."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from kb.index.postgresql.store import PostgresStore
from kb.records.accounts import Person
from kb.records.places import ServerPlace
from kb.records.shared.accounts import SavedAccounts
from postgres_server import PostgresServer
from server_index import writer
from tiny_encoder import TinyEncoder


def for_clients(database: str) -> str:
    return sa.make_url(database).set(drivername="postgresql").render_as_string(hide_password=False)


def test_what_is_restored_elsewhere_is_the_whole_base(
    filled: PostgresStore, database: str, postgres: PostgresServer, tmp_path: Path
) -> None:
    with closing(SavedAccounts(ServerPlace(database))) as accounts:
        accounts.add("anne", "editor", "un mot de passe assez long")
        with closing(filled.reader(TinyEncoder())) as reader, reader.lease():
            dump = tmp_path / "reperes.dump"
            postgres.client("pg_dump", "--format=custom", f"--file={dump}", for_clients(database))
    with writer(filled) as index:
        index.withdraw(["a.md"])  # after the backup
    restored = postgres.new_database()
    postgres.client("pg_restore", "--no-owner", "--exit-on-error", f"--dbname={for_clients(restored)}", str(dump))
    store = PostgresStore(restored, tmp_path / "restored")
    with writer(store) as index:
        assert index.audit() == []
        assert {name for name, state in index.catalog.states().items() if not state.withdrawn} == {"a.md", "b.md"}
    with closing(SavedAccounts(ServerPlace(restored))) as accounts:
        found = accounts.account("anne")
        assert found is not None
        assert found.person == Person("anne", "editor")
