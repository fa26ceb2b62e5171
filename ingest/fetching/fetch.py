"""The only HTTP fetcher: polite (robots.txt, one pace for each host), conditional, and guarded.

A server's documents must not make this machine read what only this machine can reach (SSRF): only http and https, only
hosts that were allowed, the name resolved once, every address of it public, and the connection made to the address
that was checked. Redirects are followed by hand, each one checked again; proxies of the environment are ignored.
"""

from __future__ import annotations

import email.utils
import logging
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self
from urllib.parse import urljoin, urlunsplit

from ingest.fetching.addresses import (
    DEFAULT_PORTS,
    RefusedAddressError,
    Resolve,
    authority,
    host_name,
    is_public,
    page_address,
    resolve,
    split_address,
)
from ingest.fetching.hosts import Hosts, Politeness
from kb.errors import DocumentError
from kb.settings import Settings

if TYPE_CHECKING:
    import httpx
    from protego import Protego

logger = logging.getLogger(__name__)

MOST_REDIRECTS = 5
ATTEMPTS = 3  # of a request that got 429, 5xx or no answer
_LONGEST_WAIT = 30.0  # seconds that a server may ask to wait (Retry-After)
_LONGEST_PACE = 10.0  # seconds between two requests that robots.txt may ask for (Crawl-delay)
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_GONE = frozenset((404, 410))

Kind = Literal["refused", "gone", "temporary", "unusable"]


