"""Scores of units by hand: what each sign adds, and how many units are encoded at all.

With two candidates a sign that tells them apart is worth +1 and −1 standard deviations; what they share is worth
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pytest

from kb.answering.evidence import Candidate, candidates, passages_to_read, score
from kb.models.encoder import FloatMatrix, Prompt
from kb.types import Alternative, Document, Hit, Passage, Question
from questions import parsed
from tiny_encoder import TinyEncoder

QUESTION = parsed("Comment le fonds aide-t-il les villes ?")


class Told(TinyEncoder):
    """An encoder whose cosines are told: `near` gives that of each text that ends so, 0 for any other."""

    def __init__(self, near: Mapping[str, float] | None = None) -> None:
        self.near = dict(near or {})
        self.read: list[str] = []

    def encode(self, texts: Sequence[str], prompt: Prompt) -> FloatMatrix:
        """Vectors of two dimensions, the question's (1, 0)."""
        if prompt == "query":
            return np.array([[1.0, 0.0]], dtype=np.float32)
        self.read += texts
        cosines = [next((near for end, near in self.near.items() if text.endswith(end)), 0.0) for text in texts]
        return np.array([[cosine, 0.0] for cosine in cosines], dtype=np.float32)


def candidate(
    text: str, *, found: float = 1.0, title: str = "Titre", headings: tuple[str, ...] = (), context: str = ""
) -> Candidate:
    document = Document(f"{title}-{text[:40]}", "s", title, text)
    passage = Passage(f"p-{document.id}", document.id, 0, headings, text, 0, len(text))
    return Candidate(passage, document, "sentence", text, context, 0, len(text), found)


def scores(found: Sequence[Candidate], question: Question = QUESTION, encoder: Told | None = None) -> dict[str, float]:
    """The score of each text."""
    ranked = score(question, found, encoder or Told())
    return {unit.evidence.text: round(unit.evidence.score, 3) for unit in ranked}


def test_units_that_nothing_tells_apart_have_the_same_score() -> None:
    found = [candidate(text, found=0.1) for text in ("Alpha.", "Bravo.", "Delta.")]  # whose deviation is 1e-17, not 0
    assert scores(found) == {"Alpha.": 0, "Bravo.": 0, "Delta.": 0}


def test_the_sense_of_a_unit_counts_twice_as_much_as_its_words_or_its_passage() -> None:
    two = [candidate("Alpha."), candidate("Bravo.")]
    assert scores(two, encoder=Told({"Alpha.": 0.9, "Bravo.": 0.8})) == {"Alpha.": 1, "Bravo.": -1}
    assert scores([candidate("Le fonds."), candidate("La route.")]) == {"Le fonds.": 0.5, "La route.": -0.5}
    assert scores([candidate("Alpha.", found=0.9), candidate("Bravo.", found=0.1)]) == {"Alpha.": 0.5, "Bravo.": -0.5}


def test_a_figure_of_the_kind_asked_for_weighs_less_than_both_together() -> None:
    asked = parsed("Combien coûte le tramway ?")
    assert scores([candidate("Alpha 12."), candidate("Bravo douzaine.")], asked) == {
        "Alpha 12.": 0.8,
        "Bravo douzaine.": 0,
    }
    share = parsed("Quelle part ?")  # an amount answers it a little, a percentage fully
    assert scores([candidate("Alpha 12 €."), candidate("Bravo 12 %.")], share) == {
        "Bravo 12 %.": 0.8,
        "Alpha 12 €.": 0.32,
    }


def test_the_names_that_stand_with_a_unit_count_by_their_share() -> None:
    asked = replace(parsed(""), names=("Roubaix", "Tourcoing"))
    found = [
        candidate("Alpha.", title="Roubaix et Tourcoing"),
        candidate("Bravo.", headings=("À Roubaix",)),
        candidate("Delta."),
    ]
    assert scores(found, asked) == {"Alpha.": 0.5, "Bravo.": 0.25, "Delta.": 0}
    nothing_else = [candidate("Elle.", title="Roubaix"), candidate("Il.", title="La ville")]
    assert scores(nothing_else, asked) == {"Elle.": 0.25, "Il.": 0}


