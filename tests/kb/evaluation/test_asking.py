import json
from collections.abc import Sequence
from dataclasses import replace

import pytest

from kb.errors import ReperesError
from kb.evaluation.asking import evaluate
from kb.evaluation.questions import EvaluationQuestion
from kb.evaluation.results import Estimate
from kb.types import Answer, Message
from scripted_base import ScriptedBase, answer_of

AMOUNT = EvaluationQuestion("q1", "Combien ?", ("a.md", "b.md"), (("12 Md€",), ("23 %",)), kind="figure")
WRONG = EvaluationQuestion("q2", "Quand ?", ("c.md",), (("2018",),), kind="date")
REFUSED = EvaluationQuestion("q3", "Qui ?", ("d.md",), (("Mende",),), kind="factoid")
NOTHING = EvaluationQuestion("q4", "Quel salaire ?", unanswerable=True, kind="unanswerable")
INVENTED = EvaluationQuestion("q5", "Quel âge ?", unanswerable=True, kind="unanswerable")
SEARCH_ONLY = EvaluationQuestion("q6", "Où ?", ("e.md",))

SCRIPT = {
    # First of two good documents at rank 2; one fact of two; cites one good document and another one.
    "Combien ?": answer_of(
        "12 milliards d’euros [1] [2].", cited={"a.md": "Soit 12 Md€.", "x.md": "Autre."}, found=["x.md", "a.md"]
    ),
    # Good document first, a date that no cited passage holds.
    "Quand ?": answer_of("En 2019 [1].", cited={"c.md": "Signée en 2018."}, found=["c.md"]),
    "Qui ?": answer_of("Je ne trouve pas.", found=["x.md"], refused=True),
    "Quel salaire ?": answer_of("Je ne trouve pas.", found=["x.md"], refused=True),
    "Quel âge ?": answer_of("42 ans [1].", cited={"x.md": "Rien."}, found=["x.md"]),
    "Où ?": answer_of("Là [1].", cited={"x.md": "Là."}, found=["x.md", "y.md", "e.md"]),
}
QUESTIONS = [AMOUNT, WRONG, REFUSED, NOTHING, INVENTED, SEARCH_ONLY]

BY_HAND = {
    "hit@1": (1 / 4, 4),  # q1 at 2, q2 at 1, q3 not at all, q6 at 3
    "hit@3": (3 / 4, 4),
    "mrr@10": (pytest.approx((1 / 2 + 1 + 0 + 1 / 3) / 4), 4),
    "fact_recall": (pytest.approx((1 / 2 + 0 + 0) / 3), 3),  # q1, q2, q3: a refusal holds no fact
    "citation_precision": (3 / 4, 2),  # q1 one of two, q2 one of one
    "citation_recall": (3 / 4, 2),  # q1 one of two good documents, q2 its only one
    "refused_unanswerable": (1 / 2, 2),
    "false_refusals": (pytest.approx(1 / 3), 3),
    "unsupported_figures": (1 / 2, 2),  # q2 says 2019
}


def test_figures_of_a_run_by_hand() -> None:
    result = evaluate(ScriptedBase(SCRIPT), QUESTIONS)
    values = {key: (result.estimate(key).value, result.estimate(key).n) for key in BY_HAND}
    assert values == BY_HAND


def test_a_figure_of_the_question_the_title_or_the_date_is_supported() -> None:
    question = EvaluationQuestion("q", "Que valent les 7 projets ?", ("a.md",), (("oui",),))
    script = {question.question: answer_of("Les 7 projets de mai 2024 [1].", cited={"a.md": "Oui."}, found=["a.md"])}
    assert evaluate(ScriptedBase(script), [question]).estimate("unsupported_figures") == Estimate(0, 0, 0, 1)


def test_a_fact_that_the_refusal_sentence_holds_does_not_count() -> None:
    question = EvaluationQuestion("q", "Que faire ?", (), (("je ne trouve pas",),))
    script = {question.question: answer_of("Je ne trouve pas.", refused=True)}
    assert evaluate(ScriptedBase(script), [question]).estimate("fact_recall").value == 0


