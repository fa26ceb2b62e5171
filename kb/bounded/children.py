"""Child processes that work on hostile files: started when needed, kept for the next file, replaced when they fail."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from kb.bounded.limits import Limits
from kb.bounded.wire import OverlongError, WireError, receive, send

logger = logging.getLogger(__name__)

Failure = Literal["time", "memory", "depth", "crash", "fault", "overlong", "start"]

MOST_SERVED = 500
"""Tasks after which a child is replaced: what libraries leave in memory, or a file left behind, ends with it."""
_TOLD: dict[str, Failure] = {"memory": "memory", "depth": "depth"}
USUAL_GROWTH = 128 << 20
"""Bytes of address space that a child may keep from a task; with more it is replaced."""
_START_SECONDS = 60.0  # a start takes 0.2 s on two quiet cores; a machine under load may take long
_BOOT = (
    "import sys; sys.path[:0] = sys.argv[2:3]; "
    "from kb.bounded.child import main; main(sys.argv[1], sys.argv[3], sys.argv[4:])"
)
# What a child is told of the environment: keys and addresses of the application are none of its business.
_ENVIRONMENT = ("HOME", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "PATH", "PYTHONHOME", "PYTHONPATH", "TZ")


class ChildFailedError(Exception):
    """A task that gave no answer, and in which way. `what` names the exception of a fault."""

    def __init__(self, failure: Failure, what: str = "") -> None:
        super().__init__(f"{failure} {what}".strip())
        self.failure = failure
        self.what = what


class Children:
    """At most `most` children at a time, which have imported `modules`, and are replaced once they hold `growth` bytes
    more than at their start. Serves many threads. A context manager: at its end no child is left."""

    def __init__(self, modules: Sequence[str], most: int = 2, growth: int = USUAL_GROWTH) -> None:
        self._arguments = (str(growth), *modules)
        self._places = threading.BoundedSemaphore(most)
        self._lock = threading.Lock()
        self._idle: list[_Child] = []
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._closed = True
        while (child := self._waiting()) is not None:
            child.end()

    def run(self, task: str, content: bytes, about: Mapping[str, Any], limits: Limits) -> Any:
        """What a task, « module:function », answers to `content` and `about` (see kb/bounded/child.py).

        Raises ChildFailedError when there is no answer within the limits.
        """
        with self._places:
            child = self._waiting() or _Child(self._arguments)
            try:
                answer, worn = child.ask(task, content, about, limits)
            except BaseException:
                child.end()
                raise
            with self._lock:
                is_kept = not worn and not self._closed
                if is_kept:
                    self._idle.append(child)
            if not is_kept:
                child.end()
            return answer

    def _waiting(self) -> _Child | None:
        """A child that has nothing to do and is still there."""
        while True:
            with self._lock:
                if not self._idle:
                    return None
                child = self._idle.pop()
            if child.is_alive():
                return child
            child.end()


class _Child:
    def __init__(self, arguments: Sequence[str]) -> None:
        ours, its = socket.socketpair()
        root = str(Path(__file__).resolve().parents[2])
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        # Libraries of numbers start a thread a core when they are imported, if they are let.
        environment |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        with its:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _BOOT, str(its.fileno()), root, *arguments],
                env=environment,
                pass_fds=(its.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=None if logger.isEnabledFor(logging.DEBUG) else subprocess.DEVNULL,
            )
        self._channel = ours
        self._ready = False
        self._served = 0

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, task: str, content: bytes, about: Mapping[str, Any], limits: Limits) -> tuple[Any, bool]:
        """The answer, and whether the child should be replaced. Raises ChildFailedError; the child is lost then."""
        self._wait_ready()
        self._served += 1
        head = {"task": task, "about": about, "memory": limits.memory, "processor": limits.processor}
        deadline = time.monotonic() + limits.seconds
        try:
            send(self._channel, head, content, deadline=deadline)
            answer, _ = receive(self._channel, most=limits.answer, deadline=deadline)
        except TimeoutError:
            raise ChildFailedError("time") from None
        except OverlongError:
            raise ChildFailedError("overlong") from None
        except WireError:
            raise ChildFailedError(self._cause()) from None
        if "done" in answer:
            return answer["done"], bool(answer.get("worn")) or self._served >= MOST_SERVED
        failure = _TOLD.get(str(answer.get("failed")), "fault")
        logger.debug("%s failed in a child: %s", task, answer.get("trace", failure))
        raise ChildFailedError(failure, str(answer.get("what", "")))

    def end(self) -> None:
        """Ends the process, whatever it does."""
        self._channel.close()
        if self.is_alive():
            self._process.kill()
        self._process.wait()

    def _wait_ready(self) -> None:
        if self._ready:
            return
        try:
            receive(self._channel, most=1000, deadline=time.monotonic() + _START_SECONDS)
        except (TimeoutError, WireError):
            logger.error("a child process that reads files did not start (%s)", self._process.poll())
            raise ChildFailedError("start") from None
        self._ready = True

    def _cause(self) -> Failure:
        """Why the process ended without an answer."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=5)
        if self._process.returncode == -signal.SIGXCPU:
            return "time"
        # The system's own guard of memory kills by SIGKILL; nothing else does, but for `end`.
        return "memory" if self._process.returncode == -signal.SIGKILL else "crash"
