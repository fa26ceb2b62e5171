"""An optional judge: LlamaIndex's evaluators over the configured language model.

Kept apart from the counted figures: a model's opinion of a model is no count. Its prompts are in English, it errs more
on French, and a small model mostly errs; it is there for those who have a large one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from kb.evaluation.results import Estimate, EvaluationResult
from kb.models.chat.llm import ChatModel

logger = logging.getLogger(__name__)

_BEST_SCORE = 5.0  # of the correctness evaluator, which gives 1 to 5


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the judge found, both from 0 to 1: `faithful` to the cited passages, `correct` by the expected facts.

    `failed` counts the opinions that could not be had.
    """

    model: str
    faithful: Estimate
    correct: Estimate
    failed: int

    def to_json(self) -> dict[str, Any]:
        """For the key `judge` of `eval --json`."""
        return asdict(self)


def judge(result: EvaluationResult, model: ChatModel, progress: Callable[[int, int], None] | None = None) -> Judgement:
    """Has `model` judge the answers of a run; refusals are not judged. What fails is left out and counted."""
    from llama_index.core.evaluation import CorrectnessEvaluator, FaithfulnessEvaluator

    llm = model.llama_index()
    faithfulness, correctness = FaithfulnessEvaluator(llm=llm), CorrectnessEvaluator(llm=llm)
    faithful: list[float] = []
    correct: list[float] = []
    failed = 0
    answered = [asked for asked in result.results if asked.row["answer"] and not asked.row["refused"]]
    for done, asked in enumerate(answered, start=1):
        question, answer = asked.question.question, str(asked.row["answer"])
        contexts = [citation["excerpt"] for citation in asked.row["citations"]]
        reference = "\n".join(forms[0] for forms in asked.question.expected_facts)
        try:
            if contexts:
                # A loop of its own each time: the evaluators' own way of waiting leaves theirs open.
                judged = asyncio.run(faithfulness.aevaluate(query=question, response=answer, contexts=contexts))
                faithful.append(float(bool(judged.passing)))
            if reference:
                judged = asyncio.run(correctness.aevaluate(query=question, response=answer, reference=reference))
                if judged.score is None:
                    failed += 1
                else:
                    correct.append(min(max(judged.score, 1.0), _BEST_SCORE) / _BEST_SCORE)
        except Exception as error:  # noqa: BLE001  (whatever a server or a parser does, the counted figures stay)
            logger.warning("the judge failed on %s: %s", asked.question.id, type(error).__name__)
            failed += 1
        if progress is not None:
            progress(done, len(answered))
    return Judgement(model.name, Estimate.of(faithful), Estimate.of(correct), failed)
