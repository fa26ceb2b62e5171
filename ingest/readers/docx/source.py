"""What the stories of one document share: its styles, lists and notes, and what is counted over all of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ingest.readers.block_builder import Repeats
from ingest.readers.docx.alternatives import settle_alternatives
from ingest.readers.docx.lines.controls import settle_check_boxes
from ingest.readers.docx.lines.symbols import Marks
from ingest.readers.docx.notes import KINDS, Notes
from ingest.readers.docx.ooxml import W
from ingest.readers.docx.package import Package
from ingest.readers.docx.styling.numbering import Counters, Numbering
from ingest.readers.docx.styling.styles import Styles


@dataclass(slots=True)
class Source:
    """What a story is read with. `note_counters`: the lists within notes count through all notes of a kind."""

    styles: Styles
    numbering: Numbering
    notes: Notes
    marks: Marks
    note_counters: dict[str, Counters]
    repeats: Repeats = field(default_factory=Repeats)
    left_out: int = 0  # files of other formats that the text only embeds (`w:altChunk`)


def source_of(package: Package, body: Any) -> Source:
    """What the stories of the document in `package` share; `body` is its main part, settled."""
    styles = Styles(_root(package, "styles"))
    numbering = Numbering(_root(package, "numbering"), styles)
    roots = {kind: _root(package, f"{kind}s") for kind in KINDS}
    for root in roots.values():
        if root is not None:
            settle(root)
    texts = (part.text or "" for root in (body, *roots.values()) if root is not None for part in root.iter(f"{W}t"))
    counters = {kind: Counters(numbering) for kind in KINDS}
    return Source(styles, numbering, Notes(roots), Marks(texts, numbering.bullets()), counters)


def settle(root: Any) -> None:
    """Makes of a part what one program would show of it."""
    settle_alternatives(root)
    settle_check_boxes(root)


def _root(package: Package, kind: str) -> Any:
    names = package.related(kind)
    return package.root(names[0]) if names else None
