"""Pictures in a folder: not read, and no failure."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from ingest.pipeline import ingest
from ingest.readers.ocr import recogniser
from kb.models.encoder import Encoder
from kb.settings import Settings


def test_a_picture_that_is_not_read_is_ignored_with_the_reason(
    tmp_path: Path, settings: Settings, tiny_encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recogniser, "is_installed", lambda: False)
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "note.md").write_text("# Note\n\nUne phrase.", encoding="utf-8")
    Image.new("L", (60, 90)).save(folder / "logo.png")
    (folder / "cassée.png").write_bytes(b"\x89PNG")
    report = ingest([folder], settings, tiny_encoder)
    assert (report.added, report.ignored) == (1, 1)
    (ignored,) = report.ignored_files
    assert ignored.source == "logo.png"
    assert "pip install 'reperes[ocr]'" in ignored.reason
    assert [note.source for note in report.failed] == ["cassée.png"]
