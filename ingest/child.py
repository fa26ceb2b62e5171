"""Ingestions in a process of their own, for the application: one process must not both write and serve Chroma."""

from __future__ import annotations

import datetime
import logging
import os
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ingest.foreseeing.child import Foreseeing
from ingest.processes import end, error_of, follow, printed, spawn, stopped
from ingest.readers import SUFFIXES
from kb.errors import ReperesError
from kb.ports import Foresight, IngestionProgress
from kb.rights.rights import WHOLE, Rights
from kb.settings import UPLOADS_SOURCE, Settings

_LONGEST_COMMAND = 600  # seconds
# Another replica of the application is writing: each try is a process, which takes a second or two.
_SECONDS_BETWEEN_TRIES = 10.0

logger = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Job:
    """A command and, of a change of a document, what it does and what is said once it is done. Somebody may wait for
    its end, and is then told its error. One that `keeps_on` is tried again while another replica is writing; nobody
    waits for it then.
    """

    command: Sequence[str]
    doing: str = ""
    done: str = ""
    keeps_on: bool = False
    is_waited_for: bool = False
    ended: threading.Event = field(default_factory=threading.Event)
    error: str | None = None


class ChildIngestor:
    """Starts ingestions into the settings' store and follows them, one after the other: a store has one writer. Serves
    many threads.

    The configured corpus is read when the application starts, all sources (`reperes sync`) when a reader asks for it.
    """

    def __init__(self, settings: Settings) -> None:
        to_store = ("--json", "--store", str(settings.store.absolute()))
        self._to_store = to_store
        self._uploads = settings.uploads_folder.absolute()
        self._corpus = ("ingest", *to_store, str(settings.corpus.absolute()))
        self._sources = ("sync", *to_store)
        self._waiting: list[_Job] = []
        self._stopping = threading.Event()
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
        self._foreseeing = Foreseeing((*self._sources, "--dry-run"), self._environ)

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The kinds of files that can be read: `.pdf`…"""
        return tuple(sorted(SUFFIXES))

    def progress(self) -> IngestionProgress:
        """Where the ingestion stands."""
        with self._lock:
            return self._progress

    def start(self, *, foreseen: str = "", confirm: bool = False) -> None:
        """Starts a sync of all sources and returns at once; does nothing while an ingestion runs. With `foreseen`, once
        what runs has ended, only what that trial has shown is done, with `confirm` what is withheld too."""
        only = ("--foreseen", foreseen) if foreseen else ()
        self._foreseeing.drop()
        self._start((*self._sources, *only, *(("--confirm",) if confirm else ())), wait=bool(foreseen))

    def foresee(self) -> None:
        """Starts a trial of a sync and returns at once; does nothing while one runs."""
        self._foreseeing.start()

    def foreseen(self) -> Foresight:
        """Where the trial stands, and what it found."""
        return self._foreseeing.state()

    def drop_foreseen(self) -> None:
        """Lets go of what a trial found."""
        self._foreseeing.drop()

    def start_corpus(self) -> None:
        """Starts an ingestion of the corpus and returns at once; does nothing while an ingestion runs."""
        self._start(self._corpus)

    def ingest_uploads(self, *, withdrawn: bool = False) -> None:
        """Has the folder of added files read, once what runs has ended; with `withdrawn` files that are gone leave."""
        confirm = ("--confirm",) if withdrawn else ()
        self._start(("ingest", *self._to_store, "--source", UPLOADS_SOURCE, *confirm, str(self._uploads)), wait=True)

    def ingest_addresses(self, urls: Sequence[str]) -> None:
        """Has pages, or what feeds lead to, read, once what runs has ended."""
        self._start(("ingest", *self._to_store, "--", *urls), wait=True)

    def correct(self, document_id: str, fields: Mapping[str, str] | None, title: str = "") -> bool:
        """Corrects a document, or takes its corrections back, once what runs has ended. Whether that is done; may raise
        ReperesError when it is done at once."""
        given = ["--reset"] if fields is None else [f"--field={name}={value}" for name, value in fields.items()]
        named = f"« {title or document_id} »"
        command = ("correct", *self._to_store, *given, "--", document_id)
        return self._change(_Job(command, f"correction de {named}", f"Corrigé : {named}.", keeps_on=True))

    def merge(self, field: str, values: Sequence[str], into: str, rights: Rights = WHOLE) -> bool:
        """Gives documents that somebody with `rights` may read, and that have one of `values`, the value `into`, at
        once or later as `correct` does."""
        named = ", ".join(f"« {value} »" for value in values)
        others = (f"--except-source={pattern}" for pattern in rights.hidden)
        command = ("merge", *self._to_store, f"--into={into}", *others, "--", field, *values)
        return self._change(
            _Job(command, f"fusion de {named} en « {into} »", f"Fusionné en « {into} » : {named}.", keeps_on=True)
        )

    def forget(self, document_id: str, title: str = "") -> bool:
        """Erases a document for good, once what runs has ended. Whether that is done; may raise ReperesError when it is
        done at once."""
        named = f"« {title or document_id} »"
        command = ("forget", *self._to_store, "--", document_id)
        return self._change(
            _Job(command, f"effacement pour de bon de {named}", f"Effacé pour de bon : {named}.", keeps_on=True)
        )

    def previews(self, what: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        """What would be understood of files and addresses, or why each cannot be read. May raise ReperesError."""
        if len(what) == 1:
            return [self._finished("preview", "--json", "--", *what)]
        found: list[Mapping[str, Any]] = self._finished("preview", "--json", "--", *what)["previews"]
        return found

    def _finished(self, *command: str) -> Mapping[str, Any]:
        """What a short command printed. Raises ReperesError with what it says went wrong."""
        process = spawn(command, self._environ, stderr=subprocess.PIPE)
        try:
            output, told = process.communicate(timeout=_LONGEST_COMMAND)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            minutes = _LONGEST_COMMAND // 60
            raise ReperesError(f"La lecture a pris plus de {minutes} minutes : elle a été arrêtée.") from None
        if process.returncode:
            logger.info("%s: %s", command[0], told.strip())
            raise ReperesError(error_of(output, process.returncode) or stopped(process.returncode))
        return printed(output)

    def _start(self, command: Sequence[str], *, wait: bool = False) -> None:
        with self._lock:
            if not self._progress.running:
                self._begin(_Job(command, keeps_on=wait))
            elif wait and command not in [job.command for job in self._waiting]:
                self._put_off(_Job(command, keeps_on=True))

    def _change(self, job: _Job) -> bool:
        """Makes a change and waits for its end; behind what runs, it is put off. Whether it is made."""
        with self._lock:
            if self._progress.running:
                self._put_off(job)
                return False
            job.is_waited_for = True
            self._begin(job)
        if not job.ended.wait(_LONGEST_COMMAND) or not job.is_waited_for:
            return False
        if job.error is not None:
            raise ReperesError(job.error)
        return True

    def _put_off(self, job: _Job) -> None:
        self._waiting.append(job)
        self._tell_waiting()

    def _tell_waiting(self) -> None:
        self._progress = replace(self._progress, waiting=tuple(job.doing for job in self._waiting if job.doing))

    def _begin(self, job: _Job) -> None:
        self._progress = replace(self._progress, running=True, done=0, total=0, confirmed="")
        self._tell_waiting()
        name, *rest = job.command
        progress = () if job.doing else ("--progress", "lines")
        self._process = spawn((name, *progress, *rest), self._environ, stderr=subprocess.PIPE)
        threading.Thread(target=self._follow, args=(self._process, job), name="ingestion", daemon=True).start()

    def ingest_corpus(self) -> None:
        """Ingests the corpus to its end, the progress bar on this process's standard error."""
        with self._lock:
            self._process = spawn((*self._corpus, "--progress", "auto"), self._environ, stderr=None)
            self._end(self._process.communicate()[0], self._process.returncode)

    def stop(self) -> None:
        """Ends the process that runs, if any. A commit under way is finished or undone by the next one."""
        with self._lock:
            self._stopping.set()
        self._foreseeing.stop()
        end(self._process)

    def _follow(self, process: subprocess.Popen[str], job: _Job) -> None:
        def stands(done: int, total: int) -> None:
            with self._lock:
                self._progress = replace(self._progress, done=done, total=total)

        output = follow(process, stands)
        if job.keeps_on and printed(output).get("busy") and self._keeps_on(job):
            return
        if printed(output).get("stale"):
            self._foreseeing.put(printed(output), is_stale=True)
        with self._lock:
            before = self._progress.error
            self._end(output, process.returncode)
            job.error = self._progress.error
            if job.error is None:
                self._progress = replace(self._progress, confirmed=job.done)
            elif job.is_waited_for:
                self._progress = replace(self._progress, error=before)
            job.ended.set()
            if self._waiting and not self._stopping.is_set():
                self._begin(self._waiting.pop(0))

    def _keeps_on(self, job: _Job) -> bool:
        """Begins a job anew after a while; False when the application ends meanwhile."""
        with self._lock:
            self._waiting.insert(0, job)
            self._tell_waiting()
            job.is_waited_for = False
            job.ended.set()
        self._stopping.wait(_SECONDS_BETWEEN_TRIES)
        with self._lock:
            self._waiting.remove(job)
            if self._stopping.is_set():
                return False
            self._begin(job)
            return True

    def _end(self, output: str, code: int) -> None:
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        self._progress = replace(self._progress, running=False, error=error_of(output, code), finished_at=now)
