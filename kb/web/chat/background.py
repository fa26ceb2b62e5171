"""Work done for a page in a thread of its own, which its reader can leave at once.

Gradio's way of cancelling an event waits for the event's next state, meanwhile lets late states overwrite what the
page shows, and then cancels whatever the reader has asked since. So no event of the page is cancelled: the one that
shows the states of a task is told that the reader left, and ends by itself.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator
from typing import Generic, Literal, TypeVar

State = TypeVar("State")
Reason = Literal["stop", "restart", "gone"]
"""Why it was left: to stop it, to begin anew, or because the page was closed."""

BETWEEN_STATES = 0.05  # seconds: twenty states a second read as a flow; more would only load the browser
SILENCE = 0.5  # seconds after which it is told that there is nothing new: only then can a closed page be noticed


class BackgroundTask(Generic[State]):
    """The states that `make` yields, made in a thread; of those that come too fast only the latest is seen.

    The iterator that `make` gives is closed between two states once the task is left.
    """

    def __init__(self, make: Callable[[], Generator[State]]) -> None:
        self._make = make
        self._changed = threading.Condition()
        self._latest: State | None = None
        self._over = self._seen_out = False
        self._error: BaseException | None = None
        self._left: Reason | None = None
        threading.Thread(target=self._run, name="task", daemon=True).start()

    @property
    def left(self) -> Reason | None:
        """Why it was left; None for one that was not."""
        with self._changed:
            return self._left

    def leave(self, reason: Reason) -> bool:
        """Ends it for its reader; whether it was still under way, so that what shows its states will know."""
        with self._changed:
            if self._seen_out or self._left:
                return self._left == reason
            self._left = reason
            self._changed.notify_all()
            return True

    def states(self) -> Iterator[State | None]:
        """The states as they come, None in a silence; to be read once. Ends with the task, or when it is left.

        Raises what the task raised.
        """
        shown = time.monotonic()
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._left or self._over or self._latest is not None, SILENCE)
                if self._left is None and self._latest is not None:
                    # What comes within this time takes its place. Waited for before the last state too: Gradio may lose
                    # what an event says that ends as soon as it has begun.
                    self._changed.wait_for(lambda: self._left, max(0.0, shown + BETWEEN_STATES - time.monotonic()))
                state, self._latest = self._latest, None
                if self._left or (self._over and state is None):
                    self._seen_out = True
                    break
            shown = time.monotonic()
            yield state
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        states = self._make()
        try:
            for state in states:
                with self._changed:
                    self._latest = state
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
        """Begins a task; `end` it."""
        task = BackgroundTask(make)
        with self._lock:
            self._held[name] = task
        return task

    def end(self, name: str) -> None:
        """Forgets a task, and leaves it if it is under way."""
        with self._lock:
            task = self._held.pop(name, None)
        if task is not None:
            task.leave("gone")

    def leave(self, name: str, reason: Reason) -> bool:
        """Leaves a task; False when there is none of this name under way."""
        with self._lock:
            task = self._held.get(name)
        return task is not None and task.leave(reason)