class FetchError(DocumentError):
    """A page that could not be fetched.

    `kind` tells why: `gone` (404, 410), `temporary` (5xx, 429, no answer), `refused` (robots.txt, guards), `unusable`
    (too big, another type of content, another error).
    """

    def __init__(self, url: str, reason: str, kind: Kind) -> None:
        super().__init__(url, reason)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a server gave. `url` is where the redirects ended; `unchanged` tells that it answered 304: no content."""

    url: str
    content: bytes
    media_type: str
    etag: str | None
    last_modified: str | None
    unchanged: bool


class Fetcher:
    """Fetches pages; serves many threads. A context manager: at its end the connections are closed."""

    def __init__(
        self,
        politeness: Politeness,
        *,
        private_hosts: Iterable[str] = (),
        resolver: Resolve = resolve,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`private_hosts` (« host » or « host:port ») may have private addresses: those of the agency's own network."""
        self._politeness = politeness
        self._private = {host.lower() for host in private_hosts}
        self._resolve = resolver
        self._sleep = sleep
        self._hosts = Hosts(politeness, sleep)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hosts.close()

    def get(
        self,
        url: str,
        *,
        hosts: Collection[str],
        types: Collection[str],
        etag: str | None = None,
        last_modified: str | None = None,
    ) -> Fetched:
        """The page at `url`, wherever its redirects lead among `hosts` (« host » or « host:port »).

        `types` are the media types that can be used; with `etag` and `last_modified`, those of what is known of the
        page, the server may answer that nothing changed. Raises FetchError, and RefusedAddressError for an address
        that must not be fetched.
        """
        headers = {}
        if etag:
            headers["If-None-Match"] = etag
        if last_modified:
            headers["If-Modified-Since"] = last_modified
        asked = url
        for _ in range(MOST_REDIRECTS + 1):
            url = page_address(url)
            self._check_host(url, hosts, asked)
            self._check_robots(url, hosts)
            found = self._try(url, headers, types, asked)
            if isinstance(found, Fetched):
                return found
            url = urljoin(url, found)
        raise FetchError(asked, f"plus de {MOST_REDIRECTS} redirections ; vérifiez l'adresse", "unusable")

    def _check_host(self, url: str, hosts: Collection[str], asked: str) -> None:
        allowed = {host.lower().removeprefix("www.") for host in hosts}
        if authority(url).removeprefix("www.") not in allowed:
            via = "ce site" if url == page_address(asked) else f"ce site, où mène {asked},"
            raise RefusedAddressError(
                url, f"{via} n'est pas parmi ceux de la source ; ajoutez-le à « hosts » s'il est sûr"
            )

    def _check_robots(self, url: str, hosts: Collection[str]) -> None:
        host = self._hosts.of(url)
        with host.reading_robots:
            if host.robots is None:
                host.robots = self._read_robots(url, hosts)
        if isinstance(host.robots, str):
            raise FetchError(url, host.robots, "temporary")
        if not host.robots.can_fetch(url, self._politeness.user_agent):
            raise FetchError(url, "le site demande de ne pas lire cette page (robots.txt)", "refused")

    def _read_robots(self, url: str, hosts: Collection[str]) -> Protego | str:
        """The rules of a host (RFC 9309): where there are none all is allowed; while they cannot be had, the reason."""
        from protego import Protego

        where = urljoin(url, "/robots.txt")
        text = ""
        try:
            for _ in range(MOST_REDIRECTS + 1):
                self._check_host(where, hosts, where)
                found = self._try(where, {}, ("text/", ""), where)
                if isinstance(found, Fetched):
                    text = found.content.decode("utf-8", errors="replace")
                    break
                where = page_address(urljoin(where, found))
        except FetchError as error:
            if error.kind == "temporary":
                return f"le fichier robots.txt du site ne peut pas être lu ({error.reason})"
        except RefusedAddressError as error:
            if where == page_address(urljoin(url, "/robots.txt")):
                raise RefusedAddressError(url, error.reason) from None
            logger.info("robots.txt leads elsewhere: %s", error)
        rules = Protego.parse(text)
        asked = min(float(rules.crawl_delay(self._politeness.user_agent) or 0.0), _LONGEST_PACE)
        self._hosts.of(url).pace = max(self._politeness.pace, asked)
        return rules

    def _try(self, url: str, headers: dict[str, str], types: Collection[str], asked: str) -> Fetched | str:
        """What a server gives, or where it sends to; asked again, later and later, while the trouble may pass."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._once(url, headers, types, asked)
            except _TryAgainError as error:
                if attempt == ATTEMPTS:
                    raise FetchError(asked, error.reason, "temporary") from None
                self._sleep(min(max(error.wait, 2.0 ** (attempt - 1)), _LONGEST_WAIT))
        raise AssertionError("unreachable")

    def _once(self, url: str, headers: dict[str, str], types: Collection[str], asked: str) -> Fetched | str:
        import httpx

        parts = split_address(url)
        name, port = host_name(parts), parts.port or DEFAULT_PORTS[parts.scheme]
        host = self._hosts.of(url)
        address = self._address(url, name, port)
        place = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        try:
            with host.turn():
                request = host.client.build_request(
                    "GET",
                    urlunsplit((parts.scheme, place, parts.path, parts.query, "")),
                    headers={**headers, "Host": parts.netloc},
                    extensions={"sni_hostname": name},
                )
                response = host.client.send(request, stream=True)
                try:
                    return self._read(response, url, types, asked)
                finally:
                    response.close()
                    host.client.cookies.clear()
        except httpx.TimeoutException:
            raise _TryAgainError("le site ne répond pas à temps") from None
        except (httpx.InvalidURL, UnicodeError):
            raise FetchError(asked, "ce n'est pas une adresse valable ; vérifiez-la", "unusable") from None
        except httpx.DecodingError:
            raise FetchError(asked, "le contenu envoyé par le site est abîmé", "unusable") from None
        except httpx.TransportError as error:
            raise _TryAgainError(f"le site est injoignable ({type(error).__name__})") from None

    def _read(self, response: httpx.Response, url: str, types: Collection[str], asked: str) -> Fetched | str:
        status = response.status_code
        etag, modified = response.headers.get("etag"), response.headers.get("last-modified")
        if status == 304:
            return Fetched(url, b"", "", etag, modified, unchanged=True)
        if status in _REDIRECTS and (location := response.headers.get("location")):
            return str(location)
        if status in _GONE:
            raise FetchError(asked, f"la page n'existe plus ({status})", "gone")
        if status == 429 or status >= 500:
            raise _TryAgainError(f"le site répond par une erreur ({status})", _wait_asked(response))
        if status in {401, 403}:
            raise FetchError(asked, f"le site refuse l'accès à cette page ({status})", "unusable")
        if status != 200:
            raise FetchError(asked, f"le site répond par une erreur ({status})", "unusable")
        media_type = response.headers.get("content-type", "")
        kind = media_type.split(";", 1)[0].strip().lower()
        if not any(kind == usable or (usable.endswith("/") and kind.startswith(usable)) for usable in types):
            raise FetchError(asked, f"type de contenu non pris en charge ({kind or 'aucun'})", "unusable")
        return Fetched(url, self._body(response, asked), media_type, etag, modified, unchanged=False)

    def _body(self, response: httpx.Response, asked: str) -> bytes:
        """The content, decompressed. Raises FetchError as soon as it is too big or takes too long."""
        most = self._politeness.max_bytes
        too_big = FetchError(
            asked, f"page trop grosse (la limite est de {most / 1e6:.0f} Mo, REPERES_MAX_FILE_MB)", "unusable"
        )
        announced = response.headers.get("content-length", "")
        if announced.isdigit() and int(announced) > most:
            raise too_big
        deadline = time.monotonic() + self._politeness.longest
        content = bytearray()
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > most:
                raise too_big
            if time.monotonic() > deadline:
                raise _TryAgainError("le site envoie la page trop lentement")
        return bytes(content)

    def _address(self, url: str, name: str, port: int) -> str:
        """The address to connect to: all that the name resolves to must be public, unless the host is a private one."""
        try:
            found = self._resolve(name, port)
        except (OSError, UnicodeError):
            raise _TryAgainError("ce nom de site est introuvable ; vérifiez l'adresse") from None
        if not found:
            raise _TryAgainError("ce nom de site est introuvable ; vérifiez l'adresse")
        if not ({name, f"{name}:{port}"} & self._private) and not all(is_public(address) for address in found):
            raise RefusedAddressError(
                url,
                "elle mène à une machine du réseau privé ; si c'est voulu, nommez ce site dans REPERES_PRIVATE_HOSTS",
            )
        return found[0]


def open_fetcher(settings: Settings) -> Fetcher:
    """The fetcher that the settings ask for."""
    politeness = Politeness(settings.user_agent, settings.fetch_pace / 1000, settings.max_file_mb * 1_000_000)
    return Fetcher(politeness, private_hosts=settings.private_hosts.replace(",", " ").split())


class _TryAgainError(Exception):
    def __init__(self, reason: str, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait = wait


def _wait_asked(response: httpx.Response) -> float:
    """Seconds that the server asks to wait: Retry-After is a number or a date."""
    value = response.headers.get("retry-after", "")
    if value.isdigit():
        return float(value)
    try:
        return max(0.0, (email.utils.parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return 0.0
