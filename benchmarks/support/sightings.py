"""When a new document is found at each replica, from the moment when the database shows it."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass

import httpx

from benchmarks.support.asking_people import Place
from kb.index.opening import open_store
from kb.settings import Settings

_SECONDS_BETWEEN_LOOKS = 0.05
_SECONDS_LOOKED_FOR = 60.0


@dataclass(frozen=True, slots=True)
class Sighting:
    """A document that was found at a replica: `shown` is when the database was seen to hold it, `asked` when the first
    search that found it was sent, `found` when that came back (monotonic seconds). Both are None when none found it.
    """

    document: str
    replica: str
    shown: float
    asked: float | None = None
    found: float | None = None


class Sightings:
    """Follows the commits to a base until the block ends; searches for the newest document of each at every replica
    that is up, by its title. A context manager.
    """

    def __init__(self, settings: Settings, replicas: Sequence[Place], token: str) -> None:
        self._settings = settings
        self._replicas = replicas
        self._headers = {"authorization": f"Bearer {token}"}
        self.seen: list[Sighting] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._follow)

    def __enter__(self) -> Sightings:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()

    def of(self, replica: str) -> dict[str, float]:
        """By document, the seconds after which a replica had found it."""
        return {
            sighting.document: sighting.found - sighting.shown
            for sighting in list(self.seen)
            if sighting.replica == replica and sighting.found is not None
        }

    def seconds(self) -> list[float]:
        """After which the documents were found."""
        return [sighting.found - sighting.shown for sighting in list(self.seen) if sighting.found is not None]

    def seconds_unseen(self) -> list[float]:
        """After which the searches were sent that found them: who asked later found them."""
        return [sighting.asked - sighting.shown for sighting in list(self.seen) if sighting.asked is not None]

    def missed(self, is_excused: Mapping[str, tuple[float, float]]) -> list[str]:
        """What was not found, in words, but at a replica between two moments."""
        wrong = []
        for sighting in self.seen:
            lost, back = is_excused.get(sighting.replica, (0.0, 0.0))
            if sighting.found is None and not (lost - _SECONDS_LOOKED_FOR <= sighting.shown < back):
                wrong.append(f"{sighting.document} is not found at {sighting.replica}")
        return wrong

    def _follow(self) -> None:
        with closing(open_store(self._settings).catalog()) as catalog, ThreadPoolExecutor(len(self._replicas)) as pool:
            generation, known = catalog.generation(), set(catalog.states())
            while not self._stopping.is_set():
                time.sleep(_SECONDS_BETWEEN_LOOKS)
                if catalog.generation() == generation:
                    continue
                shown, generation = time.monotonic(), catalog.generation()
                new = sorted(set(catalog.states()) - known)
                known.update(new)
                if new:
                    there = [replica for replica in self._replicas if replica.is_up]
                    looks = [pool.submit(self._look, new[-1], replica, shown) for replica in there]
                    self.seen += [look.result() for look in looks]

    def _look(self, document: str, replica: Place, shown: float) -> Sighting:
        body = {"question": f"commune de {document.removesuffix('.md')}", "k": 10}
        while replica.is_up and time.monotonic() - shown < _SECONDS_LOOKED_FOR:
            asked = time.monotonic()
            try:
                answer = httpx.post(
                    f"{replica.address}/api/search", json=body, headers=self._headers, timeout=_SECONDS_LOOKED_FOR
                )
            except httpx.HTTPError:
                break
            if answer.status_code == httpx.codes.OK and document in {hit["document"] for hit in answer.json()["hits"]}:
                return Sighting(document, replica.name, shown, asked, time.monotonic())
            time.sleep(_SECONDS_BETWEEN_LOOKS)
        return Sighting(document, replica.name, shown)
