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

from kb.records.conversations import SavedConversations
from kb.records.places import place_of
from kb.text.domain import Domain
from kb.web.server import build_server
from makers import MAKERS
from naming import both, names_of, unknown
from restricted import ACRONYMS, QUESTION, SOURCES
from restricted_app import SHOWN, Restricted, may_open
from small_pages import StillIngestor
from told import Told, told_by
from walking import walked

pytestmark = pytest.mark.parametrize("restricted", MAKERS, indirect=True)

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
        "GET /evaluation/semaines.csv",  # numbers only, tested in test_state_and_weeks
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


def sent(client: httpx.Client, route: str, query: str, content: Any) -> Told:
    """What a request is answered."""
    method, path = route.split()
    # A parameter of the path, a name or a form, is told with the query.
    path = path.split(".{")[0].split("/{")[0] + query
    is_form = isinstance(content, dict) and "/api/" not in path
    body = None if content is None else {"data" if is_form else "json": content}
    return told_by(client.request(method, path, **(body or {})))


def shown_by(route: str, person: str) -> frozenset[str]:
    """The sources that a route may tell a person of."""
    return SHOWN[person] if may_open(person, route.split()[1]) else frozenset()


@pytest.mark.parametrize("person", SHOWN)
@pytest.mark.parametrize("route", LISTS)
def test_a_list_tells_of_what_may_be_read(restricted: Restricted, route: str, person: str) -> None:
    for query, content in LISTS[route]:
        answer = sent(restricted.clients[person], route, query, content)
        if not may_open(person, route.split()[1]):
            assert answer.status in ((303, 401) if person == "nobody" else (403,))
        assert answer.sources == shown_by(route, person), (query, answer.status)


@pytest.mark.parametrize("person", SHOWN)
@pytest.mark.parametrize("route", OF_ONE)
def test_a_refused_name_is_answered_as_an_unknown_one(restricted: Restricted, route: str, person: str) -> None:
    client, shown = restricted.clients[person], shown_by(route, person)
    for query, content in OF_ONE[route]:
        for source in SOURCES:
            names = names_of(restricted, source)
            asked = names, unknown(names)
            known, nothing = (sent(client, route, one.filled(query), one.filled(content)) for one in asked)
            words = both(*asked)
            is_same = known.without(words) == nothing.without(words)
            assert is_same == (source not in shown), (query, source, known.status)
            assert known.without(words).sources <= shown, (query, source)


@pytest.fixture(scope="module")
def routes(restricted: Restricted) -> set[str]:
    """Method and path of every route of ours."""
    from kb.ui.mounting import mount_pages

    async def build() -> Any:
        kept = SavedConversations(place_of(restricted.settings), 365)
        others = (StillIngestor(), Domain(), restricted.settings, mount_pages, None, restricted.desk, kept)
        app = build_server(lambda: restricted.base, *others)
        async with app.router.lifespan_context(app):  # at its end it lets go of the databases
            return app

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
