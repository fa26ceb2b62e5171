"""One application for all that is attacked here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kb.models.encoder import Encoder
from kb.models.reader.passage_reader import Reader
from restricted_app import Restricted, restricted_application


@pytest.fixture(scope="session")
def restricted(
    tmp_path_factory: pytest.TempPathFactory, tiny_encoder: Encoder, tiny_reader: Reader
) -> Iterator[Restricted]:
    with restricted_application(tmp_path_factory.mktemp("restricted"), tiny_encoder, tiny_reader) as served:
        yield served
