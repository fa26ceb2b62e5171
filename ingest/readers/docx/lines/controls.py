"""Content controls (`w:sdt`): the state of check boxes, the entry chosen from a list, and what only asks for text."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from ingest.readers.docx.ooxml import W14, W, switch, value
from ingest.readers.docx.styling.styles import Styles

# What Word itself writes into an empty control, in French and English.
_PROMPT = re.compile(
    r"(?:cliquez|choisissez|s[ée]lectionnez|entrez|saisissez|tapez|click|choose|enter|select)\b", re.IGNORECASE
)
_PROMPT_STYLE = "placeholder text"
_ON = frozenset({"1", "true", "on"})


def settle_check_boxes(root: Any) -> None:
    """Puts the state of each check box below `root`, as ☒ or ☐, in place of the sign that shows it."""
    for box in list(root.iter(f"{W14}checkbox")):
        control = next(box.iterancestors(f"{W}sdt"), None)
        content = control.find(f"{W}sdtContent") if control is not None else None
        if content is None:
            continue
        state = box.find(f"{W14}checked")
        ticked = state is not None and state.get(f"{W14}val", "1").lower() in _ON
        first, *others = list(content.iter(f"{W}r")) or [etree.SubElement(_line_of(content), f"{W}r")]
        for run in others:
            run.getparent().remove(run)
        for part in list(first):
            first.remove(part)  # its look too: the sign may be that of a font
        etree.SubElement(first, f"{W}t").text = "☒" if ticked else "☐"


def is_prompt(control: Any, styles: Styles) -> bool:
    """Whether a control holds nothing but the words that ask for text.

    Programs that fill in forms leave the mark of such words on what they wrote: it does not count alone.
    """
    if not switch(control.find(f"{W}sdtPr"), "showingPlcHdr"):
        return False
    content = control.find(f"{W}sdtContent")
    runs = list(content.iter(f"{W}r")) if content is not None else []
    text = "".join(part.text or "" for run in runs for part in run.findall(f"{W}t")).strip()
    asking = [_PROMPT_STYLE in styles.get(value(run.find(f"{W}rPr"), "rStyle") or "").names for run in runs]
    return not text or all(asking) or _PROMPT.match(text) is not None


def chosen_entry(control: Any) -> str:
    """The entry that a list to choose from has kept, as it shows it; empty for another control."""
    settings = control.find(f"{W}sdtPr")
    for name in ("dropDownList", "comboBox"):
        choice = settings.find(f"{W}{name}") if settings is not None else None
        kept = choice.get(f"{W}lastValue") if choice is not None else None
        for entry in choice.findall(f"{W}listItem") if choice is not None and kept else ():
            if entry.get(f"{W}value") == kept:
                return str(entry.get(f"{W}displayText") or kept)
    return ""


def _line_of(content: Any) -> Any:
    paragraph = next(content.iter(f"{W}p"), None)
    return content if paragraph is None else paragraph
