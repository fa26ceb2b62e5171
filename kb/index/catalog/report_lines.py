"""The report of an ingestion, in French: the same words in the terminal and on the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_NUMBERS = {
    "added": ("ajouté", "ajoutés"),
    "updated": ("modifié", "modifiés"),
    "moved": ("déplacé", "déplacés"),
    "unchanged": ("inchangé", "inchangés"),
    "withdrawn": ("retiré", "retirés"),
    "withheld": ("à confirmer", "à confirmer"),
    "ignored": ("ignoré", "ignorés"),
}
CHANGES = {"added": "Ajouté", "updated": "Modifié", "withdrawn": "Retiré"}
FORESEEN = {
    "added": "Nouveaux",
    "updated": "Modifiés",
    "moved": "Déplacés",
    "withdrawn": "Retirés",
    "withheld": "Retirés si vous le confirmez",
}
"""What a trial foresees, and what is said of it."""
FORESEEN_SHOWN = 20  # of each kind; the numbers count all
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


def foreseen_groups(found: Mapping[str, Any]) -> Iterator[tuple[str, list[Mapping[str, Any]], str]]:
    """What a trial foresees, kind by kind: its name with the number, the first documents, « et 120 autres »."""
    for kind, label in FORESEEN.items():
        if number := found.get(kind, 0):
            named = [change for change in found["changes"] if change["change"] == kind][:FORESEEN_SHOWN]
            yield f"{label} ({number})", named, and_others(number - len(named))


def and_others(number: int) -> str:
    """« et 120 autres », empty when there are none."""
    return f"et {number} autre{'s' if number > 1 else ''}" if number > 0 else ""


def foreseen_lines(found: Mapping[str, Any]) -> Iterator[str]:
    """What a trial foresees, line by line."""
    yield f"Essai, rien n'a été changé : {numbers_line(found)}"
    for label, named, others in foreseen_groups(found):
        yield f"  {label} :"
        for change in named:
            before = f"{change['before']} → " if "before" in change else ""
            yield f"    {change['title']} — {before}{change['document']}"
        if others:
            yield f"    {others}"


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
