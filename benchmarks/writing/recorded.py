"""The recorded answers over the bases that this machine has, each with the sources that its numbers mean."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.writing.played import digest
from ingest.pipeline import ingest
from kb.answering.extracts import Extract
from kb.answering.proof.sources import Source, sources
from kb.index.catalog.reader import CatalogReader
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder
from kb.settings import Settings

WRITTEN = Path(__file__).parent / "written"
DATA = "REPERES_BENCH_DATA"
"""The variable that names the folder of the other bases."""
REFUSES = "Je ne trouve pas cette information"


@dataclass(frozen=True)
class Recorded:
    """A question of a base with the answer that a model wrote; `row` is the question's line in its file."""

    base: str
    row: dict[str, Any]
    answer: str
    sources: list[Source]
    false: dict[str, str]

    @property
    def question(self) -> str:
        """What was asked."""
        return str(self.row["question"])

    @property
    def refuses(self) -> bool:
        """Whether the model found no answer in its passages."""
        return self.answer.startswith(REFUSES)


BASES = ("corpus", "cnil", "sheets")


def question_files() -> dict[str, tuple[Path, Path]]:
    """The bases that are here: (documents, questions) by name."""
    found = {"corpus": (Path("corpus/documents"), Path("corpus/questions.jsonl"))}
    if data := os.environ.get(DATA):
        found["cnil"] = (Path(data, "cnil/documents"), Path(data, "cnil/questions-dev.jsonl"))
        found["sheets"] = (Path(data, "sheets/documents"), Path(data, "sheets/questions.jsonl"))
    return {name: paths for name, paths in found.items() if all(path.exists() for path in paths)}


def open_base(name: str, encoder: Encoder | None = None, stores: Path | None = None) -> KnowledgeBase:
    """The base, ingested into `stores`/NAME when it is not there yet; a temporary folder by default."""
    folder = stores or Path(tempfile.mkdtemp(prefix="reperes-writing-"))
    settings = Settings.load({"REPERES_STORE": str(folder / name), "REPERES_ANSWERER": "extractive"})
    if not settings.store.exists():
        from kb.models.sentence_encoder import load_encoder

        encoder = encoder or load_encoder(settings)
        ingest([question_files()[name][0]], settings, encoder)
    return KnowledgeBase.open(settings, encoder)


def recorded(name: str, catalog: CatalogReader) -> Iterator[Recorded]:
    """The recorded answers over a base whose texts still are, but for white space, what they were when the answers were
    written.
    """
    questions = {row["id"]: row for row in _lines(question_files()[name][1])}
    for line in _lines(WRITTEN / f"{name}.jsonl"):
        extracts = _extracts(line["passages"], catalog)
        if extracts is not None and line["read"] == _read(extracts) and line["id"] in questions:
            yield Recorded(name, questions[line["id"]], line["answer"], sources(extracts), line.get("false", {}))


def _read(extracts: Iterable[Extract]) -> str:
    return digest("\n".join(extract.text for extract in extracts))


def _extracts(passages: list[tuple[str, int, int]], catalog: CatalogReader) -> list[Extract] | None:
    documents = catalog.documents(document for document, *_ in passages)
    owned = catalog.passages(catalog.passage_ids(documents)).values()
    first = {passage.document_id: passage for passage in sorted(owned, key=lambda passage: -passage.ordinal)}
    found = []
    for number, (name, begins, ends) in enumerate(passages, start=1):
        if name not in documents:
            return None
        text = documents[name].text
        signs = [place for place, sign in enumerate(text) if not sign.isspace()]
        if ends > len(signs):
            return None
        start, end = signs[begins], signs[ends - 1] + 1
        inside = [one for one in owned if one.document_id == name and one.start <= start < one.end]
        near = inside[0] if inside else first[name]
        passage = replace(near, id=f"{name}-{begins}", text=text[start:end], start=start, end=end)
        found.append(Extract(number, passage, documents[name], passage.text))
    return found


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
