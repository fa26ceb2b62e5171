"""Answers over the bundled corpus: how long until the extractive answer, until the first written words, until the end.

    python -m benchmarks.answers [--questions FILE] [--written N]

The language model is the local one (`reperes model install`); without it, only the extractive answers are measured.
Facts found are counted for both answerers over the same questions: `auto` writes only because none is lost.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.report import Target, encoder_in_words, machine, save, table
from benchmarks.support.bench_data import ROOT
from ingest.pipeline import ingest
from kb.evaluation.questions import EvaluationQuestion, read_questions
from kb.evaluation.scoring.metrics import fact_recall
from kb.knowledge import KnowledgeBase
from kb.models.chat.opening import open_chat_model
from kb.models.sentence_encoder import load_encoder
from kb.settings import Settings

EXTRACTIVE_SECONDS = 0.4
FIRST_WORDS_SECONDS = 8.0


def extractive(base: KnowledgeBase, questions: list[EvaluationQuestion]) -> dict[str, float]:
    """Percentiles of the seconds of whole extractive answers, the first question (a warm-up) left out."""
    base.ask(questions[0].question, answerer="extractive")
    taken = []
    for query in questions[1:]:
        began = time.perf_counter()
        base.ask(query.question, history=query.history, answerer="extractive")
        taken.append(time.perf_counter() - began)
    return {"n": len(taken), "p50": float(np.percentile(taken, 50)), "p95": float(np.percentile(taken, 95))}


def written(base: KnowledgeBase, questions: list[EvaluationQuestion]) -> dict[str, float]:
    """Seconds until the first proven words of the model and until the end, over answers that it wrote; facts found."""
    base.ask(questions[0].question, answerer="llm")  # starts the server
    first_words, whole, facts, facts_without = [], [], [], []
    for query in questions[1:]:
        began = time.perf_counter()
        first: float | None = None
        states = []
        for state in base.stream(query.question, history=query.history, answerer="llm"):
            states.append(state)
            if first is None and state.answerer == "llm":
                first = time.perf_counter() - began
        facts_without.append(fact_recall(states[0].text, query.expected_facts, query.question))
        facts.append(fact_recall(states[-1].text, query.expected_facts, query.question))
        if first is not None:
            first_words.append(first)
            whole.append(time.perf_counter() - began)
    return {
        "n": len(facts),
        "written": len(whole),
        "first_words_p50": float(np.percentile(first_words, 50)),
        "first_words_p95": float(np.percentile(first_words, 95)),
        "whole_p50": float(np.percentile(whole, 50)),
        "fact_recall": float(np.mean(facts)),
        "fact_recall_extractive": float(np.mean(facts_without)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--questions", type=Path, default=ROOT / "corpus" / "questions.jsonl")
    parser.add_argument("--written", type=int, default=20, help="questions asked of the language model")
    options = parser.parse_args()
    about = machine()
    questions = read_questions(options.questions)
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(Settings.load(), store=Path(folder) / "store")
        encoder = load_encoder(settings)
        ingest([ROOT / "corpus" / "documents"], settings, encoder)
        model = open_chat_model(settings)
        with KnowledgeBase.open(settings, encoder) as base:
            figures: dict[str, Any] = {"encoder": encoder_in_words(encoder, settings)}
            figures["extractive"] = extractive(base, questions)
            if model is not None:
                answerable = [query for query in questions if query.expected_facts][: options.written + 1]
                figures["written"] = {"model": model.name, **written(base, answerable)}
    rows = [
        (f"{part}: {name}", f"{value:.3g}")
        for part in ("extractive", "written")
        for name, value in figures.get(part, {}).items()
        if not isinstance(value, str)
    ]
    print(table(("figure", "value"), rows))
    targets = [Target("extractive answer, p50", figures["extractive"]["p50"], EXTRACTIVE_SECONDS, "s", at_most=True)]
    if "written" in figures:
        said = figures["written"]
        targets += [
            Target("first written words, p50", said["first_words_p50"], FIRST_WORDS_SECONDS, "s", at_most=True),
            Target("facts written against extracted", said["fact_recall"], said["fact_recall_extractive"]),
        ]
    save("answers", figures, targets, about)


if __name__ == "__main__":
    main()
