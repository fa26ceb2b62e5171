"""What searches a store on a server: each search one snapshot, and this machine's copy of the words.

The server tells of each generation (LISTEN/NOTIFY): a thread then brings the copy up to date, so that a new document is
found by its words a moment later, and by its sense at once. What the snapshot holds no more is dropped by whoever
searches, whatever the words say.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from kb.index.catalog.among import Space
from kb.index.catalog.catalog import Catalog
from kb.index.catalog.rows import ENCODER
from kb.index.lexical import Lexical
from kb.index.postgresql.server import News, Server
from kb.index.postgresql.snapshot import Snapshot, snapshot_of
from kb.index.postgresql.vectors import PostgresVectors
from kb.index.postgresql.words import WordsCopy, copying
from kb.index.store import Lease, check_encoder
from kb.models.encoder import Encoder
from kb.types import StoreStatus

# Where the base is small, as many passages or fewer, its new words are waited for: that takes no time worth telling.
WAITED_FOR = 10_000
# Between two looks for another index in use, by those who read without a snapshot.
SECONDS_BETWEEN_LOOKS = 0.25
# News may be lost with the connection that they come by: the thread looks by itself as often as this.
SECONDS_WITHOUT_NEWS = 5.0
SECONDS_TO_CATCH_UP = 2 * SECONDS_WITHOUT_NEWS
"""After which a copy that is not of a generation is told to be behind: the news of it may be lost, once."""
CONNECTIONS_KEPT = 5
CONNECTIONS_BESIDE = 2  # with two cores a third question searched beside others gains nothing
_SECONDS_PER_WAIT = 0.5  # of the thread for news, so that it can end

logger = logging.getLogger(__name__)


class _Words(NamedTuple):
    """This machine's copy, open, and the generation that it is of."""

    copy: WordsCopy
    lexical: Lexical
    generation: int


