"""What the base explains of acronyms and what editors write of them, as one list."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from kb.question.explained import Acronym, Meaning
from kb.records.editing.glossary import EditedTerm
from kb.text.folding import fold
from kb.types import Document

Origin = Literal["documents", "file", "editor"]
_NEAR = 80  # characters between an acronym and the words that explain it, at most
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """What an acronym stands for, and who says so. `found` are the meanings that an editor's entry stands before;
    `hidden` tells that an editor says it means nothing, `reserved` that what the editor says is not for everybody.
    """

    written: str
    meanings: tuple[Meaning, ...]
    origin: Origin
    found: tuple[Meaning, ...] = ()
    hidden: bool = False
    reserved: bool = False

    @property
    def key(self) -> str:
        """The acronym as entries are looked up by it."""
        return fold(self.written)

    @property
    def text(self) -> str:
        """Its meanings, one a line, as an editor types them."""
        return "\n".join(meaning.text for meaning in self.meanings or self.found)


def listed(found: Iterable[Acronym], edited: Iterable[EditedTerm]) -> list[Entry]:
    """One entry for each acronym, in the order of the alphabet, hidden ones too."""
    entries = {
        acronym.key: Entry(acronym.written, acronym.meanings, "documents" if acronym.meanings[0].sources else "file")
        for acronym in found
    }
    for term in edited:
        before = entries.get(term.key)
        meanings = tuple(map(Meaning, term.meanings))
        found_too = before.meanings if before else ()
        entries[term.key] = Entry(
            term.written, meanings, "editor", found_too, not meanings, reserved=term.needed is not None
        )
    return [entries[key] for key in sorted(entries)]


def matching(entries: Iterable[Entry], asked: str) -> list[Entry]:
    """Those whose acronym begins so, or whose meanings hold all the words that are asked for."""
    wanted = fold(asked)
    parts = wanted.split()
    return [
        entry
        for entry in entries
        if entry.key.startswith(wanted) or all(part in fold(f"{entry.key} {entry.text}") for part in parts)
    ]


def means(entry: Entry, word: str) -> bool:
    """Whether a word of a text is the acronym of an entry: as it is written, or in capitals; « pas » is not PAS."""
    return word == entry.written or (fold(word) == entry.key and sum(map(str.isupper, word)) > 1)


def explanation(document: Document, acronym: str, meaning: str) -> tuple[int, int]:
    """Where a document explains an acronym, as offsets in its text: the words of a meaning, with the acronym beside
    them; else where the acronym first stands. (0, 0) where it does not.
    """
    text = document.text
    stands = [found.span() for found in re.finditer(rf"(?<!\w){re.escape(acronym)}(?!\w)", text)]
    said = r"[\W_]+".join(re.escape(word) for word in _WORD.findall(meaning))
    for found in re.finditer(said, text, re.IGNORECASE) if said else ():
        start, end = found.span()
        beside = [(min(start, first), max(end, last)) for first, last in stands]
        nearest = min(beside, key=lambda span: span[1] - span[0], default=(0, 0))
        if 0 < nearest[1] - nearest[0] <= end - start + _NEAR:
            first, last = nearest
            closes = "(" in text[first:last] and text[last : last + 1] == ")"
            return first, last + closes
    return stands[0] if stands else (0, 0)
