"""Fits the weights of `kb.answering.proof.signs.support`: `python -m benchmarks.writing.fit --stores FOLDER`.

Good: the sentences of the recorded answers. False: the variants recorded beside them, and sentences of other answers.
Logistic regression on standardised features; what is printed is cross-validated, whole questions held out together. The
threshold loses a given share of the good sentences.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.writing.recorded import Recorded, open_base, question_files, recorded
from kb.answering.proof.citations import numbers_in, without_marks
from kb.answering.proof.denials import tells_what_is_missing
from kb.answering.proof.draft import Piece, pieces
from kb.answering.proof.signs.support import FEATURES, features
from kb.answering.proof.sources import Source

LOST = 0.02
FOLDS = 8
SEED = 17
WEIGHTS = Path("kb/answering/proof/signs/weights.json")


def sentences(answer: str) -> list[Piece]:
    """The sentences and bullets of an answer that cite something."""
    return [
        piece
        for piece in pieces(answer)
        if piece.kind in {"sentence", "item"} and piece.numbers and not tells_what_is_missing(piece.text)
    ]


def _examples(answers: Sequence[Recorded]) -> Iterator[tuple[str, str, list[float]]]:
    """(question, kind, features); the kind of a true sentence is `good`."""
    chance = random.Random(SEED)
    for one in answers:
        own = sentences(one.answer)
        if one.refuses or not own:
            continue
        by_number = {source.number: source for source in one.sources}

        def row(
            text: str, numbers: Sequence[int], of: Recorded = one, known: dict[int, Source] = by_number
        ) -> list[float]:
            values = features(text, [known[number] for number in numbers if number in known], of.question)
            return [values[name] for name in FEATURES]

        name = f"{one.base}/{one.row['id']}"
        for piece in own:
            yield name, "good", row(piece.text, piece.numbers)
        for kind, text in one.false.items():
            yield name, kind, row(without_marks(text), numbers_in(text) or own[0].numbers)
        others = [other for other in answers if other is not one and other.base == one.base and not other.refuses]
        strange = sentences(chance.choice(others).answer) if others else []
        if strange:
            yield name, "of another answer", row(chance.choice(strange).text, own[0].numbers)


def main() -> None:
    """Fits, prints what is caught, and writes the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stores", type=Path, help="folder of the stores, made when they are not there")
    stores = parser.parse_args().stores
    rows = []
    for name in question_files():
        with open_base(name, stores=stores) as base:
            rows += list(_examples(list(recorded(name, base.catalog))))
    table = np.array([values for _, _, values in rows])
    kinds = np.array([kind for _, kind, _ in rows])
    good = kinds == "good"
    questions = [question for question, _, _ in rows]
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000, class_weight="balanced"))
    scores = cross_val_predict(model, table, good, groups=questions, cv=GroupKFold(FOLDS), method="decision_function")
    for lost in (0.01, 0.02, 0.03, 0.05):
        threshold = float(np.quantile(scores[good], lost))
        caught = {
            str(kind): round(float((scores[kinds == kind] < threshold).mean()), 3)
            for kind in sorted(set(kinds) - {"good"})
        }
        print(f"{lost:.0%} of {good.sum()} good sentences lost: {caught}")
    scaler, regression = (step for _, step in model.fit(table, good).steps)
    fit = {
        "fitted": "python -m benchmarks.writing.fit",
        "examples": {str(kind): int((kinds == kind).sum()) for kind in sorted(set(kinds))},
        "threshold": float(np.quantile(scores[good], LOST)),
        "bias": float(regression.intercept_[0]),
        "weights": dict(zip(FEATURES, map(float, regression.coef_[0]), strict=True)),
        "means": dict(zip(FEATURES, map(float, scaler.mean_), strict=True)),
        "spreads": dict(zip(FEATURES, map(float, scaler.scale_), strict=True)),
    }
    WEIGHTS.write_text(json.dumps(fit, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
