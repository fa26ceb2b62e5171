import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from bundled import bundled_names
from kb.question import follow_up
from kb.types import Message


def standalone_question(question: str, history: Sequence[Message] = ()) -> str:
    """What a base of the bundled corpus understands."""
    return follow_up.standalone_question(question, history, bundled_names())


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
            history = [Message(said["role"], said["content"]) for said in query["history"]]
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
        (["Quel est le budget ?"], "Et en 2020 ?", "Quel est le budget en 2020 ?"),
        (["budget du NPNRU"], "et en 2020", "budget du NPNRU en 2020 ?"),
        # A number of things is no year, nor is the one that a name holds.
        (["Qui a reçu 2000 élèves ?"], "Et en 2020 ?", "Qui a reçu 2000 élèves en 2020 ?"),
        (["Que paie France 2030 ?"], "Et en 2025 ?", "Que paie France 2030 en 2025 ?"),
        (
            ["Que paie la caisse des dépôts ?"],
            "Et action logement ?",
            "Que paie la caisse des dépôts ? Et action logement ?",
        ),
        (["Que paie la caisse des dépôts ?"], "Et l'Anah ?", "Que paie l'Anah ?"),
        (["Combien de quartiers pour le NPNRU ?"], "Pour le PNRU ?", "Combien de quartiers pour le PNRU ?"),
        (["Combien l'ANRU consacre au NPNRU ?"], "Et au PNRU ?", "Combien l'ANRU consacre au PNRU ?"),
        (["Quel est le budget de l’ANRU ?"], "Et la CGLLS ?", "Quel est le budget de la CGLLS ?"),
        (["Combien verse Action Logement ?"], "Et l'État ?", "Combien verse l'État ?"),
        (["Action Logement paie combien ?"], "Et l'État ?", "L'État paie combien ?"),
        (["Combien de projets à Roubaix ?"], "Et à Lyon ?", "Combien de projets à Lyon ?"),
        (
            ["Quels sont les Quartiers résilients ?"],
            "Et les Quartiers fertiles ?",
            "Quels sont les Quartiers fertiles ?",
        ),
        (
            ["Combien de lauréats à la première vague ?"],
            "Et la deuxième ?",
            "Combien de lauréats à la deuxième vague ?",
        ),
        # Two that it could stand for, or none: the question before stays in front.
        (["Quel écart entre PNRU et NPNRU ?"], "Et le PNRQAD ?", "Quel écart entre PNRU et NPNRU ? Et le PNRQAD ?"),
    ],
)
def test_one_thing_is_put_in_place_of_another(asked: list[str], question: str, understood: str) -> None:
    history = [Message("user", said) for said in asked]
    assert standalone_question(question, history) == understood


@pytest.mark.parametrize(
    ("before", "question"),
    [
        ("Quel budget a été voté le 11 juillet 2018 ?", "Et en 2020 ?"),  # a date is more than its year
        ("Quel est l'accord de 2018 ?", "Et en 2020 ?"),  # the name of a text
        ("Entre 2018 et 2020, quel budget ?", "Et en 2022 ?"),
        ("Qu'est-ce que l'ANRU ?", "Et le PNRU ?"),  # an agency is no programme
        ("Combien Action Logement verse ?", "Et pour Lyon ?"),  # one pays, the other gets
        ("Combien Action Logement apporte-t-il au NPNRU ?", "Et la CGLLS ?"),  # « il » would be wrong
        ("Combien de quartiers pour le NPNRU ?", "Et pour les écoles ?"),
        ("Quel est le budget du NPNRU ?", "Quand a-t-il été lancé ?"),  # the budget or the programme
        ("Combien coûte le NPNRU ?", "Pourquoi y a-t-il un écart ?"),  # « il » is nothing
        ("Qui préside l'ANRU ?", "Qui le connaît ?"),  # the answer names him
        ("Que fait l'ANRU à Marseille ?", "Quand a-t-elle été créée ?"),
        ("Que dit la convention sur la mixité ?", "Quand a-t-elle été signée ?"),
    ],
)
def test_what_is_not_sure_keeps_the_question_before_in_front(before: str, question: str) -> None:
    assert standalone_question(question, [Message("user", before)]) == f"{before} {question}"


@pytest.mark.parametrize(
    ("before", "question", "understood"),
    [
        ("Que fait le comité d'engagement ?", "Qui le préside ?", "Qui préside le comité d'engagement ?"),
        (
            "Que prévoit la convention tripartite de 2018 ?",
            "Quand a-t-elle été signée ?",
            "Quand la convention tripartite de 2018 a-t-elle été signée ?",
        ),
        ("Combien coûte le NPNRU ?", "Quand a-t-il été lancé ?", "Quand le NPNRU a-t-il été lancé ?"),
        ("Que fait l’ANRU ?", "Quand a-t-elle été créée ?", "Quand l'ANRU a-t-elle été créée ?"),
    ],
)
def test_a_pronoun_becomes_the_one_thing_that_it_can_mean(before: str, question: str, understood: str) -> None:
    assert standalone_question(question, [Message("user", before)]) == understood


@pytest.mark.parametrize(
    ("asked", "understood"),
    [
        (["Combien de quartiers pour le NPNRU ?", "Et pour le PNRU ?", "Et en 2020 ?"],
         "Combien de quartiers pour le PNRU en 2020 ?"),
        (["Combien coûte le NPNRU ?", "Quelle est la capitale de l'Australie ?", "Et en 2020 ?"],
         "Quelle est la capitale de l'Australie en 2020 ?"),
        (["Que fait l'Anah ?", "Combien de projets ?", "Pourquoi ?"],
         "Que fait l'Anah ? Combien de projets ? Pourquoi ?"),
        (["Que fait l'Anah ?", "Pourquoi ?", "Combien de projets ?", "Et après ?"],
         "Que fait l'Anah ? Pourquoi ? Combien de projets ? Et après ?"),
    ],
)  # fmt: skip
def test_a_chain_keeps_the_subject_that_it_began_with(asked: list[str], understood: str) -> None:
    assert standalone_question(asked[-1], [Message("user", said) for said in asked[:-1]]) == understood


def test_a_long_chain_stays_bounded_and_ends_with_the_question() -> None:
    history = [Message("user", f"Et {'encore ' * 200}{number} ?") for number in range(40)]
    understood = standalone_question("Pourquoi ?", history)
    assert len(understood) < 440
    assert understood.endswith(" Pourquoi ?")


def test_questions_of_the_corpus_stand_by_themselves_after_any_other() -> None:
    lines = (Path(__file__).parents[3] / "corpus/questions.jsonl").read_text(encoding="utf-8").splitlines()
    alone = [query["question"] for query in map(json.loads, lines) if "history" not in query]
    pairs = [(question, before) for question in alone for before in alone[::3] if question != before]
    assert [pair for pair in pairs if standalone_question(pair[0], [Message("user", pair[1])]) != pair[0]] == []
