"""The packaged model as an ONNX graph, for ONNX Runtime: an encoder without torch, in float32 or with 8-bit products.

A BERT has a few channels whose values are far above all others (in layer 4, 61 where the median is 1.3), which leave
8 bits for the whole of a text too coarse. SmoothQuant (Xiao et al., 2023, https://arxiv.org/abs/2211.10438) divides
each channel of an input by a factor that its weights are multiplied by, here from the largest values measured on
texts of ours. Inputs are quantised text by text as they come, weights once, column by column.

Vectors should not hang on the processor. Products of unsigned inputs by signed weights are exact where there are
instructions for them (VNNI, ARM); older x86 adds pairs of them in 16 bits, which overflow. There the same weights are
stored unsigned, around 128: ONNX Runtime then multiplies in 16 bits and adds in 32, and every sum is the same to the
bit. What is left between two processors is the order in which floats are added, which rounding to 8 bits makes larger:
the cosines of pairs of texts differ by 0.0003 on average between this kind of machine and an emulated Haswell, by
0.0007 between 8 bits and float32 (python -m benchmarks.processors, 28 November 2026); with signed weights on the
Haswell it was 0.0013.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from kb.models.encoder import FloatMatrix
from kb.models.packaged.packed_model import PackedModel, bert_tensors

if TYPE_CHECKING:
    from onnx import ModelProto

Precision = Literal["fp32", "int8"]
FloatVector = npt.NDArray[np.float32]

MODEL = "model.onnx"
# Beside the graph, where ONNX Runtime maps it into memory: only the rows of the words that come up are ever read.
WORDS = "words.bin"
# The share of the inputs' range that the weights take over. Measured: 0.75 is the best from 0.4 to 0.8.
ALPHA = 0.75
# Products that stay in float32: their inputs have channels so far from the others that smoothing does not undo it.
# Measured over 120 passages and 200 short texts: lowest cosine 0.9997 with them, 0.9992 with layers 4 and 5 alone, for
# a tenth of the speed.
KEPT = frozenset(f"{layer}.out" for layer in range(12))

ZERO = 128
"""What stands for 0 in weights that are stored unsigned."""

_CONTRIB = "com.microsoft"
_OPSET, _IR_VERSION = 17, 10


def write_words(packed: PackedModel, folder: Path) -> None:
    """Writes the vectors of the words into `folder`, the same for all graphs of the model.

    As float16: half the size, and far nearer to the 4-bit weights than these are to the model that they come from.
    """
    packed.tensors["emb.word"].astype("<f2").tofile(folder / WORDS)


def write_model(
    packed: PackedModel,
    folder: Path,
    ranges: Mapping[str, FloatVector] | None = None,
    *,
    show_inputs: bool = False,
    signed: bool = True,
) -> list[str]:
    """Writes the graph into `folder`, and returns the names of its products.

    With 8-bit products where `ranges` gives the largest absolute value of each input channel of each product, else in
    float32. The graph takes `ids` (B, S), texts of one length; it gives `vector` (B, D), the means over the tokens,
    not of unit length, and `states` (B, S, D), the last hidden states. With `show_inputs`, it gives also what each
    product multiplies by its weights, under the product's name. `signed` is how 8-bit weights are stored.
    """
    builder = _Builder(packed, ranges, signed)
    (folder / MODEL).write_bytes(builder.model(show_inputs).SerializeToString())
    return builder.products


class _Builder:
    """Collects nodes and constants. A method that adds a computation returns the name of its result."""

    def __init__(self, packed: PackedModel, ranges: Mapping[str, FloatVector] | None, signed: bool) -> None:
        self._signed = signed
        self._bert = packed.bert
        self._tensors = bert_tensors(packed)
        self._ranges = ranges
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self.products: list[str] = []

    def model(self, show_inputs: bool) -> ModelProto:
        """The whole graph."""
        from onnx import TensorProto, helper

        states = self._embeddings()
        for layer in range(int(self._bert["num_hidden_layers"])):
            states = self._layer(layer, states)
        self._node("Identity", [states], "states")
        self._node("ReduceMean", [states], "vector", axes=[1], keepdims=0)
        hidden = int(self._bert["hidden_size"])
        ids = helper.make_tensor_value_info("ids", TensorProto.INT64, ["B", "S"])
        shapes: dict[str, list[Any]] = {"vector": ["B", hidden], "states": ["B", "S", hidden]}
        if show_inputs:
            shapes |= {name: ["B", "S", None] for name in self.products}
        outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()]
        graph = helper.make_graph(self._nodes, "bert", [ids], outputs, self._constants)
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_CONTRIB, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION)

    def _embeddings(self) -> str:
        from onnx import TensorProto

        words = self._tensors["embeddings.word_embeddings.weight"]
        mapped = TensorProto(name="words", data_type=TensorProto.FLOAT16, dims=words.shape)
        mapped.data_location = TensorProto.EXTERNAL
        mapped.external_data.add(key="location", value=WORDS)
        self._constants.append(mapped)
        half = self._node("Gather", ["words", "ids"], "words.half")
        read = self._node("Cast", [half], "words.float", to=TensorProto.FLOAT)
        # The model knows texts of one kind: its type is a part of the place.
        kind = self._tensors["embeddings.token_type_embeddings.weight"][0]
        places = self._constant("places", self._tensors["embeddings.position_embeddings.weight"] + kind)
        bounds = {
            name: self._constant(name, np.array([value])) for name, value in (("zero", 0), ("one", 1), ("two", 2))
        }
        shape = self._node("Shape", ["ids"], "shape")
        length = self._node("Slice", [shape, bounds["one"], bounds["two"]], "length")
        at = self._node("Slice", [places, bounds["zero"], length, bounds["zero"]], "places.read")
        return self._added_and_normalised("words", read, at, "embeddings.LayerNorm")

    def _layer(self, layer: int, states: str) -> str:
        path = f"encoder.layer.{layer}"
        hidden = int(self._bert["hidden_size"])
        three = [f"{path}.attention.self.{name}" for name in ("query", "key", "value")]
        weights = np.concatenate([self._tensors[f"{name}.weight"] for name in three]).T
        bias = np.concatenate([self._tensors[f"{name}.bias"] for name in three])
        joined = self._product(f"{layer}.qkv", states, weights, bias)
        sizes = self._constant(f"{layer}.sizes", np.array([hidden] * 3))
        parts = [f"{layer}.query", f"{layer}.key", f"{layer}.value"]
        self._node("Split", [joined, sizes], *parts, axis=-1)
        heads = int(self._bert["num_attention_heads"])
        mixed = self._node("MultiHeadAttention", parts, f"{layer}.mixed", domain=_CONTRIB, num_heads=heads)
        output = self._product(f"{layer}.att", mixed, *self._dense(f"{path}.attention.output.dense"))
        states = self._added_and_normalised(f"{layer}.att", output, states, f"{path}.attention.output.LayerNorm")
        weights, bias = self._dense(f"{path}.intermediate.dense")
        wide = self._product(f"{layer}.in", states, weights, None)
        wide = self._node(
            "BiasGelu", [wide, self._constant(f"{layer}.gelu.bias", bias)], f"{layer}.gelu", domain=_CONTRIB
        )
        output = self._product(f"{layer}.out", wide, *self._dense(f"{path}.output.dense"))
        return self._added_and_normalised(f"{layer}.out", output, states, f"{path}.output.LayerNorm")

    def _dense(self, path: str) -> tuple[FloatMatrix, FloatVector]:
        """The weights, shape (inputs, outputs), and the bias."""
        return self._tensors[f"{path}.weight"].T, self._tensors[f"{path}.bias"]

    def _product(self, name: str, states: str, weights: FloatMatrix, bias: FloatVector | None) -> str:
        """`states` @ `weights` + `bias`, in 8 bits where the ranges of the inputs are known."""
        self.products.append(name)
        if self._ranges is None:
            # A name of its own under which it can be shown; ONNX Runtime takes such nodes out.
            states = self._node("Identity", [states], name)
        if self._ranges is None or name in KEPT:
            result = self._node("MatMul", [states, self._constant(f"{name}.weights", weights)], f"{name}.product")
            if bias is None:
                return result
            return self._node("Add", [result, self._constant(f"{name}.bias", bias)], f"{name}.sum")
        factors = smoothing(self._ranges[name], weights)
        states = self._node("Mul", [states, self._constant(f"{name}.smoothing", 1 / factors)], f"{name}.smooth")
        columns, scales = quantised(weights * factors[:, None])
        stored, zero = (columns, np.int8(0)) if self._signed else (as_unsigned(columns), np.uint8(ZERO))
        inputs = [states, self._constant(f"{name}.weights", stored), self._constant(f"{name}.scales", scales)]
        inputs.append(self._constant(f"{name}.zeros", np.full(len(scales), zero)))
        if bias is not None:
            inputs.append(self._constant(f"{name}.bias", bias))
        return self._node("DynamicQuantizeMatMul", inputs, f"{name}.product", domain=_CONTRIB)

    def _added_and_normalised(self, name: str, left: str, right: str, path: str) -> str:
        """Two nodes: the single one that does both, SkipLayerNormalization, is slower on a CPU."""
        scale, bias = (
            self._constant(f"{name}.norm.{part}", self._tensors[f"{path}.{part}"]) for part in ("weight", "bias")
        )
        total = self._node("Add", [left, right], f"{name}.added")
        epsilon = self._bert["layer_norm_eps"]
        return self._node("LayerNormalization", [total, scale, bias], f"{name}.norm", axis=-1, epsilon=epsilon)

    def _node(self, kind: str, inputs: Sequence[str], *outputs: str, **attributes: Any) -> str:
        from onnx import helper

        self._nodes.append(helper.make_node(kind, inputs, outputs, **attributes))
        return outputs[0]

    def _constant(self, name: str, values: npt.NDArray[Any]) -> str:
        from onnx import numpy_helper

        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name


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
