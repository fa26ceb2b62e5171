"""Values that documents give of themselves, and those that look like one another."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb.retrieval.values import alike, look_alike, nearest_value, values_of
from kb.types import Document

NOTE = Document("a", "s", "A", "x", kind="rapport", programmes=("Rives", "Quais"))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Rapports", "rapport", True),
        ("Règlement", "reglement", True),
        ("Banque Rurale", "Banque  rurale", True),
        ("Foncière du Sud", "Foncière Sud", True),  # words that say nothing apart
        ("Caisse des dépots", "Caisse des dépôt", True),
        ("Communauté urbaine", "Comunauté urbaine", True),  # a typing mistake
        ("rapport", "rapport", False),
        ("PLUM", "NPLUM", False),
        ("Programme 2019", "Programme 2020", False),
        ("article", "étude", False),
    ],
)
def test_two_ways_of_writing_one_value(one: str, other: str, expected: bool) -> None:
    assert look_alike(one, other) is expected


def test_values_are_counted_and_those_alike_grouped() -> None:
    documents = [NOTE, replace(NOTE, kind="Rapports"), replace(NOTE, kind="Rapports"), replace(NOTE, kind=None)]
    assert values_of(documents, "kind") == {"rapport": 1, "Rapports": 2}
    assert values_of(documents, "programmes") == {"Quais": 4, "Rives": 4}
    assert alike(values_of(documents, "kind")) == [["Rapports", "rapport"]]
    assert alike(values_of(documents, "programmes")) == []
    assert nearest_value("RAPPORT", {"rapport": 1, "Rapports": 2}) == "Rapports"
    assert nearest_value("rapport", {"rapport": 1, "Rapports": 2}) is None
    assert nearest_value("étude", {"rapport": 1}) is None
