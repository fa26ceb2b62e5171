"""The report of an ingestion, in French: the same words in the terminal and on the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_NUMBERS = {
    "added": ("ajouté", "ajoutés"),
    "updated": ("modifié", "modifiés"),
    "unchanged": ("inchangé", "inchangés"),
    "withdrawn": ("retiré", "retirés"),
    "ignored": ("ignoré", "ignorés"),
}
CHANGES = {"added": "Ajouté", "updated": "Modifié", "withdrawn": "Retiré"}
IGNORED_SHOWN = 20  # a folder may hold thousands of pictures


def numbers_line(report: Mapping[str, Any]) -> str:
    """« 2 ajoutés, 1 modifié, 41 inchangés, 1 en échec »; numbers that are zero are left out, unless all are."""
    parts = [
        f"{report[name]} {one if report[name] == 1 else many}"
        for name, (one, many) in _NUMBERS.items()
        if report.get(name)
    ]
    if failed := len(report.get("failed", ())):
        parts.append(f"{failed} en échec")
    return ", ".join(parts) or "rien à lire"


def ignored_lines(files: Sequence[Mapping[str, Any]], number: int) -> Iterator[str]:
    """The first of the `number` files that were ignored, each with the reason; `files` are those that were named."""
    for ignored in files[:IGNORED_SHOWN]:
        yield f"Ignoré : {ignored['source']} : {ignored['reason']}"
    if files and (left := number - min(len(files), IGNORED_SHOWN)) > 0:
        yield f"Ignorés aussi : {left} de plus"


def report_lines(report: Mapping[str, Any]) -> Iterator[str]:
    """The report, line by line: numbers, failures, things to know, what was ignored, what changed in which document."""
    yield f"Mise à jour du {report.get('began', '?')} ({report.get('seconds', 0):.0f} s) : {numbers_line(report)}"
    for failure in report.get("failed", ()):
        yield f"  Échec : {failure['source']} : {failure['reason']}"
    for notice in report.get("notices", ()):
        yield f"  À savoir : {notice['source']} : {notice['reason']}"
    for line in ignored_lines(report.get("ignored_files", ()), report.get("ignored", 0)):
        yield f"  {line}"
    for change in report.get("changes", ()):
        yield f"  {CHANGES[change['change']]} : {change['title']} — {change['document']}"
        yield from (f"      {line}" for line in change["diff"])
