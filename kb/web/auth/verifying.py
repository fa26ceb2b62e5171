"""Checking passwords a few at a time: whatever is sent, it takes no more memory and no more threads than that.

argon2 takes 64 MiB for each password, on purpose. `MOST_MEMORY` divided by that is how many are checked at once, in
threads of their own; the others wait their turn. Browsers that are known come first, then each address in turn: who
sends a thousand passwords waits behind themselves. A wait that would be long ends with `BusyError`: trying again in
some seconds may do, and nobody is locked out.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from kb.errors import ReperesError

MOST_MEMORY = 128 * 1024 * 1024
"""Bytes for checking passwords: two at once with argon2's 64 MiB. More would not go faster on a few cores."""
_LONGEST_WAIT = 20.0  # seconds
# Some ten passwords are checked in a second: more than this would wait in vain.
_MOST_WAITING = 100  # from one address, or of known browsers
_MOST_WAITING_IN_ALL = 2_000

_Found = TypeVar("_Found")
_Turn = asyncio.Future[None]


class BusyError(ReperesError):
    """Too many passwords wait to be checked. Nothing was checked; trying again in some seconds may do."""


class Verifying:
    """Checks passwords in the order described above. Everything but the checks runs in one event loop."""

    def __init__(self, bytes_of_one: int, longest_wait: float = _LONGEST_WAIT) -> None:
        self.at_once = max(1, MOST_MEMORY // bytes_of_one)
        self._free = self.at_once
        self._longest_wait = longest_wait
        self._threads = ThreadPoolExecutor(self.at_once, thread_name_prefix="password")
        self._known: deque[_Turn] = deque()
        self._others: OrderedDict[str, deque[_Turn]] = OrderedDict()  # by address, the next one first
        self._waiting = 0

    async def check(self, check: Callable[[], _Found], address: str, *, is_known: bool) -> _Found:
        """What `check` returns, run in a thread once its turn has come.

        Raises BusyError, nothing being run, for a wait that is too long.
        """
        await self._turn(address, is_known)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, check)
        finally:
            self._next()

    def close(self) -> None:
        """Ends the threads once they are done."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    async def _turn(self, address: str, is_known: bool) -> None:
        if self._free:
            self._free -= 1
            return
        line = self._known if is_known else self._others.get(address, deque())
        if len(line) >= _MOST_WAITING or self._waiting >= _MOST_WAITING_IN_ALL:
            raise BusyError
        turn: _Turn = asyncio.get_running_loop().create_future()
        line.append(turn)
        if not is_known:
            self._others[address] = line
        self._waiting += 1
        try:
            async with asyncio.timeout(self._longest_wait):
                await turn
        except (TimeoutError, asyncio.CancelledError) as error:
            if turn.done() and not turn.cancelled():
                self._next()  # its turn came in the very moment when it gave up
            else:
                self._leave(turn, address, is_known)
            if isinstance(error, TimeoutError):
                raise BusyError from error
            raise

    def _next(self) -> None:
        """Hands a turn that has ended to whoever is next."""
        while self._known or self._others:
            if self._known:
                turn = self._known.popleft()
            else:
                address, line = self._others.popitem(last=False)
                turn = line.popleft()
                if line:
                    self._others[address] = line  # behind the other addresses
            self._waiting -= 1
            if not turn.done():  # else it has just given up
                turn.set_result(None)
                return
        self._free += 1

    def _leave(self, turn: _Turn, address: str, is_known: bool) -> None:
        line = self._known if is_known else self._others.get(address, deque())
        if turn not in line:
            return
        line.remove(turn)
        self._waiting -= 1
        if not is_known and not line:
            del self._others[address]
