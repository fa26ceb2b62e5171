"""Signing in as a program does that wishes no good: one plain request after the other, or many at once."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from argon2 import PasswordHasher

from serving import password

FORM = "application/x-www-form-urlencoded"
_Given = TypeVar("_Given")
_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answered; `cookies` are those that it set."""

    status: int
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    text: str


def call(
    address: str,
    path: str,
    body: Any = None,
    *,
    method: str = "",
    cookies: Mapping[str, str] | None = None,
    **headers: str,
) -> Reply:
    """Asks for a page; a body makes it a POST: bytes as they are, a dict as a form or as the JSON that the headers say.

    Headers are named with underscores. Follows nothing, keeps nothing.
    """
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if cookies:
        sent["cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    if isinstance(body, dict) and sent.get("content-type") == "application/json":
        body = json.dumps(body).encode()
    elif isinstance(body, dict):
        body = urlencode(body).encode()
        sent["content-type"] = FORM
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=300)
    try:
        connection.request(method or ("GET" if body is None else "POST"), path, body, sent)
        answer = connection.getresponse()
        pairs = [line.partition(";")[0].partition("=") for line in answer.headers.get_all("set-cookie", [])]
        told = {name.lower(): value for name, value in answer.getheaders()}
        cookies_set = {name: value.strip('"') for name, _, value in pairs}
        return Reply(answer.status, told, cookies_set, answer.read().decode())
    finally:
        connection.close()


def sign_in(
    address: str, name: str, secret: str | None = None, *, cookies: Mapping[str, str] | None = None, **headers: str
) -> Reply:
    """Sends a name and a password, the right one when none is given."""
    fields = {"nom": name, "mot_de_passe": password(name) if secret is None else secret}
    return call(address, "/connexion", fields, cookies=cookies, **headers)


def at_once(do: Callable[[_Given], _Found], given: Iterable[_Given]) -> list[_Found]:
    """Does something with each of `given` in threads that start together; what came of it, in order."""
    asked = list(given)
    start = threading.Barrier(len(asked))
    found: dict[int, _Found] = {}

    def run(number: int) -> None:
        start.wait()
        found[number] = do(asked[number])

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(asked))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [found[number] for number in range(len(asked))]


class Checked:
    """Counts the passwords that argon2 checked, and how many at once; `hold` keeps them from ending."""

    def __init__(self) -> None:
        self.number = self.most_at_once = self._running = 0
        self._lock = threading.Lock()
        self.may_end = threading.Event()
        self.may_end.set()

    def around(self, verify: Callable[..., bool]) -> Callable[..., bool]:
        def counted(hasher: PasswordHasher, hashed: str, secret: str) -> bool:
            with self._lock:
                self.number += 1
                self._running += 1
                self.most_at_once = max(self.most_at_once, self._running)
            try:
                assert self.may_end.wait(60)
                return verify(hasher, hashed, secret)
            finally:
                with self._lock:
                    self._running -= 1

        return counted
