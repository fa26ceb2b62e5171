"""The only HTTP fetcher: polite (robots.txt, one pace for each host), conditional, and guarded.

A server's documents must not make this machine read what only this machine can reach (SSRF): only http and https, only
hosts that were allowed, the name resolved once, every address of it public, and the connection made to the address
that was checked. Redirects are followed by hand, each one checked again; proxies of the environment are ignored.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Collection, Iterable
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import urljoin, urlunsplit

from ingest.fetching.addresses import (
    DEFAULT_PORTS,
    RefusedAddressError,
    Resolve,
    authority,
    host_name,
    page_address,
    resolve,
    split_address,
)
from ingest.fetching.answers import Fetched, FetchError, TryAgainError, check_status, check_type, mark
from ingest.fetching.hosts import Hosts, Politeness
from ingest.fetching.networks import is_public
from ingest.fetching.refresh import leads_on_to
from ingest.fetching.robots import MOST_BYTES, UnreadableRulesError, pace_asked, read_rules
from kb.settings import Settings

if TYPE_CHECKING:
    import httpx
    from protego import Protego

logger = logging.getLogger(__name__)

MOST_REDIRECTS = 5
ATTEMPTS = 3  # of a request that got 429, 5xx or no answer
_LONGEST_WAIT = 30.0  # seconds that a server may ask to wait (Retry-After)
_ROBOTS_TYPES = ("text/", "")


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
        """The page at `url`, wherever its redirects, in pages too, lead among `hosts` (« host » or « host:port »).

        `types` are the media types that can be used; with `etag` and `last_modified`, those of what is known of the
        page, the server may answer that nothing changed. Raises FetchError, and RefusedAddressError for an address
        that must not be fetched.
        """
        headers = {}
        if known := mark(etag):
            headers["If-None-Match"] = known
        if known := mark(last_modified):
            headers["If-Modified-Since"] = known
        asked = url
        for _ in range(MOST_REDIRECTS + 1):
            url = page_address(url)
            self._check_host(url, hosts, asked)
            self._check_robots(url, hosts)
            found = self._try(url, headers, types, asked)
            if isinstance(found, Fetched):
                target = leads_on_to(found.content, found.media_type)
                if target is None or page_address(_led_to(url, target)) == url:
                    return found  # a page that loads itself again stays where it is
                found = target
            url = _led_to(url, found)
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
        where = urljoin(url, "/robots.txt")
        content, is_moved = b"", False
        try:
            for _ in range(MOST_REDIRECTS + 1):
                self._check_host(where, hosts, where)
                found = self._try(where, {}, _ROBOTS_TYPES, where, cut_at=MOST_BYTES)
                if isinstance(found, Fetched):
                    content = found.content
                    break
                is_moved = True
                where = page_address(_led_to(where, found))
        except FetchError as error:
            if error.kind in {"temporary", "unreadable"}:
                return f"le fichier robots.txt du site ne peut pas être lu ({error.reason})"
        except RefusedAddressError as error:
            if not is_moved:
                raise RefusedAddressError(url, error.reason) from None
            logger.info("robots.txt leads elsewhere: %s", error)
        try:
            rules = read_rules(content)
        except UnreadableRulesError as error:
            return f"le fichier robots.txt du site ne peut pas être lu ({error})"
        self._hosts.of(url).pace = max(self._politeness.pace, pace_asked(rules, self._politeness.user_agent))
        return rules

    def _try(
        self, url: str, headers: dict[str, str], types: Collection[str], asked: str, cut_at: int | None = None
    ) -> Fetched | str:
        """What a server gives, or where it sends to; asked again, later and later, while the trouble may pass."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._once(url, headers, types, asked, cut_at)
            except TryAgainError as error:
                if attempt == ATTEMPTS:
                    raise FetchError(asked, error.reason, "temporary") from None
                self._sleep(min(max(error.wait, 2.0 ** (attempt - 1)), _LONGEST_WAIT))
        raise AssertionError("unreachable")

    def _once(
        self, url: str, headers: dict[str, str], types: Collection[str], asked: str, cut_at: int | None
    ) -> Fetched | str:
        import httpx

        from kb.remote.transport import TooBigAnswerError, UnusableAnswerError

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
                    return self._read(response, url, types, asked, cut_at)
                finally:
                    response.close()
        except httpx.TimeoutException:
            raise TryAgainError("le site ne répond pas à temps") from None
        except (httpx.InvalidURL, UnicodeError):
            raise FetchError(asked, "ce n'est pas une adresse valable ; vérifiez-la", "unusable") from None
        except TooBigAnswerError as error:
            raise FetchError(asked, f"page trop grosse : {error} ({self._limit()})", "unusable") from None
        except UnusableAnswerError as error:
            raise FetchError(asked, str(error), "unreadable") from None
        except httpx.TransportError as error:
            raise TryAgainError(f"le site est injoignable ({type(error).__name__})") from None

    def _read(
        self, response: httpx.Response, url: str, types: Collection[str], asked: str, cut_at: int | None
    ) -> Fetched | str:
        etag, modified = mark(response.headers.get("etag")), mark(response.headers.get("last-modified"))
        if response.status_code == 304 and {"if-none-match", "if-modified-since"} & response.request.headers.keys():
            return Fetched(url, b"", "", etag, modified, unchanged=True)
        if (elsewhere := check_status(response, asked)) is not None:
            return elsewhere
        media_type = check_type(response, types, asked)
        return Fetched(url, self._body(response, asked, cut_at), media_type, etag, modified, unchanged=False)

    def _body(self, response: httpx.Response, asked: str, cut_at: int | None) -> bytes:
        """The content, unpacked; no more than `cut_at` bytes when that is given. Raises FetchError for too much."""
        announced = response.headers.get("content-length", "")
        if cut_at is None and re.fullmatch("[0-9]{1,18}", announced) and int(announced) > self._politeness.max_bytes:
            raise FetchError(asked, f"page trop grosse ({self._limit()})", "unusable")
        content = bytearray()
        for piece in response.iter_raw():
            content += piece
            if cut_at is not None and len(content) >= cut_at:
                break
        if cut_at is not None:
            del content[cut_at:]
        return bytes(content)

    def _limit(self) -> str:
        return f"la limite est de {self._politeness.max_bytes / 1e6:.0f} Mo, REPERES_MAX_FILE_MB"

    def _address(self, url: str, name: str, port: int) -> str:
        """The address to connect to: all that the name resolves to must be public, unless the host is a private one."""
        try:
            found = self._resolve(name, port)
        except (OSError, UnicodeError):
            raise TryAgainError("ce nom de site est introuvable ; vérifiez l'adresse") from None
        if not found:
            raise TryAgainError("ce nom de site est introuvable ; vérifiez l'adresse")
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


def _led_to(url: str, location: str) -> str:
    """Where a redirect leads. Raises RefusedAddressError for what is no address."""
    try:
        return urljoin(url, location)
    except ValueError:
        raise RefusedAddressError(url, "elle renvoie à ce qui n'est pas une adresse valable") from None
