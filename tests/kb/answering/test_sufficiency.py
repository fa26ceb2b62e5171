"""The decision to answer: what a question names must be what the documents speak of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ingest.split import split_document
from kb.answering.evidence import candidates, score
from kb.answering.extractive import choose
from kb.answering.sufficiency import coverage, is_off_topic, refusal_reason
from kb.models.encoder import Encoder
from kb.question.intent import asked_nouns, asks_several_things
from kb.text.stems import stems
from kb.types import Alternative, Document, Group, Hit, Passage
from questions import parsed

TEXT = """La directrice générale de l'agence dirige les équipes depuis 2021.

En 2023, la Caisse des dépôts a versé 125 millions d'euros au fonds de co-investissement.

Le programme finance la démolition de 110 000 logements dans 448 quartiers.

La ville de Tourcoing suit ses travaux chaque mois."""


def reason(question: str, encoder: Encoder, *more: Group) -> str | None:
    document = Document(id="d.md", source="s", title="Le fonds et l'agence", text=TEXT, date="2024-03")
    passages = split_document(document, encoder.count_tokens, encoder.max_tokens)
    hits = [Hit(passage, document, 1.0 / rank, rank) for rank, passage in enumerate(passages, start=1)]
    asked = parsed(question, *more)
    chosen = choose(score(asked, candidates(hits), encoder))
    return refusal_reason(asked, hits, chosen)


@pytest.mark.parametrize(
    "question",
    [
        "Combien de logements le programme démolit-il ?",
        "Combien la Caisse des dépôts a-t-elle versé en 2023 ?",
        "Qui est la directrice générale de l'agence ?",
        "Quel montant pour le fonds de co-investissement ?",
        "Quelles démolitions le programme finance-t-il ?",  # another word of the family of « démolition »
    ],
)
def test_what_the_documents_say_is_answered(question: str, tiny_encoder: Encoder) -> None:
    assert reason(question, tiny_encoder) is None


@pytest.mark.parametrize(
    "question",
    [
        "Quel est le salaire de la directrice générale de l'agence ?",  # never named
        "Qui est l'agent comptable de l'agence ?",
        "Combien de recours contre la démolition des logements du programme ?",
        "Combien la Caisse des dépôts a-t-elle versé à Roubaix ?",  # a name unknown
        "Combien de logements le programme démolit-il dans la ville de Tourcoing ?",  # the figures are not its own
    ],
)
def test_what_they_only_come_near_to_is_refused(question: str, tiny_encoder: Encoder) -> None:
    assert reason(question, tiny_encoder) == "insufficient"


def test_an_acronym_is_held_by_what_it_stands_for(tiny_encoder: Encoder) -> None:
    spelled = (Alternative(("bcdx",)), Alternative(tuple(stems("Caisse des dépôts"))))
    question = "Combien BCDX a-t-elle versé en 2023 ?"
    assert reason(question, tiny_encoder) == "insufficient"
    assert reason(question, tiny_encoder, spelled) is None


def test_hardly_a_word_of_the_question_in_the_passages_is_off_topic(tiny_encoder: Encoder) -> None:
    assert reason("Pourquoi le ciel paraît bleu vers midi ?", tiny_encoder) == "off_topic"


def test_a_year_that_stands_beside_no_figure_is_no_reason(tiny_encoder: Encoder) -> None:
    """Documents say the year once, in a heading or a sentence before: refusing lost three answers and caught none."""
    assert reason("Combien la Caisse des dépôts a-t-elle versé au fonds en 2019 ?", tiny_encoder) is None


def test_no_evidence_is_a_reason_of_its_own() -> None:
    assert refusal_reason(parsed("Combien ?"), [], []) == "no_evidence"


@pytest.mark.parametrize(
    ("question", "nouns"),
    [
        ("Quel est le taux d'intérêt des prêts ?", ["interet"]),
        ("Combien de recours ont été jugés ?", ["recours"]),
        ("Qui est l'agent comptable ?", ["agent", "comptable"]),
        ("Quelle somme la CDC a-t-elle mise ?", []),
        ("Quand la convention a-t-elle été signée ?", []),
        ("cb de dossiers déposés et cb de gagnants", ["dossiers", "gagnants"]),
    ],
)
def test_nouns_that_are_asked_about(question: str, nouns: list[str]) -> None:
    assert asked_nouns(question) == nouns


def test_a_comparison_asks_several_things() -> None:
    assert asks_several_things("Compare le PNRU et le NPNRU")
    assert asks_several_things("Qui signe ? Et quand ?")
    assert not asks_several_things("Combien de quartiers ?")


def test_coverage_counts_a_group_once_and_leaves_shorthand_out() -> None:
    asked = parsed("", (Alternative(("cb",)),), (Alternative(("cdc",)), Alternative(("caiss", "depot"))))
    assert coverage(asked, {"caiss", "depot"}) == 1.0
    assert coverage(asked, {"caiss"}) == 0.0


def test_a_question_of_which_the_base_knows_no_word_is_off_topic(tiny_encoder: Encoder) -> None:
    question = replace(parsed("Combien de logements le programme démolit-il ?"), is_foreign=True)
    document = Document(id="d.md", source="s", title="Le fonds", text=TEXT)
    (passage, *_) = split_document(document, tiny_encoder.count_tokens, tiny_encoder.max_tokens)
    hits = [Hit(passage, document, 1.0, 1)]
    assert refusal_reason(question, hits, choose(score(question, candidates(hits), tiny_encoder))) == "off_topic"


@pytest.mark.parametrize(
    ("question", "off_topic"),
    [
        ("Combien de logements le programme démolit-il ?", False),
        ("Quel est le salaire de la directrice générale ?", False),  # near: the model that reads may say no
        ("Pourquoi le ciel paraît bleu vers midi ?", True),
        ("Le fonds ?", False),  # the title counts
        ("2024 ?", False),  # so does the date
        ("Et ?", False),  # nothing is asked for that could be strange
    ],
)
def test_a_question_is_off_topic_where_hardly_a_word_of_it_stands_in_the_nearest_passages(
    question: str, off_topic: bool, tiny_encoder: Encoder
) -> None:
    document = Document(id="d.md", source="s", title="Le fonds et l'agence", text=TEXT, date="2024-03")
    passages = split_document(document, tiny_encoder.count_tokens, tiny_encoder.max_tokens)
    hits = [Hit(passage, document, 1.0 / rank, rank) for rank, passage in enumerate(passages, start=1)]
    assert is_off_topic(parsed(question), hits) is off_topic
    assert is_off_topic(replace(parsed(question), is_foreign=True), hits)


def test_a_tenth_of_the_words_by_rarity_is_enough() -> None:
    document = Document(id="d.md", source="s", title="Titre", text="quartier")
    hits = [Hit(Passage("p", "d.md", 0, (), "quartier", 0, 8), document, 1.0, 1)]
    asked = parsed("quartier licorne")
    known, strange = (group[0].stems[0] for group in asked.groups)
    for weight, off_topic in ((1.0, False), (0.99, True)):
        assert is_off_topic(replace(asked, rarities={known: weight, strange: 9.0}), hits) is off_topic


def test_without_a_passage_every_word_is_strange() -> None:
    assert is_off_topic(parsed("Combien de logements ?"), [])
