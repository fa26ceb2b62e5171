"""The report of a run, in French: the same words in the terminal and on the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_NUMBERS = {
    "added": ("ajouté", "ajoutés"),
    "updated": ("modifié", "modifiés"),
    "unchanged": ("inchangé", "inchangés"),
    "withdrawn": ("retiré", "retirés"),
    "ignored": ("ignoré", "ignorés"),
}
CHANGES = {"added": "Ajouté", "updated": "Modifié", "withdrawn": "Retiré"}


def numbers_line(run: Mapping[str, Any]) -> str:
    """« 2 ajoutés, 1 modifié, 41 inchangés, 1 en échec »; numbers that are zero are left out, unless all are."""
    parts = [
        f"{run[name]} {one if run[name] == 1 else many}" for name, (one, many) in _NUMBERS.items() if run.get(name)
    ]
    if failed := len(run.get("failed", ())):
        parts.append(f"{failed} en échec")
    return ", ".join(parts) or "rien à lire"


def run_lines(run: Mapping[str, Any]) -> Iterator[str]:
    """The report, line by line: numbers, failures, things to know, what changed in which document."""
    yield f"Mise à jour du {run.get('began', '?')} ({run.get('seconds', 0):.0f} s) : {numbers_line(run)}"
    for each in run.get("failed", ()):
        yield f"  Échec : {each['source']} : {each['reason']}"
    for each in run.get("notices", ()):
        yield f"  À savoir : {each['source']} : {each['reason']}"
    for each in run.get("changes", ()):
        yield f"  {CHANGES[each['change']]} : {each['title']} — {each['document']}"
        yield from (f"      {line}" for line in each["diff"])
