"""When a batch of documents is full: by their number, by their passages, or by the time that it took to fill."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

import pytest

from ingest.steps.batches import BATCH_DOCUMENTS, BATCH_PASSAGES, BATCH_SECONDS, Batches
from ingest.steps.stages import Stages
from kb.index.embedding import NewVersion
from kb.types import Document, Passage


class RecordingStages(Stages):
    """Notes the batches that it is handed; one is written when the next one comes."""

    def __init__(self) -> None:
        self.handed: list[list[str]] = []
        self._under_way: list[NewVersion] = []

    def submit(self, batch: Sequence[NewVersion]) -> list[NewVersion]:
        self.handed.append([version.document.id for version in batch])
        written, self._under_way = self._under_way, list(batch)
        return written

    def drain(self) -> list[NewVersion]:
        written, self._under_way = self._under_way, []
        return written


def version(number: int, passages: int) -> NewVersion:
    document = Document(f"{number}.md", "s", "Titre", "Un texte.")
    held = tuple(Passage(f"{number}-{n}", document.id, n, (), "Un texte.", 0, 9) for n in range(passages))
    return NewVersion(document, "", "", held)


@pytest.mark.parametrize(
    ("passages", "full"), [(1, BATCH_DOCUMENTS), (BATCH_PASSAGES // 2, 2), (BATCH_PASSAGES // 2 + 1, 2), (200, 1)]
)
def test_a_batch_is_handed_over_when_it_is_full(passages: int, full: int) -> None:
    stages = RecordingStages()
    batches = Batches(stages, lambda _: None)
    for number in range(full - 1):
        batches.add(version(number, passages))
    assert stages.handed == []
    batches.add(version(full - 1, passages))
    assert [len(batch) for batch in stages.handed] == [full]


def test_a_batch_that_fills_slowly_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    # The clock of this module alone: servers of the session would sleep until that of all comes there.
    monkeypatch.setattr("ingest.steps.batches.time", SimpleNamespace(monotonic=lambda: now))
    stages = RecordingStages()
    batches = Batches(stages, lambda _: None)
    batches.add(version(0, 1))
    now += BATCH_SECONDS - 0.1
    batches.add(version(1, 1))
    assert stages.handed == []
    now += 0.1
    batches.add(version(2, 1))
    assert stages.handed == [["0.md", "1.md", "2.md"]]


def test_who_adds_is_told_of_what_is_written() -> None:
    told: list[str] = []
    batches = Batches(RecordingStages(), lambda made: told.append(made.document.id))
    for number in range(2):
        batches.add(version(number, BATCH_PASSAGES))
    assert told == ["0.md"]
    batches.add(version(2, 1))
    batches.drain()
    assert told == ["0.md", "1.md", "2.md"]
    batches.drain()
    assert len(told) == 3
