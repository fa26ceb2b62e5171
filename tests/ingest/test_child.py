"""The ingestion that the application starts: a real process, followed to its end."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.child import ChildIngestor
from kb.index.catalog.file import FileCatalog
from kb.ports import IngestionProgress
from kb.settings import Settings

pytestmark = pytest.mark.usefixtures("child_cache")


@pytest.fixture
def child_cache(cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Children load the real model from the session's cache."""
    monkeypatch.setenv("REPERES_CACHE", str(cache_folder))


def settings_of(folder: Path) -> Settings:
    return replace(Settings(), store=folder / "store", corpus=folder / "docs")


def ended(ingestor: ChildIngestor) -> IngestionProgress:
    """Waits for the thread that follows the process."""
    for thread in threading.enumerate():
        if thread.name == "ingestion":
            thread.join(timeout=120)
    return ingestor.progress()


def test_an_ingestion_runs_aside_and_tells_how_it_ended(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("# Un\n\nLe premier texte.", encoding="utf-8")
    (tmp_path / "docs" / "vide.md").write_text("", encoding="utf-8")
    ingestor = ChildIngestor(settings_of(tmp_path))
    assert ingestor.progress() == IngestionProgress()
    ingestor.start()
    ingestor.start()  # one at a time: nothing happens
    assert ingestor.progress().running
    progress = ended(ingestor)
    assert not progress.running
    assert (progress.done, progress.total) == (2, 2)
    assert progress.error is not None
    assert "vide.md" in progress.error
    assert progress.finished_at is not None
    catalog = FileCatalog(tmp_path / "store" / "catalog.sqlite")
    assert set(catalog.states()) == {"a.md"}
    catalog.close()
    (tmp_path / "docs" / "vide.md").write_text("# Deux\n\nPlus vide.", encoding="utf-8")
    ingestor.start()
    assert ended(ingestor).error is None


def test_a_process_that_cannot_work_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPERES_MAX_TEXT_MB", "beaucoup")
    ingestor = ChildIngestor(settings_of(tmp_path))
    ingestor.ingest_corpus()
    error = ingestor.progress().error
    assert error is not None
    assert "REPERES_MAX_TEXT_MB=beaucoup" in error
