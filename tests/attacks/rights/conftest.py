"""One application for all that is attacked here, over a store of each maker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from kb.models.encoder import Encoder
from kb.models.reader.passage_reader import Reader
from kb.records.database import AppDatabase
from kb.records.places import place_of
from kb.records.tables import CONVERSATIONS, QUESTIONS_ASKED, TURNS
from makers import MAKERS
from postgres_server import PostgresServer
from restricted_app import Restricted, restricted_application


@pytest.fixture(scope="session")
def embedded(
    tmp_path_factory: pytest.TempPathFactory, tiny_encoder: Encoder, tiny_reader: Reader
) -> Iterator[Restricted]:
    with restricted_application(tmp_path_factory.mktemp("restricted"), tiny_encoder, tiny_reader) as served:
        yield served


@pytest.fixture(scope="session")
def postgresql(
    tmp_path_factory: pytest.TempPathFactory, tiny_encoder: Encoder, tiny_reader: Reader, postgres: PostgresServer
) -> Iterator[Restricted]:
    root, database = tmp_path_factory.mktemp("restricted"), postgres.new_database()
    with restricted_application(root, tiny_encoder, tiny_reader, database) as served:
        yield served


@pytest.fixture(scope="module")
def restricted(request: pytest.FixtureRequest) -> Restricted:
    """That of the maker that a module is run for: the embedded one unless it says so. Both are served until the
    session's end: with the makers as its own parameters, a fixture would be made anew in each module.
    """
    served: Restricted = request.getfixturevalue(getattr(request, "param", MAKERS[0]))
    return served


@pytest.fixture
def as_it_was(restricted: Restricted) -> Iterator[None]:
    """What is asked in a test leaves nothing of it: the names that it asks about would stand in the lists of others."""
    kept = (
        (TURNS, TURNS.c.conversation_id),
        (CONVERSATIONS, CONVERSATIONS.c.id),
        (QUESTIONS_ASKED, QUESTIONS_ASKED.c.id),
    )
    with AppDatabase(place_of(restricted.settings)) as database:
        with database.transaction() as connection:
            before = [connection.execute(sa.select(name)).scalars().all() for _, name in kept]
        yield
        with database.transaction() as connection:
            for (table, name), names in zip(kept, before, strict=True):
                connection.execute(table.delete().where(name.not_in(names)))
