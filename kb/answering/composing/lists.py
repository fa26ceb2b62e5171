"""A list or a table shown whole: where the question asks for one, or where the line that leads to it answers."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from kb.answering.hostile import are_hostile_together, is_hostile
from kb.text.blocks import Block, cells, parse_blocks, render_row, table_header, unit_spans
from kb.types import Evidence

# More is read at its place in the document, which the reference opens.
MOST_UNITS = 12
MOST_CHARACTERS = 1_500
_ITEMS_IN_A_SENTENCE, _LONGEST_SENTENCE = 3, 300  # a list that is read as one
_AHEAD = 1.0  # a logit above all others of its list, an item is what answers
_SENTENCES = re.compile(r"[.!?] \w|:")


def whole_list(evidence: Evidence, *, asked: bool, tables: bool = True) -> Evidence | None:
    """The list or table that a unit stands in or leads to, as one piece of evidence in block form; None where the unit
    is to be shown alone.

    An item or row brings its list or table where the question `asked` for several things, a lead-in (« Sont aidés : »)
    always. Long ones, and those that hold a sentence that gives orders, are not shown whole.
    """
    passage = evidence.passage
    text, at = passage.text, evidence.start - passage.start
    blocks = parse_blocks(text)
    own = next((block for block in blocks if block.start <= at < block.end), None)
    if own is None:
        return None
    if own.kind == "table":
        return _table(evidence, own) if asked and tables else None
    if own.kind == "list":
        before = next((one for one, two in pairwise(blocks) if two is own), None)
        lead = _lead(text, before) if before is not None else None
        return _list(evidence, own, own.start if lead is None else lead) if asked else None
    after = next((two for one, two in pairwise(blocks) if one is own), None)
    if not evidence.text.rstrip().endswith(":") or after is None or after.kind != "list":
        return None
    return _list(evidence, after, at)


def list_around(evidence: Evidence) -> list[Evidence]:
    """The items of the list that a unit stands in, each whole; none where it stands in none, or one gives orders."""
    passage = evidence.passage
    text, at = passage.text, evidence.start - passage.start
    own = next((block for block in parse_blocks(text) if block.start <= at < block.end and block.kind == "list"), None)
    spans = [] if own is None else unit_spans(text, own)
    if _give_orders([text[start:end] for start, end in spans]):
        return []
    return [
        replace(_evidence(evidence, " ".join(text[start:end].split()), start, end), kind="item") for start, end in spans
    ]


def answering_first(whole: Evidence, read: Sequence[tuple[Evidence, float]]) -> Evidence:
    """A list with a lead-in so that its first line answers: as one sentence where it is short, else the item that is
    likeliest to answer after the lead-in, by the scores of the units `read`, and the others below.
    """
    lead, *lines = whole.text.split("\n")
    items = [line.removeprefix("- ") for line in lines]
    if lead.startswith("- ") or len(items) < 2:
        return whole
    sentence = f"{lead} {' ; '.join(item.rstrip(' .;,') for item in items)}."
    if (
        len(items) <= _ITEMS_IN_A_SENTENCE
        and len(sentence) <= _LONGEST_SENTENCE
        and not any(map(_SENTENCES.search, items))
    ):
        return replace(whole, text=sentence)
    scores = {" ".join(unit.text.split()): score for unit, score in read if _is_in(unit, whole)}
    ranked = sorted(range(len(items)), key=lambda number: -scores.get(items[number], -math.inf))
    best, second = (scores.get(items[number], -math.inf) for number in ranked[:2])
    if best - second < _AHEAD or math.isinf(best):
        return whole
    others = [line for number, line in enumerate(lines) if number != ranked[0]]
    return replace(whole, text="\n".join([f"{lead} {items[ranked[0]]}", *others]))


def _is_in(unit: Evidence, whole: Evidence) -> bool:
    return unit.document.id == whole.document.id and whole.start <= unit.start and unit.end <= whole.end


def _lead(text: str, block: Block) -> int | None:
    """Where the last sentence of a paragraph begins, when it leads to what follows."""
    if block.kind != "paragraph":
        return None
    start, end = unit_spans(text, block)[-1]
    return start if text[start:end].rstrip().endswith(":") else None


def _list(evidence: Evidence, block: Block, start: int) -> Evidence | None:
    text = evidence.passage.text
    items = [text[first:last] for first, last in unit_spans(text, block)]
    lead = " ".join(text[start : block.start].split())
    # Two items that nothing leads to are no list of anything.
    if not (1 if lead else 2) < len(items) <= MOST_UNITS or block.end - start > MOST_CHARACTERS:
        return None
    if is_hostile(lead) or _give_orders(items):
        return None
    lines = [lead] if lead else []
    lines += [f"- {' '.join(item.split())}" for item in items]
    return _evidence(evidence, "\n".join(lines), start, block.end)


def _table(evidence: Evidence, block: Block) -> Evidence | None:
    text = evidence.passage.text
    rows = [text[first:last] for first, last in unit_spans(text, block)]
    whole = text[block.start : block.end].strip()
    if not 1 < len(rows) <= MOST_UNITS or len(whole) > MOST_CHARACTERS:
        return None
    # A name above empty cells is in no unit: nothing has judged it.
    header = table_header(text, block)
    names = cells(header.split("\n", 1)[0])
    if any(map(_give_orders, (names, rows, [render_row(header, row) for row in rows]))):
        return None
    return _evidence(evidence, whole, block.start, block.end)


def _give_orders(parts: Sequence[str]) -> bool:
    """Whether one of the parts of a list or table is no evidence, or two that follow each other are not."""
    return any(map(is_hostile, parts)) or any(are_hostile_together(one, two) for one, two in pairwise(parts))


def _evidence(evidence: Evidence, shown: str, start: int, end: int) -> Evidence:
    offset = evidence.passage.start
    stop = offset + start + len(evidence.passage.text[start:end].rstrip())
    return replace(evidence, text=shown, start=offset + start, end=stop, context="")
