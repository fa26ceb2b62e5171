"""What a claim is shown beside: the units nearest to it, below what they stand under."""

from __future__ import annotations

from kb.answering.extracts import Extract
from kb.answering.proof.sources import Source, sources
from kb.types import Document, Passage
from training.window import window

TEXT = """Le port de Querlac reçoit 35 000 €. Le port de Saint-Aubin reçoit 20 000 €. Il pleut. Le phare est blanc.
Le musée ouvre en mai. La criée ferme à midi.

L'aide couvre :

- les quais
- les grues
"""


def source() -> Source:
    """A passage as the proof has it."""
    document = Document("d", "s", "Les ports", TEXT)
    passage = Passage("p", "d", 0, ("Les aides",), TEXT, 0, len(TEXT))
    (found,) = sources([Extract(1, passage, document, TEXT)])
    return found


def test_the_units_that_share_words_and_figures_stand_below_their_title() -> None:
    title, shown = window("Querlac reçoit 20 000 €.", [source()]).split("\n", 1)
    assert title == "Les ports — Les aides"
    assert "Le port de Querlac reçoit 35 000 €. Le port de Saint-Aubin reçoit 20 000 €." in shown
    assert shown.count(".") <= 5


def test_an_item_goes_on_with_its_lead_in() -> None:
    assert "L'aide couvre : les grues" in window("L'aide couvre les grues.", [source()])


def test_without_units_nothing_is_shown() -> None:
    assert window("Une phrase.", []) == ""
