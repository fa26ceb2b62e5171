"""The reports of updates on the page."""

from __future__ import annotations

from typing import Any

from kb.index.catalog.report_lines import IGNORED_SHOWN, numbers_line, report_lines
from kb.web.update_report import SHOWN, update_reports_html

REPORT: dict[str, Any] = {
    "command": "sync",
    "began": "2026-11-27T06:40:00+00:00",
    "seconds": 3.2,
    "added": 1,
    "updated": 2,
    "unchanged": 41,
    "withdrawn": 0,
    "ignored": 0,
    "failed": [{"source": "a<b>.md", "reason": "fichier vide"}],
    "notices": [{"source": "https://a.fr/x", "reason": "la page n'existe plus (404)"}],
    "changes": [
        {"document": "n.md", "title": "<i>Neuf</i>", "change": "added", "diff": []},
        {"document": "m.md", "title": "Modifié", "change": "updated", "diff": ["- 5 milliards", "+ 12 milliards"]},
    ],
}


def test_nothing_before_the_first_update() -> None:
    assert update_reports_html(()) == ""


def test_numbers_failures_and_changes_are_told_escaped() -> None:
    shown = update_reports_html([REPORT])
    for text in ("1 ajouté, 2 modifiés, 41 inchangés, 1 en échec", "fichier vide", "(404)", "+ 12 milliards"):
        assert text in shown
    assert "a&lt;b&gt;.md" in shown
    assert "<i>" not in shown


def test_a_long_report_is_cut_and_says_so() -> None:
    many = {**REPORT, "changes": [{**REPORT["changes"][0], "document": f"{n}.md"} for n in range(SHOWN + 10)]}
    shown = update_reports_html([many])
    assert shown.count("<li>") == SHOWN + 1
    assert "et 12 de plus" in shown


def test_the_terminal_tells_the_same() -> None:
    lines = list(report_lines(REPORT))
    assert "  Échec : a<b>.md : fichier vide" in lines
    assert "      + 12 milliards" in lines
    assert numbers_line({"added": 0}) == "rien à lire"


def test_files_that_were_ignored_are_named_a_few_at_most() -> None:
    named = [{"source": f"{n}.jpg", "reason": "type de fichier non lu"} for n in range(IGNORED_SHOWN + 5)]
    told = list(report_lines({**REPORT, "ignored": len(named), "ignored_files": named}))
    assert "  Ignoré : 0.jpg : type de fichier non lu" in told
    assert sum(line.startswith("  Ignoré : ") for line in told) == IGNORED_SHOWN
    assert "  Ignorés aussi : 5 de plus" in told
    one = list(report_lines({**REPORT, "ignored": 1, "ignored_files": named[:1]}))
    assert not any("de plus" in line for line in one)
