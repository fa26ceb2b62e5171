"""A move whose process is killed goes on where it stopped, and ends whole."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from ingest.moving.comparing import compare
from ingest.moving.moving import target_of
from ingest.pipeline import ingest
from kb.index.opening import open_store
from kb.models.encoder import Encoder
from kb.settings import Settings

ROOT = Path(__file__).resolve().parents[3]
DOCUMENTS = 260
BATCH = 64  # documents that a move commits at once


# The command, standing still as soon as it has told of a batch: killed there, it is at the same place on any machine.
STOPPING = """
import os, signal, sys
import click
from app import main

def told(*given, echo=click.echo, **options):
    echo(*given, **options)
    if options.get("err"):
        os.kill(os.getpid(), signal.SIGSTOP)

click.echo = told
main()
"""


def begin(base: Settings, to: str, *how: str) -> subprocess.Popen[str]:
    options = ["move", "--to", to, "--store", str(base.store), "--progress", "lines"]
    command = [sys.executable, *(how or ("-m", "app")), *options]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def kill_after_a_batch(process: subprocess.Popen[str]) -> int:
    """Kills a move as it tells of a batch; how many documents it told."""
    assert process.stderr is not None
    told = process.stderr.readline()
    process.kill()
    process.communicate()
    return int(json.loads(told)["done"])


def there(to: str, base: Settings) -> int:
    with closing(open_store(target_of(base, to)).catalog()) as catalog:
        return len(catalog.states())


@pytest.mark.parametrize("to", ["server", "folder"])
def test_a_move_that_is_killed_goes_on_and_ends_whole(
    base: Settings, tmp_path: Path, tiny_encoder: Encoder, request: pytest.FixtureRequest, to: str
) -> None:
    for number in range(DOCUMENTS):
        text = f"# Le quartier {number}\n\nLe quartier {number} garde {number + 2} tilleuls."
        (tmp_path / "docs" / f"quartier-{number}.md").write_text(text, encoding="utf-8")
    ingest([tmp_path / "docs"], base, tiny_encoder)
    target = request.getfixturevalue("database") if to == "server" else str(tmp_path / "copie")
    assert kill_after_a_batch(begin(base, target, "-c", STOPPING)) == BATCH
    first = there(target, base)
    assert BATCH <= first < DOCUMENTS
    assert kill_after_a_batch(begin(base, target, "-c", STOPPING)) == BATCH  # of those that were left
    assert first < there(target, base) < DOCUMENTS + 4
    last = begin(base, target)
    output, _ = last.communicate(timeout=300)
    assert last.returncode == 0, output
    assert f"Documents : {DOCUMENTS + 3} " in output
    assert compare(base, target_of(base, target), tiny_encoder).differences == ()
