"""Weights and inputs of a product in 8 bits: what is rounded, by which scales (see `onnx_bert`)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from kb.models.encoder import FloatMatrix

FloatVector = npt.NDArray[np.float32]
# The share of the inputs' range that the weights take over. Measured: 0.75 is the best from 0.4 to 0.8.
ALPHA = 0.75
ZERO = 128
"""What stands for 0 in weights that are stored unsigned."""


def smoothing(ranges: FloatVector, weights: FloatMatrix) -> FloatVector:
    """The factor of each input channel, shape (inputs,): what its weights are multiplied by and it is divided by.

    `ranges` are the largest absolute values of the channels. The geometric mean of the factors is 1.
    """
    largest = np.abs(weights).max(axis=1)
    logs = ALPHA * np.log(np.maximum(ranges, 1e-5)) - (1 - ALPHA) * np.log(np.maximum(largest, 1e-5))
    return np.asarray(np.exp(logs - logs.mean()), np.float32)


def quantised(weights: FloatMatrix) -> tuple[npt.NDArray[np.int8], FloatVector]:
    """`weights` (inputs, outputs) as whole numbers from -127 to 127, and the scale of each column."""
    scales = (np.abs(weights).max(axis=0) / 127).astype(np.float32)
    scales[scales == 0] = 1
    return np.round(weights / scales).astype(np.int8), scales


def as_unsigned(columns: npt.NDArray[np.int8]) -> npt.NDArray[np.uint8]:
    """The same whole numbers, `ZERO` higher."""
    return (columns.astype(np.int16) + ZERO).astype(np.uint8)
