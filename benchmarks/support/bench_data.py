"""Where the benchmarks read their documents and questions: a folder beside the repository, never copied into it."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VARIABLE = "REPERES_BENCH_DATA"


@dataclass(frozen=True, slots=True)
class BenchData:
    """A knowledge base with its questions: `documents`, a folder of Markdown files, and `questions`, a JSONL file.

    A question's row may hold `peer_rank`, the rank at which the engine then in production returned the document.
    """

    documents: Path
    questions: Path

    def peer_ranks(self) -> dict[str, int | None]:
        """By question, the rank that the engine in production gave to the expected document, None for not found."""
        lines = self.questions.read_text(encoding="utf-8").splitlines()
        return {row["id"]: row.get("peer_rank") for row in map(json.loads, filter(str.strip, lines))}


def bench_data(environ: Mapping[str, str] | None = None, beside: Path = ROOT) -> BenchData:
    """The data in the folder that REPERES_BENCH_DATA names, else in `../shared/bench` beside the repository.

    Ends the program with exit code 1 and one message when they are not there.
    """
    environ = os.environ if environ is None else environ
    given = environ.get(VARIABLE, "")
    folder = (Path(given).expanduser() if given else beside.parent / "shared" / "bench") / "cnil"
    data = BenchData(folder / "documents", folder / "questions-dev.jsonl")
    if not data.questions.is_file() or next(data.documents.glob("*.md"), None) is None:
        print(
            f"The benchmark's data are not in {folder}: it needs documents/*.md and questions-dev.jsonl there. "
            f"They are not part of the repository; {VARIABLE} names the folder that holds cnil/.",
            file=sys.stderr,
        )
        raise SystemExit(1)
    return data
