from collections.abc import Sequence

import numpy as np
import pytest

from kb.errors import TextTooLongError
from kb.models.encoder import FloatMatrix, Prompt
from kb.models.remembering import RememberingEncoder
from tiny_encoder import TinyEncoder


class Recorder(TinyEncoder):
    def __init__(self) -> None:
        self.asked: list[tuple[Prompt, list[str]]] = []

    def encode(self, texts: Sequence[str], prompt: Prompt) -> FloatMatrix:
        self.asked.append((prompt, list(texts)))
        return super().encode(texts, prompt)


def test_each_text_is_computed_once_and_the_order_is_kept() -> None:
    below = Recorder()
    encoder = RememberingEncoder(below)
    first = encoder.encode(["un", "deux", "un"], "passage")
    second = encoder.encode(["trois", "deux"], "passage")
    assert below.asked == [("passage", ["un", "deux"]), ("passage", ["trois"])]
    np.testing.assert_array_equal(first, TinyEncoder().encode(["un", "deux", "un"], "passage"))
    np.testing.assert_array_equal(second, TinyEncoder().encode(["trois", "deux"], "passage"))
    encoder.encode(["un"], "query")
    assert below.asked[-1] == ("query", ["un"])
    assert encoder.encode([], "query").shape == (0, TinyEncoder.dimension)


def test_the_oldest_text_is_forgotten_first() -> None:
    below = Recorder()
    encoder = RememberingEncoder(below, capacity=2)
    for texts in (["a", "b"], ["a"], ["c"], ["a"], ["b"]):
        encoder.encode(texts, "passage")
    assert [texts for _, texts in below.asked if texts] == [["a", "b"], ["c"], ["b"]]


def test_the_rest_is_the_encoder_below() -> None:
    encoder = RememberingEncoder(TinyEncoder())
    assert (encoder.identity, encoder.dimension, encoder.max_tokens) == ("tiny-hashing@1", 256, 512)
    assert encoder.count_tokens(["un deux"]) == TinyEncoder().count_tokens(["un deux"])
    with pytest.raises(TextTooLongError):
        encoder.encode(["mot " * 600], "query")


class Counter(TinyEncoder):
    def __init__(self) -> None:
        self.counted: list[list[str]] = []

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        self.counted.append(list(texts))
        return super().count_tokens(texts)


def test_each_length_is_counted_once() -> None:
    below = Counter()
    encoder = RememberingEncoder(below, capacity=2)
    assert encoder.count_tokens(["un", "un deux", "un"]) == TinyEncoder().count_tokens(["un", "un deux", "un"])
    assert encoder.count_tokens(["un deux"]) == TinyEncoder().count_tokens(["un deux"])
    assert below.counted == [["un", "un deux"]]
    assert encoder.count_tokens(["trois", "un"]) == TinyEncoder().count_tokens(["trois", "un"])
    assert encoder.count_tokens(["un"]) == TinyEncoder().count_tokens(["un"])  # forgotten for « trois »
    assert below.counted == [["un", "un deux"], ["trois"], ["un"]]
    assert encoder.count_tokens([]) == []
