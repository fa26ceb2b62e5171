from __future__ import annotations

import pytest

from ingest.readers.figures.raised import LEVEL, RAISED, lowered


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1 254^3_ logements", "1 254 (3)  logements"),
        ("48^(7)_ baux", "48 (7)  baux"),
        ("37^a_ agents", "37 (a)  agents"),
        ("85 400 m^2_ à 10^6_ euros, s^-1_", "85 400 m² à 10⁶ euros, s⁻¹"),
        ("le 1^er_ lot, le 2^e_, 18^h_30, n^o_ 4", "le 1er lot, le 2e, 18h30, no 4"),
        ("1 210^2_ logements", "1 210 (2)  logements"),
        ("1 254^1_^2_ logements", "1 254 (12)  logements"),
        ("un mot^", "un mot"),
        ("rien", "rien"),
    ],
)
def test_powers_stay_and_calls_stand_apart(written: str, expected: str) -> None:
    assert lowered(written.replace("^", RAISED).replace("_", LEVEL)) == expected