class PostgresReader:
    """What searches the base on the server at `url`; `folder` holds this machine's copy of the words.

    Serves many threads. Above `waited_for` passages, the words of a new generation join a little later; after `late`
    seconds they are told to be behind. Raises StoreError when there is no base, FingerprintError when it was made with
    another encoder.
    """

    def __init__(
        self,
        url: str,
        folder: Path,
        encoder: Encoder,
        *,
        waited_for: int = WAITED_FOR,
        late: float = SECONDS_TO_CATCH_UP,
    ) -> None:
        # Searches share connections that stay open; the words are brought up over one of their own, which no number
        # of searches can keep from them.
        self._server, self._apart = Server(url, keeps=CONNECTIONS_KEPT), Server(url)
        # A question's sections are searched while its passages are, over one of these. With none of them free it does
        # one after the other, as nobody may wait for a connection while holding one.
        self._beside = Server(url, keeps=CONNECTIONS_BESIDE, more=0, waits=0)
        self._folder = folder
        self._encoder = encoder
        self._waited_for = waited_for
        self._looking = threading.Lock()
        self._bringing_up = threading.Lock()
        self._stopping = threading.Event()
        self._listening: threading.Thread | None = None
        self._words: _Words | None = None
        self._seen = 0
        self._counted: tuple[tuple[str, int], dict[Space, int]] = ("", 0), {}
        # The generation that the words were last found not to be of, and when.
        self._awaited: tuple[int, float] | None = None
        self._late = late
        try:
            self._schema, self._catalog = self._open_catalog()
        except BaseException:
            self._server.close()
            raise
        self._looked = time.monotonic()

    def close(self) -> None:
        """Lets go of the server."""
        self._stopping.set()
        if self._listening is not None:
            self._listening.join()
        self._server.close()
        self._beside.close()

    @property
    def catalog(self) -> Catalog:
        """The catalog of the index in use, looked up four times a second at most: a base can be rebuilt aside.

        Raises FingerprintError when the base was rebuilt with another encoder.
        """
        with self._looking:
            if time.monotonic() - self._looked >= SECONDS_BETWEEN_LOOKS:
                self._looked = time.monotonic()
                with self._server.engine.connect() as connection:
                    schema = self._server.schema_in_use(connection)
                if schema != self._schema:
                    self._schema, self._catalog = self._open_catalog()
            return self._catalog

    @property
    def generation(self) -> int:
        """The generation that searches see."""
        return self._seen

    def status(self) -> StoreStatus:
        """The state of the base, and whether this machine's copy of the words is behind it, for longer than the news of
        a generation take."""
        status = self.catalog.status()
        return replace(status, is_behind=bool(status.generation) and self._is_behind(status.generation))

    @contextmanager
    def lease(self) -> Iterator[Lease | None]:
        """One snapshot of the base, with the words as they are here; None while nothing was committed."""
        with snapshot_of(self._server, beside=self._beside) as snapshot:
            self._check(snapshot.encoder)
            if not snapshot.generation:
                yield None
                return
            words = self._words_for(snapshot)
            self._seen = snapshot.generation
            vectors = PostgresVectors(snapshot.database, self._counted_in(snapshot))
            yield Lease(vectors, words, snapshot.generation, snapshot.catalog)

    def _counted_in(self, snapshot: Snapshot) -> dict[Space, int]:
        """What was counted of the vectors of a snapshot's generation."""
        of, counted = self._counted
        if of != (snapshot.identity, snapshot.generation):
            counted = {}
            self._counted = (snapshot.identity, snapshot.generation), counted
        return counted

    def _is_behind(self, generation: int) -> bool:
        with self._looking:
            words, now = self._words, time.monotonic()
            held = words.generation if words is not None else 0
            if held >= generation:
                self._awaited = None
            elif self._awaited is None or held >= self._awaited[0]:
                # While the base is written the copy is one step behind all the time: each step has its own.
                self._awaited = generation, now
            return words is None or (self._awaited is not None and now - self._awaited[1] > self._late)

    def _words_for(self, snapshot: Snapshot) -> Lexical:
        """The words, of the snapshot's generation or a later one where that costs no wait."""
        words = self._words
        if words is None:
            return self._bring_up().lexical
        self._listen()  # a command that asks once needs no news
        if not _is_of(words, snapshot) and snapshot.catalog.is_small(self._waited_for):
            words = self._bring_up()
        return words.lexical

    def _bring_up(self) -> _Words:
        """Has the copy brought up to date."""
        with self._bringing_up, copying(self._folder), snapshot_of(self._apart) as snapshot:
            words = self._words
            if words is not None and _is_of(words, snapshot):
                return words
            copy = WordsCopy(self._folder, snapshot.identity)
            copy.bring_up(snapshot)
            if words is not None and words.copy.identity == copy.identity:
                words.lexical.reload()
                self._words = _Words(copy, words.lexical, snapshot.generation)
            else:
                self._words = _Words(copy, Lexical(copy.folder), snapshot.generation)
                copy.remove_others(snapshot.identities(self._server))
            return self._words

    def _listen(self) -> None:
        """Starts the thread that follows the news."""
        with self._looking:
            if self._listening is None:
                self._listening = threading.Thread(target=self._follow, name="news of the base", daemon=True)
                self._listening.start()

    def _follow(self) -> None:
        while not self._stopping.is_set():
            try:
                with self._apart.news() as news:
                    self._bring_up()  # what was told before somebody listened
                    self._follow_news(news)
            except Exception:  # in a thread of its own, where nobody else would tell: searches go on as they are
                logger.exception("the words are not brought up to date, the next try is in a few seconds")
                self._stopping.wait(SECONDS_WITHOUT_NEWS)

    def _follow_news(self, news: News) -> None:
        quiet = 0.0
        while not self._stopping.is_set():
            if news(_SECONDS_PER_WAIT) or quiet >= SECONDS_WITHOUT_NEWS:
                quiet = 0.0
                self._bring_up()
            else:
                quiet += _SECONDS_PER_WAIT

    def _open_catalog(self) -> tuple[str, Catalog]:
        schema, catalog = self._server.catalog_in_use()
        self._check(catalog.get(ENCODER))
        return schema, catalog

    def _check(self, known: str | None) -> None:
        if known:
            check_encoder(self._server.name, known, self._encoder)


def _is_of(words: _Words, snapshot: Snapshot) -> bool:
    return words.copy.identity == snapshot.identity and words.generation >= snapshot.generation
