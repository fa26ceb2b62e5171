"""The registry of sources: what was typed, and who lists each type."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import get_args

import pytest

from ingest.sources import LISTED_BY, given_source
from ingest.sources.config import TYPES
from ingest.sources.source import AddressSource, FileSource, FolderSource, Source, WebSource


def test_what_is_typed_is_a_folder_a_file_or_an_address(tmp_path: Path) -> None:
    assert given_source(tmp_path, None) == FolderSource(tmp_path.name, tmp_path)
    assert given_source(str(tmp_path), "fiches") == FolderSource("fiches", tmp_path)
    assert given_source(tmp_path / "a.md", None) == FileSource(tmp_path / "a.md")
    assert given_source("https://mag.example/a", "mag") == AddressSource("https://mag.example/a", "mag")
    assert given_source("ftp://mag.example/a", None) == AddressSource("ftp://mag.example/a")


def test_every_type_of_source_is_listed_by_somebody() -> None:
    given = {kind.type for kind in get_args(Source) if kind is not WebSource}
    assert LISTED_BY.keys() == {*TYPES, *given}


@pytest.mark.parametrize("module", sorted(set(LISTED_BY.values())))
def test_who_lists_a_source_can_be_asked(module: str) -> None:
    assert callable(importlib.import_module(f"ingest.sources.{module}").open_listing)
