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
        for at, report in _by_moment(reports)
        for change in report.get("changes", ())
    ]


def documents_since(reports: Iterable[Mapping[str, Any]], since: str) -> set[str]:
    """The ids of the documents that changed after an ISO date and time in UTC; `reports` are the newest first."""
    return {
        change["document"] for at, report in _by_moment(reports) if at > since for change in report.get("changes", ())
    }


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


def _by_moment(reports: Iterable[Mapping[str, Any]]) -> list[tuple[str, Mapping[str, Any]]]:
    """The reports, newest first, each with the moment that it is told from on: when its ingestion ended, or a second
    after the one before it where both ended in one second. Who has looked up to one is still to be told of the next.
    """
    told: list[tuple[str, Mapping[str, Any]]] = []
    last_end = last_moment = datetime.min.replace(tzinfo=UTC)
    for report in reversed(list(reports)):
        end = _ended(report)
        if end is None:
            continue
        # An end before the last one is of a clock that was put right: it is taken at its word.
        moment = last_moment + timedelta(seconds=1) if last_end <= end <= last_moment else end
        told.append((moment.isoformat(), report))
        last_end, last_moment = end, moment
    return told[::-1]


def _ended(report: Mapping[str, Any]) -> datetime | None:
    """When the ingestion of a report ended, in UTC, rounded up to a second; None for one that does not tell."""
    try:
        began = datetime.fromisoformat(str(report["began"]))
        took = timedelta(seconds=float(report.get("seconds", 0)) + 1)
        began = began if began.tzinfo else began.replace(tzinfo=UTC)
        return (began + took).astimezone(UTC).replace(microsecond=0)
    except (KeyError, ValueError, OverflowError):
        return None
