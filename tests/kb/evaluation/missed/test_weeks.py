"""A scripted fortnight, counted."""

from __future__ import annotations

from datetime import UTC, date, timedelta, timezone
from pathlib import Path

from kb.evaluation.missed.weeks import Week, to_csv, weeks
from kb.records.asked.questions import AskedQuestions
from kb.records.feedback import Feedback
from questions import answered, moment, refused


def said(day: int, verdict: str = "bad") -> Feedback:
    return Feedback(day, moment(day).isoformat(), "good" if verdict == "good" else "bad", None, "", {}, 1)


def test_each_week_is_counted_with_the_empty_ones_between(tmp_path: Path) -> None:
    kept = AskedQuestions(tmp_path / "app.db", 365)
    for day, seconds in ((2, 0.2), (5, 0.4), (8, 4.0)):
        kept.answered(answered("Qui ?", seconds), "page", moment(day))
    kept.answered(refused("Où ?"), "page", moment(8, 22))
    kept.answered(answered("Quand ?", 1.0, ()), "api", moment(16))
    kept.failed("mcp", moment(17))
    found = weeks(kept.since(), [said(3), said(4, "good"), said(18)], UTC)
    assert found == [
        Week(date(2026, 3, 16), asked=2, unsourced=1, failed=1, disliked=1, seconds=1.0),
        Week(date(2026, 3, 9)),
        Week(date(2026, 3, 2), asked=4, answered=3, refused=1, disliked=1, seconds=0.45),
    ]
    # Sunday at 22 o'clock UTC is Monday already, four hours further east.
    assert [week.asked for week in weeks(kept.since(), [], timezone(timedelta(hours=4)))] == [2, 1, 3]
    assert weeks([], []) == []


def test_the_file_opens_in_a_spreadsheet_in_french() -> None:
    lines = to_csv([Week(date(2026, 3, 2), 3, 1, 1, 1, 0, 2, 0.449)]).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("semaine du;questions;avec réponse;refus")
    assert lines[1] == "2026-03-02;3;1;1;1;0;2;0,4"
