"""What a trial found: the documents that are new, changed, moved or gone, and a mark of all that would change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ingest.report import CHANGES_KEPT, IngestReport


@dataclass(frozen=True, slots=True)
class Tried:
    """What would be written of a document: its title, a hash of its text and one of all its content."""

    title: str
    text_hash: str
    content_hash: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What an ingestion would do. `report` is that of the trial; `tried` are the documents that would be written, by
    their ids; `gone` the texts' hashes, and titles, of those that would leave; `withheld` the titles of those of them
    that would only leave if that was confirmed.
    """

    report: IngestReport
    tried: Mapping[str, Tried]
    gone: Mapping[str, tuple[str, str]]
    withheld: Mapping[str, str]

    @property
    def mark(self) -> str:
        """Another one whenever something else would change, confirmed or not, in hexadecimal."""
        held = sorted((name, tried.content_hash) for name, tried in self.tried.items()), sorted(self.gone)
        return hashlib.sha256(json.dumps(held).encode()).hexdigest()

    @property
    def moved(self) -> dict[str, str]:
        """Of each new document that has the text of one that leaves, the id that it had."""
        left: dict[str, list[str]] = {}
        for name, (text_hash, _) in sorted(self.gone.items(), reverse=True):
            left.setdefault(text_hash, []).append(name)
        new = sorted(name for name, tried in self.tried.items() if tried.is_new)
        return {name: left[text_hash].pop() for name in new if left.get(text_hash := self.tried[name].text_hash)}

    def to_json(self) -> dict[str, Any]:
        """The numbers of each kind, and the changes: of each kind the first CHANGES_KEPT."""
        moved = self.moved
        held = {
            "added": [name for name, tried in self.tried.items() if tried.is_new and name not in moved],
            "updated": [name for name, tried in self.tried.items() if not tried.is_new],
            "moved": list(moved),
            "withdrawn": [name for name in self.gone if name not in {*moved.values(), *self.withheld}],
            "withheld": list(self.withheld),
        }
        report = self.report
        return {
            "dry_run": True,
            "mark": self.mark,
            "began": report.began,
            "seconds": report.seconds,
            **{kind: len(names) for kind, names in held.items()},
            "unchanged": report.unchanged,
            "ignored": report.ignored,
            "failed": [asdict(note) for note in report.failed],
            "notices": [asdict(note) for note in report.notices],
            "ignored_files": [asdict(note) for note in report.ignored_files],
            "changes": [change for kind, names in held.items() for change in self._changes(kind, names, moved)],
        }

    def _changes(self, kind: str, names: Iterable[str], moved: Mapping[str, str]) -> Iterator[dict[str, Any]]:
        diffs = {change.document: list(change.diff) for change in self.report.changes}
        for name in sorted(names)[:CHANGES_KEPT]:
            title = self.tried[name].title if name in self.tried else self.withheld.get(name) or self.gone[name][1]
            change = {"change": kind, "document": name, "title": title, "diff": diffs.get(name, [])}
            yield {**change, "before": moved[name]} if kind == "moved" else change
