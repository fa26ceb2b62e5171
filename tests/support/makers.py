"""The makers of a store, for tests that run on each of them."""

from __future__ import annotations

import shutil
from dataclasses import replace

import pytest
import sqlalchemy as sa

from kb.index.postgresql.tables import CONTROL
from kb.settings import Settings

MAKERS = ("embedded", "postgresql")


def on_maker(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    """`settings` with a store of the maker that the fixture behind `request` is run for."""
    if request.param == "embedded":
        return settings
    return replace(settings, database=request.getfixturevalue("postgres").new_database())


def lose_store(settings: Settings) -> None:
    """Has nothing stay of the store of a base; what people did with it stays."""
    shutil.rmtree(settings.store, ignore_errors=True)
    if not settings.database:
        return
    engine = sa.create_engine(settings.database, poolclass=sa.NullPool)
    with engine.begin() as connection:
        names = connection.execute(sa.text("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'reperes_index_%'"))
        for schema in (CONTROL, *names.scalars().all()):
            connection.execute(sa.schema.DropSchema(schema, cascade=True))
