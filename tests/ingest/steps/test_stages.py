"""Batches embedded and written behind the reader's back: in order, nothing lost, errors told."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from ingest.split import split_document
from ingest.steps.stages import MOST_WAITING, Stages
from kb.index.embedded.store import EmbeddedStore
from kb.index.embedding import Embedded, NewVersion
from kb.index.writer import IndexWriter
from kb.models.encoder import Encoder
from kb.types import Document


def version(encoder: Encoder, name: str) -> NewVersion:
    document = Document(name, "s", f"Titre {name}", f"Un texte sur {name}, et ce qu'il en dit.")
    return NewVersion(document, name, name, tuple(split_document(document, encoder.count_tokens, 512)))


def test_all_batches_are_madein_order(tmp_path: Path, tiny_encoder: Encoder) -> None:
    batches = [[version(tiny_encoder, f"{batch}-{number}.md") for number in range(3)] for batch in range(6)]
    written: list[str] = []
    with IndexWriter(EmbeddedStore(tmp_path), tiny_encoder, "1") as writer, Stages(writer) as stages:
        for batch in batches:
            written += [made.document.id for made in stages.submit(batch)]
        written += [made.document.id for made in stages.drain()]
        assert written == [made.document.id for batch in batches for made in batch]
        assert writer.catalog.status().documents == 18
        assert writer.catalog.pending() == []
        assert stages.drain() == []


def test_the_reader_waits_when_too_much_is_under_way(tmp_path: Path, tiny_encoder: Encoder) -> None:
    with IndexWriter(EmbeddedStore(tmp_path), tiny_encoder, "1") as writer:
        go_on = threading.Event()
        embed = writer.embed
        begun: list[str] = []

        def slow(versions: list[NewVersion]) -> Embedded:
            begun.append(versions[0].document.id)
            go_on.wait(30)
            return embed(versions)

        writer.embed = slow  # type: ignore[method-assign, assignment]
        with Stages(writer) as stages:
            for number in range(MOST_WAITING):
                assert stages.submit([version(tiny_encoder, f"{number}.md")]) == []
            threading.Timer(0.2, go_on.set).start()
            # One more waits until the first is written.
            assert [made.document.id for made in stages.submit([version(tiny_encoder, "last.md")])][:1] == ["0.md"]
            assert begun[0] == "0.md"
            stages.drain()
        assert writer.catalog.status().documents == MOST_WAITING + 1


def test_an_error_reaches_the_reader_and_what_was_madestays(tmp_path: Path, tiny_encoder: Encoder) -> None:
    with IndexWriter(EmbeddedStore(tmp_path), tiny_encoder, "1") as writer:
        write = writer.write

        def full(embedded: Embedded) -> None:
            if embedded.versions[0].document.id == "b.md":
                raise OSError("disk full")
            write(embedded)

        writer.write = full  # type: ignore[method-assign]

        def ingest() -> None:
            with Stages(writer) as stages:
                for name in ("a.md", "b.md", "c.md"):
                    stages.submit([version(tiny_encoder, name)])
                stages.drain()

        with pytest.raises(OSError, match="disk full"):
            ingest()
        assert [name for name, state in writer.catalog.states().items() if not state.withdrawn] == ["a.md"]
        assert writer.catalog.pending() == []
