"""What is kept of each host while pages are fetched: its connections, its robots.txt, and its pace."""

from __future__ import annotations

import os
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.fetching.addresses import authority

if TYPE_CHECKING:
    import httpx
    from protego import Protego

_AT_ONCE = 2  # requests under way at one host


@dataclass(frozen=True, slots=True)
class Politeness:
    """How servers are dealt with. `pace` is the least time between two requests to a host, in seconds."""

    user_agent: str
    pace: float = 0.5
    max_bytes: int = 100_000_000
    timeout: float = 20.0  # of one wait for the server
    longest: float = 120.0  # of a whole request, from its first byte to the last of the answer


class Host:
    """A host. `robots` is None until its robots.txt was read, and the reason when that cannot be had for now."""

    def __init__(self, client: httpx.Client, pace: float, sleep: Callable[[float], None]) -> None:
        self.client = client
        self.pace = pace  # the least time between two requests, in seconds
        self.robots: Protego | str | None = None
        self.reading_robots = threading.Lock()
        self._sleep = sleep
        self._places = threading.Semaphore(_AT_ONCE)
        self._lock = threading.Lock()
        self._next_at = 0.0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One of the host's places, at its pace."""
        with self._places:
            with self._lock:
                now = time.monotonic()
                wait, self._next_at = self._next_at - now, max(now, self._next_at) + self.pace
            if wait > 0:
                self._sleep(wait)
            yield


class Hosts:
    """The hosts met so far. Serves many threads."""

    def __init__(self, politeness: Politeness, sleep: Callable[[float], None]) -> None:
        self._politeness = politeness
        self._sleep = sleep
        self._known: dict[str, Host] = {}
        self._lock = threading.Lock()

    def of(self, url: str) -> Host:
        """The host of an address. Raises RefusedAddressError for what is none."""
        key = authority(url)
        with self._lock:
            if key not in self._known:
                self._known[key] = Host(_client(self._politeness), self._politeness.pace, self._sleep)
            return self._known[key]

    def close(self) -> None:
        """Closes the connections."""
        for host in self._known.values():
            host.client.close()


def _client(politeness: Politeness) -> httpx.Client:
    """A client for one host: connections are pooled by address, and two hosts may share one."""
    import httpx

    from kb.remote.transport import BoundedTransport, Bounds

    bounds = Bounds(politeness.max_bytes, politeness.longest)
    return httpx.Client(
        transport=BoundedTransport(bounds, verify=_certificates(), trust_env=False),
        headers={
            "User-Agent": politeness.user_agent,
            "Accept": "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8",
            "Accept-Language": "fr, *;q=0.5",
        },
        timeout=politeness.timeout,
        follow_redirects=False,
        trust_env=False,
    )


def _certificates() -> ssl.SSLContext | bool:
    """The authorities to believe: those of SSL_CERT_FILE (an agency's own), else the usual ones."""
    named = os.environ.get("SSL_CERT_FILE")
    return ssl.create_default_context(cafile=named) if named else True
