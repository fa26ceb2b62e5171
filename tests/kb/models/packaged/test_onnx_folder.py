"""Sessions of ONNX Runtime, and the products of numpy beside them."""

from __future__ import annotations

from pathlib import Path

from threadpoolctl import threadpool_info, threadpool_limits

from kb.models.packaged.onnx_bert import MODEL
from kb.models.packaged.onnx_folder import open_session, packaged_onnx_folder


def test_beside_a_session_numpy_multiplies_in_one_thread(cache_folder: Path) -> None:
    threadpool_limits(limits=2, user_api="blas")
    open_session(packaged_onnx_folder(cache_folder / "models", "int8") / MODEL)
    threads = [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]
    assert set(threads) <= {1}
