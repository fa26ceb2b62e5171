"""One application for all that is attacked here, over a store of each maker."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from kb.models.encoder import Encoder
from kb.models.reader.passage_reader import Reader
from makers import MAKERS
from restricted_app import Restricted, restricted_application


@pytest.fixture(scope="session")
def applications() -> Iterator[tuple[ExitStack, dict[str, Restricted]]]:
    """The applications that are served, by maker, and what stops them."""
    with ExitStack() as stack:
        yield stack, {}


@pytest.fixture(scope="module", params=MAKERS)
def restricted(
    request: pytest.FixtureRequest,
    applications: tuple[ExitStack, dict[str, Restricted]],
    tmp_path_factory: pytest.TempPathFactory,
    tiny_encoder: Encoder,
    tiny_reader: Reader,
) -> Restricted:
    # Served until the session's end: pytest would stop what it runs for one maker before the other's turn.
    stack, served = applications
    if request.param not in served:
        database = request.getfixturevalue("postgres").new_database() if request.param == "postgresql" else ""
        root = tmp_path_factory.mktemp("restricted")
        opened = restricted_application(root, tiny_encoder, tiny_reader, database)
        served[request.param] = stack.enter_context(opened)
    return served[request.param]
