from __future__ import annotations

import pytest

from kb.errors import ReperesError
from kb.records.corrections import checked
from kb.retrieval.filters import Filters
from kb.text.moments import of_date, typed_date

TYPED = [
    ("12/03/2026", "2026-03-12"),
    ("12/3/26", "2026-03-12"),
    ("12.03.2026", "2026-03-12"),
    ("12-03-2026", "2026-03-12"),
    ("2026-03-12", "2026-03-12"),
    ("12 mars 2026", "2026-03-12"),
    ("le 1er mars 2026", "2026-03-01"),
    ("03/2026", "2026-03"),
    ("mars 2026", "2026-03"),
    ("févr. 2026", "2026-02"),
    ("2026-03", "2026-03"),
    ("2026", "2026"),
]


@pytest.mark.parametrize(("typed", "iso"), TYPED)
def test_a_date_is_understood_as_people_type_it(typed: str, iso: str) -> None:
    assert typed_date(typed) == iso
    assert Filters(since=typed, until=typed) == Filters(since=iso, until=iso)
    assert checked({"date": typed}) == {"date": iso}


@pytest.mark.parametrize("typed", ["31/02/2026", "13/2026", "2026-13", "hier", "", "12 mars", "2026-1-1-1", "0000"])
def test_what_is_no_date_is_told_with_the_ways_to_write_one(typed: str) -> None:
    assert typed_date(typed) is None
    with pytest.raises(ReperesError, match="12/03/2026"):
        Filters(since=typed)


@pytest.mark.parametrize(
    ("iso", "told"),
    [
        ("2025-12-04", "du 4 décembre 2025"),
        ("2025-03", "de mars 2025"),
        ("2025-04", "d'avril 2025"),
        ("2019", "de 2019"),
    ],
)
def test_a_date_after_a_noun(iso: str, told: str) -> None:
    assert of_date(iso) == told