def test_a_question_that_fails_is_told_counts_in_no_figure_and_the_rest_goes_on() -> None:
    script: dict[str, Answer | Exception] = {
        **SCRIPT,
        "Combien ?": ReperesError("La question est trop longue."),
        "Quand ?": RuntimeError("panne"),
    }
    result = evaluate(ScriptedBase(script), QUESTIONS)
    assert [(asked.row["id"], asked.row["error"]) for asked in result.failed] == [
        ("q1", "La question est trop longue."),
        ("q2", "erreur inattendue (RuntimeError('panne'))"),
    ]
    row = result.results[0].row
    assert (row["answer"], row["refused"], row["retrieved"]) == (None, None, [])
    assert (row["id"], result.results[0].scores) == ("q1", {})
    # Of the four questions with documents q3 (not found) and q6 are left; of the three with facts q3, refused.
    assert result.estimate("mrr@10").value == pytest.approx((0 + 1 / 3) / 2)
    assert result.estimate("mrr@10").n == 2
    assert result.estimate("fact_recall") == Estimate(0, 0, 0, 1)
    assert result.estimate("citation_precision").n == 0
    assert result.estimate("unsupported_figures").n == 0
    assert len(result.results) == len(QUESTIONS)


def test_stopping_by_hand_stops() -> None:
    class Interrupted(ScriptedBase):
        def ask(self, question: str, *, history: Sequence[Message] = (), answerer: str = "auto") -> Answer:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evaluate(Interrupted(SCRIPT), [AMOUNT])


def test_without_answers_only_retrieval_is_counted() -> None:
    base = ScriptedBase(SCRIPT)
    with_answers, without = evaluate(ScriptedBase(SCRIPT), QUESTIONS), evaluate(base, QUESTIONS, answers=False)
    for key in ("hit@1", "hit@10", "mrr@10", "ndcg@10"):
        assert without.estimate(key) == with_answers.estimate(key)
    assert without.estimate("fact_recall").n == without.estimate("refused_unanswerable").n == 0
    row = without.results[0].row
    assert (row["id"], row["answer"], row["refused"], row["citations"]) == ("q1", None, None, [])
    assert row["retrieved"] == ["x.md", "a.md"]
    assert without.latency(50) is not None
    assert json.dumps(row)


def test_search_goes_deeper_until_ten_documents_are_ranked() -> None:
    # One long document fills the first 60 places, then come eleven others.
    others = [f"{number}.md" for number in range(11)]
    base = ScriptedBase({"Où ?": answer_of("", found=["long.md"] * 60 + others)})
    (only,) = evaluate(base, [SEARCH_ONLY], answers=False).results
    assert only.row["retrieved"] == ["long.md", *others]
    assert [call[2] for call in base.seen] == ["k=50", "k=200"]


def test_history_and_answerer_reach_the_base_and_progress_is_told() -> None:
    question = EvaluationQuestion("q", "Qui ?", history=(Message("user", "A ?"), Message("assistant", "B.")))
    base, told = ScriptedBase(SCRIPT), list[tuple[int, int]]()
    evaluate(base, [question, AMOUNT], answerer="extractive", progress=lambda *step: told.append(step))
    assert base.seen == [("Qui ?", 2, "extractive"), ("Combien ?", 0, "extractive")]
    assert told == [(1, 2), (2, 2)]


def test_figures_by_kind_and_latency() -> None:
    result = evaluate(ScriptedBase(SCRIPT), QUESTIONS)
    assert result.kinds == ["figure", "date", "factoid", "unanswerable"]
    assert result.estimate("mrr@10", "date") == Estimate(1, 1, 1, 1)
    assert result.estimate("mrr@10", "unanswerable") == Estimate(None, None, None, 0)
    assert result.latency(95) == pytest.approx(0.2)


def test_a_percentile_of_the_seconds_is_that_of_the_slowest() -> None:
    slow = answer_of("Oui [1].", cited={"a": "Oui"}, found=["a"])
    script = {f"Q{n} ?": replace(slow, seconds={"retrieval": n / 10, "answer": 0.0}) for n in range(1, 12)}
    result = evaluate(ScriptedBase(script), [EvaluationQuestion(name, name) for name in script])
    assert result.latency(50) == pytest.approx(0.6)
    assert result.latency(90) == pytest.approx(1.0)


def test_what_a_refusal_says_holds_no_forbidden_fact() -> None:
    question = EvaluationQuestion("q", "Quel budget ?", forbidden_facts=(("10 milliards",),))
    refusal = answer_of("Rien sur 10 milliards.", refused=True)
    (asked,) = evaluate(ScriptedBase({question.question: refusal}), [question]).results
    assert "forbidden_facts" not in asked.scores
