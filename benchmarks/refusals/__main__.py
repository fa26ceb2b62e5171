"""Fits and measures the refusal: `python -m benchmarks.refusals --stores FOLDER [--write] [--sheets 600]`.

Every base (see benchmarks.writing.recorded) is asked its own questions and those about nothing that a base holds. All
bases weigh alike, whatever their number of questions, and so do, in each, questions with an answer and without one.
What is printed is by folds: the questions of one sheet, and equal questions of several bases, are held out together.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from benchmarks.refusals.small import small_bases
from benchmarks.writing.recorded import open_base, question_files
from kb.answering.calibrating import Fitted, Row, fit
from kb.answering.refusal import FEATURES
from kb.models.encoder import Encoder
from kb.models.reader.weights import shipped_weights
from kb.models.sentence_encoder import load_encoder
from kb.settings import Settings

NOTHING = Path(__file__).with_name("nothing.jsonl")
WEIGHTS = Path("kb/answering/refusal.json")
# The document of a question whose document is not in the base: another one may answer, so it tells nothing.
ABSENT = "absent.md"
SMALL = "-small"
NOTHING_APART = 12  # every which question about nothing a small base is asked


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a base: `kind` is `answerable`, `near-miss` or `nothing`."""

    base: str
    kind: str
    row: Row


def asked(name: str, stores: Path, sheets: int) -> list[Asked]:
    """The questions of a base, each with its features; at most `sheets` of those of a base that has more."""
    lines = lines_of(name)
    if len(lines) > sheets:
        lines = random.Random(7).sample(lines, sheets)
    found = []
    with open_base(name, stores=stores) as base:
        for line in lines:
            documents = line.get("documents") or []
            missing = bool(line.get("unanswerable"))
            group = f"{name}/{documents[0]}" if documents else f"{name}/{line['id']}"
            kind = "near-miss" if missing else "answerable"
            found.append(Asked(name, kind, Row(base.signs(line["question"]), not missing, group)))
        for line in map(json.loads, NOTHING.read_text("utf-8").splitlines()):
            row = Row(base.signs(line["q"]), False, f"nothing/{line['q']}", about_nothing=True)
            found.append(Asked(name, "nothing", row))
    return found


def lines_of(name: str) -> list[dict[str, Any]]:
    """The questions of a base that are asked without a conversation, of documents that it has."""
    lines = [json.loads(line) for line in question_files()[name][1].read_text("utf-8").splitlines() if line.strip()]
    return [line for line in lines if not line.get("history") and line.get("documents") != [ABSENT]]


def asked_of_small(name: str, stores: Path, encoder: Encoder) -> list[Asked]:
    """As `asked`, of the small bases cut out of a base, as if they were one."""
    found = []
    about_nothing = [json.loads(line)["q"] for line in NOTHING.read_text("utf-8").splitlines()]
    for number, (base, questions) in enumerate(small_bases(name, lines_of(name), stores, encoder)):
        with closing(base):
            for kind, line in questions:
                group = f"{name}/{line['documents'][0]}"
                row = Row(base.signs(line["question"]), kind == "answerable", group, about_nothing=kind == "nothing")
                found.append(Asked(name + SMALL, kind, row))
            for question in about_nothing[number::NOTHING_APART]:
                row = Row(base.signs(question), False, f"nothing/{question}", about_nothing=True)
                found.append(Asked(name + SMALL, "nothing", row))
    return found


def weighed(rows: Sequence[Asked]) -> list[Asked]:
    """With weights: each base 1, the small ones cut out of it together a third, half for its answerable questions,
    half for the others, near-misses and those about nothing alike.
    """
    counts = Counter((one.base, one.kind) for one in rows)
    kinds = {base: {kind for other, kind in counts if other == base and kind != "answerable"} for base, _ in counts}
    shares = {
        (base, kind): (0.5 if kind == "answerable" else 0.5 / len(kinds[base])) / number
        for (base, kind), number in counts.items()
    }
    size = {base: 1 / 3 if base.endswith(SMALL) else 1.0 for base in kinds}
    return [
        replace(one, row=replace(one.row, weight=1000 * size[one.base] * shares[one.base, one.kind])) for one in rows
    ]


def measured(rows: Sequence[Asked], fitted: Fitted) -> None:
    """Prints, by base, the area under the curve and what each caution refuses of each kind."""
    thresholds: Mapping[str, float] = fitted.kept["thresholds"]
    for base in dict.fromkeys(one.base for one in rows):
        own = [(one.kind, value) for one, value in zip(rows, fitted.confidences, strict=True) if one.base == base]
        kinds = np.array([kind for kind, _ in own])
        values = np.array([value for _, value in own])
        truth = kinds == "answerable"
        line = []
        for kind in ("near-miss", "nothing"):
            some = truth | (kinds == kind)
            if (kinds == kind).any():
                line.append(f"AUC {kind} {roc_auc_score(truth[some], values[some]):.3f}")
        for caution, threshold in thresholds.items():
            shares = {kind: (values[kinds == kind] < threshold).mean() for kind in dict.fromkeys(kinds)}
            line.append(f"{caution} refuses " + ", ".join(f"{kind} {share:.3f}" for kind, share in shares.items()))
        print(base, len(own), *line, sep="\n    ")


def kept(path: Path) -> list[Asked]:
    """The questions of a run before, as `--rows` kept them."""
    found = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [Asked(one["base"], one["kind"], Row(**one["row"])) for one in found]


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stores", type=Path, required=True)
    parser.add_argument("--sheets", type=int, default=100_000, help="questions of a base at most")
    parser.add_argument("--write", action="store_true", help=f"writes {WEIGHTS}")
    parser.add_argument("--rows", type=Path, help="keeps what was read there, and takes it from there when it exists")
    options = parser.parse_args()
    if options.rows is not None and options.rows.exists():
        found = kept(options.rows)
    else:
        found = [one for name in question_files() for one in asked(name, options.stores, options.sheets)]
        encoder = load_encoder(Settings.load())
        found += [one for name in question_files() for one in asked_of_small(name, options.stores, encoder)]
        if options.rows is not None:
            options.rows.write_text("".join(json.dumps(asdict(one)) + "\n" for one in found), "utf-8")
    rows = weighed(found)
    fitted = fit([one.row for one in rows])
    measured(rows, fitted)
    print("all features", round(fitted.auc, 4))
    for left_out in FEATURES:
        without = fit([one.row for one in rows], [name for name in FEATURES if name != left_out])
        print(f"without {left_out}: {without.auc:.4f}")
    if options.write:
        files = [path for _, path in question_files().values()] + [NOTHING]
        about: dict[str, Any] = {
            "fitted": datetime.now(UTC).date().isoformat(),
            "reader": shipped_weights().identity,
            "questions": {
                f"{path.parent.name}/{path.name}": hashlib.sha256(path.read_bytes()).hexdigest()[:12] for path in files
            },
            "auc": round(fitted.auc, 4),
        }
        WEIGHTS.write_text(json.dumps(about | fitted.kept, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
