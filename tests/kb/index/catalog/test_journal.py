"""The reports of ingestions, as they are asked for again and again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kb.index.catalog.file import FileCatalog
from kb.index.catalog.reader import CatalogReader
from kb.rights.rights import Rights

NAMES = [f"{number}.md" for number in range(8)]


def report(name: str) -> dict[str, Any]:
    change = {"document": name, "title": name, "change": "added", "diff": []}
    return {"began": "2026-11-30T08:00:00+00:00", "seconds": 1.0, "changes": [change]}


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[FileCatalog]:
    with closing(FileCatalog(tmp_path / "catalog.sqlite", create=True)) as opened:
        for name in NAMES:
            opened.journal.add_report(report(name))
        yield opened


def read_of(catalog: FileCatalog) -> list[str]:
    """The statements from here on that read whole reports."""
    read: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "runs.report" in statement:
            read.append(statement)

    assert isinstance(catalog.database, sa.Engine)
    sa.event.listen(catalog.database, "before_cursor_execute", note)
    return read


def test_reports_are_read_once_however_many_are_asked_for_in_turn(catalog: FileCatalog) -> None:
    read = read_of(catalog)
    for _ in range(3):
        assert (len(catalog.journal.reports(5)), len(catalog.journal.reports(200))) == (5, 8)
    assert len(read) == 2
    catalog.journal.add_report(report("neuf.md"))
    assert catalog.journal.reports(5)[0] == report("neuf.md")


def test_what_another_program_erases_is_told_no_more(catalog: FileCatalog, tmp_path: Path) -> None:
    assert report("3.md") in catalog.journal.reports()
    with closing(FileCatalog(tmp_path / "catalog.sqlite")) as other:
        other.journal.forget("3.md", "2026-11-30T09:00:00+00:00")
        with other.transaction() as connection:
            other.bump_generation(connection)
    assert "3.md" not in str(catalog.journal.reports())


def test_what_somebody_may_read_of_reports_is_found_once_a_state(catalog: FileCatalog) -> None:
    seen = CatalogReader(catalog.database, Rights.without(["autre"]))
    asked: list[str] = []
    assert isinstance(catalog.database, sa.Engine)
    sa.event.listen(catalog.database, "before_cursor_execute", lambda *told: asked.append(told[2]))
    assert [seen.reports(200) for _ in range(3)] == [[]] * 3  # none of those documents is there
    assert sum("json_each" in statement for statement in asked) == 1
