"""A trial in a process of its own, for the page: it writes nothing, so that it may run beside an ingestion."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ingest.processes import end, error_of, follow, printed, spawn
from kb.ports import Foresight


class Foreseeing:
    """The last trial. `command` makes one and prints what it found as JSON. Serves many threads."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str]) -> None:
        self._command = (*command, "--progress", "lines")
        self._environ = environ
        self._lock = threading.Lock()
        self._state = Foresight()
        self._process: subprocess.Popen[str] | None = None

    def state(self) -> Foresight:
        """Where it stands, and what it found."""
        with self._lock:
            return self._state

    def start(self) -> None:
        """Starts one and returns at once; does nothing while one runs."""
        with self._lock:
            if self._state.running:
                return
            self._state = Foresight(running=True)
            self._process = spawn(self._command, self._environ, stderr=subprocess.PIPE)
            threading.Thread(target=self._follow, args=(self._process,), name="trial", daemon=True).start()

    def put(self, found: Mapping[str, Any], *, is_stale: bool) -> None:
        """Shows what was found elsewhere."""
        with self._lock:
            self._state = Foresight(found=found, is_stale=is_stale)

    def drop(self) -> None:
        """Lets go of what was found; one that runs is ended."""
        with self._lock:
            process, self._process = self._process, None
            self._state = Foresight()
        if process is not None:
            process.terminate()

    def stop(self) -> None:
        """Ends the process that runs, if any."""
        end(self._process)

    def _follow(self, process: subprocess.Popen[str]) -> None:
        def stands(done: int, total: int) -> None:
            with self._lock:
                if process is self._process:
                    self._state = replace(self._state, done=done, total=total)

        output = follow(process, stands)
        found = printed(output)
        with self._lock:
            if process is not self._process:
                return  # it was let go of
            if "mark" in found:
                self._state = Foresight(found=found)
            else:
                self._state = Foresight(error=error_of(output, process.returncode))
