"""Sentences that do not stand by themselves: what ties one to the sentence before it, and what it then needs.

A tie (« Toutefois, ») goes where that sentence is not shown; what a pronoun points to comes with it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from kb.answering.hostile import is_hostile
from kb.text.folding import fold
from kb.types import Evidence

LONGEST_CONTEXT = 240
"""Characters of a sentence, or line, that comes with the one behind it."""

# « Il faut », « il s'agit » point at nothing.
_POINTS_BACK = re.compile(
    r"(?:ils?|elles?|celui-ci|celle-ci|ceux-ci|celles-ci|ce dernier|cette derniere|ces derni(?:er|ere)s|d'autres)\b"
    r"(?! (?:faut|fallait|faudra|s'agit|s'agira|existe|y a|y avait|y aura|reste|convient|suffit|est (?:possible|prevu|"
    r"interdit|conseille|recommande|necessaire|indispensable|demande)|n'y a|n'existe)\b)"
)
# What ties a sentence to one before it that is not shown.
_TIES_BACK = re.compile(
    r"(?:(?:De plus|De même|Ainsi|Enfin|À l['’]inverse|Au contraire|D['’]autre part|Or),|"
    r"(?:Par contre|En revanche|Toutefois|Cependant|Néanmoins|Pourtant|Par ailleurs|En outre|En effet|Par conséquent|"
    r"Dès lors(?! que)|Pour autant(?! que)|De (?:son|leur) côté),?|"
    r"Mais|Et)\s+(?=\w)"
)
# A page that answers its own question (« La loi le dit-elle ? Oui. La loi… »), beside another question.
_YES_OR_NO = re.compile(r"(?:Oui|Non)\s?[.,;:!]\s*(?=\w)")


def points_back(text: str) -> bool:
    """Whether a sentence begins with a pronoun, behind what ties it to the one before or not."""
    return _POINTS_BACK.match(fold(_TIES_BACK.sub("", text, count=1) if _TIES_BACK.match(text) else text)) is not None


def without_yes_or_no(evidence: Evidence) -> Evidence:
    """A unit without the « Oui » or « Non » that it begins with."""
    return _without(_YES_OR_NO, evidence)


def untied(evidence: Evidence, ends: Collection[tuple[str, int]]) -> Evidence:
    """A sentence without the « Toutefois, » that ties it to the one before, unless that is shown: `ends` are the ids of
    documents and where in them what is shown ends.
    """
    before = len(evidence.document.text[: evidence.start].rstrip())
    if evidence.kind != "sentence" or (evidence.document.id, before) in ends:
        return evidence
    return _without(_TIES_BACK, evidence)


def with_antecedent(evidence: Evidence, ends: Collection[tuple[str, int]]) -> Evidence:
    """A sentence that begins with a pronoun (« Il disparaît… ») with the sentence before it.

    Left as they are: those whose sentence before is shown already (see `untied`), is long, or does not stand right
    before it.
    """
    if evidence.kind != "sentence" or not points_back(evidence.text) or not evidence.context:
        return evidence
    whole, context = evidence.document.text, evidence.context
    if len(context) > LONGEST_CONTEXT or points_back(context) or is_hostile(context):
        return evidence
    before = whole[: evidence.start].rstrip()
    start = len(before) - len(context)
    if not before.endswith(context) or "\n\n" in whole[len(before) : evidence.start]:
        return evidence
    if start < evidence.passage.start or (evidence.document.id, len(before)) in ends:
        return evidence
    return replace(evidence, text=whole[start : evidence.end], start=start, context="")


def _without(first: re.Pattern[str], evidence: Evidence) -> Evidence:
    """A unit without the words that it begins with."""
    if (match := first.match(evidence.text)) is None:
        return evidence
    rest = evidence.text[match.end() :]
    # The words in the document may be set otherwise (a line end for a space).
    there = first.match(evidence.document.text, evidence.start)
    start = evidence.start if there is None else there.end()
    return replace(evidence, text=rest[0].upper() + rest[1:], start=start)
