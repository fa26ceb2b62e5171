"""What the documents say of each of some things: two that are compared, or one that is asked for as a word alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from kb.answering.reading import Read, Scored, read
from kb.models.reader.passage_reader import Reader
from kb.text.context import in_context
from kb.text.folding import fold
from kb.text.stems import stems
from kb.types import Hit, Question

_PASSAGES_OF_EACH = 6
_UNITS_OF_EACH = 2
_FARTHEST = 2


def of_each(question: Question, things: Sequence[str], hits: Sequence[Hit], reader: Reader) -> list[Read] | None:
    """What is read about each of the `things`, as of a question of its own; None where one is not spoken of."""
    found = []
    for thing in things:
        forms = _forms(thing, question)
        # What spells an acronym out says what it is.
        held = [(sum(form <= _held(hit) for form in forms), hit) for hit in hits]
        spoken = [(_farness(thing, hit.passage.text), -number, hit) for number, hit in held if number]
        own = [hit for *_, hit in sorted(spoken, key=lambda found: found[:2])][:_PASSAGES_OF_EACH]
        if not own:
            return None
        # As a word alone: what its words are in tells nothing of what it is.
        alone = replace(question, standalone=thing, figure=None, names=())
        about = read(alone, own, reader)
        named = [unit for unit in about.units if any(form <= set(stems(_said(unit))) for form in forms)]
        if not named:
            return None
        named.sort(key=lambda unit: (_farness(thing, unit.evidence.text), -_spelt(forms, unit)))
        found.append(Read(tuple(named[:_UNITS_OF_EACH]), about.relevances))
    return found


def defines(thing: str, unit: Scored) -> bool:
    """Whether a unit says what a thing is by its form: « THING : what it is », « what it is (THING) »."""
    return _farness(thing, unit.evidence.text) < _FARTHEST


def _farness(thing: str, text: str) -> int:
    """0 where a line has the form « THING : what it is », 1 where the thing stands in brackets after what it is."""
    name, folded = re.escape(fold(thing)), fold(text)
    if re.search(rf"^[-*•\s]*{name}\s*:", folded, re.MULTILINE):
        return 0
    return 1 if re.search(rf"\w \({name}\)", folded) else _FARTHEST


def _spelt(forms: Sequence[set[str]], unit: Scored) -> int:
    held = set(stems(unit.evidence.text))
    return sum(form <= held for form in forms)


def _said(unit: Scored) -> str:
    return f"{unit.evidence.context}\n{unit.evidence.text}"


def _held(hit: Hit) -> set[str]:
    return set(stems(in_context(hit.document, hit.passage)))


def _forms(thing: str, question: Question) -> list[set[str]]:
    """The stems of a thing as written, and of a word alone those of its other forms: an acronym spelled out, say."""
    own = set(stems(thing))
    same = [group for group in question.groups if any(own & set(way.stems) for way in group)]
    return [own, *(set(way.stems) for group in same for way in group)] if len(own) == 1 else [own]
