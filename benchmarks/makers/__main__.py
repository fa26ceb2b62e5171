"""The same base in a folder and on PostgreSQL: the same documents, the same answers?

    python -m benchmarks.makers --database postgresql+psycopg://…/postgres [--bases corpus cnil] [--questions 300]

Each base (the bundled corpus, and those in the folder that REPERES_BENCH_DATA names) is ingested once into a folder,
moved to a database of that server, where the account may make and drop databases, and proven equal there. Every
question is then asked of both, without a language model: which ten documents come, in which order, with MRR@10; and the
answer, its citations, whether and why it is refused. The figures are kept in benchmarks/results/makers.json.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.report import Target, busy, encoder_in_words, machine, save, table
from benchmarks.support.bases import Databases
from benchmarks.support.server_processes import server_settings
from benchmarks.writing.recorded import question_files
from ingest.moving.comparing import compare
from ingest.moving.moving import move
from ingest.pipeline import ingest
from kb.evaluation.asking import evaluate
from kb.evaluation.questions import EvaluationQuestion, read_questions
from kb.evaluation.results import EvaluationRow
from kb.evaluation.scoring.metrics import reciprocal_rank
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder
from kb.models.sentence_encoder import load_encoder
from kb.settings import Settings

WITHIN = 0.005  # of MRR@10
SEED = 5
_TEN = 10
SAME = ("same_ten", "same_ten_in_any_order", "same_text", "same_citations", "same_refusal")

Rows = Mapping[str, EvaluationRow]
"""What came of each question, by its id."""


def rows_of(settings: Settings, encoder: Encoder, questions: Sequence[EvaluationQuestion], name: str) -> Rows:
    """What the base of the settings answers. Ends the program when a question fails."""

    def progress(done: int, of: int) -> None:
        if done % 50 == 0 or done == of:
            print(f"{name}: {done} of {of} questions", file=sys.stderr)

    with closing(KnowledgeBase.open(settings, encoder)) as knowledge:
        result = evaluate(knowledge, questions, answerer="extractive", progress=progress)
    if result.failed:
        raise SystemExit(f"questions that failed: {[answered.row['error'] for answered in result.failed]}")
    return {answered.question.id: answered.row for answered in result.results}


def agreement(questions: Sequence[EvaluationQuestion], rows: Rows, others: Rows) -> dict[str, Any]:
    """In how many questions two bases agree, on what; MRR@10 of both, over questions that have a document, and the
    difference; and the ids of the questions where documents, and where answers, are not the same."""
    agree = {question.id: _same(rows[question.id], others[question.id]) for question in questions}
    counts = {what: sum(same[what] for same in agree.values()) for what in SAME}
    with_documents = [question for question in questions if question.documents]
    one, other = (
        [reciprocal_rank(held[question.id]["retrieved"], question.documents, _TEN) for question in with_documents]
        for held in (rows, others)
    )
    number = max(1, len(with_documents))
    return {
        "questions": len(questions),
        **counts,
        "mrr_embedded": sum(one) / number,
        "mrr_postgresql": sum(other) / number,
        "mrr_difference": (sum(other) - sum(one)) / number,
        "other_ten": [name for name, same in agree.items() if not same["same_ten"]],
        "other_answer": [
            name for name, same in agree.items() if not all(same[what] for what in SAME if "ten" not in what)
        ],
    }


def _same(row: EvaluationRow, other: EvaluationRow) -> dict[str, bool]:
    ten, ten_there = row["retrieved"][:_TEN], other["retrieved"][:_TEN]
    return {
        "same_ten": ten == ten_there,
        "same_ten_in_any_order": sorted(ten) == sorted(ten_there),
        "same_text": row["answer"] == other["answer"],
        "same_citations": _citations(row) == _citations(other),
        "same_refusal": (row["refused"], row["reason"]) == (other["refused"], other["reason"]),
    }


def _citations(row: EvaluationRow) -> list[tuple[object, ...]]:
    return [(cited["number"], cited["document"], cited["start"], cited["end"]) for cited in row["citations"]]


def measured(
    documents: Path, questions: Sequence[EvaluationQuestion], here: Settings, there: Settings, encoder: Encoder
) -> dict[str, Any]:
    """Ingests documents into the base of the settings `here`, moves it to that of `there`, and asks both."""
    if failed := ingest([documents], here, encoder).failed:
        raise SystemExit(f"documents that could not be ingested: {failed}")
    move(here, there)
    compared = compare(here, there, encoder)
    rows, others = (
        rows_of(settings, encoder, questions, name) for settings, name in ((here, "embedded"), (there, "PostgreSQL"))
    )
    return {
        "documents": compared.documents,
        "passages": compared.passages,
        "differences": len(compared.differences),
        **agreement(questions, rows, others),
        "load_average": os.getloadavg()[0],
    }


def targets(bases: Mapping[str, Mapping[str, Any]], cores: int) -> list[Target]:
    """Of each base: that it is the same after its move, and that what is found is worth the same."""
    found = []
    for name, figures in bases.items():
        told = f"{figures['questions']} questions; {busy([figures['load_average']], cores)}"
        found += [
            Target(f"differences of {name} after its move", figures["differences"], 0, at_most=True),
            Target(
                f"MRR@10 on PostgreSQL beside embedded, {name}",
                abs(figures["mrr_difference"]),
                WITHIN,
                at_most=True,
                reason=told,
            ),
        ]
    return found


def main() -> None:
    files = question_files()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", metavar="URL", required=True, help="the server on which the bases are moved")
    parser.add_argument("--bases", nargs="+", choices=sorted(files), default=list(files), help="by default all here")
    parser.add_argument("--questions", type=int, metavar="N", help="at most so many of each base, always the same ones")
    options = parser.parse_args()
    settings = replace(Settings.load(), database="", app_db=None, accounts=None, answerer="extractive")
    encoder = load_encoder(settings)
    about = {**machine(), "encoder": encoder_in_words(encoder, settings)}
    found: dict[str, dict[str, Any]] = {}
    for name in options.bases:
        documents, path = files[name]
        questions = read_questions(path)
        if options.questions is not None and options.questions < len(questions):
            questions = random.Random(SEED).sample(questions, options.questions)
        with tempfile.TemporaryDirectory(prefix="reperes-makers-") as scratch:
            databases = Databases(Path(scratch), options.database)
            try:
                here = replace(settings, store=Path(scratch) / "embedded")
                there = databases.settings("before")
                there = replace(settings, store=there.store, database=there.database)
                found[name] = measured(documents, questions, here, there, encoder)
            finally:
                databases.remove()
    columns = ("questions", *SAME, "mrr_embedded", "mrr_postgresql", "mrr_difference")
    rows = [[name, *(f"{figures[column]:.4g}" for column in columns)] for name, figures in found.items()]
    print(table(["", *columns], rows))
    figures = {"within": WITHIN, "server": server_settings(options.database), "bases": found}
    save("makers", figures, targets(found, about["cores"]), about)


if __name__ == "__main__":
    main()
