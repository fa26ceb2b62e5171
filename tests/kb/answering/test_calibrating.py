"""When to refuse, fitted: what the fit learns, what its thresholds cost, and which calibration is used."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kb.answering.calibrating import REFUSED_ANSWERABLE, REFUSED_OUTRIGHT, Row, TooFewError, fit
from kb.answering.refusal import (
    CAUTIONS,
    FEATURES,
    Regression,
    calibration_for,
    calibration_of,
    own_calibration,
    regression_of,
    shipped_calibration,
)
from kb.errors import SettingsError

READER = "lecteur@1"
Change = Callable[[dict[str, Any]], object]
USUAL = dict.fromkeys(FEATURES, 0.5)
GIVEN = Regression({"coverage": (2.0, 1.5, 1.0)}, 0.0).kept()
CERTAIN = Regression({}, 60.0).kept()


def rows(answerable: int, near_misses: int, nothing: int = 0, *, apart: float = 3.0, in_group: int = 1) -> list[Row]:
    """Questions of which `coverage` alone tells those about nothing, and `best_passage` near-misses, with noise."""
    chance = random.Random(1)
    found = []
    for kind, number in (("answerable", answerable), ("near-miss", near_misses), ("nothing", nothing)):
        for place in range(number):
            said = chance.gauss(0.0 if kind == "near-miss" else apart, 1.0)
            spoken = chance.gauss(0.0 if kind == "nothing" else apart, 1.0)
            values = USUAL | {"best_passage": said, "coverage": spoken}
            group = f"{kind} {place // in_group}"
            found.append(Row(values, kind == "answerable", group, about_nothing=kind == "nothing"))
    return found


def kept(questions: Sequence[Row]) -> dict[str, Any]:
    """What the fit over some questions gives, as `reperes calibrate` writes it."""
    return fit(questions, spoken=GIVEN).kept | {"reader": READER, "fitted": "2026-11-29"}


def test_each_regression_learns_its_own_difference() -> None:
    fitted = fit(rows(200, 150, 150))
    found = calibration_of(fitted.kept | {"reader": READER})
    answered = USUAL | {"best_passage": 3.0, "coverage": 3.0}
    near_miss = USUAL | {"best_passage": 0.0, "coverage": 3.0}
    nothing = USUAL | {"best_passage": 3.0, "coverage": 0.0}
    for regression, yes, no in (
        (found.said, (answered, nothing), near_miss),
        (found.spoken, (answered, near_miss), nothing),
    ):
        assert all(regression.probability(values) > 0.8 for values in yes)
        assert regression.probability(no) < 0.1
    assert found.confidence(answered) > 0.9
    assert max(found.confidence(near_miss), found.confidence(nothing)) < 0.1
    outcomes = [found.outcome(values, "high") for values in (answered, near_miss, nothing)]
    assert outcomes == ["answered", "unsaid", "refused"]
    assert fitted.auc > 0.95
    assert 0.3 < fit(rows(200, 150, 150, apart=0.0)).auc < 0.7


def test_neither_regression_learns_from_the_questions_of_the_other() -> None:
    questions = rows(60, 40, 40, apart=1.0)
    both = fit(questions).kept
    without_nothing = [row for row in questions if not row.about_nothing]
    assert fit(without_nothing, spoken=GIVEN).kept["said"] == both["said"]
    other_near_misses = [
        row if row.answerable or row.about_nothing else replace(row, values=USUAL | {"coverage": -9.0})
        for row in questions
    ]
    assert fit(other_near_misses).kept["spoken"] == both["spoken"]
    assert fit(other_near_misses).kept["said"] != both["said"]


def test_a_regression_that_is_given_is_kept_and_multiplied() -> None:
    questions = rows(60, 60, apart=1.0)
    alone, fitted = fit(questions, spoken=CERTAIN), fit(questions, spoken=GIVEN)
    spoken = [regression_of(GIVEN).probability(row.values) for row in questions]
    assert fitted.confidences == pytest.approx(alone.confidences * np.array(spoken))
    assert fitted.kept["spoken"] == GIVEN
    assert fitted.kept["said"] == alone.kept["said"]
    assert fitted.kept["near"] == 0.5  # likelier than not, for want of questions about nothing


@pytest.mark.parametrize("nothing", [0, 200])
def test_each_caution_refuses_the_share_of_answerable_questions_that_it_says(nothing: int) -> None:
    questions = rows(400, 300, nothing, apart=1.5)
    fitted = fit(questions, spoken=None if nothing else GIVEN)
    truth = np.array([row.answerable for row in questions])
    for caution, share in REFUSED_ANSWERABLE.items():
        refused = (fitted.confidences[truth] < fitted.kept["thresholds"][caution]).mean()
        assert share - 2 / 400 <= refused <= share
    low, normal, high = (fitted.kept["thresholds"][caution] for caution in CAUTIONS)
    assert 0 < low < normal < high < 1


def test_of_questions_about_nothing_a_share_is_refused_outright() -> None:
    questions = rows(100, 100, 300, apart=1.5)
    nothing = [row for row in questions if row.about_nothing]
    for heavier in (1.0, 3.0):  # weights of near-misses count for nothing here
        weighed = [row if row.answerable or row.about_nothing else replace(row, weight=heavier) for row in questions]
        near = fit(weighed, spoken=GIVEN).kept["near"]
        refused = np.mean([regression_of(GIVEN).probability(row.values) < near for row in nothing])
        assert REFUSED_OUTRIGHT - 2 / 300 <= refused <= REFUSED_OUTRIGHT
    found = calibration_of(fit(questions).kept | {"reader": READER})
    refused = np.mean([found.spoken.probability(row.values) < found.near for row in nothing])
    assert refused == pytest.approx(REFUSED_OUTRIGHT, abs=0.03)


def test_sure_questions_are_not_refused_by_a_threshold_that_is_rounded() -> None:
    fitted = fit([replace(row, weight=10_000.0) for row in rows(100, 100, 100, apart=200.0)])
    answerable = fitted.confidences[:100]
    assert np.ptp(answerable) < 1e-4
    for caution, share in REFUSED_ANSWERABLE.items():
        assert (answerable < fitted.kept["thresholds"][caution]).mean() <= share


@pytest.mark.parametrize(
    ("group", "other_kind"),
    [
        ("answerable 0", {"answerable": False}),
        ("near-miss 0", {"answerable": True}),
        ("nothing 0", {"about_nothing": False}),
    ],
)
def test_a_question_is_judged_by_fits_that_have_not_seen_its_group(group: str, other_kind: dict[str, Any]) -> None:
    questions = rows(60, 60, 60, apart=1.0, in_group=6)
    # Another kind of a whole group changes what is learnt for others, and nothing for itself.
    otherwise = [replace(row, **other_kind) if row.group == group else row for row in questions]
    same = fit(questions).confidences == fit(otherwise).confidences
    assert same[[row.group == group for row in questions]].all()
    assert same.sum() < 60


def test_weights_count_as_repetitions() -> None:
    questions = rows(40, 40, 40, apart=1.0)
    heavy = fit([replace(row, weight=2.0) if row.answerable else row for row in questions])
    repeated = fit([*questions, *(row for row in questions if row.answerable)])
    for half in ("said", "spoken"):
        assert heavy.kept[half]["weights"] == pytest.approx(repeated.kept[half]["weights"], abs=1e-3)
        assert heavy.kept[half]["bias"] == pytest.approx(repeated.kept[half]["bias"], abs=1e-3)
        assert heavy.kept[half]["bias"] > fit(questions).kept[half]["bias"]


def test_a_sign_that_all_questions_have_alike_tells_nothing() -> None:
    """In a small base no question may lack a name: the first one that does is judged by the other signs."""
    found = calibration_of(fit(rows(40, 40, 40)).kept | {"reader": READER})
    usual = USUAL | {"best_passage": 2.0}
    assert found.confidence(usual | {"missing_name": 1.0}) == pytest.approx(found.confidence(usual))


def test_only_the_signs_that_are_named_are_learnt_from() -> None:
    fitted = fit(rows(40, 40, 40), ["coverage"]).kept
    for half in ("said", "spoken"):
        assert all(set(fitted[half][part]) == {"coverage"} for part in ("weights", "means", "spreads"))


@pytest.mark.parametrize(
    ("numbers", "told"),
    [
        ((19, 40, 40), "19 with an answer, 40 without, 40 about nothing"),
        ((40, 19, 40), "19 without"),
        ((40, 40, 19), "19 about nothing"),
        ((40, 40), "0 about nothing"),
        ((0, 0, 0), "0 with an answer"),
    ],
)
def test_under_twenty_of_a_kind_are_too_few(numbers: tuple[int, ...], told: str) -> None:
    with pytest.raises(TooFewError, match=told):
        fit(rows(*numbers))


def test_twenty_of_each_kind_are_enough_and_none_about_nothing_where_the_other_regression_is_given() -> None:
    fit(rows(20, 20, 20))
    fit(rows(20, 20), spoken=GIVEN)
    fit(rows(20, 20, 1), spoken=GIVEN)
    for too_few in (rows(19, 20), rows(20, 19), rows(20, 19, 20)):  # those about nothing are no near-misses
        with pytest.raises(TooFewError, match="19 with"):
            fit(too_few, spoken=GIVEN)


@pytest.mark.parametrize("kind", ["answerable", "near-miss", "nothing", ""])
def test_questions_of_one_document_are_too_few(kind: str) -> None:
    """Whether or not the others come from it too: what is held out would be all that there is of a kind."""
    questions = [replace(row, group="one") if row.group.startswith(kind) else row for row in rows(30, 30, 30)]
    with pytest.raises(TooFewError, match="one group"):
        fit(questions)


def test_two_documents_that_are_held_out_together_are_too_few() -> None:
    questions = [*rows(400, 0, in_group=100), *rows(0, 20, in_group=10)]
    with pytest.raises(TooFewError, match="one fold"):
        fit(questions, spoken=GIVEN)


# Which calibration is used


def written(folder: Path, fitted: dict[str, Any]) -> Path:
    path = folder / "own.json"
    path.write_text(json.dumps(fitted), encoding="utf-8")
    return path


def test_a_base_without_a_calibration_of_its_own_takes_the_shipped_one(tmp_path: Path) -> None:
    assert calibration_for(tmp_path / "absent.json", READER) is shipped_calibration()
    assert own_calibration(tmp_path / "absent.json") is None


def test_ones_own_calibration_counts_with_the_reader_that_it_was_fitted_with(tmp_path: Path) -> None:
    fitted = kept(rows(30, 30))
    path = written(tmp_path, fitted)
    own = calibration_for(path, READER)
    assert (own.reader, own.fitted, own.thresholds, own.near) == (READER, "2026-11-29", fitted["thresholds"], 0.5)
    assert (own.said.kept(), own.spoken.kept()) == (fitted["said"], GIVEN)
    assert calibration_for(path, "lecteur@2") is shipped_calibration()


@pytest.mark.parametrize("half", ["said", "spoken"])
def test_a_calibration_of_signs_that_are_no_more_does_not_count(tmp_path: Path, half: str) -> None:
    fitted = kept(rows(30, 30))
    older = {part: fitted[half][part] | {"an_older_sign": 1.0} for part in ("weights", "means", "spreads")}
    fitted[half] = fitted[half] | older
    assert calibration_for(written(tmp_path, fitted), READER) is shipped_calibration()


def test_one_of_when_it_was_a_single_regression_does_not_count_and_is_not_damaged(tmp_path: Path) -> None:
    fitted = kept(rows(30, 30))
    one = Regression({"best_unit": (1.0, 0.0, 1.0), "coverage": (1.0, 0.0, 1.0)}, 0.0)
    before = {part: fitted[part] for part in ("thresholds", "near", "reader", "fitted")} | one.kept()
    assert calibration_for(written(tmp_path, before), READER) is shipped_calibration()


OF_A_HALF: list[Change] = [
    lambda half: half.pop("weights"),
    lambda half: half.pop("means"),
    lambda half: half.pop("spreads"),
    lambda half: half.pop("bias"),
    lambda half: half["means"].pop("coverage"),
    lambda half: half["weights"].update(coverage=float("inf")),
    lambda half: half["means"].update(coverage=None),
    lambda half: half["spreads"].update(coverage=0),
    lambda half: half.update(weights=[1, 2]),
    lambda half: half.update(spreads={}),
    lambda half: half.update(bias="beaucoup"),
    lambda half: half.update(bias=float("nan")),
    lambda half: half.update(bias=10**400),
]
OF_THE_WHOLE: list[Change] = [
    lambda fitted: fitted.pop("said"),
    lambda fitted: fitted.pop("spoken"),
    lambda fitted: fitted.pop("reader"),
    lambda fitted: fitted.pop("near"),
    lambda fitted: fitted.pop("thresholds"),
    lambda fitted: fitted["thresholds"].pop("high"),
    lambda fitted: fitted["thresholds"].update(low=float("nan")),
    lambda fitted: fitted.update(thresholds=[0.1]),
    lambda fitted: fitted.update(near=float("nan")),
    lambda fitted: fitted.update(said=3),
    lambda fitted: fitted.update(spoken=[]),
]


@pytest.mark.parametrize(
    ("part", "change"),
    [*((half, change) for half in ("said", "spoken") for change in OF_A_HALF), *((None, one) for one in OF_THE_WHOLE)],
)
def test_a_damaged_calibration_is_told_with_its_file(tmp_path: Path, part: str | None, change: Change) -> None:
    fitted = json.loads(json.dumps(kept(rows(20, 20))))
    change(fitted if part is None else fitted[part])
    with pytest.raises(SettingsError, match=r"own\.json est illisible.*Relancez « reperes calibrate »"):
        calibration_for(written(tmp_path, fitted), READER)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"{}", b"3", b"[]", b"null", b'{"reader": ', b"\xff\xfe", b"[" * 100_000]
)
def test_a_file_that_is_no_calibration_is_told_too(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "own.json"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=r"own\.json est illisible"):
        calibration_for(path, READER)


def test_a_folder_in_its_place_is_told_too(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="illisible"):
        calibration_for(tmp_path, READER)
