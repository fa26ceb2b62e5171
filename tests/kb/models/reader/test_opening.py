"""The reader of a knowledge base: loaded at its first use, once a process."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from kb.errors import ModelError
from kb.models.encoder import Span
from kb.models.reader import opening
from kb.models.reader.opening import LazyReader
from kb.models.reader.passage_reader import Reading
from kb.settings import Settings
from tiny_reader import TinyReader


class Noting(TinyReader):
    """Notes the texts that it is to read ahead."""

    def __init__(self) -> None:
        self.prepared: list[str] = []

    def prepare(self, texts: Sequence[str]) -> None:
        """Notes the texts."""
        self.prepared += texts


@dataclass
class Loaded:
    """What was loaded, in turn: from which folder and in which format, and the readers that came of it."""

    asked: list[tuple[Path, str]] = field(default_factory=list)
    readers: list[Noting] = field(default_factory=list)

    def __call__(self, models_folder: Path, precision: str) -> Noting:
        """As the shipped reader is loaded."""
        self.asked.append((models_folder, precision))
        self.readers.append(Noting())
        return self.readers[-1]


@pytest.fixture(autouse=True)
def loaded(monkeypatch: pytest.MonkeyPatch) -> Loaded:
    """None is loaded before, nor left behind."""
    loader = Loaded()
    monkeypatch.setattr(opening, "_LOADED", {})
    monkeypatch.setattr(opening, "PassageReader", loader)
    return loader


def with_dtype(folder: Path, dtype: str) -> Settings:
    return Settings.load({"REPERES_CACHE": str(folder), "REPERES_EMBEDDING_DTYPE": dtype})


def test_it_is_loaded_at_the_first_use_by_whichever_thread(tmp_path: Path, loaded: Loaded) -> None:
    reader = LazyReader(with_dtype(tmp_path, "auto"))
    assert loaded.asked == []
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: reader.identity, range(50))) == {TinyReader.identity}
    assert loaded.asked == [(tmp_path / "models", "int8")]


def test_it_does_what_the_one_below_does(tmp_path: Path, loaded: Loaded) -> None:
    reader = LazyReader(with_dtype(tmp_path, "auto"))
    question, texts = "Qui finance ?", ["Le fonds finance.", "Rien."]
    spans: list[list[Span]] = [[(0, 17)], []]
    found: list[Reading] = reader.read(question, texts, spans)
    expected = TinyReader().read(question, texts, spans)
    for one, other in zip(found, expected, strict=True):
        assert one.relevance == other.relevance
        np.testing.assert_array_equal(one.units, other.units)
    reader.prepare(texts)
    assert [below.prepared for below in loaded.readers] == [texts]


@pytest.mark.parametrize(
    ("dtype", "precision"), [("auto", "int8"), ("int8", "int8"), ("bf16", "int8"), ("fp32", "fp32")]
)
def test_the_format_is_that_of_the_encoder_where_there_is_such_a_reader(
    dtype: str, precision: str, tmp_path: Path, loaded: Loaded
) -> None:
    assert LazyReader(with_dtype(tmp_path, dtype)).identity
    assert loaded.asked == [(tmp_path / "models", precision)]


def test_bases_share_one_a_format(tmp_path: Path, loaded: Loaded) -> None:
    for folder in ("un", "deux"):
        for dtype in ("int8", "fp32"):
            assert LazyReader(with_dtype(tmp_path / folder, dtype)).identity
    assert loaded.asked == [(tmp_path / "un/models", "int8"), (tmp_path / "un/models", "fp32")]


def test_one_that_cannot_be_loaded_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Noting:
        raise ModelError("le disque est plein")

    reader = LazyReader(with_dtype(tmp_path, "auto"))
    with monkeypatch.context() as full_disk:
        full_disk.setattr(opening, "PassageReader", fail)
        with pytest.raises(ModelError, match="le disque est plein"):
            reader.prepare(["Un texte."])
    assert reader.identity == TinyReader.identity
