from __future__ import annotations

import pytest

from kb.cli.ask import _print_answer
from kb.cli.tables import with_columns
from scripted_base import answer_of

TEXT = """Voici les parts. [1]

| Nom | Part |
| --- | --- |
| Action Logement | 8,4 milliards [1] | de plus |
| a \\| b |

- La fin. [1]"""


def test_a_table_stands_in_columns_with_its_marks(capsys: pytest.CaptureFixture[str]) -> None:
    _print_answer(answer_of(TEXT, cited={"a.md": "Texte."}))
    lines = capsys.readouterr().out.splitlines()
    assert lines[:8] == [
        "Voici les parts. [1]",
        "",
        "Nom              Part",
        "───────────────  ─────────────────  ───────",
        "Action Logement  8,4 milliards [1]  de plus",
        "a | b",
        "",
        "- La fin. [1]",
    ]


def test_a_table_too_wide_for_the_terminal_is_told_row_by_row() -> None:
    told = with_columns(TEXT, 30).splitlines()
    assert told[2:4] == ["- Nom : Action Logement ; Part : 8,4 milliards [1] ; de plus", "- Nom : a | b"]


@pytest.mark.parametrize("text", ["Rien.\n\n- un\n- deux", "| seul", ""])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert with_columns(text) == text
