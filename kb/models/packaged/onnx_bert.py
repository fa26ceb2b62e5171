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
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from kb.models.encoder import FloatMatrix
from kb.models.packaged.packed_model import IDENTITY, PackedModel, bert_tensors
from kb.models.packaged.quantising import ZERO, FloatVector, as_unsigned, quantised, smoothing

if TYPE_CHECKING:
    from onnx import ModelProto

Precision = Literal["fp32", "int8"]

MODEL = "model.onnx"
# Beside the graph, where ONNX Runtime maps it into memory: only the rows of the words that come up are ever read.
WORDS = "words.bin"
# Products that stay in float32: their inputs have channels so far from the others that smoothing does not undo it.
# Measured over 120 passages and 200 short texts: lowest cosine 0.9997 with them, 0.9992 with layers 4 and 5 alone, for
# a tenth of the speed.
KEPT = frozenset(f"{layer}.out" for layer in range(12))

_CONTRIB = "com.microsoft"
_OPSET, _IR_VERSION = 17, 10


def folder_prefix() -> str:
    """What the names of all folders begin with that hold graphs of the model."""
    return IDENTITY.replace("@", "-")


def write_words(packed: PackedModel, folder: Path) -> None:
    """Writes the vectors of the words into `folder`, the same for all graphs of the model: a second name of the file
    of another folder of the model beside it, where the file system has such.

    As float16: half the size, and far nearer to the 4-bit weights than these are to the model that they come from.
    """
    for other in folder.parent.glob(f"{folder_prefix()}*/{WORDS}"):
        if other.parent != folder and ".part-" not in other.parent.name:
            with suppress(OSError):
                (folder / WORDS).hardlink_to(other)
                return
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
    builder = _Builder(packed.bert, bert_tensors(packed), ranges, signed)
    (folder / MODEL).write_bytes(builder.encoder(show_inputs).SerializeToString())
    return builder.products


def write_lower_half(
    packed: PackedModel,
    path: Path,
    layers: int,
    ranges: Mapping[str, FloatVector] | None = None,
    *,
    show_inputs: bool = False,
    signed: bool = True,
) -> list[str]:
    """Writes the graph of the first `layers` layers to `path`, beside the words: `ids` (B, S) to `states` (B, S, D).

    The rest as `write_model`.
    """
    builder = _Builder(packed.bert, bert_tensors(packed), ranges, signed)
    path.write_bytes(builder.lower_half(layers, show_inputs).SerializeToString())
    return builder.products


def write_upper_half(
    bert: Mapping[str, float],
    tensors: Mapping[str, FloatMatrix],
    path: Path,
    across: Sequence[float],
    ranges: Mapping[str, FloatVector] | None = None,
    *,
    show_inputs: bool = False,
    signed: bool = True,
) -> list[str]:
    """Writes the graph of the last layers, as many as `across` has values, to `path`.

    It takes `states` (1, S, D) and `different` (1, 1, S, S), 1 between tokens of different texts, else 0, and gives
    `read` (1, S, D). A layer's value of `across` is added to the attention between different texts. `tensors` holds
    the weights under the names of transformers' BertModel. The rest as `write_model`.
    """
    builder = _Builder(bert, tensors, ranges, signed)
    path.write_bytes(builder.upper_half(across, show_inputs).SerializeToString())
    return builder.products


class _Builder:
    """Collects nodes and constants. A method that adds a computation returns the name of its result."""

    def __init__(
        self,
        bert: Mapping[str, float],
        tensors: Mapping[str, FloatMatrix],
        ranges: Mapping[str, FloatVector] | None,
        signed: bool,
    ) -> None:
        self._signed = signed
        self._bert = bert
        self._tensors = tensors
        self._ranges = ranges
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self.products: list[str] = []

    def encoder(self, show_inputs: bool) -> ModelProto:
        """The whole model: `ids` to `vector` and `states`."""
        states = self._embeddings()
        for layer in range(int(self._bert["num_hidden_layers"])):
            states = self._layer(layer, states)
        self._node("Identity", [states], "states")
        self._node("ReduceMean", [states], "vector", axes=[1], keepdims=0)
        hidden = int(self._bert["hidden_size"])
        return self._graph(self._ids(), {"vector": ["B", hidden], "states": ["B", "S", hidden]}, show_inputs)

    def lower_half(self, layers: int, show_inputs: bool) -> ModelProto:
        """The first layers: `ids` to `states`."""
        states = self._embeddings()
        for layer in range(layers):
            states = self._layer(layer, states)
        self._node("Identity", [states], "states")
        return self._graph(self._ids(), {"states": ["B", "S", int(self._bert["hidden_size"])]}, show_inputs)

    def upper_half(self, across: Sequence[float], show_inputs: bool) -> ModelProto:
        """The last layers: `states` and `different` to `read`."""
        from onnx import TensorProto, helper

        shape: list[Any] = ["B", "S", int(self._bert["hidden_size"])]
        states = "states"
        first = int(self._bert["num_hidden_layers"]) - len(across)
        for layer, value in enumerate(across, start=first):
            amount = self._constant(f"{layer}.across", np.array(value, np.float32))
            bias = self._node("Mul", ["different", amount], f"{layer}.bias")
            states = self._layer(layer, states, bias)
        self._node("Identity", [states], "read")
        given = [
            helper.make_tensor_value_info("states", TensorProto.FLOAT, shape),
            helper.make_tensor_value_info("different", TensorProto.FLOAT, ["B", 1, "S", "S"]),
        ]
        return self._graph(given, {"read": shape}, show_inputs)

    def _ids(self) -> list[Any]:
        from onnx import TensorProto, helper

        return [helper.make_tensor_value_info("ids", TensorProto.INT64, ["B", "S"])]

    def _graph(self, given: Sequence[Any], shapes: dict[str, list[Any]], show_inputs: bool) -> ModelProto:
        """The model of the nodes so far, from `given` to what `shapes` names."""
        from onnx import TensorProto, helper

        if show_inputs:
            shapes |= {name: ["B", "S", None] for name in self.products}
        outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()]
        graph = helper.make_graph(self._nodes, "bert", given, outputs, self._constants)
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

    def _layer(self, layer: int, states: str, bias_of_attention: str | None = None) -> str:
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
        # Its inputs in between (bias, mask of keys) are left out.
        inputs = [*parts, "", "", bias_of_attention] if bias_of_attention else parts
        mixed = self._node("MultiHeadAttention", inputs, f"{layer}.mixed", domain=_CONTRIB, num_heads=heads)
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
