"""An encoder that is loaded when it is first used: whoever opens a large base has the disk at work meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable

from kb.models.encoder import Encoder, EncoderOver


class LazyEncoder(EncoderOver):
    """An `Encoder` over the one that `load` gives at the first use, which raises what `load` raises. Serves many
    threads.
    """

    def __init__(self, load: Callable[[], Encoder]) -> None:
        self._load = load
        self._loaded: Encoder | None = None
        self._lock = threading.Lock()

    def _below(self) -> Encoder:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded
