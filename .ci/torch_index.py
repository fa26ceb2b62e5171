"""Where pip should take PyTorch from, asked by the Makefile before it installs: options for pip, on standard output.

On Linux, pip takes PyTorch's CUDA build by default, gigabytes that serve nobody without an NVIDIA GPU. There, PyTorch's
public CPU index is added when it answers. Nothing is added where pip is configured by hand (a mirror, a folder of
files, no index: what is set there holds), with an NVIDIA GPU, on other systems, or when PyTorch is installed already.

When nothing is added and pip would take the CUDA build, whoever sits at a terminal is asked first (exit code 1 for no);
without a terminal it is said and done. Needs the standard library and the pip of the environment that runs it.
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

CPU_INDEX = "https://download.pytorch.org/whl/cpu"
PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")
SECONDS = 5  # to connect to the index
WHERE = re.compile(r"^\S+\.(?:index-url|extra-index-url|find-links|no-index)=(?!''$)", re.MULTILINE)


def wanted(pyproject: Path) -> str:
    """The requirement of torch that the project declares."""
    lines = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]["dependencies"]
    return next(str(line) for line in lines if re.match(r"torch\b", line))


def is_installed(requirement: str) -> bool:
    """Whether the environment has a torch of that line of releases (`~=2.13.0`: any 2.13)."""
    try:
        version = importlib.metadata.version("torch")
    except importlib.metadata.PackageNotFoundError:
        return False
    return version.startswith(requirement.partition("~=")[2].rpartition(".")[0] + ".")


def has_gpu(proc: Path = Path("/proc")) -> bool:
    """Whether an NVIDIA driver runs here."""
    return shutil.which("nvidia-smi") is not None or (proc / "driver/nvidia/gpus").is_dir()


def is_configured() -> bool:
    """Whether the user has told pip where to look, in its files or its environment variables."""
    told = subprocess.run([*PIP, "config", "list"], capture_output=True, text=True, check=False)
    return WHERE.search(told.stdout) is not None


def answers(index: str, seconds: int = SECONDS) -> bool:
    """Whether pip, with its own certificates and proxy, finds torch in an index; it tries once, for a few seconds."""
    options = ["--index-url", index, "--timeout", str(seconds), "--retries", "0"]
    try:
        tried = subprocess.run(
            [*PIP, "index", "versions", "torch", *options], capture_output=True, check=False, timeout=3 * seconds
        )
    except subprocess.TimeoutExpired:
        return False
    return tried.returncode == 0


def takes_cuda(requirement: str) -> bool:
    """Whether pip would take a build that asks for NVIDIA's libraries; False when it cannot tell."""
    options = ["--dry-run", "--ignore-installed", "--no-deps", "--quiet", "--report", "-"]
    told = subprocess.run([*PIP, "install", *options, requirement], capture_output=True, text=True, check=False)
    if told.returncode:
        return False
    chosen = json.loads(told.stdout)["install"][0]["metadata"]
    return any(re.match(r"nvidia-|cuda-", name) for name in chosen.get("requires_dist", ()))


def agreed() -> bool:
    """Says what is about to come; at a terminal, asks whether to go on."""
    print(
        "pip va prendre la version CUDA de PyTorch, plus de 2 Go de plus à télécharger, inutiles sans carte NVIDIA.\n"
        "Pour l'éviter : donnez accès à l'index CPU de PyTorch, ou indiquez à pip un miroir qui le contient\n"
        f"(pip config set global.extra-index-url {CPU_INDEX}).\n"
        "pip is about to take PyTorch's CUDA build, 2 GB more to download, of no use without an NVIDIA GPU.\n"
        "To avoid it, let pip reach PyTorch's CPU index, or a mirror of it (see above).",
        file=sys.stderr,
    )
    if not sys.stdin.isatty():
        return True
    print("Continuer quand même / go on all the same? [o/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in {"o", "oui", "y", "yes"}


def main() -> int:
    requirement = wanted(Path(__file__).resolve().parents[1] / "pyproject.toml")
    if not sys.platform.startswith("linux") or has_gpu() or is_installed(requirement):
        return 0
    if not is_configured() and answers(CPU_INDEX):
        print(f"--extra-index-url {CPU_INDEX}")
        return 0
    return 0 if not takes_cuda(requirement) or agreed() else 1


if __name__ == "__main__":
    sys.exit(main())
