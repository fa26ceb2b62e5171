"""What an ingestion did: the numbers, what failed and why, and what changed in which document."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from kb.text.sentences import sentence_spans
from kb.types import Document

CHANGES_KEPT = 500  # in a report; the numbers count all
_LINES = 12
_LONGEST_LINE = 200  # characters
_LONGEST_TEXT = 400_000  # beyond, comparing two versions would take longer than embedding them
_FIELDS = {"title": "titre", "date": "date", "url": "adresse", "rubric": "rubrique", "kind": "type"}


@dataclass(frozen=True, slots=True)
class Failure:
    """A document, or a whole source, and what is to be said of it (in French)."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Change:
    """A document that is new, changed or withdrawn. `diff`: some of the lines that came (`+ …`) and went (`- …`)."""

    document: str
    title: str
    change: Literal["added", "updated", "withdrawn"]
    diff: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingestion did. `passages` and `generation` are those of the store afterwards.

    `failed` is what could not be done; `notices` what is worth knowing without being a failure (a page that is gone but
    waits for its second confirmation). `began` is an ISO date and time in UTC.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    ignored: int = 0
    failed: tuple[Failure, ...] = ()
    notices: tuple[Failure, ...] = ()
    changes: tuple[Change, ...] = ()
    passages: int = 0
    generation: int = 0
    began: str = ""
    seconds: float = 0.0


def short_diff(before: Document | None, after: Document) -> tuple[str, ...]:
    """What changed between two versions of a document, in a few lines."""
    if before is None:
        return ()
    lines = [
        f"{name} : {getattr(before, field) or '—'} → {getattr(after, field) or '—'}"
        for field, name in _FIELDS.items()
        if getattr(before, field) != getattr(after, field)
    ]
    if before.text != after.text and max(len(before.text), len(after.text)) <= _LONGEST_TEXT:
        lines += _changed_sentences(_sentences(before.text), _sentences(after.text))
    lines = [line if len(line) <= _LONGEST_LINE else line[: _LONGEST_LINE - 1] + "…" for line in lines]
    return tuple([*lines[:_LINES], "…"] if len(lines) > _LINES else lines)


def _changed_sentences(before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    for line in difflib.unified_diff(before, after, n=0, lineterm=""):
        if line[0] in "+-" and not line.startswith(("+++", "---")):
            yield f"{line[0]} {line[1:]}"


def _sentences(text: str) -> list[str]:
    found = [line[a:b] for line in text.split("\n") for a, b in sentence_spans(line)]
    return [each for each in found if each.strip()]
