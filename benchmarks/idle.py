"""What the application costs with nobody there: processor time, and where its memory goes.

    python -m benchmarks.idle [--seconds 60]

Starts `reperes serve` on the bundled corpus, without a language model, in a process of its own, waits until it has
encoded the sentences of the base (`kb.web.warming`), and then counts the processor time of `--seconds` in which nobody
asks and no page is open. A second process takes the same steps as the application's start, one after the other, and
says what memory each of them took. Linux only: both are read from `/proc`.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.people import served
from benchmarks.report import Target, machine, save, table
from benchmarks.support.bench_data import ROOT
from kb.settings import Settings
from kb.text.domain import NO_DOMAIN

CPU_PERCENT = 1.0
IMPORTS = {
    "SQLAlchemy": ("sqlalchemy",),
    "FastAPI, uvicorn": ("fastapi", "uvicorn"),
    "pandas, which Gradio imports": ("pandas",),
    "Gradio": ("gradio",),
    "Repères' own modules": ("app", "kb.ui.mounting", "kb.web.server", "kb.knowledge", "ingest.child"),
    "Chroma, tantivy": ("chromadb", "tantivy"),
    "ONNX Runtime": ("onnxruntime",),
}
"""What the application imports, in an order in which each step counts what those before did not."""

_WARM_AT_MOST = 300.0  # seconds
_WARM_WINDOW = 5.0
_WARM_SHARE = 0.05  # of a core: what encoding takes is far above, an idle server far below


def cpu_seconds(process: int) -> float:
    """The processor time of a process so far, user and system."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mb(process: int | str) -> dict[str, float]:
    """The memory of a process in MB: all that is resident, and the part of it that is no file's (anonymous)."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    kilobytes = {line.partition(":")[0]: int(line.split()[1]) for line in lines if line.endswith(" kB")}
    return {"resident": kilobytes["Rss"] / 1000, "anonymous": kilobytes["Anonymous"] / 1000}


def share(process: int, seconds: float) -> float:
    """The share of one core that a process takes during `seconds`."""
    began, before = time.monotonic(), cpu_seconds(process)
    time.sleep(seconds)
    return (cpu_seconds(process) - before) / (time.monotonic() - began)


def wait_until_warm(process: int) -> None:
    """Returns once a server has nothing left to encode. Raises RuntimeError when that takes too long."""
    end = time.monotonic() + _WARM_AT_MOST
    while share(process, _WARM_WINDOW) > _WARM_SHARE:
        if time.monotonic() > end:
            raise RuntimeError(f"the server is still busy after {_WARM_AT_MOST:g} s")


def memory_by_step(store: Path) -> dict[str, float]:
    """What each step of the application's start adds to the memory of a new process, in MB."""
    environ = {**os.environ, "REPERES_LLM_URL": "", "REPERES_APP_DB": str(store.parent / "steps-app.db")}
    command = [sys.executable, "-m", "benchmarks.idle", "--steps", str(store)]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _take_steps(store: Path) -> dict[str, float]:
    """In a process of its own: takes the steps of the application's start and measures each."""
    settings = Settings.load(store=store)
    found: dict[str, float] = {}

    def measured(name: str, since: float) -> float:
        now = memory_mb("self")["resident"]
        found[name] = now - since
        return now

    at = measured("Python, numpy, click", 0.0)
    for name, modules in IMPORTS.items():
        for module in modules:
            importlib.import_module(module)
        at = measured(name, at)

    from kb.knowledge import KnowledgeBase
    from kb.models.sentence_encoder import load_encoder
    from kb.ui.mounting import mount_pages
    from kb.web.server import build_server

    tokenizer = _tokenizer_mb(settings)
    encoder = load_encoder(settings)
    at = measured("the model's weights", at + tokenizer)
    found["the model's tokenizer: a tree of 250,000 pieces"] = tokenizer
    base = KnowledgeBase.open(settings, encoder)
    base.search("Repères")
    at = measured("the index, first search", at)
    build_server(lambda: base, None, NO_DOMAIN, settings, mount_pages)
    at = measured("the pages", at)
    anonymous = memory_mb("self")["anonymous"]
    base.warm(lambda: True)
    found["vectors of the base's sentences, kept"] = memory_mb("self")["anonymous"] - anonymous
    measured("vectors of words, read from a mapped file", at + found["vectors of the base's sentences, kept"])
    return found


def _tokenizer_mb(settings: Settings) -> float:
    """What the tokenizer of the packaged model takes; 0 where another model or library is chosen."""
    from kb.models.backend import chosen_backend
    from kb.models.packaged.onnx_folder import TOKENIZER, packaged_onnx_folder
    from kb.settings import PACKAGED_MODEL

    backend = chosen_backend(settings)
    if backend.name != "onnx" or settings.embedding_model != PACKAGED_MODEL:
        return 0.0
    from tokenizers import Tokenizer

    folder = packaged_onnx_folder(settings.cache / "models", "int8" if backend.dtype == "int8" else "fp32")
    before = memory_mb("self")["resident"]
    tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
    taken = memory_mb("self")["resident"] - before
    del tokenizer  # its room is used again by the encoder's own
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--steps", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.steps is not None:
        print(json.dumps(_take_steps(options.steps)))
        return
    about = machine()
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        first, _, _ = served(store)  # makes the store
        first.terminate()
        first.wait(timeout=30)
        process, _, _ = served(store)
        try:
            wait_until_warm(process.pid)
            cpu = share(process.pid, options.seconds)
            memory = memory_mb(process.pid)
        finally:
            process.terminate()
            process.wait(timeout=30)
        steps = memory_by_step(store)
    figures = {"seconds": options.seconds, "cpu_percent": 100 * cpu, "memory_mb": memory, "memory_by_step_mb": steps}
    print(f"processor: {100 * cpu:.2f} % of a core over {options.seconds:g} s")
    print(f"memory: {memory['resident']:.0f} MB, {memory['anonymous']:.0f} MB of it of no file\n")
    print(table(("what takes memory", "MB"), [(name, f"{value:.0f}") for name, value in steps.items()]))
    targets = [Target("processor with nobody there", 100 * cpu, CPU_PERCENT, "% of a core", at_most=True)]
    save("idle", figures, targets, about)


if __name__ == "__main__":
    main()
