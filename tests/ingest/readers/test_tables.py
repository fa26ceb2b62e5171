from __future__ import annotations

from ingest.readers.tables import joined_header


def test_headers_are_joined_from_the_top_each_text_once() -> None:
    assert joined_header([["Type", "Zone A", "Zone A"], ["Type", "Loyer", ""], ["", "en euros"]]) == [
        "Type", "Zone A, Loyer, en euros", "Zone A"
    ]  # fmt: skip
    assert joined_header([["Zone", "Prix"]]) == ["Zone", "Prix"]
