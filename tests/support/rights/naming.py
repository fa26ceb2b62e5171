"""What somebody may ask for by its name, of each source, and names as long that mean nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from restricted import ACRONYMS, MARKS, id_of, pdf_of
from restricted_app import Restricted

UNKNOWN_NUMBER = 9
"""Of no run, and of no feedback."""


@dataclass(frozen=True, slots=True)
class Names:
    """What is of one source: its document and PDF by id, its mark, acronym and own name, a run, feedback and a test
    query."""

    id: str
    pdf: str
    mark: str
    acronym: str
    source: str
    run: int
    said: int

    @property
    def query(self) -> str:
        """The id of a test query."""
        return f"question-{self.source}"

    @property
    def conversation(self) -> str:
        """The name of a conversation, and of its shared page."""
        return f"conversation-{self.source}"

    @property
    def words(self) -> list[str]:
        """All of them, but for the source's own: « rh » stands in other words."""
        told = [self.id, self.pdf, self.mark, self.acronym, str(self.run), str(self.said)]
        return [*told, self.query, self.conversation]

    def filled(self, value: Any) -> Any:
        """A value with « {id} » and the like, at any depth, where the names go; « {said} » alone is a number."""
        if value == "{said}":
            return self.said
        if isinstance(value, str):
            for name in ("id", "pdf", "mark", "acronym", "source", "run", "said", "query", "conversation"):
                value = value.replace("{" + name + "}", str(getattr(self, name)))
            return value
        if isinstance(value, dict):
            return {key: self.filled(held) for key, held in value.items()}
        return [self.filled(held) for held in value] if isinstance(value, list) else value


def names_of(restricted: Restricted, source: str) -> Names:
    """The names of a source."""
    given = (id_of(source), pdf_of(source), MARKS[source], ACRONYMS[source], source)
    return Names(*given, restricted.runs[source], restricted.said[source])


def unknown(names: Names) -> Names:
    """Names as long, which nothing has."""
    made = ("nota-" + names.id[5:], "plin-" + names.pdf[5:], names.mark[::-1].title(), names.acronym[::-1])
    return Names(*made, names.source[::-1], UNKNOWN_NUMBER, UNKNOWN_NUMBER)


def both(*names: Names) -> Iterable[str]:
    """The words of several, to be struck out of what was told."""
    return [word for one in names for word in one.words]