def test_a_name_counts_in_its_other_form_too() -> None:
    spelled = (Alternative(("bcdx",)), Alternative(("caiss", "depot")))
    asked = replace(parsed("", spelled), names=("BCDX",))
    found = [candidate("Alpha.", title="La caisse des dépôts"), candidate("Bravo.", title="La caisse des écoles")]
    told = scores(found, replace(asked, rarities={}))  # the words themselves weigh nothing here
    assert told == {"Alpha.": 0.5, "Bravo.": 0}


def test_words_count_by_bm25() -> None:
    """Of « fonds » once and twice, alone with a title of one word: 1 and 2 × 2.2 / (2 + 1.2) = 1.375 times its rarity.

    Lengths are the same: with 0 for the third unit, the mean is 0.792, the deviation 0.580.
    """
    found = [candidate("Fonds, fonds."), candidate("Fonds, route."), candidate("Route, route.")]
    assert scores(found) == {"Fonds, fonds.": 0.503, "Fonds, route.": 0.179, "Route, route.": -0.682}


def test_a_word_says_less_in_a_long_unit() -> None:
    """2, 6 and 4 words: norms are 1.2 × (0.25 + 0.75 × 0.5), 1.2 × (0.25 + 0.75 × 1.5) and 1.2 × 1.

    The words of the question give 2.2 / 1.75, 2.2 / 2.65 and 0: of mean 0.696, deviation 0.522.
    """
    found = [candidate("Fonds."), candidate("Fonds, route, rue, place, pont."), candidate("Route, rue, pont.")]
    assert scores(found) == {"Fonds.": 0.538, "Fonds, route, rue, place, pont.": 0.129, "Route, rue, pont.": -0.667}


def test_rare_words_count_more_and_their_other_forms_as_much_as_they_weigh() -> None:
    asked = Question(
        "q",
        "q",
        "q",
        groups=((Alternative(("fond",)), Alternative(("caiss",), weight=0.5)), (Alternative(("rout",)),)),
        rarities={"fond": 0.4, "caiss": 0.4, "rout": 0.8},
    )
    found = [candidate("Fonds."), candidate("Caisse."), candidate("Route."), candidate("Pont.")]
    # 0.4, 0.2, 0.8 and 0: of mean 0.35, deviation 0.296.
    assert scores(found, asked) == {"Route.": 0.761, "Fonds.": 0.085, "Caisse.": -0.254, "Pont.": -0.592}


def test_units_without_a_word_of_their_own_are_scored_all_the_same() -> None:
    found = [candidate("Il est là.", title="De la"), candidate("Elle est là.", title="De la")]
    assert scores(found) == {"Il est là.": 0, "Elle est là.": 0}


def test_a_unit_is_encoded_with_its_title_its_last_heading_and_what_stands_before_it() -> None:
    encoder = Told()
    score(QUESTION, [candidate("Alpha.", headings=("Un", "Deux", "Trois"), context="Avant.")], encoder)
    assert encoder.read == ["Titre — Trois — Avant. — Alpha."]
    encoder = Told()
    score(QUESTION, [candidate("Alpha.")], encoder)
    assert encoder.read == ["Titre — Alpha."]


@pytest.mark.parametrize(
    ("tokens", "read"),
    [(12, "Titre — Avant. — Ville : Lille"), (11, "Ville : Lille"), (7, "Ville : Lille"), (6, "Lille"), (5, "Lille")],
)
def test_what_is_too_long_for_the_encoder_is_encoded_alone_then_as_it_is_written(tokens: int, read: str) -> None:
    row = replace(candidate("Ville : Lille", context="Avant."), start=len("Ville : "))  # whose header is repeated
    encoder = Told()
    encoder.max_tokens = tokens  # a token a word or mark, and four more
    score(QUESTION, [row], encoder)
    assert encoder.read == [read]


