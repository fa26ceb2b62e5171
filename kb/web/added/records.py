"""The files and addresses that were accepted: each is told until a day has passed, or it is cleared."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

TOLD_FOR = timedelta(days=1)
_SUFFIX = ".added"  # beside the records of what waits, which end in `.json`


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
        self.drop([added for added in self.list() if is_of(document_id, added)])

    def drop(self, added: Collection[Added]) -> None:
        """Tells nothing more of these."""
        for one in added:
            (self._folder / f"{one.key}{_SUFFIX}").unlink(missing_ok=True)


def now() -> str:
    """The moment of something that is accepted."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def is_of(name: str, added: Added) -> bool:
    """Whether a document, or a line of a report, is of what was accepted."""
    return name in {added.document, added.url} or name.startswith(f"{added.document}/")


def _read(path: Path) -> Added | None:
    try:
        return Added(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
