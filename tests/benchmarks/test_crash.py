"""kill -9 in the middle of ingestions: what is left is finished or undone by the next run, and nothing else remains."""

from __future__ import annotations

import os
import random
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ingest.maintenance import check
from kb.models.encoder import Encoder
from kb.settings import Settings
from postgres_server import PostgresServer

ROOT = Path(__file__).resolve().parents[2]


COMMAND = [sys.executable, "-m", "tiny_ingest"]
ENVIRON = {"PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "tests/support", ROOT / "tests/support/models")))}


@pytest.fixture(scope="module")
def crashes(tmp_path_factory: pytest.TempPathFactory, crash_module: ModuleType) -> Any:
    """200 documents; the imports of the process take a second or so of its time."""
    return crash_module.Crashes(tmp_path_factory.mktemp("crash"), COMMAND, {**os.environ, **ENVIRON})


@pytest.fixture(scope="module")
def crashes_on_server(
    tmp_path_factory: pytest.TempPathFactory, crash_module: ModuleType, postgres: PostgresServer
) -> Any:
    """The same on a server; fewer documents, since most of the time is the process's own."""
    folder = tmp_path_factory.mktemp("crash")
    bases = crash_module.Databases(folder, postgres.url("postgres"))
    return crash_module.Crashes(folder, COMMAND, {**os.environ, **ENVIRON}, 100, bases)


@pytest.mark.parametrize("seed", range(10))
def test_a_kill_loses_doubles_and_changes_nothing(
    seed: int, crashes: Any, settings: Settings, tiny_encoder: Encoder
) -> None:
    chance = random.Random(seed)
    # One kill at any moment, and every other time a second one, of the run that mends the first.
    moments = [chance.uniform(0.2, 1.0) * crashes.seconds for _ in range(1 + seed % 2)]
    _, found = crashes.once(moments)
    assert found == []
    assert check(replace(settings, store=crashes.store), tiny_encoder).differences == ()


@pytest.mark.parametrize("seed", range(2))
def test_a_kill_changes_nothing_on_a_server(seed: int, crashes_on_server: Any, tiny_encoder: Encoder) -> None:
    _, found = crashes_on_server.once([random.Random(seed).uniform(0.5, 1.0) * crashes_on_server.seconds])
    assert found == []
    assert check(crashes_on_server.settings, tiny_encoder).differences == ()


def test_a_crash_of_the_server_changes_nothing(
    crashes_on_server: Any, tiny_encoder: Encoder, postgres: PostgresServer
) -> None:
    def crash() -> None:
        postgres.stop("immediate")
        postgres.start()

    _, found = crashes_on_server.once_of_server(0.8 * crashes_on_server.seconds, crash)
    assert found == []
    assert check(crashes_on_server.settings, tiny_encoder).differences == ()


def test_the_changes_are_there_without_any_kill(crashes: Any) -> None:
    states = crashes.whole.catalog["states"]
    assert sum(not state.withdrawn for state in states.values()) == 180
    assert sum(state.withdrawn for state in states.values()) == 40


@pytest.mark.parametrize("kilobytes", [40, 120, 200, 320, 600])
def test_a_disk_that_is_full_loses_nothing(
    kilobytes: int, crashes: Any, settings: Settings, tiny_encoder: Encoder
) -> None:
    # Files that may not grow past a size fail as they do on a full disk, wherever it happens to be.
    code = (
        f"import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({kilobytes * 1000}, {kilobytes * 1000})); "
        "import runpy; runpy.run_module('tiny_ingest', run_name='__main__')"
    )
    output, found = crashes.with_command([sys.executable, "-c", code])
    assert "le disque est plein" in output or "Traceback" not in output
    assert found == []
    assert check(replace(settings, store=crashes.store), tiny_encoder).differences == ()