def test_two_dozen_units_are_encoded_those_that_words_and_passages_favour() -> None:
    encoder = Told()
    found = [candidate(f"Phrase {number}.", found=float(number)) for number in range(30)]
    assert len(score(QUESTION, found, encoder)) == 24
    assert set(encoder.read) == {f"Titre — Phrase {number}." for number in range(6, 30)}


@pytest.mark.parametrize(("more", "encoded"), [(0, 2), (1, 1)])
def test_no_more_is_encoded_than_8500_characters(more: int, encoded: int) -> None:
    length = 4250 - len("Titre — ")
    found = [candidate("a" * length, found=3.0), candidate("b" * (length + more), found=2.0), candidate("c", found=1.0)]
    encoder = Told()
    encoder.max_tokens = 10_000
    assert len(score(QUESTION, found, encoder)) == encoded


def test_one_unit_is_encoded_however_long() -> None:
    encoder = Told()
    assert len(score(QUESTION, [candidate("a" * 9000)], encoder)) == 1


def hit(document_id: str, number: int, text: str = "Un texte.", start: int = 0) -> Hit:
    document = Document(document_id, "s", "Titre", " " * start + text)
    passage = Passage(f"{document_id}-{number}", document_id, number, (), text, start, start + len(text))
    return Hit(passage, document, 1.0, number)


def test_beyond_the_twelve_best_passages_those_of_the_three_best_documents_are_read() -> None:
    best = [hit(name, 0) for name in ("a", "b", "c", "d", *(f"x{number}" for number in range(8)))]
    more = [hit(name, 1) for name in ("d", "c", "x1", "b", "a")]
    assert passages_to_read([*best, *more]) == [*best, more[1], more[3], more[4]]
    assert len(passages_to_read([hit("a", number) for number in range(40)])) == 24
    assert len(passages_to_read(best[:5])) == 5


@pytest.mark.parametrize(("words", "kinds"), [(40, ["item", "item"]), (41, ["sentence", "sentence", "item"])])
def test_an_item_of_more_than_forty_words_is_a_paragraph(words: int, kinds: list[str]) -> None:
    item = "Le fonds aide les villes moyennes et leurs habitants. " + "Il " + "paie " * (words - 11) + "tout."
    assert len(item.split()) == words
    assert [unit.kind for unit in candidates([hit("d", 0, f"- {item}\n- court")])] == kinds


@pytest.mark.parametrize(
    ("label", "texts"),
    [
        ("Un mois après la loi Borloo.", ["{label} Le {more}.", "{label} […] Il {more}."]),  # six words
        ("Un mois juste après la loi Borloo.", ["{label}", "Le {more}.", "Il {more}."]),
    ],
)
def test_a_first_sentence_of_six_words_is_the_label_of_an_item(label: str, texts: list[str]) -> None:
    more = ("paie " * 20).strip()
    found = candidates([hit("d", 0, f"- {label} Le {more}. Il {more}.\n- court", start=7)])
    assert [unit.text for unit in found[:-1]] == [text.format(label=label, more=more) for text in texts]
    assert all(unit.document.text[unit.start : unit.end] == unit.text.split(" […] ")[-1] for unit in found)


def test_a_label_and_one_sentence_are_one_unit() -> None:
    item = "Octobre 2015. Le " + "paie " * 40 + "fin."
    found = candidates([hit("d", 0, f"- {item}\n- court")])
    assert [unit.text for unit in found] == [item, "court"]


def test_an_item_of_one_long_sentence_has_no_label() -> None:
    found = candidates([hit("d", 0, "- " + "Mot " * 45 + "fin.\n- court")])
    assert [unit.kind for unit in found] == ["sentence", "item"]


def test_rows_stand_where_the_document_has_them_though_their_header_is_repeated() -> None:
    row = "| Lille | 12 M€ |"
    document = Document("d", "s", "Titre", f"Avant.\n\n{row}")
    passage = Passage("p", "d", 0, (), row, 8, 8 + len(row), table_header="| Ville | Montant |\n| --- | --- |")
    (unit,) = candidates([Hit(passage, document, 1.0, 1)])
    assert unit.text == "Ville : Lille ; Montant : 12 M€"
    assert document.text[unit.start : unit.end] == "Lille | 12 M€"
