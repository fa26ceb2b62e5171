"""Searches of a large base: by the graph, or one by one where a filter leaves little."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import cast

import numpy as np
import pytest
from sqlalchemy.engine import Connection

from kb.index import vectors as asked_of_all
from kb.index.catalog.among import Space
from kb.index.postgresql import vectors as vectors_module
from kb.index.postgresql.server import SETTINGS
from kb.index.postgresql.store import PostgresStore
from kb.index.store import Lease
from kb.index.vectors import SPACES
from kb.models.encoder import FloatMatrix
from postgres_server import PostgresServer
from server_index import change, rows, version, writer
from tiny_encoder import TinyEncoder

DOCUMENTS = 200
# As many as there would be candidates of many more vectors: a search in one round misses some.
FEW = {"_LOOKED_THROUGH": 50, "_MORE_AMONG": 45}


@pytest.fixture(scope="module")
def large(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> tuple[PostgresStore, str]:
    """A store with graphs, on a server that uses them whatever they cost."""
    database = postgres.new_database()
    store = PostgresStore(database, tmp_path_factory.mktemp("large"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vectors_module, "GRAPH_FROM", 30)
        with writer(store) as index:
            texts = (f"Le document {n} parle du sujet numéro {n * 7} et de {n % 13}." for n in range(DOCUMENTS))
            index.commit([version(f"{n}.md", text) for n, text in enumerate(texts)])
        with writer(store) as index:  # and once more, where the graphs are there
            index.commit([version(f"{DOCUMENTS}.md", "Ce document vient après.")])
    name = database.split("/")[3].partition("?")[0]
    for setting in ("enable_sort", "enable_seqscan", "enable_bitmapscan"):
        change(database, f"ALTER DATABASE {name} SET {setting} = off")
    return store, database


@pytest.fixture
def lease(large: tuple[PostgresStore, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Lease]:
    for name, value in FEW.items():
        monkeypatch.setattr(vectors_module, name, dict.fromkeys(SPACES, value))
    monkeypatch.setitem(cast("dict[str, str]", SETTINGS), "hnsw.ef_search", "20")
    with closing(large[0].reader(TinyEncoder())) as reader, reader.lease() as lease:
        assert lease is not None
        yield lease


def questions() -> FloatMatrix:
    return TinyEncoder().encode([f"sujet numéro {n}" for n in (63, 140, 7, 21, 700)], "query")


def best_of(lease: Lease, asked: FloatMatrix, allowed: set[str]) -> list[tuple[str, float]]:
    """What numpy finds nearest to a question, as the server is asked it: in half precision."""
    halved = asked.astype(np.float16).astype(np.float64)
    held = {name: vector.astype(np.float64) for name, vector in lease.vectors.items("passages") if name in allowed}
    cosines = {
        name: float(vector @ halved / np.linalg.norm(vector) / np.linalg.norm(halved)) for name, vector in held.items()
    }
    return sorted(cosines.items(), key=lambda found: (-found[1], found[0]))[:10]


def test_each_space_has_a_graph(large: tuple[PostgresStore, str]) -> None:
    graphs = rows(large[1], "SELECT indexname FROM pg_indexes WHERE indexname LIKE 'graph%'")
    assert {str(row[0]) for row in graphs} == {f"graph_of_{space}" for space in SPACES}


@pytest.mark.parametrize(("step", "most"), [(1, 2_000), (2, 2_000), (4, 2_000), (8, 0)])  # 0: asked for what fits alone
def test_a_graph_finds_the_nearest_of_what_a_filter_lets_pass(
    lease: Lease, step: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors_module, "EXACT_UP_TO", 20)
    monkeypatch.setattr(asked_of_all, "_MOST_LOOKED_THROUGH", most)
    monkeypatch.setattr(vectors_module._Nearest, "one_by_one", _must_not)
    among = lease.catalog.among(named=[f"{n}.md" for n in range(0, DOCUMENTS, step)])
    found = wanted = 0
    for asked in questions():
        best = best_of(lease, asked, set(among.ids("passages")))
        hits = lease.vectors.search("passages", asked, 10, among)
        assert [cosine for _, cosine in hits] == sorted((cosine for _, cosine in hits), reverse=True)
        found += sum(cosine >= best[-1][1] - 1e-6 for _, cosine in hits)
        wanted += len(best)
    assert found / wanted >= 0.96


def test_vectors_that_the_server_has_not_counted_are_counted_once_a_generation(
    large: tuple[PostgresStore, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store, database = large
    counted: list[Space] = []
    count = vectors_module._count

    def noted(connection: Connection, space: Space) -> int:
        counted.append(space)
        return count(connection, space)

    monkeypatch.setattr(vectors_module, "_count", noted)
    monkeypatch.setattr(vectors_module, "EXACT_UP_TO", 20)
    monkeypatch.setattr(vectors_module._Nearest, "one_by_one", _must_not)
    change(database, "UPDATE pg_class SET reltuples = -1 WHERE relname = 'vectors_of_passages'")
    with closing(store.reader(TinyEncoder())) as reader:
        for asked in questions():
            with reader.lease() as lease:
                assert lease is not None
                assert len(lease.vectors.search("passages", asked, 10, lease.catalog.among())) == 10
    assert counted == ["passages"]
    change(database, "ANALYZE")


def _must_not(*_: object) -> list[tuple[str, float]]:
    raise AssertionError("one by one")


def test_a_graph_asked_for_more_than_one_round_is_put_in_order(lease: Lease) -> None:
    found = wanted = 0
    for asked in questions():
        best = best_of(lease, asked, {name for name, _ in lease.vectors.items("passages")})
        hits = lease.vectors.search("passages", asked, 10)
        assert [cosine for _, cosine in hits] == sorted((cosine for _, cosine in hits), reverse=True)
        found += sum(cosine >= best[-1][1] - 1e-6 for _, cosine in hits)
        wanted += len(best)
    assert found / wanted >= 0.96


@pytest.mark.parametrize("step", [1, 7, 60])
def test_what_is_looked_at_one_by_one_is_what_numpy_finds(lease: Lease, step: int) -> None:
    among = lease.catalog.among(named=[f"{n}.md" for n in range(0, DOCUMENTS, step)])
    for asked in questions():
        best = best_of(lease, asked, set(among.ids("passages")))
        hits = lease.vectors.search("passages", asked, 10, among)
        assert [cosine for _, cosine in hits] == pytest.approx([cosine for _, cosine in best], abs=1e-6)
        # Whatever is not as near as the last one is there by its name.
        assert {name for name, cosine in best if cosine > best[-1][1] + 1e-6} <= {name for name, _ in hits}


def test_a_filter_that_nothing_near_passes_is_looked_at_whole(lease: Lease, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors_module, "EXACT_UP_TO", 20)
    asked = TinyEncoder().encode(["sujet numéro 63"], "query")[0]
    every = lease.vectors.search("passages", asked, DOCUMENTS)
    far = [name for name, _ in every[-30:]]
    among = lease.catalog.among(named=lease.catalog.documents_of(far))
    hits = lease.vectors.search("passages", asked, 20, among)
    best = best_of(lease, asked, set(among.ids("passages")))
    assert [cosine for _, cosine in hits[:10]] == pytest.approx([cosine for _, cosine in best], abs=1e-6)
    assert len(hits) == 20
