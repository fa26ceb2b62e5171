"""Opening a base, and getting it ready for its questions while nobody asks: see `KnowledgeBase.warm`."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kb.errors import ReperesError
from kb.web.chat.background import end_work

if TYPE_CHECKING:
    from kb.knowledge import KnowledgeBase
    from kb.models.encoder import Encoder
    from kb.question.glossary import Edited
    from kb.settings import Settings

_BETWEEN_LOOKS = 1.0  # seconds
_AFTER_A_FAILURE = 30.0  # seconds: one that nobody foresaw is not told every second

logger = logging.getLogger(__name__)


@contextmanager
def for_good() -> Iterator[None]:
    """What is made within stays as long as the process: no garbage is looked for among it, then or later. Importing
    alone took 6.5 s of processor, and takes 5.6 without (30 November 2026).
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


class Opener:
    """Opens the knowledge base at the first call that can, and hands the same one out from then on."""

    def __init__(self, settings: Settings, edited: Edited) -> None:
        """`edited` gives what editors say of acronyms."""
        self._settings = settings
        self._edited = edited
        self._lock = threading.Lock()
        self._encoder: Encoder | None = None
        self._base: KnowledgeBase | None = None

    def __call__(self) -> KnowledgeBase:
        """The knowledge base. Raises ReperesError, saying what to do, while it cannot be opened."""
        with self._lock:
            if self._base is None:
                from kb.knowledge import KnowledgeBase
                from kb.models.sentence_encoder import load_encoder

                self._encoder = self._encoder or load_encoder(self._settings)
                self._base = KnowledgeBase.open(self._settings, self._encoder, edited=self._edited)
            return self._base

    def close(self) -> None:
        """Lets go of the base at the end of a process, once what is at work with it has ended (see `end_work`); of
        nothing where none is open."""
        end_work()
        with self._lock:
            base, self._base = self._base, None
        if base is not None:
            base.close()

    def try_to_open(self) -> str:
        """Opens the base and answers nothing yet: the first question is as fast as the others. Why it cannot be opened,
        as a French sentence; empty when it can."""
        try:
            self().search("Repères")
        except ReperesError as error:
            return str(error)
        return ""


class Warmer:
    """A thread that warms the base soon after its start, and again for each new generation. `stop` ends it.

    It begins after `delay` seconds: whoever waits for the application to start gets their first page first. Before it
    warms a generation it calls `changed`; when that raises, whatever it is, again a moment later, and so on.
    """

    def __init__(
        self, base: Callable[[], KnowledgeBase], changed: Callable[[], None] = lambda: None, *, delay: float = 3.0
    ) -> None:
        self._base = base
        self._changed = changed
        self._told: int | None = None
        self._complained: int | None = None
        self._done: int | None = None
        self._delay = delay
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="warming", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends it, in the middle of its work if need be."""
        self._ended.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        wait = self._delay
        while not self._ended.wait(wait):
            wait = _BETWEEN_LOOKS
            try:
                base = self._base()
                generation = base.generation()
                self._tell(generation)
                self._warm(base, generation)
            except ReperesError:
                pass  # no base yet: the page says why
            except Exception:  # in a thread of its own, that others count on: see `_tell`
                logger.exception("the base could not be looked at, the next try is in a while")
                wait = _AFTER_A_FAILURE

    def _warm(self, base: KnowledgeBase, generation: int) -> None:
        if generation == self._done:
            return
        try:
            if base.warm(lambda: not self._ended.is_set()):
                self._done = generation
        except ReperesError:
            raise
        except Exception:  # it would fail again, after as much work: questions are answered cold
            logger.exception("warming the base failed")
            self._done = generation

    def _tell(self, generation: int) -> None:
        if generation == self._told:
            return
        try:
            self._changed()
            self._told = generation
        except Exception as error:  # what was erased elsewhere must leave this machine: nothing ends the tries
            if generation != self._complained:
                is_told = isinstance(error, ReperesError)
                logger.warning("what a new generation asks for is not done yet: %s", error, exc_info=not is_told)
                self._complained = generation
