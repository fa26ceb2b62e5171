"""People and what they may do; their accounts, and the file of those, with one line for each password or API token.

    NAME:ROLE:SECRET[:GROUP,GROUP…]

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
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
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
_GROUP = re.compile(r"(?!\s)[^:,\r\n]{1,120}(?<!\s)")
_TOKEN = "sha256$"
_NANOSECONDS_TO_SETTLE = 2_000_000_000
# Checked when no account has the name that was given: a wrong name takes as long as a wrong password.
_NOBODY = PasswordHasher().hash(secrets.token_urlsafe(16))


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks. `name` is empty without sign-in; `groups` say which restricted sources they may read."""

    name: str
    role: Role
    groups: frozenset[str] = frozenset()

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

NOBODY = Person("", "reader")
"""Whoever asks for what needs no sign-in."""


@dataclass(frozen=True, slots=True)
class Line:
    """A password or an API token, as it is kept."""

    name: str
    role: Role
    secret: str
    groups: frozenset[str] = frozenset()

    @property
    def person(self) -> Person:
        """Whose it is."""
        return Person(self.name, self.role, self.groups)

    @property
    def is_token(self) -> bool:
        """Whether it is an API token."""
        return self.secret.startswith(_TOKEN)

    @property
    def account(self) -> Account:
        """The account of a password."""
        # Role and groups are not part of the version: they are asked anew at each request.
        return Account(self.person, hashlib.sha256(f"{self.name}:{self.secret}".encode()).hexdigest())


Lines = Sequence[Line]
Edit = Callable[[Lines], Lines]


class Accounts(ABC):
    """The accounts, wherever they are kept; what another process changes is seen at once. Serves many threads.

    Raises ReperesError when they cannot be read.
    """

    def __init__(self) -> None:
        self._hasher = PasswordHasher()

    @property
    @abstractmethod
    def name(self) -> str:
        """Where they are kept, for messages."""

    @abstractmethod
    def lines(self, name: str | None = None, /) -> Lines:
        """All that is kept; with `name` at least what is of that person."""

    @abstractmethod
    def change(self, edit: Edit) -> None:
        """Keeps what `edit` makes of the lines: all of it, or nothing."""

    @abstractmethod
    def close(self) -> None:
        """Lets go of what they are kept in."""

    def people(self) -> list[tuple[Person, bool]]:
        """Each account with whether it is an API token."""
        return [(line.person, line.is_token) for line in self.lines()]

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
        found = [line for line in self.lines() if hmac.compare_digest(line.secret.encode(), wanted.encode())]
        return found[0].person if found else None

    def add(self, name: str, role: Role, password: str, groups: Collection[str] | None = None) -> None:
        """Adds an account, or changes its password and role, and its groups when given. Raises SettingsError for what
        cannot be taken."""
        _check_name(name)
        if len(password) < SHORTEST_PASSWORD:
            raise SettingsError(f"Le mot de passe est trop court : {SHORTEST_PASSWORD} caractères au moins.")
        before = self._password_line(name)
        kept = before.groups if before is not None else frozenset[str]()
        new = Line(name, role, self._hasher.hash(password), kept if groups is None else checked_groups(groups))
        self.change(lambda lines: [*(line for line in lines if line.name != name or line.is_token), new])

    def set_groups(self, name: str, groups: Collection[str]) -> bool:
        """Puts an account into these groups and no others, from now on; whether there is one of this name."""
        if self._password_line(name) is None:
            return False
        given = checked_groups(groups)
        self.change(
            lambda lines: [
                replace(line, groups=given) if line.name == name and not line.is_token else line for line in lines
            ]
        )
        return True

    def add_token(self, name: str, role: Role, groups: Collection[str] = ()) -> str:
        """Adds an API token and returns it: it is shown once, and kept nowhere."""
        _check_name(name)
        token = secrets.token_urlsafe(32)
        new = Line(name, role, _TOKEN + hashlib.sha256(token.encode()).hexdigest(), checked_groups(groups))
        self.change(lambda lines: [*lines, new])
        return token

    def remove(self, name: str) -> int:
        """Removes the account and the tokens of this name; how many there were."""
        if there := sum(line.name == name for line in self.lines(name)):
            self.change(lambda lines: [line for line in lines if line.name != name])
        return there

    def take_from(self, others: Accounts) -> int:
        """Takes the accounts and tokens that are kept elsewhere, but for those whose name there is here; how many."""
        known = {line.name for line in self.lines()}
        new = [line for line in others.lines() if line.name not in known]
        if new:
            self.change(lambda lines: [*lines, *new])
        return len(new)

    def _password_line(self, name: str) -> Line | None:
        return next((line for line in self.lines(name) if line.name == name and not line.is_token), None)


class FileAccounts(Accounts):
    """The accounts in the file `path`, read again when it changes.

    Raises SettingsError, naming the line, for a file that cannot be read.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self._lock = threading.Lock()
        self._seen: tuple[int, ...] | None = None
        self._lines: Lines = ()
        self.lines()

    @property
    def name(self) -> str:
        """The file's path."""
        return str(self.path)

    def close(self) -> None:
        """The file is not kept open."""

    def lines(self, _name: str | None = None, /) -> Lines:
        """All lines of the file."""
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

    def change(self, edit: Edit) -> None:
        """Writes the file: whole or not at all, and for the owner's eyes only."""
        lines = edit(self.lines())
        self.path.parent.mkdir(parents=True, exist_ok=True)
        text = "".join(map(_written, lines))
        handle, aside = tempfile.mkstemp(dir=self.path.parent, prefix=self.path.name)  # mode 600
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(aside).replace(self.path)


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise SettingsError(f"Nom incorrect : « {name} ». Pas d'espace ni de deux-points, 120 caractères au plus.")


def checked_groups(groups: Iterable[str]) -> frozenset[str]:
    """The groups that are given. Raises SettingsError for what is no name of one."""
    given = frozenset(groups)
    if wrong := sorted(name for name in given if not _GROUP.fullmatch(name)):
        raise SettingsError(
            f"Groupe incorrect : « {wrong[0]} ». Ni virgule, ni deux-points, ni espace au bord, 120 caractères au plus."
        )
    return given


def groups_in(text: str) -> frozenset[str]:
    """The groups that a text lists, with commas between."""
    return frozenset(filter(None, (name.strip() for name in text.split(","))))


def _written(line: Line) -> str:
    groups = f":{','.join(sorted(line.groups))}" if line.groups else ""
    return f"{line.name}:{line.role}:{line.secret}{groups}\n"


def _parsed(text: str, path: Path) -> list[Line]:
    lines = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, rest = line.partition(":")
        role, _, rest = rest.partition(":")
        secret, _, groups = rest.partition(":")
        if role not in ROLES or not _NAME.fullmatch(name) or not secret:
            raise SettingsError(f"{path}, ligne {number} : il faut NOM:{'|'.join(ROLES)}:EMPREINTE.")
        lines.append(Line(name, cast("Role", role), secret, groups_in(groups)))
    return lines
