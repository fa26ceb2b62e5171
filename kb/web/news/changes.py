"""What changed in the base: documents that are new, changed or withdrawn, from the reports of ingestions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, cast

Kind = Literal["added", "updated", "withdrawn"]


@dataclass(frozen=True, slots=True)
class DocumentChange:
    """A change of a document, told from `at` on (an ISO date and time in UTC: when its ingestion ended). `diff` is some
    of the lines that came and went."""

    at: str
    document: str
    title: str
    kind: Kind
    diff: tuple[str, ...] = ()


def changes_of(reports: Iterable[Mapping[str, Any]]) -> list[DocumentChange]:
    """The changes that reports tell of, newest first; `reports` are the newest first."""
    return [
        DocumentChange(at, change["document"], change["title"], cast("Kind", change["change"]), tuple(change["diff"]))
        for report in reports
        if (at := _ended(report))
        for change in report.get("changes", ())
    ]


def documents_since(reports: Iterable[Mapping[str, Any]], since: str) -> set[str]:
    """The ids of the documents that changed after an ISO date and time in UTC; `reports` are the newest first, and read
    as far as that only."""
    found: set[str] = set()
    for report in reports:
        if (at := _ended(report)) and at <= since:
            break
        if at:
            found |= {change["document"] for change in report.get("changes", ())}
    return found


def together(changes: Iterable[DocumentChange]) -> list[DocumentChange]:
    """The changes of each document as one, the latest documents first: new and then changed is new, and one that came
    and went is told as withdrawn."""
    found: dict[str, DocumentChange] = {}
    for change in changes:  # newest first
        last = found.get(change.document)
        if last is None:
            found[change.document] = change
        elif last.kind == "updated":
            kind: Kind = "updated" if change.kind == "updated" else "added"
            diff = tuple(dict.fromkeys((*last.diff, *change.diff))) if kind == "updated" else ()
            found[change.document] = replace(last, kind=kind, diff=diff)
    return list(found.values())


def _ended(report: Mapping[str, Any]) -> str:
    """When the ingestion of a report ended, rounded up to a second; empty for one that does not tell."""
    try:
        began = datetime.fromisoformat(str(report["began"]))
        took = timedelta(seconds=float(report.get("seconds", 0)) + 1)
    except (KeyError, ValueError, OverflowError):
        return ""
    began = began if began.tzinfo else began.replace(tzinfo=UTC)
    return (began + took).astimezone(UTC).isoformat(timespec="seconds")
