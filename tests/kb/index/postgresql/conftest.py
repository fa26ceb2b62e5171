"""A store on the server, empty or with two documents, and what searches it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.index.postgresql.reader import PostgresReader
from kb.index.postgresql.store import PostgresStore
from kb.models.encoder import Encoder
from server_index import LONG, version, writer


@pytest.fixture
def store(database: str, tmp_path: Path) -> PostgresStore:
    return PostgresStore(database, tmp_path)


@pytest.fixture
def filled(store: PostgresStore) -> PostgresStore:
    with writer(store) as index:
        index.commit([version("a.md", LONG), version("b.md", "Autre sujet : la culture.")])
    return store


@pytest.fixture
def reader(filled: PostgresStore, tiny_encoder: Encoder) -> Iterator[PostgresReader]:
    opened = filled.reader(tiny_encoder)
    yield opened
    opened.close()
