"""Who reads what: every person, every route that tells of the base, every source; each cell is asserted.

`LISTS` tell of all that somebody may read. `OF_ONE` is asked for one document, conversation, run or value by its name:
to those who may not read its source it says, byte for byte, what it says of a name that means nothing.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from assistant import over_http, values
from kb.records.conversations import SavedConversations
from kb.text.domain import Domain
from kb.web.server import build_server
from restricted import ACRONYMS, MARKS, QUESTION, SOURCES, id_of, pdf_of
from restricted_app import SHOWN, Restricted
from small_pages import StillIngestor
from told import Told, told_by
from walking import walked

Names = Mapping[str, str]
FORM = {"content-type": "application/x-www-form-urlencoded"}

# Method and path -> what is sent: the query, and a form or JSON.
LISTS: Mapping[str, tuple[tuple[str, Any], ...]] = {
    "GET /explorer": (("", None), ("?q=prime+des+agents", None), ("?vue=frise", None)),
    "GET /glossaire": (("", None), ("?q=comite", None)),
    "POST /glossaire/termes": (("", list(ACRONYMS.values())),),
    "GET /nouveautes": (("", None),),
    "GET /nouveautes.atom": (("", None),),
    "GET /documents": (("", None), ("?q=prime", None)),
    "GET /documents/valeurs": (("", None),),
    "POST /documents/valeurs": (("", {"champ": "partners", "valeur": "x", "en": ""}),),
    "GET /documents/etat": (("", None),),
    "GET /evaluation/questions.{form}": ((".csv", None), (".jsonl", None), (".xlsx", None)),
    "GET /evaluation/manques": (("", None),),
    "GET /evaluation/manques.csv": (("", None),),
    "POST /evaluation/manques": (("", {"quoi": "test", "question": "x", "q": "999"}),),
    "POST /api/search": (("", {"question": QUESTION, "k": 50}),),
    "POST /api/ask": (
        ("", {"question": QUESTION, "answerer": "extractive"}),
        ("", {"question": QUESTION, "answerer": "extractive", "stream": True}),
    ),
}
OF_ONE: Mapping[str, tuple[tuple[str, Any], ...]] = {
    "GET /explorer": (
        ("?partenaire=Fondation+{mark}", None),
        ("?type=type+{mark}", None),
        ("?q={mark}", None),
        ("?q={acronym}&rubrique=rubrique+{mark}", None),
    ),
    "GET /explorer/partenaire": (("?nom=Fondation+{mark}", None),),
    "GET /explorer/programme": (("?nom=Programme+{mark}", None),),
    "GET /explorer/partenaire.{form}": ((".csv?nom=Fondation+{mark}", None), (".xlsx?nom=Fondation+{mark}", None)),
    "GET /explorer/programme.{form}": ((".csv?nom=Programme+{mark}", None), (".xlsx?nom=Programme+{mark}", None)),
    "GET /glossaire": (("?q={acronym}", None), ("?q={mark}", None)),
    "GET /glossaire/source": (("?sigle={acronym}&document={id}", None),),
    "POST /glossaire/termes": (("", ["{acronym}"]),),
    "GET /lire": (
        ("?document={id}", None),
        ("?document={id}&partie=1&debut=3&fin=40&phrase=prime", None),
        ("?document={id}&depuis=9&feuille=1", None),
        ("?document={pdf}&feuille=1", None),
    ),
    "GET /lire/page": (("?document={pdf}&feuille=1", None), ("?document={pdf}&feuille=9&partie=1", None)),
    "GET /lire/image": (("?document={pdf}&feuille=1", None), ("?document={pdf}&feuille=9", None)),
    "GET /lire/original": (("?document={id}", None), ("?document={pdf}", None)),
    "GET /documents": (("?q={mark}", None),),
    "GET /documents/fiche": (("?document={id}", None),),
    "POST /documents/fiche": (("?document={id}", {"titre": "Autre"}),),
    "POST /documents/fiche/reprendre": (("?document={id}", {}),),
    "POST /documents/retirer": (("?document={id}", {}),),
    "POST /documents/effacer": (("?document={id}", {"sur": "oui"}), ("?document={id}", {})),
    "GET /evaluation/rapport/{number}": (("/{run}", None),),
    "GET /partage/{name}": (("/conversation-{source}", None),),
    "POST /api/search": (("", {"question": QUESTION, "filters": {"partner": ["Fondation {mark}"]}}),),
    "POST /api/ask": (
        ("", {"question": QUESTION, "answerer": "extractive", "filters": {"rubric": ["rubrique {mark}"]}}),
    ),
}
# What tells nothing of the base: and so nothing of a source.
OTHERS = {
    "signing in": {"GET /connexion", "POST /connexion", "POST /connexion/fin"},
    "somebody's own conversations, as they were shown": {
        *("GET /conversations", "GET /conversations/{name}.{form}", "GET /conversations/panneau"),
        *("GET /conversations/{name}/valeurs/{number}.{form}", "POST /conversations/{name}/nom"),
        *("POST /conversations/{name}/epingle", "POST /conversations/effacer", "POST /conversations/{name}/effacer"),
        *("POST /conversations/annuler/{name}", "GET /conversations/{name}/partage"),
        *("POST /conversations/{name}/partage", "POST /nouveautes/suivre", "POST /nouveautes/laisser"),
    },
    "words, and what is the same for all": {
        *("GET /aide", "GET /accessibilite", "GET /api", "GET /api/openapi.json", "GET /evaluation"),
        "GET /evaluation/semaines.csv",  # numbers only, tested in test_guessing
    },
    "the state, tested by itself": {"GET /healthz", "GET /readyz", "GET /metrics"},
    "what editors write for all": {"POST /glossaire/entree", "POST /glossaire/masquer", "POST /glossaire/reprendre"},
    "what starts something, or waits to be added, tested by itself": {
        *(
            "POST /documents/fichiers",
            "POST /documents/adresse",
            "GET /documents/attente/{key}",
            "POST /documents/attente/{key}/ajouter",
        ),
        *("POST /documents/attente/{key}/ecarter", "POST /documents/mettre-a-jour", "POST /evaluation/questions"),
        *("GET /documents/attente", "POST /documents/lot", "POST /documents/ajouts/effacer"),
        *("POST /documents/essai", "POST /documents/essai/laisser"),
    },
    "assistants, tested by themselves": {"* /api/mcp"},
}


def names_of(restricted: Restricted, source: str) -> Names:
    """What is asked for of a source."""
    names = {"id": id_of(source), "pdf": pdf_of(source), "mark": MARKS[source], "acronym": ACRONYMS[source]}
    return names | {"source": source, "run": str(restricted.runs[source])}


def unknown(names: Names) -> Names:
    """Names as long, which nothing has."""
    made = {"id": "nota-" + names["id"][5:], "pdf": "plin-" + names["pdf"][5:], "mark": names["mark"][::-1].title()}
    return made | {"acronym": names["acronym"][::-1], "source": names["source"][::-1], "run": "9"}


def sent(client: httpx.Client, route: str, query: str, content: Any, names: Names) -> Told:
    """What a request is answered."""

    def filled(value: Any) -> Any:
        if isinstance(value, str):
            for name, word in names.items():
                value = value.replace("{" + name + "}", word)
            return value
        if isinstance(value, dict):
            return {key: filled(held) for key, held in value.items()}
        return [filled(held) for held in value] if isinstance(value, list) else value

    method, path = route.split()
    # A parameter of the path, a name or a form, is told with the query.
    path = path.split(".{")[0].split("/{")[0] + filled(query)
    is_form = isinstance(content, dict) and "/api/" not in path
    body = None if content is None else {"data" if is_form else "json": filled(content)}
    return told_by(client.request(method, path, **(body or {})))


@pytest.mark.parametrize("person", SHOWN)
@pytest.mark.parametrize("route", LISTS)
def test_a_list_tells_of_what_may_be_read(restricted: Restricted, route: str, person: str) -> None:
    for query, content in LISTS[route]:
        answer = sent(restricted.clients[person], route, query, content, {})
        if person == "nobody":
            assert answer.status in (303, 401)
        assert answer.sources == SHOWN[person], (query, answer.status)


@pytest.mark.parametrize("person", SHOWN)
@pytest.mark.parametrize("route", OF_ONE)
def test_a_refused_name_is_answered_as_an_unknown_one(restricted: Restricted, route: str, person: str) -> None:
    client = restricted.clients[person]
    for query, content in OF_ONE[route]:
        for source in SOURCES:
            names = names_of(restricted, source)
            others = unknown(names)
            known = sent(client, route, query, content, names)
            nothing = sent(client, route, query, content, others)
            words = [*names.values(), *others.values()]
            words.remove(names["source"])  # « rh » stands in other words
            words.remove(others["source"])
            words += [f"conversation-{names['source']}", f"conversation-{others['source']}"]
            is_same = known.without(words) == nothing.without(words)
            assert is_same == (source not in SHOWN[person]), (query, source, known.status)
            assert known.without(words).sources <= SHOWN[person], (query, source)


@pytest.mark.parametrize("person", SHOWN)
def test_an_assistant_reads_what_its_person_may(restricted: Restricted, person: str) -> None:
    token, cookies = restricted.tokens.get(person, ""), restricted.clients[person].cookies
    headers = {"cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}

    async def work(client: Any) -> tuple[list[str], list[str], list[dict[str, Any]]]:
        asked = [
            ("search", {"question": QUESTION, "k": 50}),
            ("ask", {"question": QUESTION, "answerer": "extractive"}),
            *(("read_document", {"document": name(source)}) for source in SOURCES for name in (id_of, _unknown_id)),
        ]
        of_marks = [{"question": f"Que dit le plan {MARKS[source]} ?", "answerer": "extractive"} for source in SOURCES]
        return (
            [tool.name for tool in (await client.list_tools()).tools],
            [repr(await client.call_tool(tool, given)) for tool, given in asked],
            [values(await client.call_tool("ask", given)) for given in of_marks],
        )

    if person == "nobody":
        begun = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {}}
        refused = told_by(restricted.clients[person].post("/api/mcp", json=begun))
        assert (refused.status, refused.sources) == (401, set())
        return
    tools, (found, asked, *read), of_marks = over_http(restricted.address, work, token, **headers)
    assert tools == ["search", "ask", "read_document"]
    assert Told(0, (), found.encode()).sources == SHOWN[person]
    assert Told(0, (), asked.encode()).sources <= SHOWN[person]
    for source, known, nothing in zip(SOURCES, read[::2], read[1::2], strict=True):
        is_same = known.replace(id_of(source), "¤") == nothing.replace(_unknown_id(source), "¤")
        assert is_same == (source not in SHOWN[person])
    for source, answer in zip(SOURCES, of_marks, strict=True):
        cited = {citation["document"] for citation in answer["citations"]}
        is_shown = source in SHOWN[person]
        assert (answer["refused"], cited) == (not is_shown, {pdf_of(source)} if is_shown else set())
        assert not is_shown or all(MARKS[source] in citation["quote"] for citation in answer["citations"])
        of_itself = json.dumps([answer[name] for name in ("answer", "citations", "nearest")], ensure_ascii=False)
        assert Told(0, (), of_itself.encode()).sources <= SHOWN[person]


def _unknown_id(source: str) -> str:
    return "nota-" + id_of(source)[5:]


def test_the_state_tells_of_what_may_be_read(restricted: Restricted) -> None:
    health = restricted.clients["nobody"].get("/healthz").json()
    assert (health["documents"], health["generation"]) == (2, None)
    assert health == restricted.clients["carl"].get("/healthz").json()  # nobody signs in for it
    last = restricted.base.seen_by(rights_without_groups(restricted)).status().last_ingestion
    assert health["last_ingestion"] == last != restricted.base.status().last_ingestion
    for person, shown in SHOWN.items():
        answer = restricted.clients[person].get("/metrics")
        if person == "nobody":
            assert answer.status_code in (303, 401)
            continue
        assert f"reperes_documents {2.0 * len(shown)}" in answer.text
        assert ("reperes_generation" in answer.text) == (len(shown) == len(SOURCES))


def rights_without_groups(restricted: Restricted) -> Any:
    from kb.rights.restrictions import restrictions_of

    return restrictions_of(restricted.settings).rights(())


@pytest.fixture(scope="module")
def routes(restricted: Restricted) -> set[str]:
    """Method and path of every route of ours."""
    from kb.ui.mounting import mount_pages

    async def build() -> Any:
        kept = SavedConversations(restricted.settings.app_database, 365)
        others = (StillIngestor(), Domain(), restricted.settings, mount_pages, None, restricted.desk, kept)
        return build_server(lambda: restricted.base, *others)

    app = asyncio.run(build())
    return {
        f"{method} {path}"
        for page, path, route in walked(app.routes)
        if not page and _is_ours(route)
        for method in sorted((getattr(route, "methods", None) or {"*"}) - {"HEAD"})
    }


def _is_ours(route: Any) -> bool:
    endpoint = getattr(route, "endpoint", None)
    return str(getattr(endpoint, "__module__", type(endpoint).__module__)).startswith("kb.")


def test_every_route_is_named_here(routes: set[str]) -> None:
    """Who adds a route says what it tells of the base, and to whom."""
    named = set(LISTS) | set(OF_ONE) | set().union(*OTHERS.values())
    assert routes - named == set()
    assert named - routes == set(), json.dumps(sorted(routes))
