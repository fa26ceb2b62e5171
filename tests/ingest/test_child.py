"""The ingestion that the application starts: a real process, followed to its end."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.child import ChildIngestor
from kb.errors import ReperesError
from kb.index.catalog.file import FileCatalog
from kb.index.layout import CATALOG_FILE, index_folder
from kb.index.opening import open_store
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
    """Waits for the threads that follow the processes."""
    for thread in threading.enumerate():
        if thread.name in {"ingestion", "trial"}:
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


def test_a_change_waits_for_what_runs_and_is_confirmed_at_its_end(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    for name in ("a.md", "b.md"):
        (tmp_path / "docs" / name).write_text(f"# Texte {name}\n\nUn texte.", encoding="utf-8")
    ingestor = ChildIngestor(settings_of(tmp_path))
    ingestor.start_corpus()
    assert not ingestor.correct("b.md", {"date": "12/03/2026"}, "Deux")
    assert not ingestor.forget("a.md", "Un")
    assert ingestor.progress().waiting == ("correction de « Deux »", "effacement pour de bon de « Un »")
    while (progress := ended(ingestor)).running:
        pass
    assert (progress.waiting, progress.confirmed, progress.error) == ((), "Effacé pour de bon : « Un ».", None)
    catalog = FileCatalog(index_folder(tmp_path / "store") / CATALOG_FILE)  # erasing made it anew
    assert {document.id: document.date for document in catalog.headers()} == {"b.md": "2026-03-12"}
    catalog.close()
    with pytest.raises(ReperesError, match="n'a pas de document de ce nom"):  # at once, and why
        ingestor.forget("inconnu.md")
    assert ingestor.progress().error is None  # told to who asked


def test_a_change_keeps_on_while_another_process_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.child._SECONDS_BETWEEN_TRIES", 0.5)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("# Un\n\nLe premier texte.", encoding="utf-8")
    settings = settings_of(tmp_path)
    ingestor = ChildIngestor(settings)
    ingestor.ingest_corpus()
    with open_store(settings).writing():
        assert not ingestor.correct("a.md", {"date": "12/03/2026"}, "Un")
        assert ingestor.progress().running
        assert ingestor.progress().error is None
    while (progress := ended(ingestor)).running:
        pass
    assert (progress.waiting, progress.confirmed, progress.error) == ((), "Corrigé : « Un ».", None)


def test_only_what_a_trial_has_shown_is_done(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("# Un\n\nLe premier texte.", encoding="utf-8")
    ingestor = ChildIngestor(settings_of(tmp_path))
    ingestor.foresee()
    assert ingestor.foreseen().running
    ended(ingestor)
    told = ingestor.foreseen()
    assert told.found is not None
    assert (told.running, told.found["added"], told.error) == (False, 1, None)
    assert not (tmp_path / "store").exists()

    (tmp_path / "docs" / "b.md").write_text("# Deux\n\nLe deuxième texte.", encoding="utf-8")
    ingestor.start(foreseen=told.found["mark"])
    progress, stale = ended(ingestor), ingestor.foreseen()
    assert progress.error is not None
    assert "Les sources ont changé depuis l'aperçu" in progress.error
    assert stale.found is not None
    assert (stale.is_stale, stale.found["added"]) == (True, 2)
    assert not (tmp_path / "store").exists()
    ingestor.start(foreseen=stale.found["mark"])
    assert ended(ingestor).error is None
    assert ingestor.foreseen().found is None
    catalog = FileCatalog(tmp_path / "store" / "catalog.sqlite")
    assert set(catalog.states()) == {"a.md", "b.md"}
    catalog.close()
