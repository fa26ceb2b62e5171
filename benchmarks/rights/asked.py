"""Ways of asking for something by its name, each with the names of what may not be read and one that means nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from benchmarks.rights.base import Names

QUESTION = "Quelle prime est versée ?"


def _other_word(name: str, letter: str) -> str:
    return letter + name[1:]


def _other_number(name: str, letter: str) -> str:
    """A number that nothing has, another for each letter."""
    return str(1000 + 100 * ord(letter) + int(name))


@dataclass(frozen=True, slots=True)
class Asked:
    """`send` asks for a name; whatever is refused is answered with `status`. `other` makes a name as long, which means
    nothing, of a name and a letter."""

    what: str
    names: Sequence[str]
    send: Callable[[httpx.Client, str], httpx.Response]
    status: int = 404
    other: Callable[[str, str], str] = _other_word


def asked(names: Names) -> list[Asked]:
    """All of them, those that take a document first."""
    acronym = quote(names.acronym, safe="")
    return [
        Asked("a document's page", names.documents, _got("/lire?document={}")),
        Asked("its file", names.documents, _got("/lire/original?document={}")),
        Asked("its record", names.documents, _got("/documents/fiche?document={}")),
        Asked("a page of a PDF", names.plans, _got("/lire/page?document={}&feuille=1")),
        Asked("its picture", names.plans, _got("/lire/image?document={}&feuille=1")),
        Asked(
            "what explains an acronym",
            names.documents,
            _got(f"/glossaire/source?sigle={acronym}&document={{}}"),
            status=303,
        ),
        Asked("a partner", names.partners, _got("/explorer/partenaire?nom={}")),
        Asked("a search by a partner, by the API", names.partners, _searched, status=422),
        Asked("a document, by an assistant", names.documents, _read_by_assistant, status=200),
        Asked("a shared conversation", names.conversations, _got("/partage/{}")),
        Asked("a report", names.runs, _got("/evaluation/rapport/{}"), other=_other_number),
    ]


def _got(route: str) -> Callable[[httpx.Client, str], httpx.Response]:
    return lambda client, name: client.get(route.format(quote(name, safe="")))


def _searched(client: httpx.Client, name: str) -> httpx.Response:
    return client.post("/api/search", json={"question": QUESTION, "filters": {"partner": [name]}})


def _read_by_assistant(client: httpx.Client, name: str) -> httpx.Response:
    called: Mapping[str, Any] = {"name": "read_document", "arguments": {"document": name}}
    answer = client.post(
        "/api/mcp",
        json={"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": called},
        headers={"accept": "application/json, text/event-stream"},
    )
    if answer.status_code == httpx.codes.OK and not answer.json()["result"]["isError"]:
        raise RuntimeError(f"an assistant was given « {name} »")
    return answer
