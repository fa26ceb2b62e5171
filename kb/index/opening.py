"""Which maker a base's store is of: the settings say."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing

from kb.index.embedded.store import EmbeddedStore
from kb.index.store import Store
from kb.settings import Settings


def open_store(settings: Settings) -> Store:
    """The store of the settings: nothing is opened yet, it may be empty. Raises StoreError for an unusable address."""
    if settings.database:
        from kb.index.postgresql.store import PostgresStore

        return PostgresStore(settings.database, settings.store)
    return EmbeddedStore(settings.store)


def variable_of(settings: Settings) -> str:
    """The variable that says where the store of the settings is."""
    return "REPERES_DATABASE" if settings.database else "REPERES_STORE"


def sources_in(settings: Settings) -> Mapping[str, int]:
    """How many documents the base of the settings has of each source; none where there is no base."""
    store = open_store(settings)
    if not store.exists():
        return {}
    with closing(store.catalog()) as catalog:
        return catalog.status().sources
