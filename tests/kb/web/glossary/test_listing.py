"""One list of what the base explains and what editors say of it; where a document explains an acronym."""

from __future__ import annotations

from kb.question.explained import Acronym, Meaning, Source
from kb.records.editing.glossary import EditedTerm
from kb.types import Document
from kb.web.glossary.listing import explanation, listed, matching, means

FOUND = (
    Acronym("oqf", "OQF", (Meaning("Office des quais fluviaux", (Source("a.md", "A"),), 1),)),
    Acronym("rer", "RER", (Meaning("réseau régional"),)),
)


def test_editors_have_the_last_word() -> None:
    edited = [
        EditedTerm("oqf", "OQF", ("Office",), "2026-01-01"),
        EditedTerm("rer", "RER", (), "2026-01-01"),
        EditedTerm("abc", "ABC", ("alphabet",), "2026-01-01"),
    ]
    entries = listed(FOUND, edited)
    assert [(entry.written, entry.origin, entry.hidden, entry.text) for entry in entries] == [
        ("ABC", "editor", False, "alphabet"),
        ("OQF", "editor", False, "Office"),
        ("RER", "editor", True, "réseau régional"),
    ]
    assert entries[1].found == FOUND[0].meanings
    assert [entry.origin for entry in listed(FOUND, [])] == ["documents", "file"]


def test_acronyms_are_found_by_their_beginning_and_by_words() -> None:
    entries = listed(FOUND, [])
    assert [entry.written for entry in matching(entries, "oq")] == ["OQF"]
    assert [entry.written for entry in matching(entries, "Régional réseau")] == ["RER"]
    assert matching(entries, "tramway") == []


def test_a_word_is_an_acronym_as_it_is_written_or_in_capitals() -> None:
    (entry,) = listed([Acronym("pas", "PAS", (Meaning("prélèvement à la source"),))], [])
    assert [means(entry, word) for word in ("PAS", "PaS", "pas", "Pas")] == [True, True, False, False]
    (name,) = listed([Acronym("insee", "Insee", (Meaning("institut"),))], [])
    assert [means(name, word) for word in ("Insee", "INSEE", "insee")] == [True, True, False]


def test_a_document_is_opened_where_it_explains() -> None:
    text = "L'OQF est cité ici.\n\nCréé en 1990, l'Office des quais\nfluviaux (OQF) publie."
    document = Document("a.md", "d", "A", text)
    start, end = explanation(document, "OQF", "Office des quais fluviaux")
    assert text[start:end] == "Office des quais\nfluviaux (OQF)"
    assert explanation(document, "OQF", "tout autre chose") == (2, 5)
    assert explanation(document, "RER", "réseau") == (0, 0)
    assert explanation(document, "QF", "") == (0, 0)
