"""Every figure over ten questions, against values worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest

from kb.evaluation.asking import evaluate
from kb.evaluation.questions import EvaluationQuestion
from kb.evaluation.report import FIGURES, to_json
from kb.types import Answer, Message
from scripted_base import ScriptedBase, answer_of

PARAGRAPH = (Message("user", "Et avant ?"), Message("assistant", "Avant, rien."))


def q(name: str, **others: Any) -> EvaluationQuestion:
    return EvaluationQuestion(id=name, question=f"Question {name} ?", **others)


# What is asked, what comes back; d1 to d9 are documents.
CASES: list[tuple[EvaluationQuestion, Answer]] = [
    # 1: first at once, both facts.
    (
        q(
            "a",
            documents=("d1",),
            expected_facts=(("12 Md€",), ("448 quartiers",)),
            expected_quotes=(("Il y a 448 quartiers.", "Ils coûtent 9 Md€."), ("448 quartiers",)),
        ),
        answer_of(
            "12 milliards et 448 quartiers [1].",
            cited={"d1": "12 Md€, 448 quartiers"},
            found=["d1", "d2"],
            confidence=0.9,
        ),
    ),
    # 2: second, one fact of two, one citation of two in a right document.
    (
        q("b", documents=("d2",), expected_facts=(("2014",), ("72 %",))),
        answer_of("Depuis 2014 [1][2].", cited={"d2": "en 2014", "d3": "2014"}, found=["d3", "d2"]),
    ),
    # 3: two right documents, at 1 and 4.
    (
        q("c", documents=("d1", "d4"), expected_facts=(("Dupont",),)),
        answer_of("M. Dupont [1].", cited={"d1": "M. Dupont"}, found=["d1", "d5", "d6", "d4"]),
    ),
    # 4: not found at all; a figure that no cited passage has.
    (
        q("d", documents=("d9",), expected_facts=(("25 %",),)),
        answer_of("12,5 % [1].", cited={"d5": "un huitième"}, found=["d5", "d6"]),
    ),
    # 5: refused although it has an answer.
    (
        q("e", documents=("d7",), expected_facts=(("Lyon",),), expected_quotes=(("À Lyon.",),)),
        answer_of("Je ne trouve pas.", found=["d1", "d2", "d3", "d4", "d5", "d7"], refused=True, confidence=0.2),
    ),
    # 6: a follow-up, its fact held.
    (
        q("f", documents=("d6",), expected_facts=(("2003",),), history=PARAGRAPH),
        answer_of("En 2003 [1].", cited={"d6": "2003"}, found=["d6"], confidence=0.6),
    ),
    # 7: a forbidden fact appears.
    (
        q("g", documents=("d8",), expected_facts=(("12 Md€",),), forbidden_facts=(("10 Md€",),)),
        answer_of("10 milliards d'euros [1].", cited={"d8": "10 Md€"}, found=["d8"]),
    ),
    # 8: no forbidden fact: it is denied.
    (
        q("h", documents=("d8",), expected_facts=(("12 Md€",),), forbidden_facts=(("10 Md€",),)),
        answer_of("12 Md€ ; ce n'est plus 10 Md€ [1].", cited={"d8": "12 Md€, non 10 Md€"}, found=["d2", "d3", "d8"]),
    ),
    # 9 and 10: unanswerable, refused and answered.
    (q("i", unanswerable=True), answer_of("Je ne trouve pas.", found=["d1"], refused=True, confidence=0.1)),
    (q("j", unanswerable=True), answer_of("Oui [1].", cited={"d1": "Oui"}, found=["d1"], confidence=0.6)),
]  # fmt: skip

# Ranks of the first right document: 1, 2, 1, none, 6, 1, 1, 3 over the eight questions that name documents.
BY_HAND = {
    "hit@1": 4 / 8,
    "hit@3": 6 / 8,
    "hit@5": 6 / 8,
    "hit@10": 7 / 8,
    "mrr@10": (1 + 1 / 2 + 1 + 0 + 1 / 6 + 1 + 1 + 1 / 3) / 8,
    "ndcg@10": (
        1 + 1 / math.log2(3) + (1 + 1 / math.log2(5)) / (1 + 1 / math.log2(3)) + 0 + 1 / math.log2(7) + 1 + 1 + 1 / 2
    )
    / 8,
    "recall@10": (1 + 1 + 1 + 0 + 1 + 1 + 1 + 1) / 8,
    "fact_recall": (1 + 1 / 2 + 1 + 0 + 0 + 1 + 0 + 1) / 8,
    "follow_ups": 1.0,
    "first_sentence": (1 + 1 + 1 + 0 + 0 + 1 + 0 + 1) / 8,
    "quote_recall": (1 + 0) / 2,
    "sentences_shown": 1.0,
    # Seven answers were given to questions that have one.
    "citation_precision": (1 + 1 / 2 + 1 + 0 + 1 + 1 + 1) / 7,
    "citation_recall": (1 + 1 + 1 / 2 + 0 + 1 + 1 + 1) / 7,
    "refused_unanswerable": 1 / 2,
    "false_refusals": 1 / 8,
    # 0.9, 0.2 and 0.6 against 0.1 (all above) and 0.6 (one above, one below, one equal).
    "refusal_auc": (3 + 1 + 0 + 1 / 2) / 6,
    "unsupported_figures": 1 / 7,
    "forbidden_facts": 1 / 2,
}


def test_every_figure_is_what_it_is_by_hand() -> None:
    base = ScriptedBase({question.question: answer for question, answer in CASES})
    result = evaluate(base, [question for question, _ in CASES])
    found = to_json(result)
    assert {name: found[name]["value"] for name in BY_HAND} == pytest.approx(BY_HAND)
    assert set(FIGURES) - set(BY_HAND) == {"true_quotes"}  # this base holds no documents to look into
    assert found["true_quotes"]["n"] == 0
