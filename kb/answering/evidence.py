"""Hit[] -> candidates for evidence: the sentences, items and rows of passages, each with what stands before it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kb.answering.hostile import are_hostile_together, is_hostile
from kb.text.blocks import Block, parse_blocks, render_row, table_header, unit_spans
from kb.text.sentences import Span, sentence_spans
from kb.types import Document, EvidenceKind, Hit, Passage

# The best passages are read, and what else was found in the best documents: their figures often stand side by side.
PASSAGES_READ = 12
DOCUMENTS_READ = 3
MOST_PASSAGES_READ = 24
LONG_ITEM_WORDS = 40  # an item longer than this is a paragraph in disguise
LABEL_WORDS = 6  # its first sentence is a label when it has at most this many
_SPACES = re.compile(r"[ \t\n]+")  # no-break spaces belong to the words: « 72 % » stays on one line


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit before it is judged. `context` is what a reader needs before it: the sentence or line that precedes."""

    passage: Passage
    document: Document
    kind: EvidenceKind
    text: str
    context: str
    start: int
    end: int


def passages_to_read(hits: Sequence[Hit], *, hurried: bool = False) -> list[Hit]:
    """Those of `hits` whose units are worth reading, best first; half of the best where others wait (`hurried`)."""
    if hurried:
        return list(hits[: PASSAGES_READ // 2])
    best = set(list(dict.fromkeys(hit.document.id for hit in hits))[:DOCUMENTS_READ])
    more = [hit for hit in hits[PASSAGES_READ:] if hit.document.id in best]
    return [*hits[:PASSAGES_READ], *more][:MOST_PASSAGES_READ]


def candidates(hits: Sequence[Hit]) -> list[Candidate]:
    """The units of the passages of `hits`, in their order, none twice, and none that gives orders to the answerer,
    alone or with its neighbour; nor does what stands before one as its context.
    """
    found: list[Candidate] = []
    seen: set[tuple[str, int]] = set()
    for hit in hits:
        for candidate in _innocent(_units(hit)):
            key = (candidate.document.id, candidate.start)
            if key not in seen:
                seen.add(key)
                found.append(candidate)
    return found


def _units(hit: Hit) -> list[Candidate]:
    passage, text = hit.passage, hit.passage.text
    prefix = passage.table_header + "\n" if passage.table_header else ""
    whole, shift = prefix + text, passage.start - len(prefix)
    units: list[Candidate] = []
    before = ""
    for block in parse_blocks(whole):
        lead = before
        for unit in unit_spans(whole, block):
            context = lead if block.kind in {"list", "table"} else before
            for kind, start, end, label in _parts(whole, block, unit):
                words = whole[start:end]
                shown = render_row(table_header(whole, block), words) if kind == "row" else words
                shown = _SPACES.sub(" ", shown).strip()
                if start >= len(prefix) and any(sign.isalnum() for sign in shown):
                    text = f"{label} […] {shown}" if label else shown
                    units.append(Candidate(passage, hit.document, kind, text, context, start + shift, end + shift))
                before = shown
    return units


def _innocent(units: Sequence[Candidate]) -> list[Candidate]:
    """The units of a passage, without those that are hostile, and those that are so only together.

    We cut an order in two where it has a full stop: neither half may say enough. Beside a sentence that is hostile by
    itself, the others keep their place: a document is not silenced by what somebody wrote into it.
    """
    alone = [is_hostile(unit.text) for unit in units]
    out = list(alone)
    for index in range(1, len(units)):
        first, second = units[index - 1], units[index]
        if alone[index - 1] or alone[index] or first.kind != second.kind or not _touch(first, second):
            continue
        if are_hostile_together(first.text, second.text):
            out[index - 1] = out[index] = True
    return [
        replace(unit, context="") if unit.context and is_hostile(unit.context) else unit
        for unit, hostile in zip(units, out, strict=True)
        if not hostile
    ]


def _touch(first: Candidate, second: Candidate) -> bool:
    """Whether a unit stands right before another, in one paragraph or list."""
    return "\n\n" not in first.document.text[first.end : second.start]


def _parts(text: str, block: Block, unit: Span) -> Iterator[tuple[EvidenceKind, int, int, str]]:
    """A unit as (kind, start, end, label): a long item falls into its sentences.

    Where such an item begins with a label (« Octobre 2015. »), its sentences would mislead without it: the first one
    keeps it in front, the others repeat it.
    """
    start, end = unit
    if block.kind == "table":
        yield "row", start, end, ""
    elif block.kind == "paragraph":
        yield "sentence", start, end, ""
    elif len(text[start:end].split()) <= LONG_ITEM_WORDS:
        yield "item", start, end, ""
    else:
        spans = [(start + a, start + b) for a, b in sentence_spans(text[start:end])]
        label = _SPACES.sub(" ", text[spans[0][0] : spans[0][1]])
        if len(spans) > 1 and len(label.split()) <= LABEL_WORDS:
            spans[:2] = [(spans[0][0], spans[1][1])]
        else:
            label = ""
        for number, (a, b) in enumerate(spans):
            yield "sentence", a, b, label if number else ""
