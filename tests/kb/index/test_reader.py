"""The reader beside rebuilds: whoever waits for the searches under way finds the index that is in use then."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from ingest.maintenance import rebuild
from ingest.pipeline import ingest
from kb.index.embedded import reader as reader_module
from kb.index.embedded import store as embedded_store
from kb.index.embedded.reader import EmbeddedReader
from kb.index.layout import index_folder
from kb.models.encoder import Encoder
from kb.settings import Settings


def test_an_index_that_is_gone_when_its_turn_comes_gives_way_to_the_newer_one(
    tmp_path: Path, settings: Settings, tiny_encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_module, "SECONDS_BETWEEN_LOOKS", 0.0)
    monkeypatch.setattr(embedded_store, "GRACE_SECONDS", 0.0)
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "aides.md").write_text("Les aides vont aux villes.", encoding="utf-8")
    ingest([folder], settings, tiny_encoder)
    reader = EmbeddedReader(settings.store, tiny_encoder)
    failures: list[Exception] = []
    found: list[int] = []

    def search() -> None:
        try:
            with reader.lease() as lease:
                assert lease is not None
                found.append(len(lease.vectors.search("passages", tiny_encoder.encode(["aides"], "query")[0], 5)))
        except Exception as error:  # noqa: BLE001  (told to the test's own thread)
            failures.append(error)

    with reader.lease():
        rebuild(settings, tiny_encoder)
        second = index_folder(settings.store)
        waiting = threading.Thread(target=search)
        waiting.start()
        while reader._folder != second:  # until it has looked, and waits for this lease to end
            time.sleep(0.01)
        rebuild(settings, tiny_encoder)
        assert index_folder(settings.store) != second
        assert not second.exists()
    waiting.join()
    reader.close()
    assert failures == []
    assert found == [1]
