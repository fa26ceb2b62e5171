from __future__ import annotations

from datetime import timedelta, timezone

import pytest

from kb.text.moments import french_date, french_moment
from kb.web.strings import documents, grouped, too_long, updating


@pytest.mark.parametrize(
    ("iso", "shown"),
    [
        ("2025-12-04", "4 décembre 2025"),
        ("2024-12", "décembre 2024"),
        ("2019", "2019"),
        ("2018-08-01", "1er août 2018"),
        (None, "date non précisée"),
        ("  ", "date non précisée"),
        ("2025-13-01", "2025-13-01"),
        ("printemps 2020", "printemps 2020"),
    ],
)
def test_dates_are_as_precise_as_given(iso: str | None, shown: str) -> None:
    assert french_date(iso) == shown


def test_a_moment_is_told_on_the_clock_of_the_zone() -> None:
    paris_in_winter = timezone(timedelta(hours=1))
    assert french_moment("2025-12-31T23:05:00+00:00", paris_in_winter) == "1er janvier 2026 à 0 h 05"
    assert french_moment("2025-12-31T23:05:00", paris_in_winter) == "1er janvier 2026 à 0 h 05"
    assert french_moment("hier", paris_in_winter) == "hier"


def test_counts() -> None:
    assert grouped(1_234_567) == "1\u202f234\u202f567"
    assert (documents(0), documents(1), documents(44)) == ("0 document", "1 document", "44 documents")
    assert updating(12, 44) == "Mise à jour en cours : 12 / 44 documents"
    assert updating(0, 0) == "Mise à jour en cours…"
    assert "2\u202f345 caractères, pour 2\u202f000 au plus" in too_long(2345, 2000)
