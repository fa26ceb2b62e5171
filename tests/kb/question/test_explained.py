"""The acronyms of a base as people read them."""

from __future__ import annotations

from kb.question.explained import MOST_SOURCES, Meaning, Source, explained
from kb.text.acronyms import Mention, mentions

TITLES = {f"{n}.md": f"Titre {n}" for n in range(9)}


def test_each_meaning_names_the_documents_that_say_it() -> None:
    told = [
        ("0.md", mention)
        for mention in mentions("L'Office des quais fluviaux (OQF) publie. Le délégué au fret (DAF) aussi.")
    ]
    told += [("1.md", mention) for mention in mentions("OQF (office des quais fluviaux) : siège à Rives.")]
    found = {acronym.written: acronym for acronym in explained(told, TITLES)}
    assert list(found) == ["DAF", "OQF"]
    (meaning,) = found["OQF"].meanings
    assert meaning.text == "Office des quais fluviaux"
    assert meaning.sources == (Source("0.md", "Titre 0"), Source("1.md", "Titre 1"))
    assert meaning.documents == 2


def test_a_mention_that_begins_too_early_is_a_source_too() -> None:
    told = [
        (f"{n}.md", Mention("DPO", f"{lead} délégué à la protection des données", False))
        for n, lead in enumerate("abc")
    ]
    (acronym,) = explained(told, TITLES)
    assert [(meaning.text, meaning.documents) for meaning in acronym.meanings] == [
        ("délégué à la protection des données", 3)
    ]


def test_few_sources_are_named_and_all_are_counted() -> None:
    told = [(f"{n}.md", Mention("OQF", "Office des quais fluviaux", True)) for n in range(9)]
    (acronym,) = explained([*told, ("parti.md", told[0][1])], TITLES)
    assert len(acronym.meanings[0].sources) == MOST_SOURCES
    assert acronym.meanings[0].documents == 9


def test_the_file_takes_the_place_of_what_documents_say() -> None:
    told = [("0.md", Mention("OQF", "Office des quais fluviaux", True)), ("0.md", Mention("RER", "réseau vert", True))]
    found = explained(told, TITLES, {"oqf": ("Office quelconque",), "Sécu": ("sécurité sociale",), "RER": ()})
    assert [(acronym.written, acronym.meanings) for acronym in found] == [
        ("oqf", (Meaning("Office quelconque"),)),
        ("Sécu", (Meaning("sécurité sociale"),)),
    ]
