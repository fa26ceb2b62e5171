"""Who a request comes from: nobody to know (this machine), a session, an API token, or a trusted proxy's header."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from kb.errors import SettingsError
from kb.records.accounts import LOCAL, Accounts, Person
from kb.records.sessions import Sessions
from kb.settings import Settings
from kb.web.auth.rate_limits import RateLimits

COOKIE = "reperes_session"
LONGEST_NAME = 200


class Gate:
    """Tells people apart as the settings say. Serves many threads.

    Raises SettingsError for settings that do not go together, and for an accounts file that cannot be read.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.kind = settings.auth
        self.rate_limits = RateLimits(settings.questions_per_minute)
        self.accounts = Accounts(settings.accounts_file)
        self._editors = {name.lower() for name in settings.editors.split()}
        self._proxies = _networks(settings.proxy_addresses)
        if self.kind == "oidc" and not (settings.oidc_issuer and settings.oidc_client and settings.public_url):
            raise SettingsError(
                "REPERES_AUTH=oidc : il faut aussi REPERES_OIDC_ISSUER, REPERES_OIDC_CLIENT et REPERES_PUBLIC_URL."
            )
        if self.kind == "proxy" and not self._proxies:
            raise SettingsError("REPERES_AUTH=proxy : indiquez dans REPERES_PROXY_ADDRESSES d'où ce proxy appelle.")
        if self.kind == "accounts" and not any(not is_token for _, is_token in self.accounts.people()):
            raise SettingsError(
                f"REPERES_AUTH=accounts : il n'y a pas encore de compte dans {self.accounts.path}. "
                "Créez-en un : reperes user add NOM --role editor"
            )
        self.sessions = Sessions(settings.app_database, settings.session_hours) if self.signs_in else None

    @property
    def is_open(self) -> bool:
        """Whether there is no sign-in at all."""
        return self.kind == "none"

    @property
    def signs_in(self) -> bool:
        """Whether people sign in here, by password or at a provider."""
        return self.kind in {"accounts", "oidc"}

    @property
    def secure(self) -> bool:
        """Whether people call by https: the session's cookie then travels by nothing else."""
        return urlsplit(self.settings.public_url).scheme == "https"

    def close(self) -> None:
        """Lets go of the sessions' database."""
        if self.sessions is not None:
            self.sessions.close()

    def person(self, request: HTTPConnection) -> Person | None:
        """Who this request comes from; None when nobody is signed in."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self.accounts.bearer(token.strip())
        if self.is_open:
            return LOCAL
        if self.kind == "proxy":
            return self._proxied(request)
        token = request.cookies.get(COOKIE, "")
        person = self.sessions.person(token) if self.sessions is not None and token else None
        # An account that was removed or changed is so at once, not when its session ends.
        return self.accounts.person(person.name) if person is not None and self.kind == "accounts" else person

    def named(self, name: str) -> Person:
        """The person of this name, known from elsewhere."""
        return Person(name, "editor" if name.lower() in self._editors else "reader")

    def _proxied(self, request: HTTPConnection) -> Person | None:
        address = request.client.host if request.client else ""
        name = request.headers.get(self.settings.proxy_header, "").strip()
        if not name or len(name) > LONGEST_NAME or len(request.headers.getlist(self.settings.proxy_header)) != 1:
            return None
        try:
            caller = ipaddress.ip_address(address)
        except ValueError:
            return None
        return self.named(name) if any(caller in network for network in self._proxies) else None


def _networks(text: str) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    try:
        return [ipaddress.ip_network(network) for network in text.split()]
    except ValueError as error:
        raise SettingsError(f"REPERES_PROXY_ADDRESSES={text} : {error}.") from None
