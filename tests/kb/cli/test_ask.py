"""What the terminal shows of an answer."""

from __future__ import annotations

import pytest

from kb.cli.ask import _print_answer
from scripted_base import answer_of


def test_the_nearest_sentences_are_shown_as_no_sources(capsys: pytest.CaptureFixture[str]) -> None:
    _print_answer(answer_of("Ils en parlent.", nearest={"a.md": "Il y en a."}, found=["a.md", "b.md"]))
    assert capsys.readouterr().out.splitlines() == [
        "Ils en parlent.",
        "",
        "Phrases les plus proches",
        "Elles en parlent sans répondre : vérifiez-les avant de vous en servir.",
        "- Titre de a.md (2024-05) — a.md",
        "    « Il y en a. »",
        "",
        "Documents les plus proches",
        "- Titre de a.md",
        "- Titre de b.md",
    ]
