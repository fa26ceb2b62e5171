"""`python -m training.written FOLDER KIND`: documents and questions that somebody wrote, as training data.

FOLDER holds `docs/NAME.md` and `questions.jsonl` (`doc`, `q`, and `quotes`: the whole sentences, items or rows, `cell |
cell`, that answer; none where the document does not), and perhaps `claims.jsonl` (`doc`, `quote`, a unit of the passage
that proves the `claim` or does not: `true`, `kind`). The documents are read and split as an ingestion does.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from ingest.readers import read_document
from ingest.split import split_document
from kb.answering.evidence import candidates
from kb.models.encoder import Encoder
from kb.types import Document, Hit
from training.texts import QUESTIONS

Row = Mapping[str, Any]


def document_row(document: Document, encoder: Encoder) -> dict[str, Any]:
    """A document as the training reads it: its passages, with their units as [start, end, text]."""
    passages = []
    for passage in split_document(document, encoder.count_tokens, encoder.max_tokens):
        places = [
            (unit.start - passage.start, unit.end - passage.start)
            for unit in candidates([Hit(passage, document, 1.0, 1)])
        ]
        passages.append(
            {
                "heading": passage.heading_path,
                "text": passage.text,
                "header": passage.table_header or "",
                "units": [[start, end, passage.text[start:end]] for start, end in places],
            }
        )
    return {"doc": document.id, "title": document.title, "passages": passages}


def question_row(document: Row, question: str, quotes: Iterable[str]) -> dict[str, Any]:
    """A question as the training reads it. Raises ValueError, naming it, for a quote that is no unit."""
    found: dict[int, list[int]] = {}
    for quote in dict.fromkeys(map(_same, quotes)):
        places = [
            (number, unit)
            for number, passage in enumerate(document["passages"])
            for unit, (_, _, words) in enumerate(passage["units"])
            if _same(words) == quote
        ]
        if not places:
            raise ValueError(f"{document['doc']}: no unit: {quote}")
        for number, unit in places:
            found.setdefault(number, []).append(unit)
    if not found:
        return {"doc": document["doc"], "p": None, "s": [], "q": question}
    (passage, units), *also = sorted(found.items())
    row = {"doc": document["doc"], "p": passage, "s": sorted(units), "q": question}
    return row | ({"also": [[number, sorted(some)] for number, some in also]} if also else {})


def claim_row(document: Row, row: Row) -> dict[str, Any]:
    """A claim as the training reads it. Raises ValueError, naming it, for a quote that stands in no passage."""
    for number, passage in enumerate(document["passages"]):
        if any(_same(row["quote"]) in (_same(words), words) for _, _, words in passage["units"]):
            return {"doc": document["doc"], "p": number, **{name: row[name] for name in ("claim", "true", "kind")}}
    raise ValueError(f"{document['doc']}: no unit: {row['quote']}")


def _same(words: str) -> str:
    """Words as they are compared: spaces of any kind are one, bars have one on either side."""
    return " ".join(words.replace("|", " | ").split()).strip(" |")


def main() -> None:
    """The command."""
    from kb.models.sentence_encoder import load_encoder
    from kb.settings import Settings

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("kind", help="page or table: the name of the files, pages.jsonl and pages-questions.jsonl")
    asked = parser.parse_args()
    encoder = load_encoder(Settings())
    documents = {}
    for path in sorted(asked.folder.glob("docs/*.md")):
        document = read_document(path.read_bytes(), name=path.name, source="written", document_id=path.stem)
        documents[path.stem] = document_row(document, encoder)
    questions = _converted(
        asked.folder / "questions.jsonl",
        documents,
        lambda document, row: question_row(document, row["q"], row["quotes"]),
    )
    claims = _converted(asked.folder / "claims.jsonl", documents, claim_row)
    _write(QUESTIONS / f"{asked.kind}s.jsonl", documents.values())
    _write(QUESTIONS / f"{asked.kind}s-questions.jsonl", questions)
    if claims:
        _write(QUESTIONS / f"claims-{asked.kind}s.jsonl", claims)
    print(f"{len(documents)} documents, {len(questions)} questions, {len(claims)} claims")


def _converted(path: Path, documents: Mapping[str, Row], convert: Callable[[Row, Row], dict[str, Any]]) -> list[Row]:
    """The lines of a file, converted; those that cannot be are told, and left out. None where the file is not there."""
    found: list[Row] = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        if line.strip():
            row = json.loads(line)
            try:
                found.append(convert(documents[row["doc"]], row))
            except (KeyError, ValueError) as error:
                print(f"{path.name}: {error}", file=sys.stderr)
    return found


def _write(path: Path, rows: Iterable[Row]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


if __name__ == "__main__":
    main()
