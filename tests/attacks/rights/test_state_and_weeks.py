"""Figures of the base and of what is asked of it: those of what each person may read, and of who may read no more."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest

from kb.records.feedback import feedback_of
from kb.rights.restrictions import restrictions_of
from makers import MAKERS
from questions import refused
from restricted import SOURCES, documents_of
from restricted_app import READERS, SHOWN, Restricted, rights_of

pytestmark = pytest.mark.parametrize("restricted", MAKERS, indirect=True)

EDITORS = [person for person in SHOWN if person != "nobody" and person not in READERS]
COUNTED = ("questions", "avec réponse", "refus", "sans source", "échecs", "avis « pas utile »")
_FIGURE = re.compile(r"^reperes_(documents|passages) ([\d.]+)$", re.MULTILINE)


def test_the_state_tells_of_what_may_be_read(restricted: Restricted) -> None:
    health = restricted.clients["nobody"].get("/healthz").json()
    assert (health["documents"], health["generation"]) == (documents_of(["ouvert"]), None)
    assert health == restricted.clients["carl"].get("/healthz").json()  # nobody signs in for it
    assert restricted.clients["nobody"].get("/readyz").json() == {"base": "ready"}
    without_groups = restrictions_of(restricted.settings).rights(())
    last = restricted.base.seen_by(without_groups).status().last_ingestion
    assert health["last_ingestion"] == last != restricted.base.status().last_ingestion


def test_the_figures_of_the_base_are_of_what_may_be_read(restricted: Restricted) -> None:
    figures = dict[str, dict[str, float]]()
    for person, shown in SHOWN.items():
        answer = restricted.clients[person].get("/metrics")
        if person not in EDITORS:
            assert answer.status_code in ((303, 401) if person == "nobody" else (403,))
            assert "reperes_" not in answer.text
            continue
        figures[person] = {name: float(number) for name, number in _FIGURE.findall(answer.text)}
        assert figures[person]["documents"] == documents_of(shown)
        assert ("reperes_generation" in answer.text) == (shown == set(SOURCES))
    nora, anne, bob, carl = (figures[person]["passages"] for person in ("nora", "anne", "bob", "carl"))
    assert 0 < nora < min(anne, bob)
    assert anne + bob - nora == carl  # each passage of a source is counted where the source may be read
    assert figures["token"] == figures["nora"]
    assert figures["token of personnel"] == figures["anne"]


@pytest.mark.parametrize("asker", ["nora", "anne", "bob", "carl"])
def test_a_week_counts_what_those_who_may_read_no_more_asked(restricted: Restricted, asker: str) -> None:
    def rows() -> dict[str, list[dict[str, Any]]]:
        return {person: _weeks(restricted, person) for person in EDITORS}

    before = rows()
    answer = restricted.clients[asker].post("/api/ask", json={"question": "Qui garde les clés ?"})
    assert answer.status_code == 200
    feedback = feedback_of(restricted.settings)
    assert feedback is not None
    hidden = list(rights_of(asker, restricted.settings).hidden)
    feedback.add("bad", "wrong", "", {**refused("Qui garde le chat ?"), "hidden": hidden}, 1)
    after = rows()
    ended = "refus" if answer.json()["refused"] else "avec réponse"
    for person in EDITORS:
        if SHOWN[asker] <= SHOWN[person]:
            grown = {name: _sum(after[person], name) - _sum(before[person], name) for name in COUNTED}
            assert grown == {**dict.fromkeys(COUNTED, 0), "questions": 1, ended: 1, "avis « pas utile »": 1}, person
        else:
            assert after[person] == before[person], person
    for person in READERS:
        assert restricted.clients[person].get("/evaluation/semaines.csv").status_code == 403


def _weeks(restricted: Restricted, person: str) -> list[dict[str, Any]]:
    text = restricted.clients[person].get("/evaluation/semaines.csv").content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def _sum(weeks: list[dict[str, Any]], name: str) -> int:
    return sum(int(week[name]) for week in weeks)
