"""The weights of the reader as they are shipped: matrices in 8 bits, a scale for 32 weights, the rest in float32."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kb.errors import ModelError
from kb.models.encoder import FloatMatrix

FILE = Path(__file__).with_name("reader.safetensors")
SCALES = ".scales"
"""What is put behind the name of an 8-bit matrix to name its scales."""
BLOCK = 32
"""The weights of a row that share a scale: with one a row, the logits were 0.30 lower, ± 0.11, than in float32."""


@dataclass(frozen=True, slots=True)
class ReaderWeights:
    """`tensors` by name: the layers from number `joined_at` on under the names of transformers' BertModel, `across`
    (what each adds to the attention between the two texts), `of_passage`, and the heads `relevance`, `unit`, `proof`
    (`relevance.cosine`, `relevance.hidden.weight`…) and `word` (`word.hidden.weight`…).

    `identity` names the training that they come from; `about` is what else was written about it.
    """

    identity: str
    joined_at: int
    tensors: Mapping[str, FloatMatrix]
    about: Mapping[str, str]


@lru_cache(maxsize=1)
def shipped_weights() -> ReaderWeights:
    """The weights that come with the package. Raises ModelError when their file is missing or damaged."""
    return read_weights(FILE)


def read_weights(path: Path) -> ReaderWeights:
    """The weights that `path` holds, 8-bit matrices as float32. Raises ModelError."""
    from safetensors.numpy import load

    try:
        content = path.read_bytes()
        (length,) = struct.unpack_from("<Q", content)
        about = json.loads(content[8 : 8 + length])["__metadata__"]
        stored = load(content)
        tensors = {
            name: dequantised(values, stored[name + SCALES]) if values.dtype == np.int8 else values
            for name, values in stored.items()
            if not name.endswith(SCALES)
        }
        return ReaderWeights(about["identity"], int(about["joined_at"]), tensors, about)
    except Exception as error:  # whatever a damaged file makes the library raise
        raise ModelError(
            f"Le modèle de lecture {path} est illisible ({type(error).__name__} : {error}). Réinstallez Repères."
        ) from error


def quantised(weights: FloatMatrix) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float16]]:
    """`weights` (R, C), C a multiple of 32, as whole numbers from -127 to 127, and the scales (R, C / 32)."""
    blocks = weights.reshape(len(weights), -1, BLOCK)
    scales = np.maximum(np.abs(blocks).max(axis=2) / 127, 1e-6).astype(np.float16)
    whole = np.clip(np.round(blocks / scales[:, :, None].astype(np.float32)), -127, 127)
    return whole.astype(np.int8).reshape(weights.shape), scales


def dequantised(whole: npt.NDArray[np.int8], scales: npt.NDArray[np.float16]) -> FloatMatrix:
    """What `quantised` was given, to half a step."""
    blocks = whole.reshape(len(whole), -1, BLOCK).astype(np.float32) * scales[:, :, None].astype(np.float32)
    return blocks.reshape(whole.shape)
