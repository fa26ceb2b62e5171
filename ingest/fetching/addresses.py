"""Addresses of the web: one spelling for each page, and the machines that a name leads to."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from kb.errors import DocumentError

Resolve = Callable[[str, int], list[str]]
"""Host and port -> the addresses (IP, as text) that the host has. Raises OSError when it has none."""

DEFAULT_PORTS = {"http": 80, "https": 443}
# What campaigns, social networks and newsletters add to an address: it names the reader's way, not the page.
_TRACKING = re.compile(
    r"utm_\w+|mtm_\w+|pk_\w+|at_(?:medium|campaign|custom\d|creation|variant|format|general)|xtor|xtref|fbclid|gclid|"
    r"gbraid|wbraid|dclid|msclkid|twclid|yclid|igshid|mc_[ce]id|_hs\w+|hsa_\w+|mkt_tok|vero_\w+|oly_\w+|ref_src|"
    r"sfmc_\w+|__s|s_cid|cmpid|wt_\w+",
    re.IGNORECASE,
)


_LINE_ENDS = re.compile(r"[\t\r\n]+")  # in the address of a link they are nothing (WHATWG, URL Standard)
_UP_TO_HOST = re.compile(r"[a-zA-Z][\w+.-]*://[^/?#\\]*(?=[/?#])")
_IN_QUERY = "/?%:@!$&'()*+,;=~-._[]{}|^`\""  # only what is no character of an address, or no ASCII, is rewritten


class RefusedAddressError(DocumentError):
    """An address that must not be fetched."""


def split_address(url: str) -> SplitResult:
    """The parts of an address of the web. Raises RefusedAddressError for whatever is not one, or holds a password."""
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise RefusedAddressError(url, "ce n'est pas une adresse valable ; vérifiez-la") from None
    if parts.scheme.lower() not in DEFAULT_PORTS:
        raise RefusedAddressError(url, "seules les adresses http et https sont lues ; vérifiez son début")
    if parts.username is not None or parts.password is not None:
        # Not repeated as it is: a message must not spread a password.
        shown = urlunsplit(parts._replace(netloc="…@" + parts.netloc.rpartition("@")[2]))
        raise RefusedAddressError(shown, "elle contient un nom d'utilisateur ou un mot de passe ; retirez-les")
    if not host or re.search(r"[\s\\\x00-\x1f]", url.strip()):
        raise RefusedAddressError(url, "ce n'est pas une adresse valable ; vérifiez-la")
    return parts


def page_address(url: str) -> str:
    """The one spelling of a page's address: no fragment, no tracking parameter, host in lower case, no default port.
    Spaces and accents within it are written as servers take them.

    Raises RefusedAddressError for whatever is no address of the web.
    """
    parts = split_address(_tidied(url))
    scheme = parts.scheme.lower()
    host = host_name(parts)
    shown = f"[{host}]" if ":" in host else host
    netloc = shown if parts.port in {None, DEFAULT_PORTS[scheme]} else f"{shown}:{parts.port}"
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if not _TRACKING.fullmatch(name)]
    query = quote(parts.query, safe=_IN_QUERY) if len(kept) == len(pairs) else urlencode(kept)
    path = re.sub("%[0-9a-fA-F]{2}", lambda code: code[0].upper(), quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._"))
    return urlunsplit((scheme, netloc, path, query, ""))


def _tidied(url: str) -> str:
    """`url` as a browser reads it in a link: line ends within it are nothing, spaces below the host are written."""
    url = _LINE_ENDS.sub("", url.strip())
    host = _UP_TO_HOST.match(url)
    below = host.end() if host else len(url)
    return url[:below] + url[below:].replace(" ", "%20").replace("\u00a0", "%C2%A0")


def authority(url: str) -> str:
    """« host » or « host:port » of an address: what allow-lists hold. Raises RefusedAddressError."""
    return urlsplit(page_address(url)).netloc


def host_name(parts: SplitResult) -> str:
    """The host of an address in lower case, as the name service knows it (xn--…)."""
    host = (parts.hostname or "").rstrip(".").lower()
    if host.isascii():
        return host
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        raise RefusedAddressError(urlunsplit(parts), "ce nom de site n'est pas valable ; vérifiez-le") from None


def resolve(host: str, port: int) -> list[str]:
    """The addresses of `host`, from the system. Raises OSError when it has none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def file_name(url: str) -> str:
    """The last part of an address's path, for its suffix and as a title of last resort."""
    return unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2])
