"""A store on a real PostgreSQL: whole versions or none, one state for a search, a copy of the words that follows."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from kb.errors import FingerprintError, StoreBusyError, StoreError
from kb.index.postgresql import reader as reader_module
from kb.index.postgresql import store as store_module
from kb.index.postgresql.reader import PostgresReader
from kb.index.postgresql.store import PostgresStore
from kb.index.postgresql.writing import PostgresWriting
from kb.index.store import Store
from kb.models.encoder import Encoder
from postgres_server import PostgresServer
from server_index import LONG, change, rows, version, words, writer
from tiny_encoder import TinyEncoder


def test_what_is_committed_agrees_and_is_read_back(filled: PostgresStore, reader: PostgresReader) -> None:
    with writer(filled) as index:
        assert index.audit() == []
    with reader.lease() as lease:
        assert lease is not None
        assert lease.catalog.document("a.md") == version("a.md", LONG).document
        best = lease.lexical.search("body", words("Quels PRETS bonifies ?"), 5)[0][0]
        asked = TinyEncoder().encode(["prêts bonifiés, seconde partie"], "query")[0]
        near = lease.vectors.search("passages", asked, 5)
        assert near[0][0] == best
        assert lease.vectors.search("passages", asked, 5, lease.catalog.among(named=["b.md"])) == [near[-1]]
        stored = lease.vectors.get([best])[best]
        assert near[0][1] == pytest.approx(float(stored @ asked), abs=1e-3)


def test_a_search_sees_one_state_whatever_is_committed_meanwhile(filled: PostgresStore, reader: PostgresReader) -> None:
    with reader.lease() as lease:
        assert lease is not None
        with writer(filled) as index:
            index.withdraw(["a.md"])
        assert lease.catalog.document("a.md") is not None
        assert lease.vectors.count("passages") == 3
    with reader.lease() as lease:
        assert lease is not None
        assert lease.catalog.document("a.md") is None
        assert lease.vectors.count("passages") == lease.lexical.count("passages") == 1


def test_a_copy_of_the_words_that_stays_behind_is_told(filled: PostgresStore, database: str, tmp_path: Path) -> None:
    with closing(PostgresReader(database, tmp_path / "other", TinyEncoder(), late=0)) as opened:
        assert opened.status().is_behind  # there is none yet
        with opened.lease():
            assert not opened.status().is_behind
        with writer(filled) as index:
            index.withdraw(["b.md"])
        assert not opened.status().is_behind  # since this very moment
        assert opened.status().is_behind
        with opened.lease():
            assert not opened.status().is_behind


def test_a_commit_that_fails_leaves_nothing(filled: PostgresStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise OSError("en panne")

    with monkeypatch.context() as patch:
        patch.setattr(PostgresWriting, "announce", fails)
        with pytest.raises(OSError, match="en panne"), writer(filled) as index:
            index.commit([version("a.md", "Tout autre chose."), version("c.md", "Ajouté.")])
    with writer(filled) as index:
        assert index.audit() == []
        assert index.catalog.document("c.md") is None


def test_one_writer_at_a_time_and_none_once_its_connection_is_lost(filled: PostgresStore, database: str) -> None:
    with writer(filled), pytest.raises(StoreBusyError, match="en cours"), writer(filled):
        pass
    killing = (
        "SELECT pg_terminate_backend(pid) FROM pg_locks "
        "WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )

    def lose_it_half_way() -> None:
        with writer(filled) as index:
            index.commit([version("c.md", "Ajouté avant la coupure.")])
            rows(database, killing)
            index.commit([version("d.md", "Ajouté après.")])

    with pytest.raises(StoreError, match=r"répond pas|coupée"):
        lose_it_half_way()
    with writer(filled) as index:
        assert index.catalog.states().keys() == {"a.md", "b.md", "c.md"}
        assert index.audit() == []


def test_another_encoder_or_splitter_is_refused(filled: PostgresStore) -> None:
    class Other(TinyEncoder):
        identity = "other@2"

    with pytest.raises(FingerprintError, match="other@2"):
        filled.reader(Other())
    with pytest.raises(FingerprintError, match="découpés"), writer(filled, "2"):
        pass
    with writer(filled):
        pass  # the refusal let go of the lock


def test_each_machine_follows_with_a_copy_of_its_own(
    filled: PostgresStore, database: str, tmp_path: Path, tiny_encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_module, "SECONDS_WITHOUT_NEWS", 3600.0)  # only the news tell
    machines = [PostgresReader(database, tmp_path / name, tiny_encoder, waited_for=0) for name in ("une", "deux")]
    for machine in machines:
        for _ in range(2):  # from the second question on, it listens
            with machine.lease() as lease:
                assert lease is not None
                assert lease.lexical.count("passages") == 3
    with writer(filled) as index:
        index.commit([version("a.md", LONG.replace("bonifiés", "Quincampoix"))])
        index.withdraw(["b.md"])
    for machine in machines:
        deadline = time.monotonic() + 60
        while True:
            with machine.lease() as lease:
                assert lease is not None
                if lease.lexical.count("passages") == 2 and lease.lexical.search("body", words("Quincampoix"), 5):
                    break
            assert time.monotonic() < deadline
            time.sleep(0.05)
        machine.close()


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM reperes_index_1.changed WHERE generation < 3",  # too far behind
        "UPDATE reperes_index_1.changed SET id = 'other' WHERE generation = 1 AND id NOT LIKE '%-%'",  # a restored base
    ],
)
def test_a_copy_that_cannot_follow_is_made_anew(
    filled: PostgresStore, reader: PostgresReader, database: str, statement: str
) -> None:
    with reader.lease():
        pass
    with writer(filled) as index:
        index.commit([version("c.md", "Le Quincampoix a des jardins.")])
        index.withdraw(["b.md"])
    change(database, statement)
    change(database, "DELETE FROM reperes_index_1.changed WHERE generation = 2 AND id LIKE '%-%'")
    with reader.lease() as lease:
        assert lease is not None
        assert lease.lexical.count("passages") == 3
        assert lease.lexical.search("body", words("Quincampoix"), 5)


def test_a_crash_of_the_server_loses_nothing(
    filled: PostgresStore, reader: PostgresReader, postgres: PostgresServer
) -> None:
    with reader.lease():
        pass
    postgres.stop("immediate")
    with pytest.raises(StoreError, match="démarré"), reader.lease():
        pass
    postgres.start()
    with reader.lease() as lease:
        assert lease is not None
        assert lease.catalog.status().documents == 2
    with writer(filled) as index:
        assert index.audit() == []


def test_a_server_that_was_started_again_between_two_questions_is_not_noticed(
    filled: PostgresStore, reader: PostgresReader, postgres: PostgresServer
) -> None:
    for _ in range(2):
        with reader.lease() as lease:
            assert lease is not None
            assert lease.catalog.status().documents == 2
        postgres.stop("immediate")
        postgres.start()


def test_a_rebuilt_base_takes_the_place_of_the_one_in_use_and_a_failed_one_does_not(
    filled: PostgresStore, reader: PostgresReader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "GRACE_SECONDS", 0.0)

    def fill(aside: Store) -> None:
        with closing(aside.catalog()) as catalog, catalog.transaction() as connection:
            catalog.clear_derived(connection)
            catalog.forget_fingerprint(connection)
        with writer(aside, "2") as index:
            assert index.catalog.states().keys() == {"a.md", "b.md"}
            index.commit([version("a.md", "Refait pour le Quincampoix.")])
            index.withdraw(["b.md"])
        aside.prove()

    def fails(aside: Store) -> None:
        with writer(aside):
            raise OSError("en panne")

    with reader.lease() as before:
        assert before is not None
        with pytest.raises(OSError, match="en panne"):
            filled.rebuild(fails)
    with reader.lease() as still:
        assert still is not None
        assert still.lexical.search("body", words("culture"), 5)
    filled.rebuild(fill)
    with reader.lease() as after:
        assert after is not None
        assert after.generation > before.generation
        assert after.lexical.count("passages") == after.vectors.count("passages") == 1
        assert after.lexical.search("body", words("Quincampoix"), 5)
        assert reader.catalog.document("b.md") is None
    assert len(list(tmp_path.glob("words-*/"))) == 1
    with writer(filled, "2") as index:
        index.catalog.journal.add_report({"command": "ingest"})
        assert index.audit() == []


def test_vectors_keep_their_direction_in_half_the_room(filled: PostgresStore, reader: PostgresReader) -> None:
    with reader.lease() as lease:
        assert lease is not None
        lengths = [float(np.linalg.norm(vector)) for _, vector in lease.vectors.items("sections")]
    assert lengths == pytest.approx([1.0] * 3, abs=1e-3)
