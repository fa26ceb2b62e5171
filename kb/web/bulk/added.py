"""What became of the files and addresses that were accepted: each is told until a day has passed, or it is cleared."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from kb.ports import Base

TOLD_FOR = timedelta(days=1)
_SUFFIX = ".added"  # beside the records of what waits, which end in `.json`

State = Literal["waiting", "indexed", "refused"]


@dataclass(frozen=True, slots=True)
class Added:
    """A file or an address that was accepted at a moment (ISO, UTC). `document` is the id that its document has, or
    what the ids of those in an archive begin with.
    """

    key: str
    name: str
    document: str
    url: str | None
    is_archive: bool
    at: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it; `reason` says in French why it was refused."""

    added: Added
    state: State
    reason: str = ""


class AddedRecords:
    """The records, in a folder that nothing else serves."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def note(self, added: Added) -> None:
        """Notes that something was accepted."""
        self._folder.mkdir(parents=True, exist_ok=True)
        aside = self._folder / f"{added.key}{_SUFFIX}.new"
        aside.write_text(json.dumps(asdict(added), ensure_ascii=False), "utf-8")
        aside.replace(self._folder / f"{added.key}{_SUFFIX}")

    def list(self) -> list[Added]:
        """All that is still told, by name; what is older is forgotten."""
        found = [added for path in self._folder.glob(f"*{_SUFFIX}") if (added := _read(path)) is not None]
        oldest = (datetime.now(UTC) - TOLD_FOR).isoformat(timespec="seconds")
        self.drop([added for added in found if added.at < oldest])
        return sorted((added for added in found if added.at >= oldest), key=lambda added: added.name)

    def forget(self, document_id: str) -> None:
        """Tells nothing more of what a document was, or is to be, read from."""
        self.drop([added for added in self.list() if _is_of(document_id, added)])

    def drop(self, added: Collection[Added]) -> None:
        """Tells nothing more of these."""
        for one in added:
            (self._folder / f"{one.key}{_SUFFIX}").unlink(missing_ok=True)


def now() -> str:
    """The moment of something that is accepted."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def outcomes(added: Sequence[Added], base: Base, reports: Sequence[Mapping[str, Any]]) -> list[Outcome]:
    """What became of each, by what the base holds and by the reports of the updates since, newest first."""
    archives = [document.id for document in base.documents()] if any(one.is_archive for one in added) else []
    return [_outcome(one, base, archives, reports) for one in added]


def _outcome(added: Added, base: Base, held: Sequence[str], reports: Sequence[Mapping[str, Any]]) -> Outcome:
    if base.read_at(added.document) is not None or any(_is_of(document_id, added) for document_id in held):
        return Outcome(added, "indexed")
    for report in reports:
        if report.get("began", "") < added.at:
            break  # from before
        for note in (*report.get("failed", ()), *report.get("ignored_files", ())):
            if _is_of(note["source"], added):
                return Outcome(added, "refused", note["reason"])
    return Outcome(added, "waiting")


def _is_of(name: str, added: Added) -> bool:
    """Whether a document, or a line of a report, is of what was accepted."""
    return name in {added.document, added.url} or name.startswith(f"{added.document}/")


def _read(path: Path) -> Added | None:
    try:
        return Added(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
