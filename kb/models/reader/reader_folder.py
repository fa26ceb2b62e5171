"""The reader as ONNX Runtime runs it: a folder of the cache with its two graphs, the words and the tokenizer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from kb.models.backend import signed_products_are_exact
from kb.models.encoder import FloatMatrix
from kb.models.packaged.calibration_texts import PASSAGES, QUESTIONS
from kb.models.packaged.onnx_bert import Precision, folder_prefix, write_lower_half, write_upper_half, write_words
from kb.models.packaged.onnx_folder import TOKENIZER, measured_ranges, open_session
from kb.models.packaged.packed_model import PROMPTS, PackedModel, packaged_weights, read_packed
from kb.models.packaged.quantising import FloatVector
from kb.models.packaged.tokenizer import build_tokenizer
from kb.models.prepared_folder import prepared_folder
from kb.models.reader.weights import ReaderWeights

LOWER, UPPER = "lower.onnx", "upper.onnx"
# Raise it whenever what is written below, or by kb.models.packaged.onnx_bert, changes.
VERSION = 1


def reader_folder(models_folder: Path, weights: ReaderWeights, precision: Precision) -> Path:
    """The folder of the reader in `precision` inside `models_folder`, written there the first time.

    Raises ModelError when the packaged encoder is missing or the folder cannot be written.
    """
    kind = f"{precision}-unsigned" if precision == "int8" and not signed_products_are_exact() else precision
    name = f"{folder_prefix()}-{weights.identity.replace('@', '-')}-onnx-{kind}-v{VERSION}"

    def write(folder: Path) -> None:
        _write(read_packed(packaged_weights()), weights, folder, precision)

    return prepared_folder(models_folder / name, write, megabytes=300)


def joined(question: npt.NDArray[np.floating], passage: npt.NDArray[np.floating]) -> dict[str, FloatMatrix]:
    """What the upper half takes for the states (Q, D) of a question and those (P, D) of a passage."""
    of_passage = np.arange(len(question) + len(passage)) >= len(question)
    different = (of_passage[:, None] != of_passage[None]).astype(np.float32)
    return {"states": np.concatenate([question, passage])[None].astype(np.float32), "different": different[None, None]}


def _write(packed: PackedModel, weights: ReaderWeights, folder: Path, precision: Precision) -> None:
    tokenizer = build_tokenizer(packed)
    tokenizer.save(str(folder / TOKENIZER), pretty=False)
    write_words(packed, folder)
    first, tensors, across = weights.joined_at, weights.tensors, weights.tensors["across"].tolist()
    if precision == "fp32":
        write_lower_half(packed, folder / LOWER, first)
        write_upper_half(packed.bert, tensors, folder / UPPER, across)
        return
    signed = signed_products_are_exact()
    questions, passages = (
        [{"ids": np.array([found.ids])} for found in tokenizer.encode_batch_fast([prompt + text for text in texts])]
        for prompt, texts in ((PROMPTS["query"], QUESTIONS), (PROMPTS["passage"], PASSAGES))
    )
    products = write_lower_half(packed, folder / LOWER, first, show_inputs=True)
    session = open_session(folder / LOWER)
    ranges: dict[str, FloatVector] = measured_ranges(session, products, [*questions, *passages])
    asked, read = ([session.run(["states"], ids)[0][0] for ids in batches] for batches in (questions, passages))
    write_lower_half(packed, folder / LOWER, first, ranges, signed=signed)
    # Each passage with a question that may have nothing to do with it: most pairs that are read are such.
    pairs = [joined(asked[number % len(asked)], passage) for number, passage in enumerate(read)]
    products = write_upper_half(packed.bert, tensors, folder / UPPER, across, show_inputs=True)
    ranges = measured_ranges(open_session(folder / UPPER), products, pairs)
    write_upper_half(packed.bert, tensors, folder / UPPER, across, ranges, signed=signed)
