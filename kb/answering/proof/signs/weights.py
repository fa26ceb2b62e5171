"""The fitted weights: `weights.json`, written by `python -m benchmarks.writing.fit`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class _Fit:
    """For each feature its weight, and the mean and standard deviation that it is standardised by."""

    by_feature: Mapping[str, tuple[float, float, float]]
    bias: float
    threshold: float


def logit(name: str, values: Mapping[str, float]) -> float:
    """The logit of the regression `name` (`sentences`, `figures`) less its threshold: 0 and above stands."""
    fit = _fits()[name]
    total = sum(
        weight * (values[feature] - mean) / spread for feature, (weight, mean, spread) in fit.by_feature.items()
    )
    return total + fit.bias - fit.threshold


@cache
def _fits() -> dict[str, _Fit]:
    kept = json.loads(files("kb.answering.proof.signs").joinpath("weights.json").read_text(encoding="utf-8"))
    return {
        fitted: _Fit(
            {
                feature: (weight, one["means"][feature], one["spreads"][feature])
                for feature, weight in one["weights"].items()
            },
            one["bias"],
            one["threshold"],
        )
        for fitted, one in kept["fits"].items()
    }
