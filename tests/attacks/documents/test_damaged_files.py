"""Three hundred damaged files: each is read or told of in a French line, and the good ones are ingested."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from fuzzing import damaged_files
from kb.errors import QuestionsError
from kb.evaluation.imported.reading import read_content
from real_files import documents, tables

ROOT = Path(__file__).parents[3]
SEED = 17
GOOD = 5
# The ingestion itself, with its encoder and index, is among the processes that are looked at.
MEGABYTES = 2_500
# A process's largest memory counts that of the one that it was started from: a small one stands between these tests
# and what is measured.
MEASURED = """
import pathlib, resource, subprocess, sys
ended = subprocess.run(sys.argv[2:], check=False)
pathlib.Path(sys.argv[1]).write_text(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(ended.returncode)
"""


def test_a_folder_of_damaged_files_is_ingested_but_for_what_is_told(tmp_path: Path, cache_folder: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    originals = documents()
    assert len(originals) == GOOD
    damaged = damaged_files(SEED, 250, originals)
    for name, content in damaged.items():
        (folder / name).write_bytes(content)
    for number, (suffix, content) in enumerate(originals):
        (folder / f"bon-{number}{suffix}").write_bytes(content)
    environ = {**os.environ, "REPERES_CACHE": str(cache_folder), "REPERES_STORE": str(tmp_path / "store")}
    ingest = [sys.executable, "-m", "app", "ingest", str(folder), "--json", "--progress", "none"]
    ended = subprocess.run(
        [sys.executable, "-c", MEASURED, str(tmp_path / "kilobytes"), *ingest],
        cwd=ROOT,
        env=environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (1, "")
    report = json.loads(ended.stdout)
    failed = {failure["source"]: failure["reason"] for failure in report["failed"]}
    assert set(failed) <= set(damaged)
    assert report["added"] == len(damaged) + GOOD - len(failed)
    assert len(failed) > 50
    assert report["added"] > 50
    told = [reason for reason in failed.values() if "erreur interne" in reason or re.search(r"Error|Traceback", reason)]
    assert told == []
    assert all((re.search(r"[a-zà-ÿ]{3,} ", reason) and ";" in reason) or ":" in reason for reason in failed.values())
    assert int((tmp_path / "kilobytes").read_text()) / 1000 < MEGABYTES  # of the largest of its processes


@pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".jsonl"])
def test_damaged_tables_of_queries_are_read_or_told(suffix: str) -> None:
    originals = [(kind, content) for kind, content in tables() if kind == suffix]
    refused = 0
    for name, content in damaged_files(SEED, 17, originals).items():
        try:
            assert read_content(content, name)
        except QuestionsError as error:
            refused += 1
            told = str(error)
            assert told.startswith(f"{name} : ")
            assert "erreur interne" not in told
    assert refused > 5
