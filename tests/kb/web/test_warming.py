"""A small base gets ready for its questions by itself."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from ingest.pipeline import ingest
from kb.errors import StoreError
from kb.index.embedded.reader import EmbeddedReader
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder, Span
from kb.models.reader.passage_reader import Reading
from kb.settings import Settings
from kb.web import warming
from kb.web.warming import Warmer
from tiny_reader import TinyReader

TEXT = "# Le budget\n\n" + " ".join(f"La ville numéro{number} compte {number + 2} quartiers." for number in range(30))


class CountingReader(TinyReader):
    """Notes the texts that it reads ahead, and those of them that questions ask for."""

    def __init__(self) -> None:
        self.prepared: list[str] = []
        self.asked: list[str] = []
        self.done = threading.Event()

    def prepare(self, texts: Sequence[str]) -> None:
        """Notes the texts, and when the last of them is there."""
        self.prepared += texts
        if any("numéro29" in text for text in texts):
            self.done.set()

    def read(self, question: str, texts: Sequence[str], units: Sequence[Sequence[Span]]) -> list[Reading]:
        """As the tiny reader, noted."""
        self.asked += texts
        return super().read(question, texts, units)


@pytest.fixture
def reader() -> CountingReader:
    return CountingReader()


@pytest.fixture
def base(tmp_path: Path, settings: Settings, tiny_encoder: Encoder, reader: CountingReader) -> Iterator[KnowledgeBase]:
    (tmp_path / "d").mkdir()
    (tmp_path / "d/a.md").write_text(TEXT, encoding="utf-8")
    ingest([tmp_path / "d"], settings, tiny_encoder)
    with KnowledgeBase(EmbeddedReader(settings.store, tiny_encoder), tiny_encoder, reader=reader) as opened:
        yield opened


def test_once_warm_questions_find_their_passages_read(base: KnowledgeBase, reader: CountingReader) -> None:
    assert base.warm(lambda: True)
    base.ask("La ville numéro7 compte combien de quartiers ?")
    assert reader.asked
    assert set(reader.asked) <= set(reader.prepared)


def test_warming_stops_when_told(base: KnowledgeBase, reader: CountingReader) -> None:
    assert not base.warm(lambda: False)
    assert reader.prepared == []


def test_the_thread_warms_the_base_and_ends(base: KnowledgeBase, reader: CountingReader) -> None:
    warmer = Warmer(lambda: base, delay=0)
    assert reader.done.wait(30)
    warmer.stop()

    assert not any(thread.name == "warming" for thread in threading.enumerate())


@pytest.mark.parametrize("error", [StoreError("Un fichier ne peut pas être supprimé."), OSError("disque plein")])
def test_what_a_generation_asks_for_is_tried_again_and_keeps_nothing_from_warming(
    base: KnowledgeBase, reader: CountingReader, error: Exception
) -> None:
    tries: list[bool] = []
    done = threading.Event()

    def changed() -> None:
        tries.append(reader.done.is_set())
        if len(tries) < 3:
            raise error
        done.set()

    warmer = Warmer(lambda: base, changed, delay=0)
    assert done.wait(30)
    warmer.stop()
    assert tries == [False, True, True]


def test_neither_a_base_that_breaks_nor_warming_that_does_ends_the_thread(
    base: KnowledgeBase, reader: CountingReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warming, "_AFTER_A_FAILURE", 0.0)
    monkeypatch.setattr(warming, "_BETWEEN_LOOKS", 0.0)
    opened: list[int] = []
    told = threading.Event()

    def opens() -> KnowledgeBase:
        opened.append(1)
        if len(opened) < 3:
            raise OSError("la liaison est coupée")
        return base

    def breaks(texts: Sequence[str]) -> None:
        reader.prepared += texts
        raise RuntimeError("plus de mémoire")

    def changed() -> None:
        if not reader.prepared:
            raise StoreError("Pas encore.")
        told.set()

    monkeypatch.setattr(reader, "prepare", breaks)
    warmer = Warmer(opens, changed, delay=0)
    assert told.wait(30)
    warmer.stop()


def test_the_thread_waits_for_a_base() -> None:
    def none() -> KnowledgeBase:
        raise StoreError("Pas encore de base.")

    Warmer(none, delay=0).stop()
    assert not any(thread.name == "warming" for thread in threading.enumerate())
