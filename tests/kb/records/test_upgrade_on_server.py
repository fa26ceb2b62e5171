"""What people did, kept on a server by an earlier version, is brought up to date there and keeps everything."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Connection

from kb.evaluation.kept.queries import read_queries
from kb.evaluation.kept.runs import evaluation_runs
from kb.records.conversations import SavedConversations
from kb.records.corrections import read_corrections
from kb.records.database import AppDatabase
from kb.records.feedback import read_feedback
from kb.records.migrations import upgrade
from kb.records.places import SCHEMA, ServerPlace
from kb.records.shared.accounts import SavedAccounts
from kb.records.tables import METADATA

ROOT = Path(__file__).resolve().parents[3]
BEFORE = (ROOT / "tests/data/app-version-1.sql").read_text(encoding="utf-8")
FIRST_ON_SERVER = "4"
SECRET = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub+b5dWRWJTmaaobTQ"


def migrate(connection: Connection, revision: str) -> None:
    """Brings what a connection stands in to a version, as a release of then did."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "kb/records/migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def rows_of_then(folder: Path) -> dict[str, list[dict[str, object]]]:
    """What a file of the first version held, as the first version that stood on servers kept it."""
    engine = sa.create_engine(f"sqlite:///{folder / 'app.db'}", poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.connection.executescript(BEFORE)
    with engine.begin() as connection:
        migrate(connection, FIRST_ON_SERVER)
    with engine.connect() as connection:
        held = sa.MetaData()
        held.reflect(connection)
        tables = [table for table in held.sorted_tables if table.name != "alembic_version"]
        return {table.name: [dict(row) for row in connection.execute(sa.select(table)).mappings()] for table in tables}


@pytest.fixture
def place(database: str, tmp_path: Path) -> ServerPlace:
    """A server as the first version that stood on servers left it, with rows in its tables."""
    engine = sa.create_engine(database, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.schema.CreateSchema(SCHEMA))
        connection.execute(sa.text(f"SET LOCAL search_path TO {SCHEMA}"))
        migrate(connection, FIRST_ON_SERVER)
        held = sa.MetaData()
        held.reflect(connection)
        for name, rows in rows_of_then(tmp_path).items():
            connection.execute(held.tables[name].delete())
            if rows:
                connection.execute(held.tables[name].insert(), rows)
        account = {"name": "anne", "role": "editor", "secret": SECRET}
        connection.execute(held.tables["accounts"].insert(), account)
    return ServerPlace(database)


def test_rows_of_an_earlier_version_are_kept(place: ServerPlace, tmp_path: Path) -> None:
    with AppDatabase(place) as database, database.transaction() as connection:
        assert upgrade._version(connection) == upgrade.LATEST
        found = sa.inspect(connection)
        for table in METADATA.sorted_tables:
            columns = {column["name"] for column in found.get_columns(table.name, SCHEMA)}
            assert columns == {column.name for column in table.columns}
        queries = read_queries(database)
        runs = evaluation_runs(database)
    (tmp_path / "again").mkdir()
    before = rows_of_then(tmp_path / "again")
    assert len(queries) == len(before["test_queries"]) > 0
    assert len(runs) == len(before["evaluation_runs"]) > 0
    with AppDatabase(place) as database:
        assert len(read_feedback(database)) == len(before["feedback"]) > 0
    assert read_corrections(place).keys() == {row["document_id"] for row in before["corrections"]}
    with closing(SavedConversations(place, 36_500)) as conversations:
        (kept,) = conversations.list("anne")
        turns = conversations.get("anne", kept.id)
        assert turns is not None
        assert len(turns.turns) == sum(row["conversation_id"] == kept.id for row in before["turns"])
    with closing(SavedAccounts(place)) as accounts:
        (line,) = accounts.lines()
        assert (line.name, line.role, line.secret, line.groups) == ("anne", "editor", SECRET, frozenset())
    # What may be read of them is worked out.
    with AppDatabase(place) as database, database.transaction() as connection:
        needed = sa.text("SELECT needed FROM conversations")
        assert connection.execute(needed).scalars().all() == ['[[[], ["source"]]]'] * len(before["conversations"])
