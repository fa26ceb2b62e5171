"""Answers in the two number formats of the packaged encoder: whether what is said hangs on the format.

    python -m benchmarks.formats [--bases corpus cnil sheets] [--sheets 300] [--stores FOLDER]

Each base is ingested in int8 and in fp32, and every question asked extractively in both. The bundled corpus is the
repository's; the other two stand beside it (see bench_data). Of `sheets`, a sample (always the same), or all with
`--sheets 0`. `--stores` keeps the bases there, and takes those of a run before as they are.

Since int8 is the default on every processor, fp32 only comes up where it is asked for; the comparison stands for any
noise of the encoder: a fact that one format says and the other leaves out was chosen by a hair.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from benchmarks.report import Target, machine, save, table
from benchmarks.support.bench_data import ROOT, bench_data
from ingest.pipeline import ingest
from kb.answering import answers as answering
from kb.answering.reading import Read, read
from kb.evaluation.questions import EvaluationQuestion, read_questions
from kb.evaluation.results import Estimate
from kb.evaluation.scoring.matching import fresh_facts, holds
from kb.knowledge import KnowledgeBase
from kb.models.sentence_encoder import load_encoder
from kb.settings import Settings
from kb.text.figures import figures
from kb.text.stems import stems
from kb.types import Answer

FORMATS = ("int8", "fp32")
# One fact in a hundred, half of what it was before ties were shown: 2.1 % of those of `sheets` (4 of 193, 2026-11-28).
MOST_FACTS_APART = 0.01
# To answer or not rests on no cosine; what is left comes from which passages are read.
MOST_REFUSALS_APART = 0.005
# A quote that is expected counts as said when one cited sentence holds this share of its words.
QUOTE_SHARE = 0.6
Place = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Base:
    """A folder of documents with its questions; `quotes` gives, by question, sets of sentences that answer it."""

    name: str
    documents: Path
    questions: Sequence[EvaluationQuestion]
    quotes: dict[str, list[list[str]]]


@dataclass(frozen=True, slots=True)
class Said:
    """What counts of an answer: its text, what it cites, its figures, and the numbers of the expected facts it holds.

    `recall` is None where nothing is expected of the question.
    """

    text: str
    documents: frozenset[str]
    sentences: frozenset[Place]
    figures: frozenset[Any]
    refused: bool
    facts: frozenset[int]
    recall: float | None


def read_base(name: str, documents: Path, questions: Path, limit: int = 0) -> Base:
    """The base, with `limit` of its questions when it has more; 0 for all."""
    lines = [line for line in questions.read_text(encoding="utf-8").splitlines() if line.strip()]
    rows = [json.loads(line) for line in lines]
    asked = read_questions(questions)
    if 0 < limit < len(asked):
        kept = sorted(random.Random(7).sample(range(len(asked)), limit))
        asked = [asked[number] for number in kept]
    return Base(name, documents, asked, {row["id"]: row.get("expected_quotes") or [] for row in rows})


def said(answer: Answer, question: EvaluationQuestion, quotes: Sequence[Sequence[str]]) -> Said:
    """What counts of `answer`."""
    cited = answer.citations
    facts: frozenset[int] = frozenset()
    recall = None
    if question.expected_facts:
        expected = fresh_facts(question.question, question.expected_facts)
        held = (number for number, fact in enumerate(expected) if not answer.refused and holds(answer.text, fact))
        facts = frozenset(held)
        recall = len(facts) / len(expected)
    elif quotes:
        shown = [set(stems(citation.quote)) for citation in cited]
        best = max(
            ([_is_shown(sentence, shown) for sentence in one] for one in quotes), key=lambda held: sum(held) / len(held)
        )
        facts = frozenset(number for number, held in enumerate(best) if held)
        recall = len(facts) / len(best)
    return Said(
        text=answer.text,
        documents=frozenset(citation.document.id for citation in cited),
        sentences=frozenset((citation.document.id, citation.start) for citation in cited),
        figures=frozenset((figure.value, figure.unit, figure.date) for figure in figures(answer.text)),
        refused=answer.refused,
        facts=facts,
        recall=recall,
    )


def _is_shown(sentence: str, quotes: Iterable[set[str]]) -> bool:
    wanted = set(stems(sentence))
    return any(len(wanted & quote) >= QUOTE_SHARE * len(wanted) for quote in quotes)


@contextmanager
def noted_scores(noted: list[dict[Place, float]]) -> Iterator[None]:
    """While it lasts, adds to `noted` the scores of the units of each question, by where they stand."""

    def noting(*arguments: Any) -> Read:
        found = read(*arguments)
        noted.append({(unit.evidence.document.id, unit.evidence.start): unit.evidence.score for unit in found.units})
        return found

    with patch.object(answering, "read", noting):
        yield


def answers(base: Base, dtype: str, store: Path) -> tuple[list[Said], list[dict[Place, float]]]:
    """What the base says to each of its questions in a number format, and the scores of the units it chose from."""
    settings = Settings.load(store=store, embedding_backend="onnx", embedding_dtype=dtype)
    encoder = load_encoder(settings)
    if not store.is_dir():
        report = ingest([base.documents], settings, encoder)
        if report.failed:
            raise SystemExit(f"documents that could not be ingested: {report.failed}")
    noted: list[dict[Place, float]] = []
    with KnowledgeBase.open(settings, encoder) as opened, noted_scores(noted):
        found = [
            said(
                opened.ask(question.question, history=question.history, answerer="extractive"),
                question,
                base.quotes[question.id],
            )
            for question in base.questions
        ]
    return found, noted


def compared(base: Base, found: dict[str, list[Said]], noted: dict[str, list[dict[Place, float]]]) -> dict[str, Any]:
    """The figures of a base: what is the same in both formats, what is in one only, and how well each answers."""
    pairs = list(zip(*(found[dtype] for dtype in FORMATS), strict=True))
    facts_apart = sum(len(one.facts ^ other.facts) for one, other in pairs)
    facts_said = sum(len(one.facts | other.facts) for one, other in pairs)
    noise = [
        abs(one[place] - other[place])
        for one, other in zip(*(noted[dtype] for dtype in FORMATS), strict=True)
        for place in one.keys() & other.keys()
    ]

    def share(name: str) -> float:
        same = [bool(getattr(one, name) == getattr(other, name)) for one, other in pairs]
        return sum(same) / len(same)

    return {
        "questions": len(pairs),
        "same_text": share("text"),
        "same_sentences": share("sentences"),
        "same_documents": share("documents"),
        "same_figures": share("figures"),
        "facts_apart": facts_apart,
        "facts_apart_share": facts_apart / facts_said if facts_said else 0.0,
        "apart": [
            question.id
            for question, (one, other) in zip(base.questions, pairs, strict=True)
            if one.facts != other.facts or one.refused != other.refused
        ],
        "refusals_apart": sum(one.refused != other.refused for one, other in pairs),
        "score_noise": {f"p{percent}": float(np.percentile(noise, percent)) for percent in (50, 95, 99)},
        "formats": {dtype: _quality(base, found[dtype]) for dtype in FORMATS},
    }


def _quality(base: Base, found: Sequence[Said]) -> dict[str, Any]:
    asked = list(zip(base.questions, found, strict=True))
    unanswerable = [float(answer.refused) for question, answer in asked if question.unanswerable]
    answerable = [float(answer.refused) for question, answer in asked if not question.unanswerable]
    recalls = [answer.recall for answer in found if answer.recall is not None]
    measured = {"fact_recall": recalls, "refused_unanswerable": unanswerable, "false_refusals": answerable}
    estimates = {name: Estimate.of(values) for name, values in measured.items()}
    return {
        name: {"value": estimate.value, "low": estimate.low, "high": estimate.high}
        for name, estimate in estimates.items()
    }


def targets(measured: dict[str, dict[str, Any]]) -> list[Target]:
    """Hardly a fact in one format only, hardly a refusal in one only."""
    found = []
    for name, row in measured.items():
        why = f"questions {', '.join(row['apart'][:8])}"
        apart, refusals = row["facts_apart_share"], row["refusals_apart"] / row["questions"]
        found.append(Target(f"{name}: facts in one format only", apart, MOST_FACTS_APART, at_most=True, reason=why))
        found.append(
            Target(f"{name}: refusals in one format only", refusals, MOST_REFUSALS_APART, at_most=True, reason=why)
        )
    return found


def main() -> None:
    names = ("corpus", "cnil", "sheets")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bases", nargs="+", choices=names, default=names)
    parser.add_argument("--sheets", type=int, default=300, metavar="N", help="questions of `sheets`, 0 for all of them")
    parser.add_argument("--stores", type=Path, metavar="FOLDER", help="where the bases are kept for the next run")
    options = parser.parse_args()
    data, about = bench_data(), machine()
    sheets = data.documents.parents[1] / "sheets"
    places = {
        "corpus": (ROOT / "corpus" / "documents", ROOT / "corpus" / "questions.jsonl", 0),
        "cnil": (data.documents, data.questions, 0),
        "sheets": (sheets / "documents", sheets / "questions.jsonl", options.sheets),
    }
    measured: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in options.bases:
            base = read_base(name, *places[name])
            found, noted = {}, {}
            for dtype in FORMATS:
                found[dtype], noted[dtype] = answers(base, dtype, (options.stores or Path(folder)) / f"{name}-{dtype}")
            measured[name] = compared(base, found, noted)
    shares = ("same_text", "same_sentences", "same_documents", "same_figures")
    rows = [
        [
            name,
            str(row["questions"]),
            *(f"{row[share]:.3f}" for share in shares),
            *(str(row[count]) for count in ("facts_apart", "refusals_apart")),
            *(f"{value:.3f}" if value is not None else "" for value in _recalls(row)),
        ]
        for name, row in measured.items()
    ]
    header = ["", "n", "text", "sentences", "documents", "figures", "facts apart", "refusals apart", *FORMATS]
    print("the same in both formats, shares of the answers; last, the facts that each format says\n")
    print(table(header, rows))
    save("formats", {"bases": measured}, targets(measured), about)


def _recalls(row: dict[str, Any]) -> list[float | None]:
    return [row["formats"][dtype]["fact_recall"]["value"] for dtype in FORMATS]


if __name__ == "__main__":
    main()
