"""Work done for a page in a thread of its own, which its reader can leave at once, and come back to.

Gradio's way of cancelling an event waits for the event's next state, meanwhile lets late states overwrite what the
page shows, and then cancels whatever the reader has asked since. So no event of the page is cancelled: the one that
shows the states of a task is told that the reader left, and ends by itself. Where nobody said that they leave (a page
that is closed, or reloaded), the task goes on for a while: the page that comes back reads it further.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from typing import Generic, Literal, TypeVar

# The threads that work for a page, or get a base ready, by their names: none waits for anybody.
OF_WORK = frozenset({"task", "examples", "evaluation", "rephrasing", "warming"})
LONGEST_END = 5.0  # seconds: whoever stops a container gives it ten, of which the server has taken some

State = TypeVar("State")
Reason = Literal["stop", "restart", "gone"]
"""Why it was left: to stop it, to begin anew, or because no page has read it for long."""

BETWEEN_STATES = 0.05  # seconds: twenty states a second read as a flow; more would only load the browser
# Seconds after which it is told that there is nothing new: only then can a closed page be noticed. What is told costs
# Gradio 6 ms of processor, even nothing (30 November 2026): it makes every part of the page that it names anew.
SILENCE = 2.0
LONGEST_ABSENCE = 120.0  # seconds: a look at another page and back; then others' questions come first


def end_work(longest: float = LONGEST_END) -> bool:
    """Waits for the threads that are at work, `longest` seconds at most; whether they have all ended.

    A process calls it before it ends. Chroma, tantivy, tokenizers and onnxruntime run outside the interpreter: a thread
    that comes back from there once the interpreter has begun to end is cut off in the midst of C++ or Rust, and aborts
    the process (SIGABRT). Whoever started it would take a stop that they asked for for a crash. The threads in which
    the web server answers are not among them: it ends its requests by itself.
    """
    end = time.monotonic() + longest
    working = [thread for thread in threading.enumerate() if thread.name in OF_WORK]
    for thread in working:
        thread.join(max(0.0, end - time.monotonic()))
    return not any(thread.is_alive() for thread in working)


class BackgroundTask(Generic[State]):
    """The states that `make` yields, made in a thread; of those that come too fast only the latest is seen.

    The iterator that `make` gives is closed between two states once the task is left, or when nobody has read its
    states for `longest_absence` seconds.
    """

    def __init__(self, make: Callable[[], Generator[State]], longest_absence: float = LONGEST_ABSENCE) -> None:
        self._make = make
        self._longest_absence = longest_absence
        self._changed = threading.Condition()
        self._latest: State | None = None
        self._made = 0  # states so far
        self._readers = 0
        self._last_read = time.monotonic()
        self._over = self._seen_out = False
        self._error: BaseException | None = None
        self._left: Reason | None = None
        threading.Thread(target=self._run, name="task", daemon=True).start()

    @property
    def left(self) -> Reason | None:
        """Why it was left; None for one that was not."""
        with self._changed:
            return self._left

    @property
    def latest(self) -> State | None:
        """The latest of its states; None before the first."""
        with self._changed:
            return self._latest

    @property
    def is_done_with(self) -> bool:
        """Whether there is nothing more to read, and nobody who reads."""
        with self._changed:
            return not self._readers and bool(self._over or self._left)

    def leave(self, reason: Reason) -> bool:
        """Ends it for its readers; whether it was still under way, so that what shows its states will know."""
        with self._changed:
            if self._seen_out or self._left:
                return self._left == reason
            self._left = reason
            self._changed.notify_all()
            return bool(self._readers)

    def states(self) -> Generator[State | None]:
        """The latest state, then others as they come, None in a silence. Ends with the task, or when it is left.

        Raises what the task raised.
        """
        with self._changed:
            self._readers += 1
        try:
            yield from self._read()
        finally:
            with self._changed:
                self._readers -= 1
                self._last_read = time.monotonic()

    def _read(self) -> Generator[State | None]:
        shown, seen = time.monotonic(), 0
        while True:
            with self._changed:
                self._wait_beyond(seen)
                if self._left is None and self._made > seen:
                    # What comes within this time takes its place. Waited for before the last state too: Gradio may lose
                    # what an event says that ends as soon as it has begun.
                    self._changed.wait_for(lambda: self._left, max(0.0, shown + BETWEEN_STATES - time.monotonic()))
                state, seen = (self._latest if self._made > seen else None), self._made
                if self._left or (self._over and state is None):
                    self._seen_out = True
                    break
            shown = time.monotonic()
            yield state
        if self._error is not None:
            raise self._error

    def _wait_beyond(self, seen: int) -> None:
        """Waits for a state after the first `seen` ones, or the end, a silence at most."""
        self._changed.wait_for(lambda: self._left or self._over or self._made > seen, SILENCE)

    def _run(self) -> None:
        states = self._make()
        try:
            for state in states:
                with self._changed:
                    if state != self._latest:  # the same again is no news
                        self._latest = state
                        self._made += 1
                    if not self._readers and time.monotonic() - self._last_read > self._longest_absence:
                        self._left = self._left or "gone"
                    self._changed.notify_all()
                    if self._left:
                        return
        except BaseException as error:  # noqa: BLE001 - kept whatever it is: `states` raises it in the reader's thread
            self._error = error
        finally:
            states.close()
            with self._changed:
                self._over = True
                self._changed.notify_all()


class RunningTasks(Generic[State]):
    """The tasks under way, by name. Serves many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: dict[str, BackgroundTask[State]] = {}

    def begin(self, name: str, make: Callable[[], Generator[State]]) -> BackgroundTask[State]:
        """Begins a task. It is held until it is `read_out`."""
        task = BackgroundTask(make)
        with self._lock:
            self._held = {other: held for other, held in self._held.items() if not held.is_done_with}
            self._held[name] = task
        return task

    def get(self, name: str) -> BackgroundTask[State] | None:
        """A task that is held; it may be over."""
        with self._lock:
            return self._held.get(name)

    def items(self) -> list[tuple[str, BackgroundTask[State]]]:
        """All that are held."""
        with self._lock:
            return list(self._held.items())

    def read_out(self, name: str) -> None:
        """Forgets a task once it is over or left, and nobody reads it; one that goes on stays for who comes back."""
        with self._lock:
            task = self._held.get(name)
            if task is not None and task.is_done_with:
                del self._held[name]

    def leave(self, name: str, reason: Reason) -> bool:
        """Leaves a task; False when there is none of this name that anybody reads."""
        task = self.get(name)
        return task is not None and task.leave(reason)
