"""Passages and units of evidence as a text gives them, split and read for real; a test only tells their scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ingest.split import split_document
from kb.answering.evidence import candidates
from kb.answering.reading import Scored
from kb.types import Document, Evidence, Hit
from tiny_encoder import TinyEncoder


def hits_in(text: str, *, name: str = "d.md", title: str = "Titre", day: str | None = None) -> list[Hit]:
    """The passages of a document, in the order of its text."""
    encoder = TinyEncoder()
    document = Document(name, "s", title, text, date=day)
    passages = split_document(document, encoder.count_tokens, encoder.max_tokens)
    return [Hit(passage, document, 1.0 / rank, rank) for rank, passage in enumerate(passages, start=1)]


def units_in(
    text: str, scores: Sequence[float] = (), *, name: str = "d.md", title: str = "Titre", day: str | None = None
) -> list[Scored]:
    """The units of a document, in the order of its text, with these scores (0 beyond the last one) and no figure that
    suits anything.
    """
    found = candidates(hits_in(text, name=name, title=title, day=day))
    told = [*scores, *[0.0] * (len(found) - len(scores))]
    return [
        Scored(Evidence(one.passage, one.document, one.kind, one.text, one.start, one.end, score, one.context), 0.0)
        for one, score in zip(found, told, strict=True)
    ]


def unit(text: str, score: float = 0.0, *, fit: float = 0.0, day: str | None = None) -> Scored:
    """The one unit of a document of its own."""
    (found,) = units_in(text, [score], name=f"{text}-{day}", day=day)
    return replace(found, fit=fit)
