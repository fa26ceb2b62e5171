"""The answer without a language model: the unit that answers, first and alone, then at most three that support it.

Each unit is shown so that it can be read by itself: an item with the words that lead to it, a row as « name : value »,
what points back with the sentence before; a list or table whole where the question asks for one, or where its lead-in
answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kb.answering.asked.near_names import is_of_another
from kb.answering.chronology import conflicting, dated_value, most_recent_first
from kb.answering.composing.first import answering_best_first, is_about
from kb.answering.composing.lists import answering_first, whole_list
from kb.answering.composing.standing_alone import (
    LONGEST_CONTEXT,
    answers_another,
    introduced,
    untied,
    untied_text,
    with_antecedent,
    without_yes_or_no,
)
from kb.answering.composing.whole_units import completed, says_again, what_it_goes_on_from, with_what_follows
from kb.answering.hostile import is_hostile
from kb.answering.reading import Scored
from kb.question.intent import is_open
from kb.text.figures import MARKS
from kb.text.folding import fold
from kb.text.stems import stems
from kb.types import Citation, Evidence, Question

MOST_SUPPORTS = 3
# A unit is shown beside the best one when its logit is at most this far below; one of another document, less far: it
# is about something else more often. Of margins from 2.5 to 4 and 1.5 to 2, tried on 379 questions of bench/sheets and
# 58 of the corpus (30 November 2026), these show the fewest units, 3.3, and hold as much of what is expected, 0.84 and
# 0.82; 4 and 2 hold 0.85 and 0.82 in 3.7.
MARGIN, MARGIN_OF_OTHERS = 2.5, 1.5
_SAME_LIST = 3  # chosen units that are items of one list: it is what answers


def choose(units: Sequence[Scored], question: Question) -> list[Scored]:
    """The units to show, best first: the one that answers and at most three nearly as good, none saying the same words.

    Where the question asks for one figure and the first one has it, units without one support nothing.
    """
    units = completed(answering_best_first(_telling(units, question), question))
    if question.wants_one_figure and units and units[0].fit > 0:
        units = [unit for unit in units if unit.fit > 0]
    chosen: list[Scored] = []
    seen: set[str] = set()
    for unit in units:
        words = fold(unit.evidence.text)
        if words in seen or (chosen and unit.evidence.score < chosen[0].evidence.score - _margin(unit, chosen[0])):
            continue
        if chosen and is_about(chosen[0], question) and is_of_another(unit.evidence.text, question):
            continue
        if says_again(unit, chosen) or any(_overlap(one.evidence, unit.evidence) for one in chosen):
            continue
        seen.add(words)
        place = None if question.wants_one_figure else what_it_goes_on_from(unit, chosen)
        if place is not None:
            chosen[place] = with_what_follows(chosen[place], unit)
        elif len(chosen) <= MOST_SUPPORTS:
            chosen.append(unit)
    return chosen


def _telling(units: Sequence[Scored], question: Question) -> Sequence[Scored]:
    """The units without those that only hold words of an open question, which answer none; all where no other is."""
    if not is_open(question.standalone):
        return units
    asked = set(stems(question.standalone))
    return [unit for unit in units if not set(stems(unit.evidence.text)) <= asked] or units


def _margin(unit: Scored, first: Scored) -> float:
    return MARGIN if unit.evidence.document.id == first.evidence.document.id else MARGIN_OF_OTHERS


def in_order(chosen: Sequence[Scored], question: Question) -> list[Scored]:
    """The chosen units as they are shown: the best one, then the others by document and place; of those that give
    different values of the same thing, the most recent first.
    """
    if not chosen:
        return []
    documents = list(dict.fromkeys(unit.evidence.document.id for unit in chosen))
    first, *others = chosen
    others.sort(key=lambda unit: (documents.index(unit.evidence.document.id), unit.evidence.start))
    shown = [first, *others]
    for group in conflicting([unit.evidence for unit in shown], question):
        places = [index for index, unit in enumerate(shown) if unit.evidence in group]
        newest = most_recent_first([shown[index].evidence for index in places])
        by_evidence = {id(shown[index].evidence): shown[index] for index in places}
        for index, evidence in zip(places, newest, strict=True):
            shown[index] = by_evidence[id(evidence)]
    return shown


def readable(chosen: Sequence[Scored], question: Question, read: Sequence[Scored] = ()) -> list[Scored]:
    """The chosen units, each so that it can be read by itself; those that a list or table shown whole holds are left
    out. A list is whole where the question asks for one, and then comes first, or where three of its items were chosen.
    Where it asks for none, the first line of a list answers, by the scores of the units `read`.
    """
    shown: list[Scored] = []
    for unit in chosen:
        evidence = unit.evidence
        if any(_holds(other.evidence, evidence) or _led_by(other.evidence, evidence) for other in shown):
            continue
        # A table cannot stand in a bullet.
        whole = whole_list(evidence, asked=True, tables=not shown)
        wanted = question.wants_list or evidence.text.rstrip().endswith(":")
        if whole is not None and not wanted and not whole.text.startswith("- "):  # those of a glossary go each alone
            wanted = sum(_holds(whole, other.evidence) for other in chosen) >= _SAME_LIST
        whole = whole if wanted else None
        if whole is not None and not question.wants_list:
            whole = answering_first(whole, [(unit.evidence, unit.evidence.score) for unit in read])
        # What is shown below tells nobody what one above it points to.
        told = {(one.evidence.document.id, one.evidence.end) for one in shown}
        own = whole or _led_to(untied(with_antecedent(evidence, told), told), shown)
        if is_open(question.standalone) or answers_another(own, question):
            own = without_yes_or_no(own)
        shown.append(replace(unit, evidence=own))
    return sorted(shown, key=lambda unit: "\n" not in unit.evidence.text) if question.wants_list else shown


def _holds(other: Evidence, evidence: Evidence) -> bool:
    return other.document.id == evidence.document.id and other.start <= evidence.start and evidence.end <= other.end


def _overlap(one: Evidence, other: Evidence) -> bool:
    return _holds(one, other) or _holds(other, one)


def _led_by(item: Evidence, evidence: Evidence) -> bool:
    """Whether a unit is the lead-in that an item shown before it begins with."""
    same = item.document.id == evidence.document.id
    return same and evidence.end <= item.start and item.text.startswith(f"{untied_text(evidence.text)} ")


def _led_to(evidence: Evidence, shown: Sequence[Scored]) -> Evidence:
    """An item with the line that leads to it (« Le fonds finance : … »), unless the unit shown before has the same."""
    lead = untied_text(evidence.context)
    if evidence.kind != "item" or not lead.endswith(":") or len(lead) > LONGEST_CONTEXT or is_hostile(lead):
        return evidence
    if any(untied_text(unit.evidence.text).startswith(lead) for unit in shown):
        return evidence
    return replace(evidence, text=f"{lead} {evidence.text}", context="")


def values_by_date(shown: Sequence[Scored], question: Question) -> tuple[list[Scored], int]:
    """The units with those that give other values of the first one's thing right after it, and how many these are with
    it: 0 where its value is the only one.
    """
    for group in conflicting([unit.evidence for unit in shown], question):
        if shown[0].evidence in group:
            same = [unit for unit in shown if unit.evidence in group]
            return [*same, *(unit for unit in shown if unit.evidence not in group)], len(same)
    return list(shown), 0


def write(shown: Sequence[Scored], paragraphs: int = 1, dated: int = 0) -> tuple[str, tuple[Citation, ...]]:
    """The text of the answer, `[n]` after each unit, and its citations in the same order: the first `paragraphs` units
    as paragraphs (or the list or table that each is), the others as bullets below. Of the first `dated` units, as
    `values_by_date` gives them, the first is a paragraph and all are a table of values, the most recent first.
    """
    parts = []
    citations = []
    for number, unit in enumerate(shown, start=1):
        evidence = unit.evidence
        # A document's own marks (« [2] » of a footnote) would be taken for references of the answer.
        text = introduced(evidence) if number == paragraphs == 1 else evidence.text
        text = MARKS.sub("", text).rstrip()
        if evidence.kind == "item" and "\n" not in text:
            text = text.rstrip(" \u00a0\u202f;,")  # what sets it apart from the next one
        parts.append(_marked(text, number) if number <= paragraphs else _bullet(text, number))
        citations.append(
            Citation(
                number=number,
                passage=evidence.passage,
                document=evidence.document,
                quote=evidence.document.text[evidence.start : evidence.end],
                start=evidence.start,
                end=evidence.end,
            )
        )
    first, others = parts[:paragraphs], parts[max(paragraphs, dated) :]
    if dated:
        first.append(_values_table([unit.evidence for unit in shown[:dated]]))
    return "\n\n".join([*first, *(["\n".join(others)] if others else [])]), tuple(citations)


def _values_table(units: Sequence[Evidence]) -> str:
    rows = [f"| {when} | {value} [{number}] |" for number, (when, value) in enumerate(map(dated_value, units), start=1)]
    return "\n".join(["| Date | Valeur |", "| --- | --- |", *rows])


def _marked(text: str, number: int) -> str:
    """A table has its reference in its last cell, that it stays one."""
    return f"{text[:-1].rstrip()} [{number}] |" if text.endswith("|") else f"{text} [{number}]"


def _bullet(text: str, number: int) -> str:
    """A unit as a bullet, the items of a list that it holds one level below."""
    if text.startswith("- "):  # a list without a lead-in
        return f"{text} [{number}]"
    lead, *items = text.split("\n")
    return "\n".join([f"- {lead}", *(f"  {item}" for item in items)]) + f" [{number}]"
