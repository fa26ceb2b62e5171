"""The application over a small base, called without a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, cast

import httpx
import pytest

from kb.evaluation.desk import EvaluationDesk
from kb.knowledge import KnowledgeBase
from kb.records.conversations import conversations_of
from kb.records.places import place_of
from kb.settings import Settings
from serving import Application, Servers
from small_base import SmallBase
from small_pages import DOCUMENTS, EXAMPLES, StillIngestor


@pytest.fixture
def application(settings: Settings) -> Iterator[Application]:
    """Serves the application and gives a client of it; keyword arguments change its settings."""
    servers = Servers(settings)
    clients: list[httpx.Client] = []

    def build(base: Any = None, ingestor: StillIngestor | None = None, **changed: Any) -> httpx.Client:
        opened = SmallBase(DOCUMENTS) if base is None else base
        given = replace(settings, **changed)
        desk = EvaluationDesk(
            cast("Callable[[], KnowledgeBase]", lambda: opened), place_of(given), given.retention_days
        )
        kept = conversations_of(given)
        address = servers.serve(opened, ingestor or StillIngestor(), EXAMPLES, None, desk, kept, **changed)
        clients.append(httpx.Client(base_url=address, headers={"accept": "text/html"}, timeout=300))
        return clients[-1]

    yield build
    for client in clients:
        client.close()
    servers.stop()
