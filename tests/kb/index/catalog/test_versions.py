"""The store across versions: an earlier catalog is brought up to date where it stands, a later one is left alone."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import click.testing
import pytest
from sqlalchemy.engine import Connection

import app
from ingest.pipeline import ingest
from kb.errors import StoreError
from kb.index.catalog import versions
from kb.index.catalog.file import FileCatalog
from kb.index.catalog.versions import SCHEMA_VERSION
from kb.index.layout import CATALOG_FILE
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder
from kb.retrieval.filters import Filters
from kb.settings import Settings

# What version 3 brought: what syncing keeps.
CAME_WITH_3 = ("pages", "runs", "forgotten")
CAME_WITH_4 = ("facets",)  # what documents are chosen by


@pytest.fixture
def path(tmp_path: Path, settings: Settings, tiny_encoder: Encoder) -> Path:
    """The catalog of a store with one document."""
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.md").write_text(
        "---\ndate: 2025-03-01\n---\n# Budget\n\nLe budget du programme est de 12 milliards d'euros.", encoding="utf-8"
    )
    ingest([folder], settings, tiny_encoder)
    return settings.store / CATALOG_FILE


def change(path: Path, script: str) -> None:
    """Changes a catalog as another version would have left it."""
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()


def state(path: Path) -> tuple[str | None, set[str]]:
    """The version that the catalog tells, and the names of its tables."""
    connection = sqlite3.connect(path)
    found = connection.execute("SELECT value FROM meta WHERE key = 'schema'").fetchone()
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    connection.close()
    return (found[0] if found else None), names


def make_version(path: Path, version: str) -> None:
    later = {"2": (*CAME_WITH_3, *CAME_WITH_4), "3": CAME_WITH_4}[version]
    drops = "".join(f"DROP TABLE {name};" for name in later)
    change(path, f"{drops} UPDATE meta SET value='{version}' WHERE key='schema'")


@pytest.mark.parametrize("before", ["2", "3"])
def test_a_store_of_a_version_before_is_brought_up_to_date_and_answers(
    path: Path, settings: Settings, tiny_encoder: Encoder, before: str
) -> None:
    make_version(path, before)
    with KnowledgeBase.open(settings, tiny_encoder) as base:
        assert [hit.document.id for hit in base.search("budget du programme")] == ["a.md"]
        assert [hit.document.id for hit in base.search("budget", filters=Filters(since="2025"))] == ["a.md"]
        assert base.search("budget", filters=Filters(until="2024")) == []
    version, tables = state(path)
    assert version == SCHEMA_VERSION
    assert {*CAME_WITH_3, *CAME_WITH_4} <= tables
    catalog = FileCatalog(path)
    assert catalog.journal.forgotten() == set()
    catalog.close()


def test_a_step_that_fails_leaves_the_catalog_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_version(path, "2")
    before = state(path)

    def breaks(connection: Connection) -> None:
        versions._add_what_syncing_keeps(connection)
        connection.exec_driver_sql("INSERT INTO rien VALUES (1)")

    monkeypatch.setattr(versions, "_STEPS", {"2": ("3", breaks)})
    with pytest.raises(StoreError):
        FileCatalog(path)
    assert state(path) == before


@pytest.mark.parametrize(
    ("version", "told"),
    [
        ("5", r"catalog\.sqlite.*plus récente.*schéma 5.*mettez Repères à jour"),
        ("1", r"catalog\.sqlite.*trop ancienne.*schéma 1.*reperes ingest.*reperes sync"),
    ],
)
@pytest.mark.parametrize("create", [False, True])
def test_a_store_of_another_version_is_left_alone_and_says_what_to_do(
    path: Path, version: str, told: str, create: bool
) -> None:
    change(path, f"DROP TABLE forgotten; UPDATE meta SET value='{version}' WHERE key='schema'")
    before = state(path)
    with pytest.raises(StoreError, match=told):
        FileCatalog(path, create=create)
    assert state(path) == before


def test_commands_say_so_on_one_line(path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    change(path, "UPDATE meta SET value='5' WHERE key='schema'")
    monkeypatch.setenv("REPERES_STORE", str(settings.store))
    result = click.testing.CliRunner().invoke(app.reperes, ["status"])
    assert result.exit_code == 1
    assert "mettez Repères à jour" in result.output
    assert len(result.output.splitlines()) == 1


def test_a_file_without_a_catalog_is_no_damaged_one(tmp_path: Path) -> None:
    (tmp_path / CATALOG_FILE).touch()
    with pytest.raises(StoreError, match=r"n'existe pas encore.*reperes ingest"):
        FileCatalog(tmp_path / CATALOG_FILE)


def test_a_catalog_that_another_program_holds_is_not_called_damaged(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_version(path, "2")
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    for module in ("file", "write_ahead"):
        monkeypatch.setattr(f"kb.index.catalog.{module}.SECONDS_TO_WAIT", 0.1)
    with pytest.raises(StoreError, match="occupe peut-être") as caught:
        FileCatalog(path)
    assert "abîmée" not in str(caught.value)
    holder.close()
    FileCatalog(path).close()
