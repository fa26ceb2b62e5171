"""Who may try a password again, and when: delays that grow with what was tried, and never a lock that others feel.

An attempt is counted before its password is checked, and given back when it was right: any number of requests at once
check no more passwords than one after the other. Two counts stand side by side.

- Of a name *from one place*, that is from one address, or from one browser that this person signed in from before: a
  person mistypes a few times, then waits 30 seconds, a minute… a quarter of an hour at most.
- Of a name from *all addresses* together, browsers that are known apart: whoever guesses from many machines gets one
  try a minute. The person meanwhile signs in from a browser that is known.

No count is of an address alone: behind one address there may be a whole organisation. What everybody's passwords cost
is bounded in `verifying`. The counts are kept in memory, or in the database for all replicas (`Tries`).
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kb.records.shared.tries import PassingTries, Tried, Tries


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


class Attempts:
    """Serves many threads. Holds no name and no address, but their hashes: an entry's size does not depend on them.

    `clock` tells seconds; where replicas share `tries`, the same to all of them.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, tries: Tries | None = None) -> None:
        self._clock = clock
        self._tries = PassingTries() if tries is None else tries

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
        with self._tries.changing([key for key, _ in counted], self._clock()) as known:
            now = self._clock()
            if (wait := max(_wait(known.get(key), pace, now) for key, pace in counted)) > 0:
                return wait
            before = []
            for key, _ in counted:
                number, last = known.get(key, (0, now))
                before.append((key, last))
                known[key] = Tried(number + 1, now)
        return Reserved(now, tuple(before))

    def give_back(self, reserved: Reserved) -> None:
        """Takes an attempt out of the count: its password was right, or was not checked at all.

        What others tried from the same place stays counted.
        """
        with self._tries.changing([key for key, _ in reserved.before], self._clock()) as known:
            for key, before in reserved.before:
                if key not in known:
                    continue
                number, last = known[key]
                known[key] = Tried(number - 1, before if last == reserved.at else last)
                if number <= 1:
                    del known[key]


def _wait(tried: Tried | None, pace: Pace, now: float) -> float:
    # Where nothing is waited for, what another clock says is not looked at.
    delay = 0.0 if tried is None else pace.delay(tried.number)
    return 0.0 if tried is None or not delay else tried.last + delay - now


def _key(*parts: str) -> bytes:
    return hashlib.blake2b(_joined(parts), digest_size=16).digest()


def _joined(parts: Sequence[str]) -> bytes:
    encoded = [part.encode("utf-8", "surrogatepass") for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)
