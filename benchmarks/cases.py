"""Files that real life makes, each with a question: does the answer hold what the file says?

    python -m benchmarks.cases [FOLDER] [--only NAME]

FOLDER holds `cases.jsonl` and a folder a case (by default those of the tests). Each folder is ingested into a base of
its own and its question is asked without a language model. A case holds when the answer holds one of what is expected;
one whose file cannot be read right must be told of instead: as a failure or a notice of the ingestion.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.report import table
from benchmarks.support.bench_data import ROOT
from ingest.pipeline import ingest
from ingest.report import IngestReport
from kb.errors import StoreError
from kb.evaluation.scoring.matching import holds
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder
from kb.models.sentence_encoder import load_encoder
from kb.settings import Settings

CASES = ROOT / "tests" / "data" / "cases"
_TOLD = "("  # « (un avertissement) »: what is expected is no fact


@dataclass(frozen=True, slots=True)
class Case:
    """A folder of files and a question about them. `expected`: equivalent facts, or in brackets what must be told."""

    name: str
    folder: Path
    question: str
    expected: tuple[str, ...]
    kind: str

    @property
    def must_be_told(self) -> bool:
        """Whether the file cannot be read right, which must be said."""
        return self.expected[0].startswith(_TOLD)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`holds`, what was answered, whether a document's text holds what is expected, and what the ingestion told."""

    case: Case
    holds: bool
    answer: str
    in_text: bool
    told: tuple[str, ...]


def read_cases(folder: Path) -> list[Case]:
    """The cases of a folder, in the order of its `cases.jsonl`."""
    rows = map(json.loads, (folder / "cases.jsonl").read_text("utf-8").splitlines())
    return [
        Case(row["name"], folder / row["folder"], row["question"], tuple(row["expected"]), row["kind"]) for row in rows
    ]


def judge(case: Case, settings: Settings, encoder: Encoder) -> Verdict:
    """Ingests the folder of a case into a base of its own, and asks its question."""
    with tempfile.TemporaryDirectory() as folder:
        own = replace(settings, store=Path(folder) / "store")
        report = ingest([case.folder], own, encoder)
        told = tuple(_told(report))
        answer, text = "", ""
        try:
            with closing(KnowledgeBase.open(own, encoder)) as base:
                answer = base.ask(case.question, answerer="extractive").text
                names = sorted(document.id for document in base.documents())
                text = "\n".join(document.text for document in base.documents(names))
        except StoreError:
            pass  # nothing could be read: there is no base
    in_text = holds(text, case.expected)
    right = bool(told) if case.must_be_told else holds(answer, case.expected)
    return Verdict(case, right, answer, in_text, told)


def _told(report: IngestReport) -> Iterator[str]:
    for note in (*report.failed, *report.notices):
        yield f"{note.source} : {note.reason}"


def rows(verdicts: Iterable[Verdict]) -> list[list[str]]:
    """The lines of the table: whether each case holds, and its text, and what was answered."""
    return [
        [
            one.case.name,
            "holds" if one.holds else "FAILS",
            "yes" if one.in_text else "no",
            " ".join(one.answer.split())[:90],
        ]
        for one in verdicts
    ]


def main() -> None:
    """The command: prints the table, and what the ingestions told."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=CASES)
    parser.add_argument("--only", help="the name of one case")
    asked = parser.parse_args()
    settings = Settings.load()
    encoder = load_encoder(settings)
    cases = [case for case in read_cases(asked.folder) if asked.only in (None, case.name)]
    verdicts = [judge(case, settings, encoder) for case in cases]
    print(table(["case", "verdict", "in text", "answer"], rows(verdicts)))
    for verdict in verdicts:
        for line in verdict.told:
            print(f"{verdict.case.name}: {line}")
    print(f"{sum(one.holds for one in verdicts)} of {len(verdicts)} hold")


if __name__ == "__main__":
    main()
