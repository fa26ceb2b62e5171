"""Settings and commands stand apart from what staff read."""

from __future__ import annotations

import pytest

from kb.web.pages.plain import FOR_WHO_RUNS_IT, plain_and_technical, plain_html


@pytest.mark.parametrize(
    ("text", "plain", "technical"),
    [
        ("note.md : ce fichier est vide.", "note.md : ce fichier est vide.", ""),
        ("note.pdf : plus de 10 Mo (REPERES_MAX_FILE_MB).", "note.pdf : plus de 10 Mo.", "REPERES_MAX_FILE_MB"),
        (
            "La base a été faite avec un autre modèle. Lancez « reperes rebuild ».",
            "La base a été faite avec un autre modèle.",
            "Lancez « reperes rebuild ».",
        ),
        ("Lancez « reperes rebuild ».", FOR_WHO_RUNS_IT, "Lancez « reperes rebuild »."),
        ("Ajoutez --confirm pour les retirer.", FOR_WHO_RUNS_IT, "Ajoutez --confirm pour les retirer."),
        ("Le nom de Repères reste (2 fois).", "Le nom de Repères reste (2 fois).", ""),
    ],
)
def test_a_message_is_told_in_two(text: str, plain: str, technical: str) -> None:
    assert plain_and_technical(text) == (plain, technical)


def test_a_message_is_escaped_and_its_details_are_folded() -> None:
    assert plain_html("<b>") == "&lt;b&gt;"
    told = plain_html("Un <b> refusé. Voyez « reperes status <x> ».")
    assert told.startswith("Un &lt;b&gt; refusé.<details")
    assert "reperes status &lt;x&gt;" in told
