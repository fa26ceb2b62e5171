"""The composition root: when the application ingests its corpus, and how it opens the base."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import app
from ingest.child import ChildIngestor
from ingest.pipeline import ingest
from kb.errors import StoreError
from kb.models.encoder import Encoder
from kb.settings import Settings
from kb.web.warming import Opener


class Recorder(ChildIngestor):
    """Notes what it is asked to do instead of starting processes."""

    def __init__(self) -> None:
        super().__init__(Settings())
        self.asked: list[str] = []

    def ingest_corpus(self) -> None:
        self.asked.append("run")

    def start_corpus(self) -> None:
        self.asked.append("start")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.md").write_text("# Un\n\nLe premier texte.", encoding="utf-8")
    return tmp_path / "corpus"


def asked(settings: Settings) -> list[str]:
    recorder = Recorder()
    app._bring_up_to_date(settings, recorder)
    return recorder.asked


def test_an_empty_store_is_filled_before_the_page_opens(settings: Settings, corpus: Path) -> None:
    assert asked(replace(settings, corpus=corpus)) == ["run"]


def test_a_store_of_the_corpus_is_brought_up_to_date_aside(
    settings: Settings, corpus: Path, tiny_encoder: Encoder
) -> None:
    ingest([corpus], settings, tiny_encoder)
    assert asked(replace(settings, corpus=corpus)) == ["start"]


def test_a_store_of_other_folders_does_not_take_the_bundled_corpus_in(
    settings: Settings, corpus: Path, tiny_encoder: Encoder, tmp_path: Path
) -> None:
    ingest([corpus], settings, tiny_encoder)
    bundled = settings.corpus.absolute()
    assert bundled.is_dir()
    assert asked(replace(settings, corpus=bundled)) == []
    configured = tmp_path / "mes-documents"
    configured.mkdir()
    assert asked(replace(settings, corpus=configured)) == ["start"]


def test_a_missing_corpus_is_told(settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(replace(settings, corpus=tmp_path / "nulle-part")) == []
    assert "REPERES_CORPUS" in capsys.readouterr().err


def test_the_base_is_opened_once_it_can_be(settings: Settings, corpus: Path, tiny_encoder: Encoder) -> None:
    opener = Opener(settings, lambda _: ())
    opener._encoder = tiny_encoder
    assert "reperes ingest" in opener.try_to_open()
    with pytest.raises(StoreError):
        opener()
    ingest([corpus], settings, tiny_encoder)
    base = opener()
    assert base.status().documents == 1
    assert opener() is base
    opener.close()
    assert opener() is not base
    opener.close()
    opener.close()  # nothing is open any more
