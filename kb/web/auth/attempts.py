"""Who may try a password again, and when: delays that grow with what was tried, and never a lock that others feel.

An attempt is counted before its password is checked, and given back when it was right: any number of requests at once
check no more passwords than one after the other. Two counts stand side by side.

- Of a name *from one place*, that is from one address, or from one browser that this person signed in from before: a
  person mistypes a few times, then waits 30 seconds, a minute… a quarter of an hour at most.
- Of a name from *all addresses* together, browsers that are known apart: whoever guesses from many machines gets one
  try a minute. The person meanwhile signs in from a browser that is known.

No count is of an address alone: behind one address there may be a whole organisation. What everybody's passwords cost
is bounded in `verifying`.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_SECONDS_REMEMBERED = 24 * 3600
# Some 250 bytes each. An attempt makes two entries and costs a check of a password, of which there are ten or twenty a
# second: pushing out the entry of a name that is being guessed takes the better part of an hour, for five tries.
_MOST_ENTRIES = 100_000


@dataclass(frozen=True, slots=True)
class Pace:
    """`free` tries at once, then one after each delay: `first` seconds, twice as long each time, `longest` at most."""

    free: int
    first: float
    longest: float

    def delay(self, tries: int) -> float:
        """Seconds from the last of so many tries to the next one."""
        if tries < self.free:
            return 0.0
        return min(self.longest, self.first * 2.0 ** min(tries - self.free, 30))


FROM_ONE_PLACE = Pace(free=5, first=30, longest=900)
FROM_ANYWHERE = Pace(free=20, first=5, longest=60)


@dataclass(frozen=True, slots=True)
class Reserved:
    """An attempt that was counted at `at`: under which keys, each with when it had been tried before."""

    at: float
    before: tuple[tuple[bytes, float], ...]


@dataclass(slots=True)
class _Tries:
    number: int
    last: float


class Attempts:
    """Serves many threads. Holds no name and no address, but their hashes: an entry's size does not depend on them."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = _MOST_ENTRIES) -> None:
        self._clock = clock
        self._most = most
        self._lock = threading.Lock()
        self._tries: OrderedDict[bytes, _Tries] = OrderedDict()  # the one tried longest ago first

    def __len__(self) -> int:
        """How many places and names are remembered."""
        return len(self._tries)

    def reserve(self, name: str, address: str, device: str = "") -> Reserved | float:
        """Counts an attempt; when it has to wait nothing is counted, and the seconds are told.

        `device` is the mark of a browser that this person has signed in from before, empty for any other.
        """
        counted = [(_key("device" if device else "address", name, device or address), FROM_ONE_PLACE)]
        if not device:
            counted.append((_key("name", name), FROM_ANYWHERE))
        with self._lock:
            now = self._clock()
            self._forget_old(now)
            waits = [self._wait(key, pace, now) for key, pace in counted]
            if (wait := max(waits)) > 0:
                return wait
            before = []
            for key, _ in counted:
                tries = self._tries.setdefault(key, _Tries(0, now))
                before.append((key, tries.last))
                tries.number, tries.last = tries.number + 1, now
                self._tries.move_to_end(key)
            while len(self._tries) > self._most:
                self._tries.popitem(last=False)
        return Reserved(now, tuple(before))

    def give_back(self, reserved: Reserved) -> None:
        """Takes an attempt out of the count: its password was right, or was not checked at all.

        What others tried from the same place stays counted.
        """
        with self._lock:
            for key, last in reserved.before:
                if (tries := self._tries.get(key)) is None:
                    continue
                tries.number -= 1
                if tries.last == reserved.at:
                    tries.last = last
                if tries.number <= 0:
                    del self._tries[key]

    def _wait(self, key: bytes, pace: Pace, now: float) -> float:
        tries = self._tries.get(key)
        return 0.0 if tries is None else tries.last + pace.delay(tries.number) - now

    def _forget_old(self, now: float) -> None:
        while self._tries:
            key = next(iter(self._tries))
            if now - self._tries[key].last <= _SECONDS_REMEMBERED:
                return
            del self._tries[key]


def _key(*parts: str) -> bytes:
    return hashlib.blake2b(_joined(parts), digest_size=16).digest()


def _joined(parts: Sequence[str]) -> bytes:
    encoded = [part.encode("utf-8", "surrogatepass") for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)
