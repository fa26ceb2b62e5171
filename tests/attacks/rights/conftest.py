"""One application for all that is attacked here, on each maker of the store."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kb.models.encoder import Encoder
from kb.models.reader.passage_reader import Reader
from makers import MAKERS
from restricted_app import Restricted, restricted_application


@pytest.fixture(scope="session", params=MAKERS)
def restricted(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    tiny_encoder: Encoder,
    tiny_reader: Reader,
) -> Iterator[Restricted]:
    root = tmp_path_factory.mktemp("restricted")
    database = "" if request.param == "embedded" else request.getfixturevalue("postgres").new_database()
    with restricted_application(root, tiny_encoder, tiny_reader, database) as served:
        yield served
