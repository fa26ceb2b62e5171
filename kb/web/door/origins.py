"""Where the server is called at, and which pages may call it: scheme, host and port, as browsers tell them apart."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from kb.errors import SettingsError
from kb.web import strings

LOOPBACK = ("127.0.0.1", "::1", "localhost")
_PORTS = {"http": 80, "https": 443}
_PLACE = r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?"
_HOST = re.compile(_PLACE)
_ORIGIN = re.compile(rf"(https?)://{_PLACE}")
# An address that a page tells of itself begins with its origin.
_PAGE = re.compile(rf"({_ORIGIN.pattern})(?:[/?#].*)?", re.DOTALL)
# A change is asked for by everything else. No page of ours asks for leave beforehand (OPTIONS).
_READING = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class Address:
    """An origin; `port` is told even where it is the scheme's own."""

    scheme: str
    host: str
    port: int

    @property
    def netloc(self) -> str:
        """As a Host header says it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS.get(self.scheme) else f"{host}:{self.port}"


def origin_of(text: str) -> Address | None:
    """An Origin header; None for `null` and whatever is none."""
    found = _ORIGIN.fullmatch(text.lower())
    return _address(found[1], found[2], found[3]) if found else None


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Origins:
    """The addresses of one server, which listens on `host`; `public_url` is where people call it, "" for right there.

    A page elsewhere must neither read the base by pointing its own name at this machine (the Host header tells), nor
    write to it (Origin tells, or Referer). Another port is elsewhere: whatever runs there is not ours. Raises
    SettingsError for a public address that is none.
    """

    def __init__(self, host: str, public_url: str = "") -> None:
        self._public = _public(public_url) if public_url else None
        self._names = {*LOOPBACK, host.lower(), *([self._public.host] if self._public else [])}
        # At a public address of this machine itself (a container's port) all names of the machine are as good.
        self._only_public = self._public is not None and (
            self._public.scheme == "https" or not is_loopback(self._public.host)
        )

    def reached(self, scope: Scope) -> Address | None:
        """The address that a request was sent to; None when it is none of this server's.

        The port in the Host header is not compared with the one listened on: a tunnel or a container's published port
        is another. What a page may do depends on it all the same, since its own origin must be this very address.
        """
        told = Headers(scope=scope).getlist("host")
        found = _HOST.fullmatch(told[0].lower()) if len(told) == 1 else None
        here = _address(scope.get("scheme", "http"), found[1], found[2]) if found else None
        if here is None or here.host not in self._names:
            return None
        return self._public if self._only_public else here

    def may_call(self, scope: Scope, here: Address) -> bool:
        """Whether a request that was sent to `here` comes from a page of this server, or from no page."""
        headers = Headers(scope=scope)
        told = headers.getlist("origin")
        if told:
            return len(told) == 1 and self._is_ours(origin_of(told[0]), here)
        if scope["method"] in _READING or not (referer := headers.get("referer", "")):
            return True  # a link may stand anywhere; programs tell neither
        found = _PAGE.fullmatch(referer)
        return found is not None and self._is_ours(origin_of(found[1]), here)

    def _is_ours(self, origin: Address | None, here: Address) -> bool:
        return origin is not None and origin in (here, self._public)


def _address(scheme: str, host: str, port: str | None) -> Address | None:
    number = int(port) if port else _PORTS.get(scheme, 0)
    return Address(scheme, host.strip("[]"), number) if 0 < number < 65536 else None


def _public(url: str) -> Address:
    try:
        parts = urlsplit(url)
        scheme, port = parts.scheme.lower(), parts.port
        host = (parts.hostname or "").encode("idna").decode()  # as browsers send it
    except ValueError:
        scheme, host, port = "", "", None
    if scheme not in _PORTS or not host or port == 0:
        raise SettingsError(strings.PUBLIC_URL_WRONG.format(url=url))
    return Address(scheme, host, port or _PORTS[scheme])
