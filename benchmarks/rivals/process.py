"""The other systems, each in a process of the environment `.venv-bench`: JSON in on its arguments, JSON out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from benchmarks.support.bench_data import ROOT

PYTHON = ROOT / ".venv-bench" / "bin" / "python"

_ENVIRONMENT = {
    "ANONYMIZED_TELEMETRY": "False",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_HUB_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "TRANSFORMERS_VERBOSITY": "error",
}


def run_rival(task: str, **arguments: Any) -> dict[str, Any]:
    """What `benchmarks/rivals/systems.py` answers to a task. Ends the program when it cannot run or fails."""
    require_rivals()
    result = subprocess.run(
        [str(PYTHON), str(ROOT / "benchmarks" / "rivals" / "systems.py"), json.dumps({"task": task, **arguments})],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        env={**os.environ, **_ENVIRONMENT},
    )
    if result.returncode:
        raise SystemExit(f"benchmarks/rivals/systems.py failed on {task} (exit code {result.returncode}): see above.")
    answer: dict[str, Any] = json.loads(result.stdout.strip().rsplit("\n", 1)[-1])
    return answer


def require_rivals() -> None:
    """Ends the program with a message when the environment of the other systems is not installed."""
    if not PYTHON.is_file():
        print("The other systems are not installed (.venv-bench): `make bench` installs them.", file=sys.stderr)
        raise SystemExit(1)
