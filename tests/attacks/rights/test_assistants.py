"""The tools of assistants, called with each person's rights: with filters and documents that are not theirs too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from assistant import over_http
from naming import Names, names_of, unknown
from restricted import QUESTION, SOURCES, sources_told
from restricted_app import SHOWN, Restricted
from told import Told, told_by

LISTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("search", {"question": QUESTION, "k": 50}),
    ("ask", {"question": QUESTION, "answerer": "extractive"}),
)
OF_ONE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("search", {"question": QUESTION, "partner": ["Fondation {mark}"], "programme": ["Programme {mark}"]}),
    ("ask", {"question": QUESTION, "answerer": "extractive", "rubric": ["rubrique {mark}"]}),
    ("read_document", {"document": "{id}"}),
    ("read_document", {"document": "{id}", "start": 40}),
    ("read_document", {"document": "{pdf}", "start": 99_999}),
)


@pytest.mark.parametrize("person", [person for person in SHOWN if person != "nobody"])
def test_an_assistant_reads_what_its_person_may(restricted: Restricted, person: str) -> None:
    token, cookies = restricted.tokens.get(person, ""), restricted.clients[person].cookies
    headers = {"cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}
    of_sources = [(source, names_of(restricted, source)) for source in SOURCES]

    async def work(client: Any) -> Iterator[str]:
        calls = [*LISTS, *(call for _, names in of_sources for call in _calls(names))]
        return iter([repr(await client.call_tool(tool, given)) for tool, given in calls])

    told = over_http(restricted.address, work, token, **headers)
    for tool, _ in LISTS:
        assert sources_told(next(told)) == SHOWN[person], tool
    for source, names in of_sources:
        words = [*names.words, *unknown(names).words]
        for call in OF_ONE:
            known, nothing = (Told(200, (), next(told).encode()).without(words) for _ in range(2))
            assert (known == nothing) == (source not in SHOWN[person]), (call, source)
            assert known.sources <= SHOWN[person], (call, source)


def _calls(names: Names) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each tool with names of a source, and then with names that mean nothing."""
    return ((tool, one.filled(given)) for tool, given in OF_ONE for one in (names, unknown(names)))


def test_an_assistant_of_nobody_is_refused(restricted: Restricted) -> None:
    begun = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {}}
    refused = told_by(restricted.clients["nobody"].post("/api/mcp", json=begun))
    assert (refused.status, refused.sources) == (401, set())
