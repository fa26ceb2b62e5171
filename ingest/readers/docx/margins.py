"""Headers and footers: what they say, once, without the numbers of pages and what the text says itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ingest.readers.block_builder import Block, paragraph
from ingest.readers.docx.ooxml import R, W, switch
from ingest.readers.docx.package import Package
from ingest.readers.docx.source import Source, settle
from ingest.readers.docx.story import Story
from ingest.readers.docx.styling.numbering import Counters
from kb.text.folding import fold

# Typed by hand, « Page 2 sur 5 », « - 3 - », « 2/5 ».
_PAGE = re.compile(r"\W*(?:page|p\.)?\s*\d{0,4}\s*(?:(?:/|sur|de)\s*\d{0,4})?\W*", re.IGNORECASE)
_KINDS = ("first", "default", "even")


@dataclass(frozen=True, slots=True)
class Margins:
    """The paragraphs of the headers and of the footers, and the lines that may tell the document's date."""

    headers: tuple[Block, ...]
    footers: tuple[Block, ...]
    lines: tuple[str, ...]


def read_margins(package: Package, root: Any, source: Source, said: set[str]) -> Margins:
    """The margins of the document whose main part is `root`. `said`: what its text says, folded by line."""
    counters = Counters(source.numbering)
    found: dict[str, list[Block]] = {"header": [], "footer": []}
    lines: list[str] = []
    known = set(said)
    for place, blocks in found.items():
        for name in dict.fromkeys(_parts(package, root, place)):
            part = package.root(name)
            if part is None:
                continue
            settle(part)
            story = Story(source, part, counters, flat=True)
            for text in (line for block in story.read(part) for line in block.text.split("\n")):
                folded = fold(text)
                if folded not in known and not _PAGE.fullmatch(text):
                    known.add(folded)
                    blocks.append(paragraph(text))
            lines += story.lines
    return Margins(tuple(found["header"]), tuple(found["footer"]), tuple(dict.fromkeys(lines)))


def _parts(package: Package, root: Any, place: str) -> Iterator[str]:
    """The names of the parts that the sections show as `place`: that of the first page, then those of the others."""
    targets = package.targets(package.main)
    names = package.related("settings")
    settings = package.root(names[0]) if names else None
    for section in root.iter(f"{W}sectPr"):
        shown = {"first": switch(section, "titlePg"), "default": True, "even": switch(settings, "evenAndOddHeaders")}
        references = {
            reference.get(f"{W}type", "default"): reference.get(f"{R}id", "")
            for reference in section.findall(f"{W}{place}Reference")
        }
        for kind in _KINDS:
            target = targets.get(references.get(kind, ""))
            if shown[kind] and target is not None and target[0] == place:
                yield target[1]
