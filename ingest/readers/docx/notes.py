"""Footnotes, endnotes and comments: the parts beside the text."""

from __future__ import annotations

from typing import Any

from ingest.readers.docx.lines.inline import NoteCall
from ingest.readers.docx.ooxml import W
from ingest.readers.docx.package import Package

KINDS = ("footnote", "endnote")


class Notes:
    """The notes of a document: each is given once, however often it is called, by itself as well."""

    def __init__(self, roots: dict[str, Any]) -> None:
        self._notes: dict[NoteCall, Any] = {}
        for kind, root in roots.items():
            for note in root if root is not None else ():
                # Those of another type are the lines that separate notes from the text.
                if note.tag == f"{W}{kind}" and note.get(f"{W}type", "normal") == "normal":
                    self._notes[kind, note.get(f"{W}id", "")] = note

    def take(self, call: NoteCall) -> Any:
        """The XML of the note; None when there is none or it was given before."""
        return self._notes.pop(call, None)


def comments(package: Package) -> int:
    """How many comments stand beside the text."""
    roots = [package.root(name) for name in package.related("comments")]
    return sum(len(root.findall(f"{W}comment")) for root in roots if root is not None)
