"""What an answer tells, to be compared with another one: byte by byte, but for what the callers themselves sent."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

import httpx

from restricted import sources_told

_NONCE = re.compile(r"nonce[-=][\"']?[\w-]+")


@dataclass(frozen=True, slots=True)
class Told:
    """Status, headers and body of an answer."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    @property
    def sources(self) -> set[str]:
        """The sources that anything in it tells of."""
        return sources_told(f"{self.headers}{text_in(self.body)}")

    def without(self, sent: Iterable[str]) -> Told:
        """The same, with what was sent (each as long as what it is compared with) struck out."""
        words = [form for word in sent for form in _forms(word)]
        struck = re.compile("|".join(re.escape(word) for word in sorted(set(words), key=len, reverse=True)) or "(?!)")
        headers = tuple((name, struck.sub("¤", value)) for name, value in self.headers)
        return Told(self.status, headers, struck.sub("¤", text_in(self.body)).encode())


def _forms(word: str) -> Iterable[str]:
    """A word as it is, in an address, and in one within an address."""
    yield word
    for quoted in (quote, quote_plus, json_escaped):
        yield quoted(word)
        yield quote(quoted(word), safe="")


def json_escaped(word: str) -> str:
    """A word in JSON of ASCII alone."""
    return json.dumps(word)[1:-1]


def told_by(answer: httpx.Response) -> Told:
    """What an answer tells. The date and the nonce of the policy are another each time; so is the length of an archive,
    which holds when it was made.
    """
    varying = {"date", "content-length"} if answer.content.startswith(b"PK") else {"date"}
    headers = sorted((name, _NONCE.sub("", value)) for name, value in answer.headers.items() if name not in varying)
    return Told(answer.status_code, tuple(headers), answer.content)


def text_in(body: bytes) -> str:
    """The text of a body; of a file that is an archive (XLSX, DOCX), of all its members but the dates of its making."""
    if not body.startswith(b"PK"):
        return _NONCE.sub("", body.decode("utf-8", "replace"))
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        names = sorted(name for name in archive.namelist() if name != "docProps/core.xml")
        return "\n".join(archive.read(name).decode("utf-8", "replace") for name in names)
