"""A small base, and the page served over it for real, on a free port of this machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kb.settings import Settings
from serving import Servers
from small_base import SmallBase
from small_pages import DOCUMENTS, ServePage, StillIngestor


@pytest.fixture
def small_base() -> SmallBase:
    return SmallBase(DOCUMENTS)


@pytest.fixture
def still_ingestor() -> StillIngestor:
    return StillIngestor()


@pytest.fixture
def serve_page(settings: Settings) -> Iterator[ServePage]:
    """Serves a base (or what opens one) and gives its address."""
    servers = Servers(settings)
    yield servers.serve
    servers.stop()
