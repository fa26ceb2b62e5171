"""The packaged model as ONNX Runtime reads it: a folder of the cache with the graph, the words and the tokenizer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.errors import ModelError
from kb.models.backend import signed_products_are_exact
from kb.models.encoder import unit_rows
from kb.models.packaged.calibration_texts import PASSAGES, QUESTIONS
from kb.models.packaged.onnx_bert import MODEL, Precision, folder_prefix, write_model, write_words
from kb.models.packaged.packed_model import PROMPTS, PackedModel, packaged_weights, read_packed
from kb.models.packaged.quantising import FloatVector
from kb.models.packaged.tokenizer import build_tokenizer
from kb.models.prepared_folder import prepared_folder

TOKENIZER = "tokenizer.json"
# Raise it whenever what is written below, or by kb.models.packaged.onnx_bert, changes.
VERSION = 3
# Measured: 0.9997 and more, on every kind of processor (see `onnx_bert`): less means that its sums are wrong.
LOWEST_COSINE = 0.999


def packaged_onnx_folder(models_folder: Path, precision: Precision, weights: Path | None = None) -> Path:
    """The folder of the packaged model in `precision` inside `models_folder`, written there the first time.

    Processes that ask at once write it once; it appears whole or not at all. `weights` defaults to the package's
    file. Raises ModelError when the weights are missing or not the expected ones, when the folder cannot be written,
    or when 8-bit products are wrong on this processor.
    """

    def write(folder: Path) -> None:
        _write(read_packed(weights or packaged_weights()), folder, precision)

    return prepared_folder(models_folder / folder_name(precision), write, megabytes=300)


def folder_name(precision: Precision) -> str:
    """What the folder of a precision is called: another model, version or kind of processor never gets the same."""
    kind = f"{precision}-unsigned" if precision == "int8" and not signed_products_are_exact() else precision
    return f"{folder_prefix()}-onnx-{kind}-v{VERSION}"


def open_session(graph: Path) -> Any:
    """An ONNX Runtime session over the file `graph`: one thread a run, any number of runs at once.

    From then on numpy multiplies in one thread too, in the whole process: its own threads wait for their next product
    by spinning, and took from the runs nearly half of the processors' time (0.95 s of it for an answer, 0.60 without;
    0.44 and 0.27 for one that reads fewer passages; 30 November 2026, 2 cores).
    """
    import onnxruntime
    from threadpoolctl import threadpool_limits

    threadpool_limits(limits=1, user_api="blas")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # Higher levels fuse Add and LayerNormalization into the slower SkipLayerNormalization.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.log_severity_level = 4  # only what is fatal: what fails comes as an exception
    return onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])


def _write(packed: PackedModel, folder: Path, precision: Precision) -> None:
    tokenizer = build_tokenizer(packed)
    tokenizer.save(str(folder / TOKENIZER), pretty=False)
    write_words(packed, folder)
    if precision == "fp32":
        write_model(packed, folder)
        return
    texts = [*(PROMPTS["query"] + text for text in QUESTIONS), *(PROMPTS["passage"] + text for text in PASSAGES)]
    batches = [np.array([encoding.ids]) for encoding in tokenizer.encode_batch_fast(texts)]
    products = write_model(packed, folder, show_inputs=True)
    session = open_session(folder / MODEL)
    exact = unit_rows(np.stack([session.run(["vector"], {"ids": ids})[0][0] for ids in batches]))
    ranges = measured_ranges(session, products, [{"ids": ids} for ids in batches])
    write_model(packed, folder, ranges, signed=signed_products_are_exact())
    session = open_session(folder / MODEL)
    rounded = [session.run(["vector"], {"ids": ids})[0][0] for ids in batches]
    lowest = float((unit_rows(np.stack(rounded)) * exact).sum(axis=1).min())
    if lowest < LOWEST_COSINE:
        raise ModelError(
            f"Le modèle d'embedding en int8 n'est pas assez précis sur ce processeur "
            f"(cosinus avec le fp32 : {lowest:.4f}). Choisissez REPERES_EMBEDDING_DTYPE=fp32."
        )


def measured_ranges(
    session: Any, products: Sequence[str], inputs: Sequence[Mapping[str, npt.NDArray[Any]]]
) -> dict[str, FloatVector]:
    """The largest absolute inputs of each channel of each product, over runs of a graph that shows them."""
    ranges: dict[str, FloatVector] = {}
    for given in inputs:
        for name, values in zip(products, session.run(list(products), given), strict=True):
            largest = np.abs(values[0]).max(axis=0)
            ranges[name] = np.maximum(ranges[name], largest) if name in ranges else largest
    return ranges
