"""What the base holds, in pictures: documents by year and kind, partners by programme."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kb.retrieval.holdings import Holdings, together
from kb.types import Document

_MOST_KINDS = 8  # colours that are told apart
_MOST_PARTNERS = 12  # rows of the picture of partners by programme
_MOST_PROGRAMMES = 6


def picture_of(everything: Sequence[Document], held: Holdings) -> dict[str, Any]:
    """What the pictures show of `everything`, whose counts are `held`."""
    kinds = list(held.kinds)[:_MOST_KINDS]
    by_year = {
        year: [
            sum(1 for document in everything if (document.date or "")[:4] == year and document.kind == kind)
            for kind in kinds
        ]
        for year in held.years
    }
    partners, programmes = list(held.partners)[:_MOST_PARTNERS], list(held.programmes)[:_MOST_PROGRAMMES]
    pairs = together(everything)
    return {
        "kinds": kinds,
        "years": held.years,
        "by_year": by_year,
        "most": max(held.years.values(), default=1),
        "partners": partners,
        "programmes": programmes,
        "pairs": [[pairs.get((partner, programme), 0) for programme in programmes] for partner in partners],
        "most_pairs": max(pairs.values(), default=1),
    }
