"""What one replica erases leaves the machines of the others too: their copies of words, and pages recognised there."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.erasing import ErasedElsewhere, forget
from ingest.pipeline import ingest
from ingest.readers.ocr.kept import KeptPages
from ingest.readers.reading import RecognisedLine, RecognisedPage
from kb.index.postgresql.reader import PostgresReader
from kb.index.postgresql.store import PostgresStore
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder
from kb.models.reader.passage_reader import Reader
from kb.settings import Settings
from kb.web.warming import Warmer

SECRET = "Le zygomorphisme des quartiers restera confidentiel."


def page(text: str) -> RecognisedPage:
    return RecognisedPage((RecognisedLine(text, 10, 50, 100, 700, 0.8, is_row=True),), left_out=0)


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.fixture
def replicas(settings: Settings, database: str, tmp_path: Path, tiny_encoder: Encoder) -> tuple[Settings, Settings]:
    """Two machines of one base, each with a folder of its own; both recognised a page of each document."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/secret.md").write_text(f"# Secret\n\n{SECRET}", encoding="utf-8")
    (tmp_path / "docs/aides.md").write_text("# Aides\n\nL'agence verse des subventions.", encoding="utf-8")
    one = replace(settings, database=database)
    other = replace(one, store=tmp_path / "ailleurs")
    ingest([tmp_path / "docs"], one, tiny_encoder)
    for machine in (one, other):
        KeptPages(machine.store).keep("a" * 64, "secret.md", page(SECRET))
        KeptPages(machine.store).keep("b" * 64, "aides.md", page("Aides"))
    return one, other


def held(machine: Settings) -> set[str]:
    """What the folder of a machine holds: copies of words by their names, recognised pages by the first letter."""
    return {
        path.relative_to(machine.store).parts[0] if path.parent.name != "ocr" else path.name[0]
        for path in machine.store.rglob("*")
        if path.is_file() and path.suffix != ".lock"
    }


def test_a_replica_that_runs_erases_what_another_one_erased(
    replicas: tuple[Settings, Settings], tiny_encoder: Encoder, tiny_reader: Reader
) -> None:
    one, other = replicas
    index = PostgresReader(other.database, other.store, tiny_encoder)
    with KnowledgeBase(index, tiny_encoder, reader=tiny_reader) as base:
        warmer = Warmer(lambda: base, ErasedElsewhere(other), delay=0)
        until(lambda: len(held(other)) == 3)
        before = held(other)
        (copy,) = before - {"a", "b"}
        forget(one, ["secret.md"])
        until(lambda: not held(other) & {"a", copy} and len(held(other)) == 2)
        warmer.stop()
    assert "b" in held(other)


def test_one_that_was_stopped_erases_it_at_its_start(
    replicas: tuple[Settings, Settings], tiny_encoder: Encoder
) -> None:
    one, other = replicas
    with closing(PostgresStore(other.database, other.store).reader(tiny_encoder)) as index, index.lease():
        pass
    (copy,) = held(other) - {"a", "b"}
    forget(one, ["secret.md"])
    assert {"a", copy} <= held(other)
    ErasedElsewhere(other)()
    with closing(PostgresStore(other.database, other.store).reader(tiny_encoder)) as index, index.lease():
        pass
    assert not held(other) & {"a", copy}
    assert "b" in held(other)


def test_what_another_replica_has_kept_since_is_erased_when_that_is_asked_for_again(
    replicas: tuple[Settings, Settings],
) -> None:
    one, other = replicas
    elsewhere = ErasedElsewhere(other)
    forget(one, ["secret.md"])
    elsewhere()
    KeptPages(other.store).keep("c" * 64, "secret.md", page(SECRET))  # a trial that had begun before
    with closing(PostgresStore(one.database, one.store).catalog()) as catalog:
        before = catalog.generation()
        forget(one, ["secret.md"])
        assert catalog.generation() > before
    elsewhere()
    assert held(other) == {"b"}
