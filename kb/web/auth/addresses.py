"""Where a request comes from: the address that called, or the one that a named proxy tells (`X-Forwarded-For`)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence

from starlette.requests import HTTPConnection

from kb.errors import SettingsError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_WITH_PORT = re.compile(r"\[([^\]]*)\](?::\d{1,5})?|([\d.]+):\d{1,5}")


class Proxies:
    """The proxies in front of the application, as networks (`10.0.0.5 10.1.0.0/24`).

    Raises SettingsError for what is no network.
    """

    def __init__(self, networks: str) -> None:
        try:
            self._networks = [ipaddress.ip_network(network) for network in networks.split()]
        except ValueError as error:
            raise SettingsError(f"REPERES_PROXY_ADDRESSES={networks} : {error}.") from None

    def __bool__(self) -> bool:
        return bool(self._networks)

    def __contains__(self, address: object) -> bool:
        return any(address in network for network in self._networks)

    def called(self, request: HTTPConnection) -> bool:
        """Whether a request comes from one of them."""
        return _address(request.client.host if request.client else "") in self

    def client(self, request: HTTPConnection) -> str:
        """What stands for the place that a request comes from: an IPv4 address, the /64 of an IPv6 address.

        Each proxy adds, on the right, the address that called it: the right-most one that is no proxy of ours is the
        last that can be believed. What stands left of it, or of something that is no address, anybody may have written.
        """
        host = request.client.host if request.client else ""
        if (found := _address(host)) is None:
            return host
        if found in self:
            hops = ",".join(request.headers.getlist("x-forwarded-for")).split(",")
            found = self._last_believed(found, hops)
        if isinstance(found, ipaddress.IPv6Address):
            return str(ipaddress.IPv6Network((int(found) >> 64 << 64, 64)))
        return str(found)

    def _last_believed(self, proxy: Address, hops: Sequence[str]) -> Address:
        found = proxy
        for hop in reversed(hops):
            address = _address(hop.strip())
            if address is None:
                return found
            found = address
            if address not in self:
                return found
        return found


def _address(text: str) -> Address | None:
    """An address as proxies write it, with or without port; None for what is none."""
    if match := _WITH_PORT.fullmatch(text):
        text = match[1] or match[2] or ""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    # An IPv4 caller of a socket that listens for both.
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
