"""The base as a library, and questions that it can answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb.answering.follow_ups import examples, follow_ups
from kb.retrieval.holdings import dated_figures, holdings, newest_first, of_subject, together
from kb.text.domain import Domain
from kb.types import Document
from small_base import SmallBase

BUDGET = Document(
    "budget.md",
    "d",
    "Budget",
    "## Le rôle de l'Anah\n\nL'Anah a un rôle d'appui. En 2019, l'Anah a agi. L'Anah apporte 300 millions d'euros. "
    "Anahita apporte 12 millions d'euros.\n\n| Financeur | Montant |\n| --- | --- |\n| Anah | 40 millions |",
    date="2025-03",
    kind="article",
    programmes=("NPNRU",),
    partners=("Anah", "État"),
)
OLD = replace(BUDGET, id="vieux.md", title="Ancien", date="2019", partners=("anah",), text="L'Anah apporte 5 %.")
UNDATED = replace(BUDGET, id="sans.md", title="Autre", date=None, kind=None, partners=(), programmes=())


def test_what_the_base_holds_is_counted() -> None:
    held = holdings([BUDGET, OLD, UNDATED])
    assert held.years == {"": 1, "2019": 1, "2025": 1}
    assert held.kinds == {"article": 2}
    assert held.programmes == {"NPNRU": 2}
    assert together([BUDGET, OLD])["Anah", "NPNRU"] == 1
    assert [document.id for document in newest_first([UNDATED, OLD, BUDGET])] == ["budget.md", "vieux.md", "sans.md"]
    assert [document.id for document in of_subject([BUDGET, OLD, UNDATED], "partner", "ANAH")] == [
        "budget.md",
        "vieux.md",
    ]


def test_dated_figures_name_their_subject_and_stand_in_their_document() -> None:
    found = dated_figures([OLD, BUDGET], "Anah")
    assert [figure.text for figure in found] == [
        "L'Anah apporte 300 millions d'euros.",
        "| Anah | 40 millions |",
        "L'Anah apporte 5 %.",
    ]
    assert all(figure.document.text[figure.start : figure.end] == figure.text for figure in found)
    named = replace(OLD, text="L'Anah n'a rien du « 1 % logement » pour elle.")
    assert dated_figures([named], "Anah", names=("1 % logement", "Action Logement")) == []
    assert [figure.text for figure in dated_figures([named], "Anah")] == [named.text]
    assert dated_figures([BUDGET], "?") == []
    assert len(dated_figures([OLD, BUDGET], "Anah", 1)) == 1


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("L'Anah apporte 300 millions d'euros.", ""),
        ("En 2021, l'Anah a aidé 140 familles.", "2021"),
        ("Au 31 décembre 2019, l'Anah a versé 5 millions d'euros.", "31 décembre 2019"),
        ("L'Anah passe de 5 millions en 2018 à 12 millions en mars 2024.", "2018 et mars 2024"),
        ("L'Anah a donné 5 % en 2019, 6 % en 2020 et 7 % en 2021.", "de 2019 à 2021"),
        ("La convention 2023-2027 de l'Anah prévoit 700 millions d'euros.", "de 2023 à 2027"),
        ("L'Anah a aidé 2000 logements.", ""),  # a count, though it is written as a year
        ("L'Anah a aidé 500 personnes en 2000 logements compris.", "2000"),
    ],
)
def test_figures_have_the_date_of_their_sentence_not_that_of_their_document(text: str, when: str) -> None:
    (found,) = dated_figures([replace(OLD, text=text)], "Anah")
    assert found.when == when


def test_figures_of_the_latest_date_come_first_whatever_the_documents() -> None:
    new = replace(BUDGET, text="L'Anah apportait 5 % en 2010. L'Anah a 12 agences.")
    found = dated_figures([new, replace(OLD, text="L'Anah apportera 7 % en 2030.")], "Anah")
    assert [figure.when for figure in found] == ["2030", "2010", ""]


def test_only_questions_that_the_base_answers_are_proposed() -> None:
    base = SmallBase([replace(BUDGET, text="L'Anah joue le rôle d'appui.", partners=("Anah", "Absente"))])
    proposed = follow_ups(base, "Un texte.", ["budget.md"], ["Combien de quartiers ?"])
    assert proposed == ["Anah : quel rôle ?"]
    assert follow_ups(base, "Un texte.", ["budget.md"], ["Que fait l'Anah ?"]) == []
    assert follow_ups(base, "Un texte.", ["disparu.md"], []) == []


def test_the_domain_adds_questions_of_its_own() -> None:
    base = SmallBase([replace(BUDGET, text="Le NPNRU compte 448 quartiers prioritaires.", partners=())])
    own = Domain(asked_of_programmes=("{nom} : combien de quartiers prioritaires ?",))
    asked = ["Que dit le texte ?"]
    assert follow_ups(base, "Un texte.", ["budget.md"], asked, own) == ["NPNRU : combien de quartiers prioritaires ?"]
    assert follow_ups(base, "Un texte.", ["budget.md"], asked) == []


def test_examples_are_those_given_that_hold_then_made_from_the_base() -> None:
    base = SmallBase([replace(BUDGET, text="L'Anah joue le rôle d'appui. Le NPNRU a un budget de 12 milliards.")])
    found = examples(base, Domain(examples=("Quel rôle joue l'Anah ?", "Recette de tarte aux fraises ?")))
    assert found == ["Quel rôle joue l'Anah ?", "NPNRU : quel budget ?", "Anah : quel rôle ?"]
    assert examples(SmallBase([])) == []
