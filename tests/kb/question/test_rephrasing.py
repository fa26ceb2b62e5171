"""Follow-ups that a model behind an endpoint says by themselves, over a real local server."""

from __future__ import annotations

import importlib

import pytest

from chat_server import Behaviour, chat_server, failing, saying
from kb.models.chat.llm import ChatModel
from kb.question import rephrasing
from kb.question.follow_up import standalone_question
from kb.question.rephrasing import rephrased
from kb.types import Message

BEFORE = "Qui est chargé de la mission de préfiguration d'un troisième programme ?"
QUESTION = "il devait rendre son travail pour quand ?"
HISTORY = [Message("user", BEFORE), Message("assistant", "Une mission a été confiée à Paul Martin [1].")]
RULES = f"{BEFORE} {QUESTION}"


@pytest.fixture(scope="module", autouse=True)
def _client_is_loaded() -> None:
    """Importing the client takes seconds on a busy machine: they are not those that a model is given to answer."""
    importlib.import_module("llama_index.llms.openai_like")


@pytest.fixture(autouse=True)
def _the_model_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine, what takes no time may take seconds."""
    monkeypatch.setattr(rephrasing, "_LONGEST_SECONDS", 60.0)


def said_by(behaviour: Behaviour, question: str = QUESTION, *, local: bool = False) -> tuple[str, int]:
    with chat_server(behaviour) as server:
        model = ChatModel("essai", lambda: server.address, timeout=60.0, local=local)
        understood = standalone_question(question, HISTORY)
        return rephrased(model, question, understood, HISTORY), len(server.requests)


def test_a_faithful_question_is_taken() -> None:
    good = "Pour quand Paul Martin, chargé de la mission de préfiguration, devait-il rendre son travail ?"
    assert said_by(saying(good)) == (good, 1)


@pytest.mark.parametrize(
    "given",
    [
        BEFORE,
        "Qui est chargé de la mission ?",
        "Pour quand Julie Durand devait-elle rendre son travail ?",
        "Pour quand devait-il rendre son travail de 2024 ?",
        "Il devait rendre son travail pour mars.",
        "Pour quand devait-il rendre son travail de démolition ?",
        "Pour quand devait-il\nrendre son travail ?",
        "",
    ],
)
def test_in_doubt_the_rules_form_stands(given: str) -> None:
    assert said_by(saying(given))[0] == RULES


def test_a_model_that_fails_changes_nothing() -> None:
    assert said_by(failing(401))[0] == RULES
    assert said_by(failing(500))[0] == RULES


def test_what_is_sure_needs_no_model_and_the_local_one_is_not_asked() -> None:
    assert said_by(saying("x"), "Combien de logements ont été démolis par le programme ?")[1] == 0
    assert said_by(saying("x"), local=True) == (RULES, 0)
