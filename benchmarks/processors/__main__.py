"""Do two processors give the same vectors? The packaged model here and on an emulated older one, in one run.

    python -m benchmarks.processors [--texts 24] [--cpu Haswell]

Needs qemu-x86_64 (Debian: qemu-user), which runs this Python as on another x86: Haswell has AVX2 and no VNNI. What is
compared are the cosines of all pairs of texts, which searches and answers rest on.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.report import Target, machine, save

_ENCODE = """
import sys
from pathlib import Path
import numpy as np
from benchmarks.encoder import passages
from kb.models.packaged.onnx_encoder import OnnxEncoder
import kb.models.backend as backend
if sys.argv[4]:
    backend.CPUINFO = Path(sys.argv[4])
texts = passages(int(sys.argv[3]), 30)
np.save(sys.argv[2], OnnxEncoder(Path(sys.argv[1]), sys.argv[5]).encode(texts, "passage"))
"""


def main() -> None:
    """Prints how far apart the cosines are, and keeps the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--texts", type=int, default=24)
    parser.add_argument("--cpu", default="Haswell", help="a model that qemu-x86_64 -cpu help lists, without VNNI")
    given = parser.parse_args()
    emulator = shutil.which("qemu-x86_64")
    if emulator is None:
        raise SystemExit("qemu-x86_64 is missing (Debian: apt install qemu-user)")
    about = machine()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # The emulator shows the flags of the machine below: say what the emulated one has.
        (folder / "cpuinfo").write_text("flags : avx2\n", encoding="utf-8")
        here = _cosines(folder, [], given.texts, "", "int8")
        _cosines(folder, [], 1, str(folder / "cpuinfo"), "int8")  # prepared here: emulated, that takes ten minutes
        there = _cosines(folder, [emulator, "-cpu", given.cpu], given.texts, str(folder / "cpuinfo"), "int8")
        exact = _cosines(folder, [], given.texts, "", "fp32")
    processors, formats = np.abs(here - there), np.abs(here - exact)
    figures = {
        "texts": given.texts,
        "cpu": given.cpu,
        "between_processors": {"mean": float(processors.mean()), "max": float(processors.max())},
        "between_formats": {"mean": float(formats.mean()), "max": float(formats.max())},
    }
    print(figures)
    ratio = float(formats.mean() / max(processors.mean(), 1e-12))
    save("processors", figures, [Target("cosines: formats differ more than processors, times", ratio, 1.0)], about)


def _cosines(folder: Path, emulator: list[str], texts: int, cpuinfo: str, precision: str) -> npt.NDArray[np.float32]:
    """The cosines of all pairs of texts, shape (n, n), as the processor that `emulator` plays computes them."""
    vectors = folder / "vectors.npy"
    command = [*emulator, sys.executable, "-c", _ENCODE, str(folder), str(vectors), str(texts), cpuinfo, precision]
    subprocess.run(command, check=True, cwd=Path(__file__).parents[2], env={**os.environ, "OMP_NUM_THREADS": "1"})
    found = np.load(vectors)
    return np.asarray(found @ found.T)


if __name__ == "__main__":
    main()
