"""Questions parsed without a base: each of their words is looked for, and all are equally rare."""

from __future__ import annotations

from kb.question.parsing import question_of
from kb.question.terms import SearchTerms
from kb.text.stems import stems
from kb.types import Alternative, Group, Question


def parsed(text: str, *more: Group, rarity: float = 2.0) -> Question:
    """The question `text`; `more` are groups of words to look for besides its own."""
    groups = (*((Alternative((stem,)),) for stem in dict.fromkeys(stems(text))), *more)
    return question_of(text, text, SearchTerms(text, groups, ()), lambda _: rarity)
