"""Fields (ECMA-376 part 1, 17.16): which of them show their result, and what forms filled in with them say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from ingest.readers.docx.lines.symbols import EMPTY, TICKED, symbol
from ingest.readers.docx.ooxml import W, switch, value, whole

Shown = Literal["text", "nothing", "page", "reference", "moment"]

# Tables made of the text's own headings and words, and what repeats a heading or a note's call.
_REPEATING = frozenset({"TOC", "TOA", "INDEX", "STYLEREF"})
_PAGES = frozenset({"PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES"})
# The day on which the file was last opened or printed: no date of the document.
_MOMENTS = frozenset({"DATE", "TIME", "PRINTDATE"})
_SYMBOL = re.compile(r"SYMBOL\s+(?:0x)?(\w+)", re.IGNORECASE)
_FONT = re.compile(r'\\f\s+(?:"([^"]*)"|(\S+))')


@dataclass(slots=True)
class Field:
    """A field being read: its instruction so far, whether its result has begun and is seen.

    `answered`: its form field has said it all.
    """

    instruction: str = ""
    in_result: bool = False
    is_seen: bool = False
    answered: bool = False

    @property
    def shown(self) -> Shown:
        """What is seen of its result: its text, nothing, a page's number, one of another place, the day it is."""
        words = self.instruction.split(maxsplit=1)
        kind = words[0].upper() if words else ""
        if self.answered or kind in _REPEATING or kind in {"FORMCHECKBOX", "FORMDROPDOWN"}:
            return "nothing"
        if kind in _PAGES:
            return "page"
        if kind == "PAGEREF":
            return "reference"
        if kind in _MOMENTS:
            return "moment"
        # A path, or a note's call a second time.
        flag = {"FILENAME": r"\p", "NOTEREF": r"\f"}.get(kind)
        return "nothing" if flag and flag in self.instruction.lower() else "text"

    def drawn(self) -> str:
        """The sign of a field that draws one (« SYMBOL 254 \\f Wingdings »); nothing for another."""
        found = _SYMBOL.match(self.instruction.strip())
        if found is None:
            return ""
        font = _FONT.search(self.instruction)
        code = found[1]
        number = whole(code, 0) or (int(code, 16) if re.fullmatch(r"[0-9a-fA-F]{1,5}", code) else 0)
        return symbol((font[1] or font[2]) if font else None, number)


def whole_fields(root: Any) -> set[Any]:
    """The marks that begin a field of `root` which also ends: another would take with it all that follows."""
    open_fields: list[Any] = []
    found = set()
    for mark in root.iter(f"{W}fldChar"):
        kind = mark.get(f"{W}fldCharType")
        if kind == "begin":
            open_fields.append(mark)
        elif kind == "end" and open_fields:
            found.add(open_fields.pop())
    return found


def form_answer(mark: Any) -> str | None:
    """What a form field of older versions says at its beginning: its tick or its chosen entry; None for others."""
    form = mark.find(f"{W}ffData")
    if form is None:
        return None
    box = form.find(f"{W}checkBox")
    if box is not None:
        ticked = switch(box, "checked")
        return TICKED if (switch(box, "default") if ticked is None else ticked) else EMPTY
    choice = form.find(f"{W}ddList")
    if choice is None:
        return None
    entries = [entry.get(f"{W}val", "") for entry in choice.findall(f"{W}listEntry")]
    chosen = whole(value(choice, "result") or value(choice, "default"), 0)
    return entries[chosen] if chosen < len(entries) else ""
