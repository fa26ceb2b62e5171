"""`reperes ingest` in a process of its own, for the application: one process must not both write and serve Chroma."""

from __future__ import annotations

import datetime
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from kb.ui.ports import IngestionProgress

logger = logging.getLogger(__name__)


class ChildIngestor:
    """Starts ingestions of `paths` into `store` and follows them. Serves many threads."""

    def __init__(self, store: Path, paths: Sequence[Path]) -> None:
        self._command = [
            *(sys.executable, "-m", "app", "ingest", "--json", "--store", str(store.absolute())),
            *(str(path.absolute()) for path in paths),
        ]
        self._lock = threading.Lock()
        self._progress = IngestionProgress()
        self._process: subprocess.Popen[str] | None = None

    def progress(self) -> IngestionProgress:
        """Where the ingestion stands."""
        with self._lock:
            return self._progress

    def start(self) -> None:
        """Starts an ingestion and returns at once; does nothing while one runs."""
        with self._lock:
            if self._progress.running:
                return
            self._progress = replace(self._progress, running=True, done=0, total=0)
            self._process = self._spawn("lines", stderr=subprocess.PIPE)
        threading.Thread(target=self._follow, args=(self._process,), name="ingestion", daemon=True).start()

    def run(self) -> None:
        """Runs an ingestion to its end, its progress bar on this process's standard error."""
        with self._lock:
            self._process = self._spawn("auto", stderr=None)
            self._end(self._process.communicate()[0], self._process.returncode)

    def stop(self) -> None:
        """Ends the process that runs, if any. A commit under way is finished or undone by the next one."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(timeout=10)

    def _follow(self, process: subprocess.Popen[str]) -> None:
        with process:  # closes the pipes
            assert process.stderr is not None
            assert process.stdout is not None
            for line in process.stderr:
                self._read_progress(line)
            output = process.stdout.read()
        with self._lock:
            self._end(output, process.returncode)

    def _read_progress(self, line: str) -> None:
        try:
            state = json.loads(line)
            done, total = int(state["done"]), int(state["total"])
        except (ValueError, KeyError, TypeError):
            logger.info("ingestion: %s", line.rstrip())
            return
        with self._lock:
            self._progress = replace(self._progress, done=done, total=total)

    def _spawn(self, progress: str, stderr: int | None) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*self._command, "--progress", progress],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
            encoding="utf-8",
        )

    def _end(self, output: str, code: int) -> None:
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        self._progress = replace(self._progress, running=False, error=_error(output, code), finished_at=now)


def _error(output: str, code: int) -> str | None:
    """A French sentence on what failed, from the report on standard output; None when nothing did."""
    try:
        report: dict[str, Any] = json.loads(output)
    except ValueError:
        return f"La mise à jour de la base s'est arrêtée (code {code})."
    if message := report.get("error"):
        return str(message)
    failed = report.get("failed", [])
    if not failed:
        return None
    first = f"{failed[0]['source']} : {failed[0]['reason']}"
    return f"Échec de {len(failed)} document(s) ou source(s). {first}."
