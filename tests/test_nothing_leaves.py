"""Nothing of what runs beneath reports to its makers: what a native library does no test's block of sockets sees."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_WORK = """
import sys
from pathlib import Path
from kb.models.sentence_encoder import load_encoder
from kb.settings import Settings
import chromadb, onnxruntime
encoder = load_encoder(Settings.load({"REPERES_CACHE": sys.argv[1], "REPERES_EMBEDDING_BACKEND": "onnx"}))
assert encoder.encode(["prêt"], "query").shape == (1, 384)
chromadb.PersistentClient(path=sys.argv[2]).get_or_create_collection("passages", embedding_function=None)
"""


def test_no_library_leaves_its_makers_a_trace(cache_folder: Path, tmp_path: Path) -> None:
    """ONNX Runtime keeps an identifier and what it is about to send in the home folder, when it sends anything."""
    home = tmp_path / "home"
    home.mkdir()
    # What it takes for a test is set aside: with `CI` it would send nothing anyway.
    kept = {name: value for name, value in os.environ.items() if name not in {"CI", "ORT_DISABLE_TELEMETRY"}}
    environ = {**kept, "HOME": str(home), "XDG_CACHE_HOME": str(home / ".cache"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", _WORK, str(cache_folder), str(tmp_path / "vectors")]
    subprocess.run(command, check=True, env=environ, timeout=300)
    assert [path.relative_to(home) for path in home.rglob("*") if path.is_file()] == []
