"""Who a request comes from: nobody to know (this machine), a session, an API token, or a trusted proxy's header."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from kb.errors import SettingsError
from kb.records.accounts import LOCAL, Account, Person, groups_in
from kb.records.devices import Devices
from kb.records.places import place_of
from kb.records.sessions import Sessions
from kb.settings import Settings
from kb.web.auth.addresses import Proxies
from kb.web.auth.shared import SharedState, shared_state
from kb.web.auth.verifying import Verifying

COOKIE = "reperes_session"
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a request comes from, and in which session.

    `session` is opaque and opens nothing: the same for all requests of one sign-in (of one API token, of one person
    behind a proxy), another after each sign-in; without sign-in everybody on this machine has the same. `can_leave`
    tells whether it is one that people can end here, `is_program` whether an API token stands for the person.
    """

    person: Person
    session: str
    can_leave: bool = False
    is_program: bool = False


def session_of(scope: Mapping[str, Any]) -> str | None:
    """The session of a request, see `Caller`; None for one that `Access` let nobody in with (public pages)."""
    caller = scope.get("state", {}).get("caller")
    return caller.session if isinstance(caller, Caller) else None


def is_program(scope: Mapping[str, Any]) -> bool:
    """Whether an API token stands for who calls."""
    caller = scope.get("state", {}).get("caller")
    return isinstance(caller, Caller) and caller.is_program


class Gate:
    """Tells people apart as the settings say. Serves many threads.

    Raises SettingsError for settings that do not go together, and for an accounts file that cannot be read.
    """

    def __init__(self, settings: Settings, shared: SharedState | None = None) -> None:
        self.settings = settings
        self.kind = settings.auth
        self._shared = shared or shared_state(settings)
        self.rate_limits = self._shared.rate_limits
        self.attempts = self._shared.attempts
        self.accounts = self._shared.accounts
        self.verifying = Verifying(self.accounts.bytes_of_one_check)
        self.proxies = Proxies(settings.proxy_addresses)
        self._editors = {_folded(name) for name in settings.editors.split()}
        if self.kind == "oidc" and not (settings.oidc_issuer and settings.oidc_client and settings.public_url):
            raise SettingsError(
                "REPERES_AUTH=oidc : il faut aussi REPERES_OIDC_ISSUER, REPERES_OIDC_CLIENT et REPERES_PUBLIC_URL."
            )
        if self.kind == "proxy" and not self.proxies:
            raise SettingsError("REPERES_AUTH=proxy : indiquez dans REPERES_PROXY_ADDRESSES d'où ce proxy appelle.")
        if self.kind == "accounts" and not any(not is_token for _, is_token in self.accounts.people()):
            raise SettingsError(
                f"REPERES_AUTH=accounts : il n'y a pas encore de compte dans {self.accounts.name}. "
                "Créez-en un : reperes user add NOM --role editor"
            )
        # Only the provider knows whether somebody is still there: its people come by again after this time, used or
        # not, and are back without typing anything while it knows them.
        longest = settings.session_hours if self.kind == "oidc" else None
        self.sessions = Sessions(place_of(settings), settings.session_hours, longest) if self.signs_in else None
        self.devices = Devices(place_of(settings)) if self.kind == "accounts" else None

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

    def sign_in_key(self) -> str:
        """What signs the cookie of a sign-in under way: the same at all replicas; of one process by itself, new at each
        start."""
        return self._shared.sign_in_key()

    def close(self) -> None:
        """Lets go of the databases and the threads."""
        self.verifying.close()
        self._shared.close()
        for kept in (self.sessions, self.devices):
            if kept is not None:
                kept.close()

    def caller(self, request: HTTPConnection) -> Caller | None:
        """Who this request comes from, and what they may do by now; None when nobody is signed in."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self._program(token.strip())
        if self.is_open:
            return Caller(LOCAL, "local")
        if self.kind == "proxy":
            return self._proxied(request)
        return self.session_caller(request)

    def named(self, name: str, groups: Collection[str] = ()) -> Person:
        """The person of this name, known from elsewhere, as their groups are."""
        return Person(name, "editor" if _folded(name) in self._editors else "reader", frozenset(groups))

    def account_elsewhere(self, name: str, groups: Collection[str] = ()) -> Account:
        """The account of this name at the provider; another provider, or another claim that names, is another one."""
        provider = f"{self.settings.oidc_issuer}\n{self.settings.oidc_client}\n{self.settings.oidc_name}"
        if claim := self.settings.oidc_groups:
            provider += f"\n{claim}"  # of another claim, the groups that sessions hold are none
        return Account(self.named(name, groups), _digest("oidc", provider, name))

    def session_caller(self, request: HTTPConnection) -> Caller | None:
        """Who is signed in with the session of this request's cookie, by now."""
        token = request.cookies.get(COOKIE, "")
        session = self.sessions.get(token) if self.sessions is not None and token else None
        if self.sessions is None or session is None:
            return None
        known = self.kind == "accounts"
        elsewhere = self.account_elsewhere(session.person, session.groups)
        now = self.accounts.account(session.person) if known else elsewhere
        if now is None or now.version != session.account:
            self.sessions.end(token)  # for good, even if the account of that time comes back
            return None
        return Caller(now.person, session.key, can_leave=True)

    def _program(self, token: str) -> Caller | None:
        # A wrong token costs one SHA-256: nothing that would have to be limited.
        person = self.accounts.bearer(token)
        return None if person is None else Caller(person, _digest("token", token), is_program=True)

    def _proxied(self, request: HTTPConnection) -> Caller | None:
        name = request.headers.get(self.settings.proxy_header, "").strip()
        if not name or len(name) > LONGEST_NAME or len(request.headers.getlist(self.settings.proxy_header)) != 1:
            return None
        if not self.proxies.called(request):
            return None
        # Twice the header, or none: nobody can tell which the proxy wrote.
        told = request.headers.getlist(self.settings.proxy_groups) if self.settings.proxy_groups else []
        return Caller(self.named(name, groups_in(told[0]) if len(told) == 1 else ()), _digest("proxy", name))


def _folded(name: str) -> str:
    """A name without its case, as addresses are compared; beyond ASCII two names must not become one (« K », « K »)."""
    return name.lower() if name.isascii() else name


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
