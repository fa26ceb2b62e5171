"""One application for all that is attacked here, over a store of each maker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kb.models.encoder import Encoder
from kb.models.reader.passage_reader import Reader
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
