"""`reperes serve` in a process of its own, which may be killed and started again at the same address."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import httpx

from benchmarks.support.bench_data import ROOT

_SECONDS_TO_START = 600  # the first one makes the base


class Replica:
    """One replica; `folder` is its own, for its store and what it writes. `environ` is told to it."""

    def __init__(self, name: str, folder: Path, environ: Mapping[str, str]) -> None:
        folder.mkdir()
        self.name = name
        self._log = folder / "log"
        self._environ = {**os.environ, **environ, "REPERES_STORE": str(folder / "store")}
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self._port}"
        self.is_up = False
        """Whether it is there for people, as a proxy would see it."""
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Starts it and waits until it can answer; seconds. Raises RuntimeError, with what it said, if it ends."""
        began = time.monotonic()
        command = [sys.executable, "-m", "app", "serve", "--port", str(self._port)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, env=self._environ, stdout=log, stderr=log)
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() - began > _SECONDS_TO_START:
                raise RuntimeError(f"replica {self.name} does not start: {self.told()}")
            time.sleep(0.1)
        self.is_up = True
        return time.monotonic() - began

    def kill(self) -> None:
        """kill -9."""
        assert self._process is not None
        self.is_up = False
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """Ends it, if it runs."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(timeout=60)

    def told(self) -> str:
        """What it said so far."""
        return self._log.read_text("utf-8", errors="replace")

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.address}/readyz", timeout=10).status_code == 200
        except httpx.HTTPError:
            return False
