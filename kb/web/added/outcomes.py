"""What became of each file and address that was accepted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from kb.ports import Base
from kb.web.added.records import Added, is_of

State = Literal["waiting", "indexed", "refused"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it; `reason` says in French why it was refused."""

    added: Added
    state: State
    reason: str = ""


def outcomes(added: Sequence[Added], base: Base, reports: Sequence[Mapping[str, Any]]) -> list[Outcome]:
    """What became of each, by what the base holds and by the reports of the updates since, newest first."""
    archives = [document.id for document in base.documents()] if any(one.is_archive for one in added) else []
    return [_outcome(one, base, archives, reports) for one in added]


def _outcome(added: Added, base: Base, held: Sequence[str], reports: Sequence[Mapping[str, Any]]) -> Outcome:
    if base.read_at(added.document) is not None or any(is_of(document_id, added) for document_id in held):
        return Outcome(added, "indexed")
    for report in reports:
        if report.get("began", "") < added.at:
            break  # from before
        for note in (*report.get("failed", ()), *report.get("ignored_files", ())):
            if is_of(note["source"], added):
                return Outcome(added, "refused", note["reason"])
    return Outcome(added, "waiting")
