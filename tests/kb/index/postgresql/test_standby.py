"""A standby by streaming replication: promoted when the server is lost, it is the whole base, and the address of both
leads to it."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from kb.index.postgresql.store import PostgresStore
from kb.models.encoder import Encoder
from postgres_server import PostgresServer, postgres_server, standby_of
from server_index import LONG, rows, version, words, writer

SECRET = "Le zygomorphisme des quartiers restera confidentiel."


def address_of_both(one: PostgresServer, other: PostgresServer, database: str) -> str:
    hosts = ",".join(str(sa.make_url(server.url(database)).query["host"]) for server in (one, other))
    return f"postgresql+psycopg://postgres@/{database}?host={hosts}&target_session_attrs=read-write"


def has_caught_up(standby: PostgresServer, primary: PostgresServer, database: str) -> bool:
    ((written,),) = rows(primary.url(database), "SELECT CAST(pg_current_wal_lsn() AS text)")
    query = f"SELECT pg_last_wal_replay_lsn() >= CAST('{written}' AS pg_lsn)"
    ((is_there,),) = rows(standby.url(database), query)
    return bool(is_there)


def follow(standby: PostgresServer, primary: PostgresServer, database: str) -> None:
    end = time.monotonic() + 120
    while not has_caught_up(standby, primary, database):
        assert time.monotonic() < end
        time.sleep(0.1)


def test_a_standby_takes_the_place_of_a_server_that_is_lost(tmp_path: Path, tiny_encoder: Encoder) -> None:
    with postgres_server() as primary:
        name = sa.make_url(primary.new_database()).database
        assert name is not None
        store = PostgresStore(primary.url(name), tmp_path / "one")
        with writer(store) as index:
            index.commit([version("a.md", LONG), version("secret.md", SECRET)])
        with standby_of(primary) as standby:
            both = address_of_both(standby, primary, name)
            # The standby, which is named first, takes no writes: this is the server's.
            with writer(PostgresStore(both, tmp_path / "both")) as index:
                index.commit([version("b.md", "Autre sujet : la culture.")])
            follow(standby, primary, name)
            standby.tell("postgres", "CHECKPOINT")
            assert standby.holds(standby.url(name), b"zygomorphisme")
            store.erase(["secret.md"], "2026-11-30")
            primary.tell("postgres", "CHECKPOINT")
            follow(standby, primary, name)
            standby.tell("postgres", "CHECKPOINT")
            assert not standby.holds(standby.url(name), b"zygomorphisme")

            primary.stop("immediate")
            standby.promote()
            after = PostgresStore(both, tmp_path / "both")
            with closing(after.reader(tiny_encoder)) as reader, reader.lease() as lease:
                assert lease is not None
                assert set(lease.catalog.states()) == {"a.md", "b.md"}
                assert lease.lexical.search("body", words("culture"), 5)
                assert lease.lexical.search("body", words("zygomorphisme"), 5) == []
                (question,) = tiny_encoder.encode(["la culture"], "query")
                assert lease.vectors.search("passages", question, 1)
            with writer(after) as index:
                assert index.audit() == []
                index.commit([version("c.md", "Un autre document, écrit après.")])
                assert set(index.catalog.states()) == {"a.md", "b.md", "c.md"}
            primary.start()  # the fixture stops it
