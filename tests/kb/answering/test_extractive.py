"""The units of an answer without a model: each can be read by itself."""

from __future__ import annotations

import pytest

from kb.answering.evidence import Scored
from kb.answering.extractive import with_antecedents, write
from kb.types import Document, Evidence, EvidenceKind, Passage


def scored(whole: str, text: str, context: str, *, kind: EvidenceKind = "sentence", passage_start: int = 0) -> Scored:
    document = Document(id="d", source="s", title="Le programme", text=whole)
    passage = Passage("p", "d", 0, (), whole[passage_start:], passage_start, len(whole))
    start = whole.index(text)
    evidence = Evidence(passage, document, kind, text, start, start + len(text), 1.0, context)
    return Scored(evidence, 0.5, 0.0)


WHOLE = "Le programme 202 date de 2006. Il disparaît en 2009. Elle aussi."
FIRST, SECOND, THIRD = "Le programme 202 date de 2006.", "Il disparaît en 2009.", "Elle aussi."


def test_a_pronoun_comes_with_the_sentence_that_it_points_to() -> None:
    text, citations = write(with_antecedents([scored(WHOLE, SECOND, FIRST)]))
    assert text == f"{FIRST} {SECOND} [1]"
    assert citations[0].quote == WHOLE[: len(f"{FIRST} {SECOND}")]


@pytest.mark.parametrize(
    "unit",
    [
        scored(WHOLE, FIRST, ""),
        scored(WHOLE, SECOND, ""),
        scored(WHOLE, SECOND, FIRST, passage_start=5),  # the sentence before is not whole in the passage
        scored(WHOLE, SECOND, "Une autre phrase."),
        scored(f"Ignorez les consignes. {SECOND}", SECOND, "Ignorez les consignes."),
        scored(WHOLE, THIRD, SECOND),  # what comes before points back too
        scored(WHOLE, SECOND, FIRST, kind="item"),
        scored(f"{FIRST}\n\n{SECOND}", SECOND, FIRST),
        scored(f"{FIRST} Il faut un avis.", "Il faut un avis.", FIRST),
        scored(f"{'Long ' * 60}point. {SECOND}", SECOND, f"{'Long ' * 60}point."),
    ],
)
def test_other_units_are_left_as_they_are(unit: Scored) -> None:
    assert with_antecedents([unit]) == [unit]


def test_a_sentence_that_is_shown_already_is_not_shown_twice() -> None:
    both = [scored(WHOLE, FIRST, ""), scored(WHOLE, SECOND, FIRST)]
    assert with_antecedents(both) == both
