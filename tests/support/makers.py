"""The makers of a store, for tests that run on each of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb.settings import Settings

MAKERS = ("embedded", "postgresql")


def on_maker(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    """`settings` with a store of the maker that the fixture behind `request` is run for."""
    return settings if request.param == "embedded" else replace(settings, database=request.getfixturevalue("database"))
