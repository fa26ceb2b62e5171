"""What somebody writes for the training: documents in Markdown, and questions with the units that answer."""

from __future__ import annotations

from typing import Any

import pytest

from ingest.readers import read_document
from tiny_encoder import TinyEncoder
from training.written import document_row, question_row

PAGE = """# Le fonds Rivages

Le fonds Rivages aide les ports. Il est doté de 3 M€.

| Port | Aide |
| --- | --- |
| Saint-Aubin | 20 000 € |
| Querlac | 35 000 € |

## Demander

- écrire au port
- attendre la réponse
"""


@pytest.fixture
def page() -> dict[str, Any]:
    """The page as the training reads it."""
    document = read_document(PAGE.encode(), name="rivages.md", source="written", document_id="rivages")
    return document_row(document, TinyEncoder())


def test_a_document_is_split_as_an_ingestion_does(page: dict[str, Any]) -> None:
    assert page["title"] == "Le fonds Rivages"
    first, second = page["passages"]
    assert [words for _, _, words in first["units"]] == [
        "Le fonds Rivages aide les ports.",
        "Il est doté de 3 M€.",
        "Saint-Aubin | 20 000 €",
        "Querlac | 35 000 €",
    ]
    assert all(first["text"][start:end] == words for start, end, words in first["units"])
    assert second["heading"] == ("Demander",)


def test_quotes_are_found_among_the_units(page: dict[str, Any]) -> None:
    one = question_row(page, "aide querlac", ["Querlac|35 000 €"])
    assert one == {"doc": "rivages", "p": 0, "s": [3], "q": "aide querlac"}
    two = question_row(page, "que faire", ["attendre la réponse", "Le fonds Rivages aide les ports.", "écrire au port"])
    assert two == {"doc": "rivages", "p": 0, "s": [0], "q": "que faire", "also": [[1, [0, 1]]]}
    assert question_row(page, "qui dirige", []) == {"doc": "rivages", "p": None, "s": [], "q": "qui dirige"}


def test_a_quote_that_is_no_unit_is_named(page: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="rivages: no unit: Il est doté de 4"):
        question_row(page, "budget", ["Il est doté de 4 M€."])
