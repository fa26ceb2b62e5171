"""English figures, dates and limits put as French writes them; nearness by vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from kb.answering.proof.english import as_french, is_likely, nearest_units
from kb.answering.proof.sources import Source
from kb.models.encoder import Encoder
from kb.text.figures import missing_figures


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("on 15 October 2025", "on 15 octobre 2025"),
        ("on October 15, 2025", "on 15 octobre 2025"),
        ("the 1st of May", "the 1 mai"),
        ("in August 2024", "in août 2024"),
        ("it may rain", "it may rain"),
        ("12,000 trees", "12 000 trees"),
        ("4.2 percent", "4,2 %"),
        ("€1.5 billion", "1,5 milliards €"),
        ("€12,000", "12 000 €"),
        ("3 million litres", "3 millions litres"),
        ("twelve lines", "douze lines"),
        ("at least 5 km", "au moins 5 km"),
        ("more than 40 %", "plus de 40 %"),
        ("up to 300 kg", "jusqu'à 300 kg"),
        ("nearly 90 villages", "environ 90 villages"),
        ("fewer than 7 days", "moins de 7 days"),
    ],
)
def test_as_french(english: str, french: str) -> None:
    assert as_french(english) == french


def test_figures_are_compared_as_french_ones() -> None:
    assert missing_figures(as_french("The plan has €11.5 billion."), ["Le plan a 11,5 milliards d'euros."]) == []
    assert missing_figures(as_french("The plan has €11.5 million."), ["Le plan a 11,5 milliards d'euros."])


def test_the_nearest_unit_and_what_is_near_enough(
    packaged_encoder: Encoder, numbered: Callable[..., list[Source]]
) -> None:
    def encode(texts: Sequence[str]) -> np.ndarray:
        return packaged_encoder.encode(list(texts), "query")

    (source,) = numbered("Le directeur habite Lormeil. La redevance de prélèvement est fixée par le conseil.")
    claim = "The council sets the abstraction charge."
    assert nearest_units(claim, source, encode) == [source.units[1]]
    assert is_likely("The director lives in Lormeil.", [source], encode)
    assert not is_likely("Football players train every evening.", [source], encode)
    assert not is_likely(claim, [], encode)
