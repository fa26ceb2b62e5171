"""Names right behind a bracket, where a capital could be taken for the beginning of a sentence."""

from __future__ import annotations

import pytest

from kb.answering.extracts import Extract
from kb.answering.proof.draft import Piece
from kb.answering.proof.names import bracketed_names
from kb.answering.proof.proving import NAME_NOT_THERE, Prover
from kb.answering.proof.sources import sources
from kb.types import Document, Passage

TEXT = "La commission départementale (Dupont-Lefèvre) actualise les tarifs. Le programme « Action Ville » les publie."


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("la commission (Dupont-Lefèvre) décide", ["Dupont-Lefèvre"]),
        ("le premier programme (Cour des comptes)", ["Cour des comptes"]),
        ("ouvrir un « Caisse centrale 3 »", ["Caisse"]),
        ("les quartiers (Lyon, Lille)", ["Lyon"]),
        ("le projet (Réhabilitation de trois grands immeubles du centre)", ["Réhabilitation"]),
        ("le programme (dit « pilote »)", []),
        ("la règle (article 4)", []),
        ("Lyon et Lille", []),
    ],
)
def test_what_stands_in_brackets_and_begins_with_a_capital(sentence: str, names: list[str]) -> None:
    assert bracketed_names(sentence) == names


def fault(sentence: str) -> str:
    document = Document(id="d.md", source="s", title="Les tarifs", text=TEXT, date="2024-03")
    extract = Extract(1, Passage("p", document.id, 0, (), TEXT, 0, len(TEXT)), document, TEXT)
    return Prover(sources([extract]), "Qui actualise les tarifs ?").prove(Piece("sentence", sentence, (1,), 0)).fault


def test_a_name_in_brackets_must_be_there_like_any_other() -> None:
    assert fault("La commission départementale (Dupont-Lefèvre) actualise les tarifs.") == ""
    assert fault("Le programme « Action Ville » publie les tarifs.") == ""
    for name in ("Villeneuve-sur-Lot", "Cour des comptes"):
        said = f"La commission départementale ({name}) actualise les tarifs."
        assert fault(said) == NAME_NOT_THERE.format(name=name)
    assert fault("Le programme « Bercy Ville » publie les tarifs.") == NAME_NOT_THERE.format(name="Bercy")
