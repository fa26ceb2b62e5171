import json
from pathlib import Path

import pytest

from kb.answering.conversation import standalone_question
from kb.types import Message

HISTORY = (Message("user", "Combien de projets dans le PNRQAD ?"), Message("assistant", "25 projets."))


@pytest.mark.parametrize(
    "question",
    [
        "Et la deuxième ?",
        "pourtant on m'a parlé de quarante villes",
        "il devait le rendre quand ?",
        "Quand a-t-elle été signée ?",
        "Combien y en a-t-il ?",
        "Quelle part paie-t-il ?",
        "Quel est son montant ?",
        "Cette convention, de quand date-t-elle ?",
        "Combien de lauréats ?",
        "la troisième ?",
        "Pourquoi ?",
    ],
)
def test_follow_ups_take_the_question_before(question: str) -> None:
    assert standalone_question(question, HISTORY) == f"Combien de projets dans le PNRQAD ? {question}"


@pytest.mark.parametrize(
    "question",
    [
        "Combien de quartiers sont concernés par le NPNRU ?",
        "Quelle est la capitale de l'Australie ?",
        "Qui préside la commission ?",
        "Qu'est-ce qu'un internat ?",
        "c'est quoi l'ingénierie ?",
        "Que fait la CGLLS ?",
        "Quand la convention tripartite de 2018 a-t-elle été signée ?",
        "Quel est le premier programme de l'agence ?",
        "Quand l'ANRU a-t-elle été créée ?",
        "Combien d'heures d'insertion sur les chantiers ?",
        "L'école des habitants, elle est dans quelle ville ?",
    ],
)
def test_other_questions_stand_by_themselves(question: str) -> None:
    assert standalone_question(question, HISTORY) == question


def test_no_question_of_the_corpus_takes_another_subject_from_before() -> None:
    lines = (Path(__file__).parents[3] / "corpus/questions.jsonl").read_text(encoding="utf-8").splitlines()
    queries = [json.loads(line) for line in lines]
    alone = [query["question"] for query in queries if "history" not in query]
    assert [question for question in alone if standalone_question(question, HISTORY) != question] == []
    for query in queries:
        if "history" in query:
            history = [Message(each["role"], each["content"]) for each in query["history"]]
            assert standalone_question(query["question"], history) != query["question"]


def test_a_very_long_question_before_is_shortened() -> None:
    long = (Message("user", "Combien de projets " * 100),)
    assert len(standalone_question("Pourquoi ?", long)) < 420
    assert standalone_question("Pourquoi ?", long).endswith("… Pourquoi ?")


def test_without_a_question_before_nothing_is_added() -> None:
    assert standalone_question("Et la deuxième ?") == "Et la deuxième ?"
    assert standalone_question("Et la deuxième ?", HISTORY[1:]) == "Et la deuxième ?"


@pytest.mark.parametrize(
    ("asked", "question", "understood"),
    [
        (["Combien de quartiers pour le NPNRU ?"], "Et pour le PNRU ?", "Combien de quartiers pour le PNRU ?"),
        (["Quel budget en 2018 ?"], "et en 2020 ?", "Quel budget en 2020 ?"),
        (["Quel budget pour le NPNRU ?", "Et pour le PNRU ?"], "Et le PNRQAD ?", "Quel budget pour le PNRQAD ?"),
        # Two that it could stand for, or none: the question before stays in front.
        (["Quel écart entre PNRU et NPNRU ?"], "Et le PNRQAD ?", "Quel écart entre PNRU et NPNRU ? Et le PNRQAD ?"),
        (["Quel est le budget ?"], "Et en 2020 ?", "Quel est le budget ? Et en 2020 ?"),
    ],
)
def test_one_thing_is_put_in_place_of_another(asked: list[str], question: str, understood: str) -> None:
    history = [Message("user", each) for each in asked]
    assert standalone_question(question, history) == understood
