"""Searches one base in a process of its own, for `benchmarks/scale.py`: prints one line of JSON.

    python -m benchmarks.scaling.search STORE [--questions 300]

Libraries and model are loaded before anything is timed. Opening ends when a first question is answered: vectors and
words are opened by the first search. Then every question is asked once, in a fixed order, all different: nothing that
the knowledge base remembers helps; and some of them again with filters that let a tenth, half and three quarters of the
documents pass. Memory is the process's highest until then, model and libraries included. At last recall of vectors is
measured, in each of these (`recall`).
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import chromadb  # noqa: F401  # loaded before the clock starts
import numpy as np

from benchmarks.scaling.recall import SHARES, filters_of, recalls
from benchmarks.scaling.recombine import SEED
from benchmarks.support.bench_data import ROOT, BenchData, bench_data
from benchmarks.support.wrapped_encoder import TimedEncoder
from kb.evaluation.questions import read_questions
from kb.index.opening import open_store
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder
from kb.models.sentence_encoder import load_encoder
from kb.settings import Settings

FIRST_QUESTION = "Comment savoir qui détient des informations sur moi ?"
HITS = 10
FILTERED = 50  # questions that are asked with each filter, and that recall is measured with


def questions(data: BenchData, count: int) -> list[str]:
    """`count` different questions in a fixed order: the real ones, then the same as they are typed in haste.

    Raises ValueError when there are not that many.
    """
    files = [data.questions, ROOT / "corpus" / "questions.jsonl"]
    real = [row.question for path in files for row in read_questions(path)]
    hasty = [question.lower().rstrip(" ?.!") for question in real]
    polite = [f"Bonjour, {question[:1].lower()}{question[1:]}" for question in real]
    different = [question for question in dict.fromkeys([*real, *hasty, *polite]) if question != FIRST_QUESTION]
    if count > len(different):
        raise ValueError(f"{count} questions asked for, there are {len(different)}")
    chosen = different[:count]
    random.Random(SEED).shuffle(chosen)
    return chosen


def peak_mb() -> float:
    """The most memory that this process held so far, in megabytes (10^6 bytes)."""
    try:
        # What getrusage gives on Linux may be that of the process that started this one.
        status = Path("/proc/self/status").read_text(encoding="utf-8")
        return int(status.split("VmHWM:")[1].split()[0]) * 1024 / 1e6
    except (OSError, IndexError):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def search(store: Path, asked: Sequence[str]) -> dict[str, float | int]:
    """Opens the base and asks: milliseconds, megabytes."""
    settings = Settings.load(store=store)
    encoder = TimedEncoder(load_encoder(settings))
    for _ in range(5):
        encoder.encode([FIRST_QUESTION], "query")
    before = peak_mb()
    began = time.perf_counter()
    with KnowledgeBase.open(settings, encoder) as knowledge:
        knowledge.search(FIRST_QUESTION, k=HITS)
        opened = time.perf_counter() - began
        encoder.seconds.clear()
        taken = []
        for question in asked:
            began = time.perf_counter()
            hits = knowledge.search(question, k=HITS)
            taken.append(time.perf_counter() - began)
            if len(hits) != HITS:
                raise SystemExit(f"{len(hits)} hits for « {question} »: the base is not what it should be")
        passages = knowledge.status().passages
        peak = peak_mb()
        filtered = {f"{share:.0%}": _filtered(knowledge, asked, share) for share in SHARES}
    milliseconds, encoding = 1000 * np.array(taken), 1000 * np.array(encoder.seconds)
    return {
        "passages": passages,
        "questions": len(asked),
        "open_s": opened,
        "p50_ms": float(np.percentile(milliseconds, 50)),
        "p95_ms": float(np.percentile(milliseconds, 95)),
        "max_ms": float(milliseconds.max()),
        "encoding_p50_ms": float(np.percentile(encoding, 50)),
        "encoding_p95_ms": float(np.percentile(encoding, 95)),
        "peak_mb": peak,
        "peak_before_opening_mb": before,
        **{f"{what}_{name}": value for name, told in filtered.items() for what, value in told.items()},
        **_recalls(settings, encoder, asked),
    }


def _filtered(knowledge: KnowledgeBase, asked: Sequence[str], share: float) -> dict[str, float]:
    """The milliseconds of whole searches among the documents that a filter lets pass."""
    taken = []
    for question in asked[:FILTERED]:
        began = time.perf_counter()
        knowledge.search(question, k=HITS, filters=filters_of(share))
        taken.append(1000 * (time.perf_counter() - began))
    return {"p50_ms": float(np.percentile(taken, 50)), "p95_ms": float(np.percentile(taken, 95))}


def _recalls(settings: Settings, encoder: Encoder, asked: Sequence[str]) -> dict[str, float]:
    """See `recall`."""
    vectors = encoder.encode(asked[:FILTERED], "query")
    with closing(open_store(settings).reader(encoder)) as reader, reader.lease() as lease:
        assert lease is not None
        return recalls(lease, vectors, is_half=bool(settings.database))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store", type=Path, help="the base to search")
    parser.add_argument("--questions", type=int, default=300, help="how many different questions are asked")
    options = parser.parse_args()
    print(json.dumps(search(options.store, questions(bench_data(), options.questions))))


if __name__ == "__main__":
    main()
