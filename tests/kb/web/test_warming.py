"""A small base gets ready for its questions by itself."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from ingest.pipeline import ingest
from kb.errors import StoreError
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder, FloatMatrix, Prompt
from kb.settings import Settings
from kb.web.warming import Warmer
from tiny_encoder import TinyEncoder

TEXT = "# Le budget\n\n" + " ".join(f"La ville numéro{number} compte {number + 2} quartiers." for number in range(30))


class CountingEncoder(TinyEncoder):
    """Notes the passages that it encodes."""

    def __init__(self) -> None:
        super().__init__()
        self.encoded: list[str] = []
        self.done = threading.Event()

    def encode(self, texts: Sequence[str], prompt: Prompt) -> FloatMatrix:
        """As the tiny encoder, noted."""
        if prompt == "passage":
            self.encoded += texts
            if any("numéro29" in text.rpartition(" — ")[2] for text in texts):
                self.done.set()
        return super().encode(texts, prompt)


def filled(folder: Path, settings: Settings, encoder: Encoder) -> None:
    folder.mkdir()
    (folder / "a.md").write_text(TEXT, encoding="utf-8")
    ingest([folder], settings, encoder)


def test_once_warm_questions_encode_no_sentence(tmp_path: Path, settings: Settings) -> None:
    encoder = CountingEncoder()
    filled(tmp_path / "d", settings, encoder)
    with KnowledgeBase.open(settings, encoder) as base:
        assert base.warm(lambda: True)
        encoder.encoded.clear()
        base.ask("La ville numéro7 compte combien de quartiers ?")
        assert encoder.encoded == []


def test_warming_stops_when_told(tmp_path: Path, settings: Settings) -> None:
    encoder = CountingEncoder()
    filled(tmp_path / "d", settings, encoder)
    encoder.encoded.clear()
    with KnowledgeBase.open(settings, encoder) as base:
        assert not base.warm(lambda: False)
        assert encoder.encoded == []


def test_the_thread_waits_for_the_base_warms_it_and_ends(tmp_path: Path, settings: Settings) -> None:
    encoder = CountingEncoder()
    filled(tmp_path / "d", settings, encoder)
    encoder.done.clear()
    with KnowledgeBase.open(settings, encoder) as base:
        warmer = Warmer(lambda: base, delay=0)
        assert encoder.done.wait(30)
        warmer.stop()

    def none() -> KnowledgeBase:
        raise StoreError("Pas encore de base.")

    Warmer(none, delay=0).stop()
    assert not any(thread.name == "warming" for thread in threading.enumerate())
