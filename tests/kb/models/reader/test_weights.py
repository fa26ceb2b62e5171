"""The weights of the reader as they are shipped, and as they are read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from kb.errors import ModelError
from kb.models.reader.weights import BLOCK, FILE, SCALES, dequantised, quantised, read_weights, shipped_weights

ABOUT = {"identity": "un-lecteur@1", "joined_at": "6", "trained": "2026-11-29"}


def matrix(rows: int, blocks: int, seed: int = 0) -> np.ndarray:
    """Weights whose rows, and blocks of a row, are of very different sizes."""
    chance = np.random.default_rng(seed)
    sizes = 10.0 ** chance.uniform(-3, 1, (rows, blocks, 1))
    return np.asarray((chance.standard_normal((rows, blocks, BLOCK)) * sizes).reshape(rows, -1), np.float32)


def test_weights_come_back_to_half_a_step_of_their_block() -> None:
    weights = matrix(20, 12)
    whole, scales = quantised(weights)
    assert whole.dtype == np.int8
    assert scales.dtype == np.float16
    assert (whole.shape, scales.shape) == ((20, 12 * BLOCK), (20, 12))
    steps = np.repeat(scales.astype(np.float32), BLOCK, axis=1)
    # The largest of a block lies beyond 127 steps, by what the rounding of the scale to float16 takes off.
    assert (np.abs(dequantised(whole, scales) - weights) <= (0.5 + 127 * 2**-10) * steps).all()
    assert np.abs(whole.reshape(20, 12, BLOCK)).max(axis=2).min() >= 126  # the whole range is used


def test_a_block_of_zeros_stays_so() -> None:
    weights = matrix(2, 2)
    weights[1, :BLOCK] = 0
    whole, scales = quantised(weights)
    assert np.isfinite(scales).all()
    assert (dequantised(whole, scales)[1, :BLOCK] == 0).all()


def test_what_is_written_is_read(tmp_path: Path) -> None:
    dense = matrix(3, 2)
    whole, scales = quantised(dense)
    bias = np.array([0.25, -1.5], np.float32)
    path = tmp_path / "reader.safetensors"
    path.write_bytes(save({"dense": whole, f"dense{SCALES}": scales, "bias": bias}, metadata=ABOUT))
    read = read_weights(path)
    assert (read.identity, read.joined_at) == ("un-lecteur@1", 6)
    assert read.about["trained"] == "2026-11-29"
    assert set(read.tensors) == {"dense", "bias"}
    assert np.array_equal(read.tensors["dense"], dequantised(whole, scales))
    assert np.array_equal(read.tensors["bias"], bias)
    assert all(values.dtype == np.float32 for values in read.tensors.values())


GOOD = save({"bias": np.zeros(2, np.float32)}, metadata=ABOUT)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:0123\nsize 12836016\n",
        GOOD[:-3],
        GOOD[:40],
        bytes(200),
        save({"bias": np.zeros(2, np.float32)}),  # says nothing about itself
        save({"bias": np.zeros(2, np.float32)}, metadata={"identity": "un-lecteur@1"}),
        save({"dense": np.zeros((2, 32), np.int8)}, metadata=ABOUT),  # without its scales
    ],
    ids=("empty", "pointer", "cut", "cut early", "zeros", "nameless", "half named", "without scales"),
)
def test_a_damaged_file_is_named(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "reader.safetensors"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"illisible .* Réinstallez Repères") as raised:
        read_weights(path)
    assert str(path) in str(raised.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"absent\.safetensors est illisible \(FileNotFoundError"):
        read_weights(tmp_path / "absent.safetensors")


def test_the_shipped_weights_are_whole() -> None:
    shipped = shipped_weights()
    assert shipped is shipped_weights()
    name, _, version = shipped.identity.partition("@")
    assert name
    assert version
    layers = {int(name.split(".")[2]) for name in shipped.tensors if name.startswith("encoder.layer.")}
    assert layers == set(range(shipped.joined_at, 12))
    assert shipped.tensors["across"].shape == (len(layers),)
    for head in ("relevance", "unit"):
        assert shipped.tensors[f"{head}.cosine"].shape == (2,)
        assert shipped.tensors[f"{head}.hidden.weight"].shape == (384, 3 * 384)
    assert all(np.isfinite(values).all() for values in shipped.tensors.values())
    assert FILE.stat().st_size < 20_000_000
