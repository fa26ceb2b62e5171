"""What a document must be like before any database takes it."""

from __future__ import annotations

from ingest.steps.versions import storable
from kb.types import Document


def test_a_character_that_databases_refuse_leaves_all_else_in_its_place() -> None:
    document = Document("a.pdf", "s", "Un\0 titre", "Un\0texte\n\nsuite", kind="\0", url="https://exemple.fr/a")
    clean = storable(document)
    assert (clean.title, clean.text, clean.kind, clean.url) == ("Un titre", "Un texte\n\nsuite", "", document.url)
    assert clean.text.index("suite") == document.text.index("suite")
    assert storable(clean) is clean
