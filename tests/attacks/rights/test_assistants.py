"""The tools of assistants, called with each person's rights: with filters and documents that are not theirs too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from assistant import over_http, values
from makers import MAKERS
from naming import Names, names_of, unknown
from restricted import QUESTION, SOURCES, sources_told
from restricted_app import SHOWN, Restricted
from told import Told, told_by

pytestmark = pytest.mark.parametrize("restricted", MAKERS, indirect=True)

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

    async def work(client: Any) -> tuple[list[str], Iterator[str], list[dict[str, Any]]]:
        calls = [*LISTS, *(call for _, names in of_sources for call in _calls(names))]
        asked = [{"question": f"Que dit le plan {names.mark} ?", "answerer": "extractive"} for _, names in of_sources]
        return (
            [tool.name for tool in (await client.list_tools()).tools],
            iter([repr(await client.call_tool(tool, given)) for tool, given in calls]),
            [values(await client.call_tool("ask", given)) for given in asked],
        )

    tools, told, answers = over_http(restricted.address, work, token, **headers)
    assert tools == ["search", "ask", "read_document"]
    for tool, _ in LISTS:
        assert sources_told(next(told)) == SHOWN[person], tool
    for source, names in of_sources:
        words = [*names.words, *unknown(names).words]
        for call in OF_ONE:
            known, nothing = (Told(200, (), next(told).encode()).without(words) for _ in range(2))
            assert (known == nothing) == (source not in SHOWN[person]), (call, source)
            assert known.sources <= SHOWN[person], (call, source)
    for (source, names), answer in zip(of_sources, answers, strict=True):
        cited = {citation["document"] for citation in answer["citations"]}
        is_shown = source in SHOWN[person]
        assert (answer["refused"], cited) == (not is_shown, {names.pdf} if is_shown else set())
        of_itself = json.dumps([answer[name] for name in ("answer", "citations", "nearest")], ensure_ascii=False)
        assert sources_told(of_itself) <= SHOWN[person]


def _calls(names: Names) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each tool with names of a source, and then with names that mean nothing."""
    return ((tool, one.filled(given)) for tool, given in OF_ONE for one in (names, unknown(names)))


def test_an_assistant_of_nobody_is_refused(restricted: Restricted) -> None:
    begun = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {}}
    refused = told_by(restricted.clients["nobody"].post("/api/mcp", json=begun))
    assert (refused.status, refused.sources) == (401, set())
