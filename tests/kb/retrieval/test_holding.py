"""Documents by their words alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.pipeline import ingest
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder
from kb.retrieval.filters import Filters
from kb.settings import Settings

TEXTS = {
    "loger.md": "# Le relogement\n\nLes familles relogées gardent leur loyer. "
    "L'Agence nationale de l'habitat (Anah) aide.",
    "jardins.md": "# Les jardins\n\nLes jardins partagés accueillent les familles.",
    "note.md": "# Une note\n\nRien à signaler.",
}


@pytest.fixture
def base(tmp_path: Path, settings: Settings, tiny_encoder: Encoder) -> KnowledgeBase:
    folder = tmp_path / "docs"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / name).write_text(text, "utf-8")
    ingest([folder], settings, tiny_encoder)
    return KnowledgeBase.open(settings, tiny_encoder)


@pytest.mark.parametrize(
    ("words", "expected", "whole"),
    [
        ("relogement", {"loger.md"}, True),
        ("famille", {"loger.md", "jardins.md"}, True),  # another form of the word
        ("les familles des jardins", {"jardins.md"}, True),  # every word that counts
        ("Agence nationale de l'habitat", {"loger.md"}, True),
        ("anah", {"loger.md"}, True),
        ("nationale", {"loger.md"}, True),
        ("signaler un jardin", {"jardins.md", "note.md"}, False),  # no document holds both
        ("jardins xqzv", {"jardins.md"}, False),
        ("xqzv wkrpt", set(), False),
    ],
)
def test_documents_that_hold_words(base: KnowledgeBase, words: str, expected: set[str], whole: bool) -> None:
    with base:
        found = base.holding(words)
    assert set(found.documents) == expected
    assert found.whole is whole


def test_a_search_stays_within_the_documents_that_hold_words(base: KnowledgeBase) -> None:
    with base:
        found = {hit.document.id for hit in base.search("Que font les familles ?", filters=Filters(words="jardin"))}
        assert found == {"jardins.md"}
        assert base.search("Que font les familles ?", filters=Filters(words="xqzv wkrpt")) == []
        assert base.ask("Que font les familles ?", filters=Filters(words="xqzv wkrpt")).refused
