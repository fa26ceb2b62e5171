"""The answer that a model writes: shown sentence by sentence, completed by what it does not tell."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kb.answering.writing.sentences import Written, write
from kb.models.chat.llm import ChatModel
from kb.types import Document, Evidence, Passage


class Scripted(ChatModel):
    """A model that says what it was told to, piece by piece."""

    def __init__(self, *pieces: str) -> None:
        super().__init__("modèle d'essai", lambda: "http://127.0.0.1:9/v1")
        self.pieces = pieces
        self.closed = False
        self.max_tokens = 0

    def stream(self, system: str, user: str, *, max_tokens: int) -> Iterator[str]:
        """The pieces, whatever the prompt; held on to, so that only closing it ends it."""
        self.max_tokens = max_tokens
        self.stopped = self._pieces_of()
        return self.stopped

    def _pieces_of(self) -> Iterator[str]:
        try:
            yield from self.pieces
        finally:
            self.closed = True


def unit(text: str, name: str = "d") -> Evidence:
    whole = f"Avant. {text}"
    document = Document(name, "s", "Titre", whole, date="2024")
    passage = Passage(f"p-{name}", name, 0, (), whole, 0, len(whole))
    return Evidence(passage, document, "sentence", text, 7, len(whole), 1.0)


SITES = unit("Le programme concerne 448 quartiers prioritaires.", "sites")
SHOPS = unit("Les habitants choisissent ensemble leurs nouveaux commerces.", "shops")


def last(*pieces: str, evidence: list[Evidence]) -> Written:
    *_, final = write(Scripted(*pieces), "Combien ?", evidence)
    assert final.final
    return final


def test_only_whole_proven_sentences_are_shown_while_it_writes() -> None:
    pieces = ["L", "e programme", " concerne 448 quartiers prioritaires", " [1", "]. Les élus", " réclament"]
    states = list(write(Scripted(*pieces), "Combien ?", [SITES]))
    assert [(state.text, state.final) for state in states] == [
        ("Le programme concerne 448 quartiers prioritaires. [1]", False),
        ("Le programme concerne 448 quartiers prioritaires. [1]", True),
    ]
    assert [sentence for sentence, _ in states[-1].removed] == ["Les élus réclament"]


@pytest.mark.parametrize("end", [". Et", "! Et", "? Et", "[1]Et", "\nEt"])
def test_a_sentence_is_whole_at_its_mark_or_at_the_end_of_its_line(end: str) -> None:
    first = next(write(Scripted(f"Le programme concerne 448 quartiers prioritaires{end}", " plus"), "?", [SITES]))
    assert first.final is False
    assert "Et" not in first.text


def test_what_was_shown_is_not_sent_again() -> None:
    said = "Le programme concerne 448 quartiers prioritaires. "
    assert len(list(write(Scripted(said, "Les", " autres", " villes"), "?", [SITES]))) == 2


def test_nothing_proven_is_an_empty_text_with_the_reasons() -> None:
    final = last("Il y a 999 villes [1].", evidence=[SITES])
    assert (final.text, final.citations) == ("", ())
    assert len(final.removed) == 1


def test_units_that_it_does_not_tell_stand_below_with_their_numbers() -> None:
    final = last("Le programme concerne 448 quartiers prioritaires [2].", evidence=[SHOPS, SITES])
    assert final.text == (
        "Le programme concerne 448 quartiers prioritaires. [1]\n\n"
        "- Les habitants choisissent ensemble leurs nouveaux commerces. [2]"
    )
    assert [(citation.number, citation.document.id) for citation in final.citations] == [(1, "sites"), (2, "shops")]
    assert [citation.quote for citation in final.citations] == [SITES.text, SHOPS.text]


def test_a_unit_is_told_when_three_words_of_five_are() -> None:
    assert last("Les habitants choisissent leurs commerces [1].", evidence=[SHOPS]).text == (
        "Les habitants choisissent leurs commerces. [1]"
    )
    half = unit("Les habitants choisissent leurs nouveaux commerces.")
    assert last("Les habitants choisissent [1].", evidence=[half]).text == (
        "Les habitants choisissent. [1]\n\n- Les habitants choisissent leurs nouveaux commerces. [1]"
    )


def test_a_unit_is_not_told_without_its_figures_and_names() -> None:
    figure = unit("La ville construit en tout 30 logements neufs.")
    assert last("La ville construit des logements neufs [1].", evidence=[figure]).text.endswith(
        f"\n\n- {figure.text} [1]"
    )
    name = unit("Les habitants choisissent ensemble leurs commerces à Roubaix.")
    assert last("Les habitants choisissent ensemble leurs commerces [1].", evidence=[name]).text.endswith(
        f"\n\n- {name.text} [1]"
    )


def test_marks_of_numbers_that_it_was_not_given_are_dropped() -> None:
    final = last("Le programme concerne 448 quartiers prioritaires. [0][2]", evidence=[SITES])
    assert final.text == "Le programme concerne 448 quartiers prioritaires. [1]"


def test_whoever_stops_reading_stops_the_model() -> None:
    model = Scripted("Le programme concerne 448 quartiers prioritaires. ", "Et", " plus")
    states = write(model, "?", [SITES])
    next(states)
    assert not model.closed
    states.close()  # type: ignore[attr-defined]  # a generator, typed as an iterator
    assert model.closed


def test_a_stream_that_cannot_be_closed_is_read_all_the_same() -> None:
    class Plain(Scripted):
        def stream(self, system: str, user: str, *, max_tokens: int) -> Iterator[str]:
            return iter(self.pieces)

    *_, final = write(Plain("Le programme concerne 448 quartiers prioritaires [1]."), "?", [SITES])
    assert final.text == "Le programme concerne 448 quartiers prioritaires. [1]"


def test_a_unit_that_it_was_not_given_to_read_cannot_be_cited() -> None:
    long = [unit(f"Le fonds numéro {number} verse {'beaucoup ' * 60}.", f"long-{number}") for number in (1, 2)]
    said = "Les habitants choisissent souvent volontiers"  # of which half the words stand in SHOPS
    assert "souvent" in last(f"{said} [1].", evidence=[SHOPS]).text
    assert "souvent" not in last(f"{said} [3].", evidence=[*long, SHOPS]).text


def test_four_sentences_may_be_written_and_no_page() -> None:
    model = Scripted("Rien.")
    list(write(model, "?", [SITES]))
    assert 150 <= model.max_tokens <= 300
