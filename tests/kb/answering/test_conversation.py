import pytest

from kb.answering.conversation import standalone_question
from kb.types import Message

HISTORY = (Message("user", "Combien de projets dans le PNRQAD ?"), Message("assistant", "25 projets."))


@pytest.mark.parametrize(
    "question",
    ["Et la deuxième ?", "pourtant on m'a parlé de quarante villes", "il devait le rendre quand ?", "Pourquoi ?"],
)
def test_follow_ups_take_the_question_before(question: str) -> None:
    assert standalone_question(question, HISTORY) == f"Combien de projets dans le PNRQAD ? {question}"


def test_a_very_long_question_before_is_shortened() -> None:
    long = (Message("user", "Combien de projets " * 100),)
    assert len(standalone_question("Pourquoi ?", long)) < 420
    assert standalone_question("Pourquoi ?", long).endswith("… Pourquoi ?")


def test_other_questions_stand_by_themselves() -> None:
    question = "Quelle part des aides du NPNRU vient d'Action Logement selon le magazine de l'agence ?"
    assert standalone_question(question, HISTORY) == question
    assert standalone_question("Et la deuxième ?") == "Et la deuxième ?"
    assert standalone_question("Et la deuxième ?", HISTORY[1:]) == "Et la deuxième ?"
