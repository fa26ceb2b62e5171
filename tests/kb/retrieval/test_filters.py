"""Which documents a search may look at."""

from __future__ import annotations

import pytest

from kb.errors import ReperesError
from kb.retrieval.filters import Filters
from kb.types import Document

DOCUMENTS = [
    Document("a", "s", "A", "x", date="2024-03-15", kind="article", rubric="Actu", partners=("Action Logement",)),
    Document("b", "s", "B", "x", date="2024", kind="règlement", programmes=("NPNRU", "PNRU")),
    Document("c", "s", "C", "x", kind="article", programmes=("NPNRU",), partners=("USH", "Anah")),
]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), ["a", "b", "c"]),
        (Filters(kind=("ARTICLE",)), ["a", "c"]),
        (Filters(kind=("reglement",)), ["b"]),
        (Filters(kind=("article", "règlement")), ["a", "b", "c"]),
        (Filters(programme=("npnru",)), ["b", "c"]),
        (Filters(programme=("NPNRU",), kind=("article",)), ["c"]),
        (Filters(partner=("action logement", "ush")), ["a", "c"]),
        (Filters(rubric=("actu",)), ["a"]),
        (Filters(since="2024-03"), ["a", "b"]),
        (Filters(since="2024-03-16"), ["b"]),  # b may be of any day of 2024
        (Filters(until="2024-03-14"), ["b"]),
        (Filters(until="2024-03-15"), ["a", "b"]),
        (Filters(since="2025"), []),
        (Filters(since="2023", until="2024"), ["a", "b"]),
    ],
    ids=str,
)
def test_documents_that_fit(filters: Filters, expected: list[str]) -> None:
    assert filters.select(DOCUMENTS) == expected


def test_a_value_that_no_document_has_is_told_with_those_there_are() -> None:
    with pytest.raises(ReperesError, match=r"type « rapport ».*article, règlement"):
        Filters(kind=("rapport",)).select(DOCUMENTS)


@pytest.mark.parametrize("date", ["hier", "2024-13", "2024-01-32", "24", "2024/13", ""])
def test_a_date_that_is_none_is_refused(date: str) -> None:
    with pytest.raises(ReperesError, match="Date incorrecte"):
        Filters(since=date)


def test_a_range_the_wrong_way_round_is_refused() -> None:
    with pytest.raises(ReperesError, match="2025 vient après 2024"):
        Filters(since="2025", until="2024")


def test_nothing_asked_for_is_no_filter() -> None:
    assert not Filters()
    assert Filters(until="2024")
