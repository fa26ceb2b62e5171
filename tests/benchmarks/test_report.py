"""What the benchmarks say: targets met or missed with the reason, and one message where the data are not there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from kb.evaluation.questions import EvaluationQuestion

Load = Callable[[str], ModuleType]


def test_targets_are_met_or_missed_with_the_reason(benchmark_module: Load) -> None:
    report = benchmark_module("report")
    lines = report.target_lines(
        [
            report.Target("ingestion", 3.2, 3.0, reason="not shown"),
            report.Target("latency p50", 51.5, 40.0, "ms", at_most=True, reason="encoding takes 30 ms"),
            report.Target("peak memory", 2000.0, 2000.0, "MB", at_most=True),
        ]
    )
    assert lines == [
        "met     ingestion: 3.2 (target >= 3)",
        "missed  latency p50: 51.5 ms (target <= 40 ms)",
        "        reason: encoding takes 30 ms",
        "met     peak memory: 2000 MB (target <= 2000 MB)",
    ]


def test_results_are_saved_and_their_targets_read_back(
    benchmark_module: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    report = benchmark_module("report")
    monkeypatch.setattr(report, "RESULTS", tmp_path / "results")
    target = report.Target("hit@5", 0.8, 0.9, reason="another finds more")
    path = report.save("quality", {"systems": {"reperes": {"mrr@10": 0.123456789}}}, [target], report.machine())
    saved = json.loads(path.read_text(encoding="utf-8"))
    assert saved["systems"]["reperes"]["mrr@10"] == 0.12346
    assert saved["targets"][0]["met"] is False
    assert saved["machine"]["cores"] >= 1
    assert report.saved_targets("quality") == [target]
    assert report.saved_targets("never run") == []
    assert "missed  hit@5" in capsys.readouterr().out


def test_columns_line_up(benchmark_module: Load) -> None:
    assert benchmark_module("report").table(["", "p50 ms"], [["Repères", "4.0"], ["x", "12.5"]]).split("\n") == [
        "         p50 ms",
        "-------  ------",
        "Repères     4.0",
        "x          12.5",
    ]


@pytest.mark.parametrize("given", [True, False])
def test_missing_data_are_told_in_one_message(
    benchmark_module: Load, tmp_path: Path, capsys: pytest.CaptureFixture[str], given: bool
) -> None:
    module = benchmark_module("support.bench_data")
    with pytest.raises(SystemExit) as stop:
        module.bench_data({module.VARIABLE: str(tmp_path)} if given else {}, tmp_path / "repository")
    assert stop.value.code == 1
    message = capsys.readouterr().err
    place = tmp_path / "cnil" if given else tmp_path / "shared" / "bench" / "cnil"
    assert f"not in {place}:" in message
    assert module.VARIABLE in message


def test_data_are_found_beside_the_repository(benchmark_module: Load, tmp_path: Path) -> None:
    folder = tmp_path / "shared" / "bench" / "cnil"
    (folder / "documents").mkdir(parents=True)
    (folder / "documents" / "1.md").write_text("# Un titre\n\nUn texte.\n", encoding="utf-8")
    rows = [{"id": "a", "question": "Qui ?", "documents": ["1.md"], "peer_rank": 2}, {"id": "b", "question": "Quoi ?"}]
    (folder / "questions-dev.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    data = benchmark_module("support.bench_data").bench_data({}, tmp_path / "repository")
    assert data.documents == folder / "documents"
    assert data.peer_ranks() == {"a": 2, "b": None}


def test_quality_compares_rankings_question_by_question(benchmark_module: Load) -> None:
    quality = benchmark_module("quality")
    questions = [
        EvaluationQuestion("a", "Qui ?", ("1.md",)),
        EvaluationQuestion("b", "Quoi ?", ("2.md",)),
        EvaluationQuestion("c", "Où ?", ("absent.md",)),
    ]
    ours = quality.scores({"a": ["1.md"], "b": ["1.md", "2.md"], "c": ["1.md"]}, questions)
    theirs = quality.scores({"a": ["2.md", "3.md", "1.md"]}, questions)
    assert ours == {"mrr@10": [1, 0.5, 0], "hit@1": [1, 0, 0], "hit@5": [1, 1, 0], "hit@10": [1, 1, 0]}
    assert theirs["mrr@10"] == pytest.approx([1 / 3, 0, 0])
    found = quality.targets({"reperes": ours, "txtai_hybrid": theirs})
    assert [target.met for target in found] == [True, True]
    assert "txtai hybrid" in found[0].name


def test_names_choose_benchmarks_and_options_are_handed_on(benchmark_module: Load) -> None:
    chosen = benchmark_module("run_all").chosen
    assert chosen([]) == (
        ["quality", "ingestion", "scale", "sync", "formats", "answers", "people", "idle", "encoder", "ocr", "rights"],
        [],
    )
    assert chosen(["scale", "--sizes", "1000", "2000"]) == (["scale"], ["--sizes", "1000", "2000"])
    with pytest.raises(SystemExit, match="unknown benchmark 'speed'"):
        chosen(["speed"])
