"""What is erased is in no file of the server; a base of an earlier version is brought up to date."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from kb.errors import StoreBusyError, StoreError
from kb.index.catalog.facets import Wanted
from kb.index.postgresql.reader import PostgresReader
from kb.index.postgresql.server import WRITING
from kb.index.postgresql.store import PostgresStore
from postgres_server import PostgresServer
from server_index import change, version, words, writer

SECRET = "Le zygomorphisme des quartiers restera confidentiel."


def test_what_is_erased_is_in_no_file_of_the_server_and_in_no_copy(
    filled: PostgresStore, reader: PostgresReader, postgres: PostgresServer, database: str, tmp_path: Path
) -> None:
    with writer(filled) as index:
        index.commit([version("secret.md", SECRET)])
        index.catalog.journal.add_report({"command": "ingest", "failed": [{"source": "secret.md", "reason": "?"}]})
    with reader.lease() as lease:
        assert lease is not None
        assert lease.lexical.search("body", words("zygomorphisme"), 5)
    with pytest.raises(StoreError, match=r"autre\.md"):
        filled.erase(["autre.md"], "2026-11-29")
    postgres.tell("postgres", "CHECKPOINT")
    assert postgres.holds(database, b"zygomorphisme")
    filled.erase(["secret.md"], "2026-11-29")
    postgres.tell("postgres", "CHECKPOINT")
    assert not postgres.holds(database, b"zygomorphisme")
    assert not postgres.holds(database, b"secret.md")
    with reader.lease() as lease:
        assert lease is not None
        assert lease.lexical.search("body", words("zygomorphisme"), 5) == []
        assert lease.lexical.search("body", words("bonifiés"), 5)
    assert len(list(tmp_path.glob("words-*/"))) == 1
    with writer(filled) as index:
        assert index.audit() == []
        assert len(index.catalog.journal.forgotten()) == 1


def test_an_erasure_that_stopped_is_gone_on_with(
    filled: PostgresStore, postgres: PostgresServer, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writer(filled) as index:
        index.commit([version("secret.md", SECRET)])
    with monkeypatch.context() as patch:
        patch.setattr(PostgresStore, "_vacuum", lambda *_: (_ for _ in ()).throw(StoreError("interrompu")))
        with pytest.raises(StoreError, match="interrompu"):
            filled.erase(["secret.md"], "2026-11-29")
    filled.finish_erasing()
    postgres.tell("postgres", "CHECKPOINT")
    assert not postgres.holds(database, b"zygomorphisme")


def test_a_base_of_an_earlier_version_is_brought_up_to_date_and_a_later_one_refused(
    filled: PostgresStore, database: str
) -> None:
    change(database, "UPDATE reperes_index_1.meta SET value = '2' WHERE key = 'schema'")
    change(database, "DROP TABLE reperes_index_1.forgotten, reperes_index_1.facets")
    with closing(sa.create_engine(database, poolclass=sa.NullPool).connect()) as before:
        before.execute(sa.select(sa.func.pg_advisory_lock(WRITING)))  # an earlier Repères that writes
        with pytest.raises(StoreBusyError, match="version antérieure"):
            filled.catalog()
    with closing(filled.catalog()) as catalog:
        assert catalog.journal.forgotten() == set()
        assert sorted(catalog.among(Wanted(since="2025-03-01")).documents()) == ["a.md", "b.md"]
    change(database, "UPDATE reperes_index_1.meta SET value = '3' WHERE key = 'schema'")
    change(database, "DROP TABLE reperes_index_1.facets")
    with writer(filled) as index:  # whoever comes first
        index.withdraw(["b.md"])
        assert index.catalog.among().documents() == ["a.md"]
    change(database, "UPDATE reperes_index_1.meta SET value = '99' WHERE key = 'schema'")
    with pytest.raises(StoreError, match="plus récente"):
        filled.catalog()
