"""What an ingestion did: the numbers, what failed and why, and what changed in which document."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ingest.items import Listing, SkipItem
from kb.text.sentences import sentence_spans
from kb.types import Document

CHANGES_KEPT = 500  # in a report; the numbers count all
IGNORED_KEPT = 500  # likewise
_LINES = 12
_LONGEST_LINE = 200  # characters
_LONGEST_TEXT = 400_000  # beyond, comparing two versions would take longer than embedding them
_MOST_SENTENCES = 1_000  # beyond, finding which of them moved takes a time that is the square of their number
_FIELDS = {"title": "titre", "date": "date", "url": "adresse", "rubric": "rubrique", "kind": "type"}

Progress = Callable[[int, int, str], None]
"""Called with the documents done, their total, and the one at hand."""


@dataclass(frozen=True, slots=True)
class Note:
    """A document, a file or a whole source, and what is to be said of it (in French)."""

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
    waits for its second confirmation); `ignored_files` what was not wanted, the first IGNORED_KEPT of them. `began` is
    an ISO date and time in UTC.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    withdrawn: int = 0
    ignored: int = 0
    failed: tuple[Note, ...] = ()
    notices: tuple[Note, ...] = ()
    ignored_files: tuple[Note, ...] = ()
    changes: tuple[Change, ...] = ()
    passages: int = 0
    generation: int = 0
    began: str = ""
    seconds: float = 0.0


class ReportBuilder:
    """The report of an ingestion under way, and how far it is. `withheld`: the titles, by id, of documents that would
    be withdrawn if that was confirmed."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._numbers: Counter[str] = Counter()
        self._failed: list[Note] = []
        self._notices: list[Note] = []
        self._ignored: list[Note] = []
        self._changes: dict[str, Change] = {}
        self.withheld: dict[str, str] = {}
        self._listings: list[Listing] = []
        self._others = self._done = 0

    def follow(self, listing: Listing) -> None:
        """The items of one more source are to come."""
        self._listings.append(listing)

    def expect_one(self) -> None:
        """One more document is to come, of no listing."""
        self._others += 1

    def begin(self, name: str) -> None:
        """Tells which document is at hand."""
        if self._progress:
            total = self._others + sum(listing.total for listing in self._listings)
            self._progress(self._done, total, name)

    def skip(self, name: str, skipped: SkipItem) -> None:
        """Counts an item that went no further."""
        self._done += 1
        if skipped.outcome == "ignored":
            self.ignore(name, skipped.reason)
        elif skipped.outcome == "noticed":
            self.notice(name, skipped.reason)
        elif skipped.outcome == "unchanged":
            self._numbers["unchanged"] += 1

    def unchanged(self) -> None:
        """Counts a document whose words were found unchanged once it was read."""
        self._done += 1
        self._numbers["unchanged"] += 1

    def add_listing(self, listing: Listing) -> None:
        """Adds what a listing that was gone through could not list, or left out."""
        for error in listing.failed:
            self.fail(error.source, error.reason)
        for name, reason in listing.ignored:
            self.ignore(name, reason)

    def fail_item(self, name: str, reason: str) -> None:
        """Counts an item that could not be read or indexed."""
        self._done += 1
        self.fail(name, reason)

    def fail(self, source: str, reason: str) -> None:
        """Notes something that could not be done."""
        self._failed.append(Note(source, reason))

    def notice(self, source: str, reason: str) -> None:
        """Notes something worth knowing."""
        self._notices.append(Note(source, reason))

    def ignore(self, name: str, reason: str) -> None:
        """Counts something that is not wanted."""
        self._numbers["ignored"] += 1
        if len(self._ignored) < IGNORED_KEPT:
            self._ignored.append(Note(name, reason))

    def change(self, document: Document, before: Document | None) -> None:
        """Notes what changes in a document that is about to be written."""
        if len(self._changes) < CHANGES_KEPT:
            kind: Literal["added", "updated"] = "added" if before is None else "updated"
            self._changes[document.id] = Change(document.id, document.title, kind, short_diff(before, document))

    def written(self, document: Document, *, is_new: bool) -> None:
        """Counts a document that is in the base now."""
        self._numbers["added" if is_new else "updated"] += 1
        self._done += 1
        self.begin(document.id)

    def withdrawn(self, titles: Mapping[str, str]) -> None:
        """Counts documents that left the base, given with their titles."""
        self._numbers["withdrawn"] += len(titles)
        for document_id, title in titles.items():
            if len(self._changes) < CHANGES_KEPT:
                self._changes[document_id] = Change(document_id, title, "withdrawn")

    def withhold(self, titles: Mapping[str, str]) -> None:
        """Notes documents that stay because nobody has confirmed that they may go."""
        self.withheld.update(titles)

    def build(self, *, passages: int, generation: int, began: str, seconds: float) -> IngestReport:
        """The report, now that all is done."""
        return IngestReport(
            **self._numbers,
            failed=tuple(self._failed),
            notices=tuple(self._notices),
            ignored_files=tuple(self._ignored),
            changes=tuple(self._changes.values()),
            passages=passages,
            generation=generation,
            began=began,
            seconds=seconds,
        )


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
    if max(len(before), len(after)) > _MOST_SENTENCES:
        held, now = set(before), set(after)
        yield from (f"- {sentence}" for sentence in dict.fromkeys(before) if sentence not in now)
        yield from (f"+ {sentence}" for sentence in dict.fromkeys(after) if sentence not in held)
        return
    for line in difflib.unified_diff(before, after, n=0, lineterm=""):
        if line[0] in "+-" and not line.startswith(("+++", "---")):
            yield f"{line[0]} {line[1:]}"


def _sentences(text: str) -> list[str]:
    found = [line[a:b] for line in text.split("\n") for a, b in sentence_spans(line)]
    return [sentence for sentence in found if sentence.strip()]
