"""The transport under every httpx client of the project: an answer ends at a size and at a moment, unpacked or not.

httpx itself unpacks each piece that comes from the network whole, in as many codings as the server names: two kilobytes
become two gigabytes before anybody can look. Here it is given content that was unpacked already.
"""

from __future__ import annotations

import ssl
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from kb.remote.deadlines import TimedBackend, ending_at
from kb.remote.unpacking import ACCEPTED, TooBigError, Unpacker, UnpackingError, coding_of

# They tell of the packed content, which nobody sees any more.
_OF_PACKED = frozenset((b"content-encoding", b"content-length"))


class UnusableAnswerError(httpx.DecodingError):
    """An answer that cannot be unpacked. `str(error)` is the reason in French, without capital or full stop."""


class TooBigAnswerError(UnusableAnswerError):
    """An answer that holds more than it may."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one answer may take: bytes once unpacked, and seconds from the request to its last byte."""

    most_bytes: int
    seconds: float


class BoundedTransport(httpx.HTTPTransport):
    """Connections whose answers keep to `bounds`; as streams they raise UnusableAnswerError and httpx.ReadTimeout."""

    def __init__(
        self, bounds: Bounds, *, verify: ssl.SSLContext | bool = True, trust_env: bool = True, proxy: str | None = None
    ) -> None:
        super().__init__(verify=verify, trust_env=trust_env, proxy=proxy)
        # httpx has no argument for it; tests/attacks/test_slow_servers.py fails when this does nothing any more.
        self._pool._network_backend = TimedBackend(self._pool._network_backend)
        self._bounds = bounds

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer as if it had never been packed. No cookie: none is kept, and a hostile one is not even parsed."""
        request.headers["Accept-Encoding"] = ACCEPTED
        until = time.monotonic() + self._bounds.seconds
        with ending_at(until):
            answer = super().handle_request(request)
        assert isinstance(answer.stream, httpx.SyncByteStream)
        coded = answer.headers.get("content-encoding", "")
        dropped = {b"set-cookie", *(_OF_PACKED if coded else ())}
        return httpx.Response(
            answer.status_code,
            headers=[(name, value) for name, value in answer.headers.raw if name.lower() not in dropped],
            stream=_BoundedStream(answer.stream, coded, self._bounds.most_bytes, until),
            extensions=answer.extensions,
        )


class _BoundedStream(httpx.SyncByteStream):
    def __init__(self, inner: httpx.SyncByteStream, coded: str, most_bytes: int, until: float) -> None:
        self._inner = inner
        self._coded = coded
        self._most_bytes = most_bytes
        self._until = until

    def __iter__(self) -> Iterator[bytes]:
        try:
            unpacker = Unpacker(coding_of(self._coded), self._most_bytes)
            pieces = iter(self._inner)
            while True:
                with ending_at(self._until):
                    packed = next(pieces, None)
                if packed is None:
                    break
                for piece in unpacker.unpack(packed):
                    if time.monotonic() > self._until:
                        raise httpx.ReadTimeout("the whole answer took too long")
                    yield piece
            unpacker.finish()
        except TooBigError as error:
            raise TooBigAnswerError(str(error)) from None
        except UnpackingError as error:
            raise UnusableAnswerError(str(error)) from None

    def close(self) -> None:
        self._inner.close()


def environment_proxy(url: str) -> str | None:
    """The proxy that the environment names for an address (HTTPS_PROXY, NO_PROXY…); None when there is none."""
    parts = urlsplit(url)
    if not parts.hostname or urllib.request.proxy_bypass(parts.hostname):
        return None
    named = urllib.request.getproxies()
    proxy = named.get(parts.scheme) or named.get("all")
    return f"http://{proxy}" if proxy and "://" not in proxy else proxy
