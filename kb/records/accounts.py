"""People and what they may do; the file of accounts, with one line for each password or API token.

    NAME:ROLE:SECRET

The secret of a password is its argon2 hash. That of an API token is a SHA-256: a token has 256 random bits, so that
there is nothing to guess and nothing to slow down.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kb.errors import SettingsError

Role = Literal["reader", "editor"]
ROLES = get_args(Role)
ROLE_NAMES: dict[Role, str] = {"reader": "lecture", "editor": "édition"}
SHORTEST_PASSWORD = 12
_NAME = re.compile(r"[^\s:]{1,120}")
_TOKEN = "sha256$"
_NANOSECONDS_TO_SETTLE = 2_000_000_000
# Checked when no account has the name that was given: a wrong name takes as long as a wrong password.
_NOBODY = PasswordHasher().hash(secrets.token_urlsafe(16))


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks. `name` is empty without sign-in."""

    name: str
    role: Role

    @property
    def edits(self) -> bool:
        """Whether they may change the base, its test queries and what is kept."""
        return self.role == "editor"


@dataclass(frozen=True, slots=True)
class Account:
    """A person as their account stands: another password, or an account made anew, is another `version`."""

    person: Person
    version: str


LOCAL = Person("", "editor")
"""Whoever uses the application on this machine, without sign-in."""


@dataclass(frozen=True, slots=True)
class _Line:
    name: str
    role: Role
    secret: str

    @property
    def account(self) -> Account:
        # Its role is not part of the version: it is asked anew at each request.
        return Account(Person(self.name, self.role), hashlib.sha256(f"{self.name}:{self.secret}".encode()).hexdigest())


class Accounts:
    """The accounts in the file `path`, read again when it changes. Serves many threads.

    Raises SettingsError, naming the line, for a file that cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._hasher = PasswordHasher()
        self._lock = threading.Lock()
        self._seen: tuple[int, ...] | None = None
        self._lines: tuple[_Line, ...] = ()
        self._read()

    def people(self) -> list[tuple[Person, bool]]:
        """Each account with whether it is an API token."""
        return [(Person(line.name, line.role), line.secret.startswith(_TOKEN)) for line in self._read()]

    @property
    def bytes_of_one_check(self) -> int:
        """The memory that checking one password takes."""
        return self._hasher.memory_cost * 1024

    def account(self, name: str) -> Account | None:
        """The account (not a token) of this name."""
        line = self._password_line(name)
        return None if line is None else line.account

    def signed_in(self, name: str, password: str) -> Account | None:
        """The account whose password this is, as it stood when it was checked."""
        line = self._password_line(name)
        try:
            self._hasher.verify(line.secret if line else _NOBODY, password)
        except (VerificationError, InvalidHashError):
            return None
        return line.account if line else None

    def bearer(self, token: str) -> Person | None:
        """The person whose API token this is."""
        wanted = _TOKEN + hashlib.sha256(token.encode()).hexdigest()
        found = [line for line in self._read() if hmac.compare_digest(line.secret.encode(), wanted.encode())]
        return Person(found[0].name, found[0].role) if found else None

    def add(self, name: str, role: Role, password: str) -> None:
        """Adds an account, or changes its password and role. Raises SettingsError for what cannot be taken."""
        _check_name(name)
        if len(password) < SHORTEST_PASSWORD:
            raise SettingsError(f"Le mot de passe est trop court : {SHORTEST_PASSWORD} caractères au moins.")
        others = [line for line in self._read() if line.name != name or line.secret.startswith(_TOKEN)]
        self._write([*others, _Line(name, role, self._hasher.hash(password))])

    def add_token(self, name: str, role: Role) -> str:
        """Adds an API token and returns it: it is shown once, and kept nowhere."""
        _check_name(name)
        token = secrets.token_urlsafe(32)
        secret = _TOKEN + hashlib.sha256(token.encode()).hexdigest()
        self._write([*self._read(), _Line(name, role, secret)])
        return token

    def remove(self, name: str) -> int:
        """Removes the account and the tokens of this name; how many there were."""
        lines = self._read()
        kept = [line for line in lines if line.name != name]
        if len(kept) < len(lines):
            self._write(kept)
        return len(lines) - len(kept)

    def _password_line(self, name: str) -> _Line | None:
        return next((line for line in self._read() if line.name == name and not line.secret.startswith(_TOKEN)), None)

    def _read(self) -> tuple[_Line, ...]:
        with self._lock:
            try:
                stat = self.path.stat()
                seen = (stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino)
                if seen != self._seen:
                    self._lines = tuple(_parsed(self.path.read_text("utf-8"), self.path))
                    # Clocks of files are coarse: what was written this moment may change once more unnoticed.
                    is_settled = time.time_ns() - stat.st_mtime_ns > _NANOSECONDS_TO_SETTLE
                    self._seen = seen if is_settled else None
            except FileNotFoundError:
                self._lines, self._seen = (), None
            except (OSError, UnicodeDecodeError) as error:
                raise SettingsError(f"{self.path} : le fichier des comptes est illisible ({error}).") from error
            return self._lines

    def _write(self, lines: Sequence[_Line]) -> None:
        """Whole or not at all, and for the owner's eyes only."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        text = "".join(f"{line.name}:{line.role}:{line.secret}\n" for line in lines)
        handle, aside = tempfile.mkstemp(dir=self.path.parent, prefix=self.path.name)  # mode 600
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(aside).replace(self.path)


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise SettingsError(f"Nom incorrect : « {name} ». Pas d'espace ni de deux-points, 120 caractères au plus.")


def _parsed(text: str, path: Path) -> list[_Line]:
    lines = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, rest = line.partition(":")
        role, _, secret = rest.partition(":")
        if role not in ROLES or not _NAME.fullmatch(name) or not secret:
            raise SettingsError(f"{path}, ligne {number} : il faut NOM:{'|'.join(ROLES)}:EMPREINTE.")
        lines.append(_Line(name, cast("Role", role), secret))
    return lines
