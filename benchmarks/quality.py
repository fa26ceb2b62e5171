"""Retrieval quality of Repères beside LlamaIndex and txtai with the same encoder, on real questions of the public.

    python -m benchmarks.quality

Each system ranks ten documents for each question; the figures are those of `reperes eval`, with 95 % bootstrap
intervals. A question whose document is not in the collection is a miss for every system. The last column is the
difference of MRR@10 from Repères, question by question: an interval below 0 means that Repères is better.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.report import Target, encoder_in_words, machine, save, table
from benchmarks.rivals.process import require_rivals, run_rival
from benchmarks.support.bench_data import BenchData, bench_data
from ingest.pipeline import ingest
from kb.evaluation.asking import evaluate
from kb.evaluation.questions import EvaluationQuestion, read_questions
from kb.evaluation.results import Estimate
from kb.evaluation.scoring.metrics import hit_at_k, reciprocal_rank
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder
from kb.models.packaged.e5 import packaged_e5_folder
from kb.models.sentence_encoder import load_encoder
from kb.settings import Settings

LIBRARIES = ("llamaindex", "txtai")
OURS, PRODUCTION = "reperes", "production"
NAMES = {
    OURS: "Repères",
    "llamaindex_dense": "LlamaIndex dense",
    "llamaindex_hybrid": "LlamaIndex hybrid",
    "txtai_hybrid": "txtai hybrid",
    PRODUCTION: "Epitca (in production then)",
}
FIGURES = ("mrr@10", "hit@1", "hit@5", "hit@10")

Scores = dict[str, list[float]]
"""By figure, its value for each question, in the order of the questions."""


def scores(rankings: Mapping[str, Sequence[str]], questions: Sequence[EvaluationQuestion]) -> Scores:
    """The figures of a system from the documents that it ranks for each question, by the question's id."""
    found: Scores = {figure: [] for figure in FIGURES}
    for question in questions:
        ranked = rankings.get(question.id, ())
        found["mrr@10"].append(reciprocal_rank(ranked, question.documents, 10))
        for k in (1, 5, 10):
            found[f"hit@{k}"].append(hit_at_k(ranked, question.documents, k))
    return found


def production_rankings(data: BenchData, questions: Sequence[EvaluationQuestion]) -> dict[str, list[str]]:
    """Rankings with the expected document at the rank that the engine in production gave it."""
    ranks = data.peer_ranks()
    return {
        question.id: [f"other-{place}" for place in range(1, rank)] + [question.documents[0]]
        for question in questions
        if (rank := ranks.get(question.id)) is not None
    }


def our_rankings(
    data: BenchData, questions: Sequence[EvaluationQuestion], encoder: Encoder, settings: Settings
) -> dict[str, Sequence[str]]:
    """What Repères ranks, through its own ingestion and evaluation."""
    report = ingest([data.documents], settings, encoder)
    if report.failed:
        raise SystemExit(f"documents that could not be ingested: {report.failed}")
    with KnowledgeBase.open(settings, encoder) as knowledge:
        result = evaluate(knowledge, questions, answers=False)
    if result.failed:
        raise SystemExit(f"questions that failed: {[answered.row['error'] for answered in result.failed]}")
    return {answered.question.id: answered.row["retrieved"] for answered in result.results}


def row(name: str, found: Scores, ours: Scores) -> list[str]:
    """A line of the table: each figure with its interval, then the paired difference from Repères."""

    def shown(estimate: Estimate, sign: str = "") -> str:
        return f"{estimate.value:{sign}.3f} [{estimate.low:{sign}.3f}, {estimate.high:{sign}.3f}]"

    cells = [shown(Estimate.of(found[figure])) for figure in FIGURES]
    if found is ours:
        return [name, *cells, ""]
    differences = [theirs - own for theirs, own in zip(found["mrr@10"], ours["mrr@10"], strict=True)]
    return [name, *cells, shown(Estimate.of(differences), "+")]


def targets(measured: Mapping[str, Scores]) -> list[Target]:
    """Better than the best of the other systems, in MRR@10 and in hit@5."""
    found = []
    for figure in ("mrr@10", "hit@5"):
        means = {name: sum(scores[figure]) / len(scores[figure]) for name, scores in measured.items() if name != OURS}
        best = max(means, key=lambda name: means[name])
        ours = sum(measured[OURS][figure]) / len(measured[OURS][figure])
        reason = f"{NAMES[best]} finds more on these questions with the same encoder"
        found.append(Target(f"{figure} against the best other ({NAMES[best]})", ours, means[best], reason=reason))
    return found


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    data, about = bench_data(), machine()
    require_rivals()
    questions = read_questions(data.questions)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.load(store=Path(folder) / "store")
        encoder = load_encoder(settings)
        about["encoder"] = encoder_in_words(encoder, settings)
        measured = {OURS: scores(our_rankings(data, questions, encoder, settings), questions)}
    model = packaged_e5_folder(settings.cache / "models")
    versions = {}
    for library in LIBRARIES:
        answer = run_rival(
            "quality", library=library, model=str(model), documents=str(data.documents), questions=str(data.questions)
        )
        measured |= {system: scores(rankings, questions) for system, rankings in answer["rankings"].items()}
        versions[library] = answer["version"]
    measured[PRODUCTION] = scores(production_rankings(data, questions), questions)

    documents = len(list(data.documents.glob("*.md")))
    print(f"{len(questions)} questions, {documents} documents; 95 % intervals\n{about['encoder']}\n")
    header = ["", "MRR@10", "hit@1", "hit@5", "hit@10", "MRR@10 less Repères"]
    print(table(header, [row(NAMES[name], found, measured[OURS]) for name, found in measured.items()]))
    systems: dict[str, Any] = {}
    for name, found in measured.items():
        estimates = {figure: Estimate.of(found[figure]) for figure in FIGURES}
        systems[name] = {
            figure: {"value": estimate.value, "low": estimate.low, "high": estimate.high}
            for figure, estimate in estimates.items()
        }
    figures = {"questions": len(questions), "documents": documents, "systems": systems, "versions": versions}
    save("quality", figures, targets(measured), about)


if __name__ == "__main__":
    main()
