"""Ingestions in a process of their own, for the application: one process must not both write and serve Chroma."""

from __future__ import annotations

import datetime
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ingest.readers import SUFFIXES
from kb.errors import ReperesError
from kb.ports import IngestionProgress
from kb.settings import UPLOADS_SOURCE, Settings

_LONGEST_COMMAND = 600  # seconds
_STOPPED = "La mise à jour de la base s'est arrêtée (code {code})."

logger = logging.getLogger(__name__)


class ChildIngestor:
    """Starts ingestions into the settings' store and follows them. Serves many threads.

    The configured corpus is read when the application starts, all sources (`reperes sync`) when a reader asks for it.
    """

    def __init__(self, settings: Settings) -> None:
        to_store = ("--json", "--store", str(settings.store.absolute()))
        self._to_store = to_store
        self._uploads = settings.uploads_folder.absolute()
        self._corpus = ("ingest", *to_store, str(settings.corpus.absolute()))
        self._sources = ("sync", *to_store)
        self._waiting: list[Sequence[str]] = []
        self._stopped = False
        self._environ = {**os.environ, "REPERES_CORPUS": str(settings.corpus.absolute())}
        self._environ["REPERES_UPLOADS"] = str(self._uploads)
        self._environ["REPERES_DATABASE"] = settings.database
        self._environ["REPERES_APP_DB"] = str(settings.app_database.absolute())
        if settings.sources is not None:
            self._environ["REPERES_SOURCES"] = str(settings.sources.absolute())
        if settings.domain is not None:
            self._environ["REPERES_DOMAIN"] = str(settings.domain.absolute())
        self._lock = threading.Lock()
        self._progress = IngestionProgress()
        self._process: subprocess.Popen[str] | None = None

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The kinds of files that can be read: `.pdf`…"""
        return tuple(sorted(SUFFIXES))

    def progress(self) -> IngestionProgress:
        """Where the ingestion stands."""
        with self._lock:
            return self._progress

    def start(self) -> None:
        """Starts a sync of all sources and returns at once; does nothing while an ingestion runs."""
        self._start(self._sources)

    def start_corpus(self) -> None:
        """Starts an ingestion of the corpus and returns at once; does nothing while an ingestion runs."""
        self._start(self._corpus)

    def ingest_uploads(self, *, withdrawn: bool = False) -> None:
        """Has the folder of added files read, once what runs has ended; with `withdrawn` files that are gone leave."""
        confirm = ("--confirm",) if withdrawn else ()
        self._start(("ingest", *self._to_store, "--source", UPLOADS_SOURCE, *confirm, str(self._uploads)), wait=True)

    def ingest_address(self, url: str) -> None:
        """Has a page, or what a feed leads to, read, once what runs has ended."""
        self._start(("ingest", *self._to_store, "--", url), wait=True)

    def correct(self, document_id: str, fields: Mapping[str, str] | None) -> None:
        """Corrects a document, or takes its corrections back. Returns when that is done; may raise ReperesError."""
        given = ["--reset"] if fields is None else [f"--field={name}={value}" for name, value in fields.items()]
        self._finished("correct", *self._to_store, *given, "--", document_id)

    def forget(self, document_id: str) -> None:
        """Erases a document for good. Returns when that is done; may raise ReperesError."""
        self._finished("forget", *self._to_store[1:], "--", document_id)

    def preview(self, what: str) -> Mapping[str, Any]:
        """What would be understood of a file or an address. May raise ReperesError, saying why it cannot be read."""
        found: Mapping[str, Any] = json.loads(self._finished("preview", "--json", "--", what))
        return found

    def _finished(self, *command: str) -> str:
        """Standard output of a short command. Raises ReperesError with what it says went wrong."""
        done = subprocess.run(
            [sys.executable, "-m", "app", *command],
            env=self._environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
            timeout=_LONGEST_COMMAND,
        )
        if done.returncode:
            logger.info("%s: %s", command[0], done.stderr.strip())
            raise ReperesError(_error(done.stdout, done.returncode) or _STOPPED.format(code=done.returncode))
        return done.stdout

    def _start(self, command: Sequence[str], *, wait: bool = False) -> None:
        with self._lock:
            if self._progress.running:
                if wait and command not in self._waiting:
                    self._waiting.append(command)
                return
            self._begin(command)

    def _begin(self, command: Sequence[str]) -> None:
        self._progress = replace(self._progress, running=True, done=0, total=0)
        self._process = self._spawn(command, "lines", stderr=subprocess.PIPE)
        threading.Thread(target=self._follow, args=(self._process,), name="ingestion", daemon=True).start()

    def ingest_corpus(self) -> None:
        """Ingests the corpus to its end, the progress bar on this process's standard error."""
        with self._lock:
            self._process = self._spawn(self._corpus, "auto", stderr=None)
            self._end(self._process.communicate()[0], self._process.returncode)

    def stop(self) -> None:
        """Ends the process that runs, if any. A commit under way is finished or undone by the next one."""
        with self._lock:
            self._stopped = True
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
            if self._waiting and not self._stopped:
                self._begin(self._waiting.pop(0))

    def _read_progress(self, line: str) -> None:
        try:
            state = json.loads(line)
            done, total = int(state["done"]), int(state["total"])
        except (ValueError, KeyError, TypeError):
            logger.info("ingestion: %s", line.rstrip())
            return
        with self._lock:
            self._progress = replace(self._progress, done=done, total=total)

    def _spawn(self, command: Sequence[str], progress: str, stderr: int | None) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "app", *command, "--progress", progress],
            env=self._environ,
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
        return _STOPPED.format(code=code)
    if message := report.get("error"):
        return str(message)
    failed = report.get("failed", [])
    if not failed:
        return None
    first = f"{failed[0]['source']} : {failed[0]['reason']}"
    return f"Échec de {len(failed)} document(s) ou source(s). {first}."
