"""The optional judge, over a real local server that says what a model would."""

from __future__ import annotations

import json

from chat_server import Behaviour, Handler, chat_server, failing
from kb.evaluation.asking import evaluate
from kb.evaluation.judge import judge
from kb.evaluation.questions import EvaluationQuestion
from kb.models.chat.llm import ChatModel
from scripted_base import ScriptedBase, answer_of

QUESTIONS = [
    EvaluationQuestion("q1", "Combien ?", documents=("a",), expected_facts=(("12 milliards",),)),
    EvaluationQuestion("q2", "Qui ?", documents=("a",), expected_facts=(("Dupont",),)),
]
ANSWERS = {
    "Combien ?": answer_of("12 Md€ [1].", cited={"a": "12 Md€"}, found=["a"]),
    "Qui ?": answer_of("Je ne trouve pas.", found=["a"], refused=True),
}


def whole(text: str) -> Behaviour:
    """A server that answers in one piece."""

    def behave(handler: Handler, _before: int) -> None:
        choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
        body = {"id": "c", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]}
        handler.status(200, json.dumps(body))

    return behave


def test_answers_are_judged_refusals_are_not() -> None:
    result = evaluate(ScriptedBase(ANSWERS), QUESTIONS)
    with chat_server(whole("4.0\nYES, the answer agrees with the reference.")) as server:
        found = judge(result, ChatModel("grand", lambda: server.address))
    assert (found.faithful.value, found.faithful.n) == (1.0, 1)
    assert (found.correct.value, found.correct.n) == (0.8, 1)
    assert (found.failed, found.model) == (0, "grand")
    assert any("12 milliards" in json.dumps(request, ensure_ascii=False) for request in server.requests)
    assert found.to_json()["correct"]["n"] == 1


def test_a_judge_that_fails_is_counted_and_stops_nothing() -> None:
    result = evaluate(ScriptedBase(ANSWERS), QUESTIONS)
    with chat_server(failing(400)) as server:
        found = judge(result, ChatModel("grand", lambda: server.address))
    assert (found.faithful.n, found.correct.n, found.failed) == (0, 0, 1)
