"""An encoder that is loaded at its first use."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from ingest.pipeline import ingest
from kb.errors import ModelError
from kb.index.layout import CATALOG_FILE
from kb.models.encoder import Encoder
from kb.models.lazy_encoder import LazyEncoder
from kb.settings import Settings
from tiny_encoder import TinyEncoder


def test_it_is_loaded_once_at_the_first_use_and_does_what_the_one_below_does() -> None:
    loaded: list[Encoder] = []

    def load() -> Encoder:
        loaded.append(TinyEncoder())
        return loaded[-1]

    lazy, below = LazyEncoder(load), TinyEncoder()
    assert loaded == []
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: lazy.identity, range(50))) == {below.identity}
    assert len(loaded) == 1
    assert (lazy.dimension, lazy.max_tokens) == (below.dimension, below.max_tokens)
    texts = ["Le quartier", "La ville de Lyon"]
    assert lazy.count_tokens(texts) == below.count_tokens(texts)
    assert np.array_equal(lazy.encode(texts, "query"), below.encode(texts, "query"))
    spans = [[(0, 2)], [(3, 8)]]
    whole, windows = lazy.encode_windows(texts, spans, "passage")
    expected, of_spans = below.encode_windows(texts, spans, "passage")
    assert np.array_equal(whole, expected)
    assert np.array_equal(np.vstack(windows), np.vstack(of_spans))


def test_a_model_that_cannot_be_loaded_leaves_no_base_behind(settings: Settings) -> None:
    def load() -> Encoder:
        raise ModelError("le modèle manque")

    with pytest.raises(ModelError, match="le modèle manque"):
        ingest([settings.corpus], settings, LazyEncoder(load))
    assert not (settings.store / CATALOG_FILE).exists()
