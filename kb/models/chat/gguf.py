"""The local language model: which weights are installed, and the process that serves them."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from kb.errors import LanguageModelError
from kb.settings import Settings

FOLDER = "llm"
CARD = "model.json"
_START_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class InstalledModel:
    """Weights in the cache folder. `sha256` was checked when they were installed."""

    name: str
    path: Path
    sha256: str
    source: str
    licence: str | None


def installed(settings: Settings) -> InstalledModel | None:
    """The installed model, None when there is none or its files are not whole."""
    card = settings.cache / FOLDER / CARD
    try:
        said = json.loads(card.read_text(encoding="utf-8"))
        found = InstalledModel(
            said["name"], card.parent / said["file"], said["sha256"], said["source"], said.get("licence")
        )
        return found if found.path.stat().st_size == said["bytes"] else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def runs_here() -> bool:
    """Whether the extra `llm` (llama.cpp) is there."""
    return importlib.util.find_spec("xllamacpp") is not None


class LocalServer:
    """llama.cpp in a process of its own, started at the first use and again when it died."""

    def __init__(self, path: Path, context_tokens: int = 4096) -> None:
        self._path = path
        self._context = context_tokens
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._address = ""

    @property
    def pid(self) -> int | None:
        """The process that serves, None while there is none."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def address(self) -> str:
        """The base URL of the running server; starts it, which takes a few seconds.

        Raises LanguageModelError when it does not start.
        """
        with self._lock:
            if self._process is not None and self._process.poll() is not None:
                _end(self._process)
                self._process = None
            if self._process is None:
                self._start()
            return self._address

    def close(self) -> None:
        """Stops the process."""
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            _end(process, seconds=5.0)

    def _start(self) -> None:
        root = str(Path(__file__).resolve().parents[3])
        environ = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))}
        # Its working directory is the weights': the application's own may hold anything.
        process = subprocess.Popen(
            [sys.executable, "-m", "kb.models.chat.gguf_server", str(self._path), str(self._context)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self._path.parent,
            env=environ,
        )
        timer = threading.Timer(_START_SECONDS, process.kill)
        timer.start()
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
        finally:
            timer.cancel()
        try:
            address = json.loads(line)["address"]
        except (ValueError, KeyError):
            _end(process)
            raise LanguageModelError(
                f"le modèle de langue local ne démarre pas ({self._path.name}) : réinstallez-le avec "
                "« reperes model install », ou donnez-lui plus de mémoire"
            ) from None
        self._process = process
        self._address = f"{str(address).rstrip('/')}/v1"


def _end(process: subprocess.Popen[bytes], seconds: float = 0.0) -> None:
    """Lets the process end by itself for `seconds`, then makes it."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
