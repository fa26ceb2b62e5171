"""How many there are of what every source has some of: each person is told the number of what they may read.

No two sets of sources have the same number of notices, so that a number tells which were counted (see `NOTICES`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from kb.ports import IngestionProgress
from makers import MAKERS
from page_caller import Caller
from restricted import COMMON_ACRONYM, COMMON_PROGRAMME, COMMON_TYPE, MARKS, NOTICES, SOURCES, documents_of
from restricted_app import SHOWN, Restricted, may_open

pytestmark = pytest.mark.parametrize("restricted", MAKERS, indirect=True)

PEOPLE = [person for person in SHOWN if person != "nobody"]
EDITORS = [person for person in PEOPLE if may_open(person, "/documents")]
_BOX = re.compile(r'name="(\w+)" value="([^"]*)"(?: checked)?> <span><bdi>[^<]*</bdi> <span class="count">(\d+)<')
_CHIP = re.compile(r'href="/\?(\w+)=[^"]*"><bdi>([^<]*)</bdi> <span class="count">(\d+)<')
_TOTAL = re.compile(r'<p role="status">(?:<strong>)?(\d+) (document|sigle)s?\b')

Counts = dict[tuple[str, str], int]


@pytest.fixture
def caller(restricted: Restricted, person: str) -> Iterator[Caller]:
    opened = restricted.page_of(person)
    yield opened
    opened.client.close()


def notices_of(person: str) -> int:
    """How many notices a person may read."""
    return sum(NOTICES[source] for source in SHOWN[person])


def values_of(person: str) -> Counts:
    """How many documents of what a person may read have each value."""
    counts = {("type", COMMON_TYPE): notices_of(person)}
    counts["programme", COMMON_PROGRAMME] = notices_of(person) + len(SHOWN[person])
    for source in SHOWN[person]:
        mark = MARKS[source]
        counts |= {("type", f"type {mark}"): 1, ("rubrique", f"rubrique {mark}"): 1}
        counts |= {("programme", f"Programme {mark}"): 1}
        counts |= {("partenaire", f"Fondation {mark}"): 1, ("partenaire", f"Cercle {mark}"): 1}
    return counts


def counted(pattern: re.Pattern[str], html: str) -> Counts:
    """The counts that a page tells, by field and value."""
    found = pattern.findall(html)
    counts = {(field, value): int(number) for field, value, number in found}
    assert len(counts) == len(found)
    return counts


def told(html: str) -> tuple[int, str]:
    """How many documents, or acronyms, a page says there are."""
    (found,) = _TOTAL.findall(html)
    return int(found[0]), found[1]


@pytest.mark.parametrize("person", PEOPLE)
def test_what_is_explored(restricted: Restricted, person: str) -> None:
    get, shown, notices = restricted.clients[person].get, len(SHOWN[person]), notices_of(person)
    page = get("/explorer").text
    assert counted(_BOX, page) == values_of(person)
    assert told(page) == (documents_of(SHOWN[person]), "document")
    # The picture: years, and types within them.
    assert re.findall(r'class="total">(\d+)<', page) == [str(shown), str(shown), str(notices)]
    assert re.findall(rf'title="{COMMON_TYPE} : (\d+)"', page) == [str(notices)]
    assert told(get("/explorer?q=prime").text) == (2 * shown, "document")
    assert told(get(f"/explorer?type={COMMON_TYPE}").text) == (notices, "document")
    narrowed = counted(_BOX, get(f"/explorer?type={COMMON_TYPE}").text)
    assert narrowed["programme", COMMON_PROGRAMME] == notices
    subject = get(f"/explorer/programme?nom={COMMON_PROGRAMME}").text
    assert re.findall(r"<span>(\d+) documents</span>", subject) == [str(notices + shown)]
    assert get("/explorer/programme?nom=Programme").status_code == 404


@pytest.mark.parametrize("person", PEOPLE)
def test_the_glossary(restricted: Restricted, person: str) -> None:
    page = restricted.clients[person].get("/glossaire").text
    assert told(page) == (len(SHOWN[person]) + 1, "sigle")
    others = max(0, notices_of(person) - 2)
    assert re.findall(r"et (\d+) autres? documents?", page) == ([str(others)] if others else [])
    assert told(restricted.clients[person].get(f"/glossaire?q={COMMON_ACRONYM}").text) == (1, "sigle")


@pytest.mark.parametrize("person", EDITORS)
def test_what_editors_keep(restricted: Restricted, person: str) -> None:
    get = restricted.clients[person].get
    totals = [(int(number), what) for number, what in _TOTAL.findall(get("/documents").text)]
    assert totals == [(documents_of(SHOWN[person]), "document")]
    assert told(get("/documents?q=avis").text) == (notices_of(person), "document")


@pytest.mark.parametrize("person", PEOPLE)
def test_the_page_of_questions(restricted: Restricted, person: str, caller: Caller) -> None:
    state, welcome = refreshed(caller)[:2]
    documents = documents_of(SHOWN[person])
    assert f'<li class="good">{documents} documents, base mise à jour' in state
    kinds = [(COMMON_TYPE, notices_of(person)), *sorted((f"type {MARKS[source]}", 1) for source in SHOWN[person])]
    told_kinds = ", ".join(f"{kind} ({number})" for kind, number in kinds)
    assert f"{documents} documents de 2025 à 2026 : {told_kinds}." in welcome
    (load,) = [event for event in caller.events if event["api_name"] == "load"]
    narrowing = caller.at_once(load)[-2]
    assert counted(_CHIP, narrowing) == values_of(person)
    before = restricted.ingestor.now
    restricted.ingestor.now = IngestionProgress(running=True, done=1111, total=5555)
    try:
        state = refreshed(caller)[0]
    finally:
        restricted.ingestor.now = before
    assert 'class="busy"' in state
    assert bool(re.search(r"5\D?555", state)) == (SHOWN[person] == set(SOURCES))


def refreshed(caller: Caller) -> list[Any]:
    """What the page's timer is told."""
    (event,) = [event for event in caller.events if [kind for _, kind in event["targets"]] == ["tick"]]
    return caller.at_once(event, [""] * len(event["inputs"]))
