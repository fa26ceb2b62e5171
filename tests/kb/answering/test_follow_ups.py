"""Questions that are proposed: made of what documents hold, few, and only those that the base answers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import pytest

from kb.answering.follow_ups import examples, follow_ups
from kb.errors import ReperesError
from kb.text.domain import NAME, Domain
from kb.types import Answer, Document
from scripted_base import answer_of


class Base:
    """Answers every question by repeating it, but for those that it refuses or stumbles over; remembers them all."""

    def __init__(self, documents: Iterable[Document], *, refused: Collection[str] = (), fails: str = "") -> None:
        self.held = list(documents)
        self.refused, self.fails = refused, fails
        self.asked: list[str] = []
        self.all_read = 0

    def ask(self, question: str, *, answerer: str = "auto") -> Answer:
        """Its own words: they name all that the question names."""
        assert answerer == "extractive"
        self.asked.append(question)
        if question == self.fails:
            raise ReperesError("la base est occupée")
        return answer_of(question, refused=question in self.refused or "tous" in self.refused)

    def documents(self, ids: Collection[str] | None = None) -> list[Document]:
        """Those of `ids`, in the order in which they are held."""
        self.all_read += ids is None
        return [document for document in self.held if ids is None or document.id in ids]


def document(
    name: str = "d", text: str = "Un texte.", *, partners: Sequence[str] = (), programmes: Sequence[str] = ()
) -> Document:
    return Document(name, "s", "Titre", text, partners=tuple(partners), programmes=tuple(programmes))


SPELLED = "L'Agence nationale de l'habitat (ANH) et le contrat de ville (CV) vont de pair."


def test_they_ask_of_partners_then_programmes_by_turns_then_for_amounts_and_dates() -> None:
    base = Base([document(partners=["Anah", "État", "Régions"], programmes=["ACV", "ORCOD", "PNRU"])])
    assert follow_ups(base, "Un texte.", ["d"], [], n=8) == [
        "Anah : quel rôle ?",
        "ACV : quel budget ?",
        "État : quel rôle ?",
        "ORCOD : quel budget ?",
        "Régions : quel rôle ?",
        "PNRU : quel budget ?",
        "Anah : quel montant ?",
        "État : quel montant ?",
    ]


def test_amounts_and_dates_are_asked_of_the_first_two_names_only() -> None:
    partners = Base([document(partners=["Anah", "État", "Régions"])])
    assert follow_ups(partners, "Un texte.", ["d"], [], n=9)[3:] == ["Anah : quel montant ?", "État : quel montant ?"]
    programmes = Base([document(programmes=["PNRU", "ORCOD", "ACV"])])
    assert follow_ups(programmes, "Un texte.", ["d"], [], n=9)[3:] == [
        "ACV : quelles dates ?",
        "ORCOD : quelles dates ?",
    ]


def test_the_questions_of_the_domain_come_before_those_of_any_domain() -> None:
    domain = Domain(
        asked_of_programmes=(f"{NAME} : combien de quartiers ?",), asked_of_partners=(f"{NAME} : quel siège ?",)
    )
    base = Base([document(partners=["Anah"], programmes=["PNRU"])])
    assert follow_ups(base, "Un texte.", ["d"], [], domain, n=9) == [
        "Anah : quel rôle ?",
        "PNRU : quel budget ?",
        "Anah : quel siège ?",
        "Anah : quel montant ?",
        "PNRU : combien de quartiers ?",
        "PNRU : quelles dates ?",
    ]


def test_three_are_proposed_unless_another_number_is_asked_for() -> None:
    base = Base([document(partners=["Anah", "État", "Régions", "Villes", "Bailleurs"])])
    assert len(follow_ups(base, "Un texte.", ["d"], [])) == 3
    assert follow_ups(base, "Un texte.", ["d"], [], n=1) == ["Anah : quel rôle ?"]
    base.asked.clear()
    assert follow_ups(base, "Un texte.", ["d"], [], n=0) == []
    assert base.asked == []


def test_what_the_answer_names_comes_first() -> None:
    base = Base([document(partners=["Anah", "Villes de France"], programmes=["ORCOD", "PNRU"])])
    proposed = follow_ups(base, "Le PNRU vient de Villes de France.", ["d"], [], n=4)
    assert proposed[:2] == ["Villes de France : quel rôle ?", "PNRU : quel budget ?"]
    # Words that do not stand side by side are no name.
    other = follow_ups(base, "Les villes de la France.", ["d"], [], n=4)
    assert other[:2] == ["Anah : quel rôle ?", "ORCOD : quel budget ?"]


def test_one_acronym_of_the_answer_is_asked_about_where_a_document_spells_it_out() -> None:
    base = Base([document(text=SPELLED, partners=["État"])])
    assert follow_ups(base, "Le CV et l'ANH.", ["d"], [], n=5)[:2] == ["Que veut dire ANH ?", "État : quel rôle ?"]
    assert follow_ups(base, "Le CV seul.", ["d"], [], n=5)[0] == "Que veut dire CV ?"
    assert follow_ups(base, "Rien de cela.", ["d"], [], n=5)[0] == "État : quel rôle ?"


def test_a_name_is_written_with_a_capital() -> None:
    assert follow_ups(Base([document(partners=["anah"])]), "Un texte.", ["d"], [], n=1) == ["Anah : quel rôle ?"]


def test_only_the_first_three_documents_are_made_use_of() -> None:
    base = Base([document(name, partners=[f"Ville {name}"]) for name in "abcd"])
    assert follow_ups(base, "Un texte.", ["d", "c", "b", "a"], [], n=9)[:3] == [
        "Ville b : quel rôle ?",
        "Ville c : quel rôle ?",
        "Ville d : quel rôle ?",
    ]
    assert "Ville a : quel rôle ?" not in base.asked


@pytest.mark.parametrize("asked", ["Que fait l'Anah ?", "Anah : quel montant ?"])
def test_what_was_asked_about_is_not_proposed_again(asked: str) -> None:
    base = Base([document(partners=["Anah", "État"])])
    assert follow_ups(base, "Un texte.", ["d"], ["Qui paie ?", asked], n=2) == [
        "État : quel rôle ?",
        "État : quel montant ?",
    ]


def test_a_question_that_the_base_refuses_or_stumbles_over_is_left_out() -> None:
    base = Base(
        [document(partners=["Anah", "État", "Régions"])], refused=["Anah : quel rôle ?"], fails="État : quel rôle ?"
    )
    assert follow_ups(base, "Un texte.", ["d"], [], n=1) == ["Régions : quel rôle ?"]


def test_nobody_waits_for_more_than_eight_questions() -> None:
    base = Base([document(partners=[f"Ville {name}" for name in "abcdefghijkl"])], refused=["tous"])
    assert follow_ups(base, "Un texte.", ["d"], []) == []
    assert base.asked == [f"Ville {name} : quel rôle ?" for name in "abcdefgh"]


def test_examples_are_four_at_most_the_given_ones_first() -> None:
    base = Base([document(partners=["Anah", "État"], programmes=["ORCOD", "PNRU"])])
    given = ("Qui est aidé ?", "Combien de quartiers ?")
    assert examples(base, Domain(examples=given)) == [*given, "ORCOD : quel budget ?", "PNRU : quel budget ?"]
    assert examples(base, Domain(examples=given), n=3) == [*given, "ORCOD : quel budget ?"]


def test_examples_that_are_enough_need_no_reading_of_the_base() -> None:
    base = Base([document(partners=["Anah"])])
    given = ("Un ?", "Deux ?", "Trois ?", "Quatre ?", "Cinq ?")
    assert examples(base, Domain(examples=given)) == list(given[:4])
    assert base.all_read == 0


def test_examples_are_made_of_three_programmes_and_three_partners() -> None:
    base = Base([document(partners=["Anah", "État", "Régions", "Villes"], programmes=["ACV", "ORCOD", "PIA", "PNRU"])])
    assert examples(base, n=9) == [
        "ACV : quel budget ?",
        "ORCOD : quel budget ?",
        "PIA : quel budget ?",
        "Anah : quel rôle ?",
        "État : quel rôle ?",
        "Régions : quel rôle ?",
    ]


def test_an_example_must_name_what_it_is_about() -> None:
    class Silent(Base):
        def ask(self, question: str, *, answerer: str = "auto") -> Answer:
            return answer_of("Il joue un rôle." if "Anah" in question else question)

    assert examples(Silent([document(partners=["Anah", "État"])])) == ["État : quel rôle ?"]
