"""Two runs over the same questions: which got better or worse, and whether the difference may be chance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kb.evaluation.report import FIGURES
from kb.evaluation.results import REFUSAL_AUC, confidences
from kb.evaluation.scoring.refusals import refusal_auc, refusal_auc_p_value

PERMUTATIONS = 10_000
_SEED = 20_261_127
_SAME = 1e-9
# What tells whether a question got better: the first of these that both runs have for it and that differs.
_TELLING = (
    "fact_recall", "refused_unanswerable", "false_refusals", "forbidden_facts", "unsupported_figures",
    "citation_precision", "mrr@10", "ndcg@10",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FigureComparison:
    """A figure in both runs over the `n` questions that count in both; `p` as `paired_p_value` gives it, or
    `refusal_auc_p_value` for the area under the curve of refusals.
    """

    figure: str
    before: float
    after: float
    n: int
    p: float

    @property
    def better(self) -> bool:
        """Whether the second run is on the better side."""
        gain = self.after - self.before
        return gain < 0 if FIGURES[self.figure].lower_is_better else gain > 0


@dataclass(frozen=True, slots=True)
class QuestionChange:
    """A question that got better or worse, by the figure that tells it."""

    id: str
    figure: str
    before: float
    after: float
    better: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs compared. `left_out` are the ids of questions that one of them does not have, or failed on."""

    figures: tuple[FigureComparison, ...]
    changes: tuple[QuestionChange, ...]
    left_out: tuple[str, ...]


Counted = Mapping[str, float]
Scores = Mapping[str, Counted]
"""The `question_scores` of each question of a run, by its id."""


def compare(before: Scores, after: Scores) -> Comparison:
    """The second run against the first. A question that failed in one of them (it has no figure) is left out."""
    shared = [name for name in before if name in after and bool(before[name]) == bool(after[name])]
    pairs = [(before[name], after[name]) for name in shared]
    found = [_refusals(pairs) if figure == REFUSAL_AUC else _means(figure, pairs) for figure in FIGURES]
    figures = [compared for compared in found if compared is not None]
    changes = [change for name in shared if (change := _change(name, before[name], after[name])) is not None]
    left_out = tuple(sorted((before.keys() | after.keys()) - set(shared)))
    return Comparison(tuple(figures), tuple(changes), left_out)


def paired_p_value(differences: Sequence[float], permutations: int = PERMUTATIONS) -> float:
    """The two-sided p of the mean difference of pairs: how often signs drawn at random give one as far from zero.

    Formula: (1 + #{|mean of randomly signed differences| >= |mean|}) / (1 + permutations). Source: the randomisation
    test of Smucker, Allan and Carterette, A Comparison of Statistical Significance Tests for IR Evaluation (CIKM 2007).
    Edge case: 1 when no pair differs. The draws are the same each time.
    """
    values = np.array([difference for difference in differences if abs(difference) > _SAME])
    if not len(values):
        return 1.0
    generator = np.random.default_rng(_SEED)
    signs = generator.choice((-1.0, 1.0), size=(permutations, len(values)))
    drawn = np.abs(signs @ values)
    return float((1 + np.sum(drawn >= abs(values.sum()) - _SAME)) / (1 + permutations))


def _means(figure: str, pairs: Iterable[tuple[Counted, Counted]]) -> FigureComparison | None:
    both = [(before[figure], after[figure]) for before, after in pairs if figure in before and figure in after]
    if not both:
        return None
    first, second = (sum(values) / len(both) for values in zip(*both, strict=True))
    return FigureComparison(figure, first, second, len(both), paired_p_value([b - a for a, b in both]))


def _refusals(pairs: Iterable[tuple[Counted, Counted]]) -> FigureComparison | None:
    """The questions that have a confidence in both runs, and that the documents answer, or not, in both."""
    both = [
        (before, after)
        for before, after in pairs
        if "confidence" in before.keys() & after.keys() and _is_answerable(before) == _is_answerable(after)
    ]
    first, second = (confidences(pair[run] for pair in both) for run in (0, 1))
    if not first.both:
        return None
    p = refusal_auc_p_value(first, second)
    return FigureComparison(REFUSAL_AUC, refusal_auc(first), refusal_auc(second), len(both), p)


def _is_answerable(scores: Counted) -> bool:
    return "false_refusals" in scores


def _change(question_id: str, before: Counted, after: Counted) -> QuestionChange | None:
    for figure in _TELLING:
        if figure in before and figure in after and abs(after[figure] - before[figure]) > _SAME:
            gain = after[figure] - before[figure]
            better = gain < 0 if FIGURES[figure].lower_is_better else gain > 0
            return QuestionChange(question_id, figure, before[figure], after[figure], better)
    return None
