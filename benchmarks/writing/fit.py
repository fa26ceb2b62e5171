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
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.writing.enemies import swapped_figure, swapped_name
from benchmarks.writing.recorded import Recorded, open_base, question_files, recorded
from kb.answering.proof.citations import numbers_in, without_marks
from kb.answering.proof.denials import tells_what_is_missing
from kb.answering.proof.draft import Piece, pieces
from kb.answering.proof.names import proper_names
from kb.answering.proof.signs import attribution, support
from kb.answering.proof.sources import Source
from kb.text.figures import figures, same_figure

LOST_SENTENCES = 0.02
LOST_FIGURES = 0.01
LOST_NAMES = 0.01
SWAPPED = 2  # figures, of each sentence
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


def _of_sentences(answers: Sequence[Recorded]) -> Iterator[tuple[str, str, list[float]]]:
    """(question, kind, features); the kind of a true sentence is `good`."""
    chance = random.Random(SEED)
    for one in answers:
        own = sentences(one.answer)
        if one.refuses or not own:
            continue
        name = f"{one.base}/{one.row['id']}"
        told = [("good", piece.text, piece.numbers) for piece in own]
        told += [
            (kind, without_marks(text), tuple(numbers_in(text)) or own[0].numbers) for kind, text in one.false.items()
        ]
        others = [other for other in answers if other is not one and other.base == one.base and not other.refuses]
        if others and (strange := sentences(chance.choice(others).answer)):
            told.append(("of another answer", chance.choice(strange).text, own[0].numbers))
        for kind, text, numbers in told:
            values = support.features(text, _cited(one, numbers), one.question)
            yield name, kind, [values[feature] for feature in support.FEATURES]


def _of_parts(answers: Sequence[Recorded], part: str) -> Iterator[tuple[str, str, list[float]]]:
    """The same for each figure, or each name (`part`): of good sentences, and of those in which it was swapped."""
    chance = random.Random(SEED)
    swap, rows = (swapped_figure, _figure_rows) if part == "figure" else (swapped_name, _name_rows)
    for one in answers:
        if one.refuses:
            continue
        name = f"{one.base}/{one.row['id']}"
        for piece in sentences(one.answer):
            cited = _cited(one, piece.numbers)
            yield from ((name, "good", row) for row in rows(piece.text, "", cited, one.question))
            for _ in range(SWAPPED):
                if changed := swap(piece.text, cited, chance):
                    yield from ((name, "swapped", row) for row in rows(changed, piece.text, cited, one.question))
        if text := one.false.get(f"swapped_{part}"):
            cited = _cited(one, numbers_in(text))
            found = rows(without_marks(text), without_marks(one.answer), cited, one.question)
            yield from ((name, f"swapped_{part}", row) for row in found)


def _figure_rows(text: str, true: str, cited: Sequence[Source], _question: str) -> Iterator[list[float]]:
    """The features of the figures of `text` that `true` does not give."""
    units = [unit for source in cited for unit in source.units]
    said, weight = list(dict.fromkeys(support.content(text))), support.rarity(units)
    known = figures(true)
    for figure in figures(text):
        if any(same_figure(figure, other) or same_figure(other, figure) for other in known):
            continue
        signs = attribution.figure_signs(figure, text, units, said, weight)
        if signs is not None:
            yield [signs[feature] for feature in attribution.FEATURES]


def _name_rows(text: str, true: str, cited: Sequence[Source], question: str) -> Iterator[list[float]]:
    """The features of the names of `text` that `true` does not hold."""
    units = [unit for source in cited for unit in source.units]
    said, weight = list(dict.fromkeys(support.content(text))), support.rarity(units)
    for name in proper_names(text):
        signs = None if name in true else attribution.name_signs(name, text, units, said, weight, question)
        if signs is not None:
            yield [signs[feature] for feature in attribution.NAME_FEATURES]


def _cited(one: Recorded, numbers: Sequence[int]) -> list[Source]:
    return [source for source in one.sources if source.number in numbers]


def _fit(rows: Sequence[tuple[str, str, list[float]]], names: Sequence[str], lost: float) -> dict[str, Any]:
    """Prints what is caught, cross-validated, and gives the weights."""
    table = np.array([values for _, _, values in rows])
    kinds = np.array([kind for _, kind, _ in rows])
    good = kinds == "good"
    questions = [question for question, _, _ in rows]
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000, class_weight="balanced"))
    scores = cross_val_predict(model, table, good, groups=questions, cv=GroupKFold(FOLDS), method="decision_function")
    for share in (0.01, 0.02, 0.03, 0.05):
        below = scores < np.quantile(scores[good], share)
        caught = {str(kind): round(float(below[kinds == kind].mean()), 3) for kind in sorted(set(kinds) - {"good"})}
        print(f"{share:.0%} of {good.sum()} good lost: {caught}")
    scaler, regression = (step for _, step in model.fit(table, good).steps)
    return {
        "examples": {str(kind): int((kinds == kind).sum()) for kind in sorted(set(kinds))},
        "lost": lost,
        "threshold": float(np.quantile(scores[good], lost)),
        "bias": float(regression.intercept_[0]),
        "weights": dict(zip(names, map(float, regression.coef_[0]), strict=True)),
        "means": dict(zip(names, map(float, scaler.mean_), strict=True)),
        "spreads": dict(zip(names, map(float, scaler.scale_), strict=True)),
    }


def main() -> None:
    """Fits, prints what is caught, and writes the weights."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stores", type=Path, help="folder of the stores, made when they are not there")
    stores = parser.parse_args().stores
    by_sentence, by_figure, by_name = [], [], []
    for name in question_files():
        with open_base(name, stores=stores) as base:
            answers = list(recorded(name, base.catalog))
            by_sentence += list(_of_sentences(answers))
            by_figure += list(_of_parts(answers, "figure"))
            by_name += list(_of_parts(answers, "name"))
    fits = {
        "sentences": _fit(by_sentence, support.FEATURES, LOST_SENTENCES),
        "figures": _fit(by_figure, attribution.FEATURES, LOST_FIGURES),
        "names": _fit(by_name, attribution.NAME_FEATURES, LOST_NAMES),
    }
    kept = {"fitted": "python -m benchmarks.writing.fit", "fits": fits}
    WEIGHTS.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
