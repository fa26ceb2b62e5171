"""Hit[] -> Evidence[]: the sentences, items and rows of the passages found, scored for the question.

A unit is scored by the cosine of « title — sentence before — sentence » with the question, by the BM25 of the same
words, titles and headings included, and by how well its passage was found, all standardised over the candidates; giving
a figure of the kind that the question asks for counts too. Only the units that words, passage and figures favour are
encoded: what the others would add was measured as nothing, and encoding is nine tenths of the time.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kb.answering.hostile import are_hostile_together, is_hostile
from kb.models.encoder import Encoder
from kb.question.intent import figure_fit
from kb.text.blocks import Block, parse_blocks, render_row, table_header, unit_spans
from kb.text.context import in_context
from kb.text.sentences import Span, sentence_spans
from kb.text.stems import stems
from kb.types import Document, Evidence, EvidenceKind, Group, Hit, Passage, Question

# The best passages are read, and what else was found in the best documents: their figures often stand side by side.
PASSAGES_READ = 12
DOCUMENTS_READ = 3
MOST_PASSAGES_READ = 24
WORDS_WEIGHT = 0.5
PASSAGE_WEIGHT = 0.5
UNITS_ENCODED = 24
# Encoding takes as long as the text is: two dozen sentences of an article, or half as many paragraphs of a long sheet.
CHARACTERS_ENCODED = 8_500
FIGURE_WEIGHT = 0.8  # for a unit that gives a number or date when the question asks for one
NAME_WEIGHT = (
    0.5  # for a unit that stands with the names of the question: the partners of that programme, not of others
)
LONG_ITEM_WORDS = 40  # an item longer than this is a paragraph in disguise
LABEL_WORDS = 6  # its first sentence is a label when it has at most this many
_K1, _B = 1.2, 0.75
_SPACES = re.compile(r"[ \t\n]+")  # no-break spaces belong to the words: « 72 % » stays on one line


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit before it is scored. `context` is what a reader needs before it: the sentence or line that precedes."""

    passage: Passage
    document: Document
    kind: EvidenceKind
    text: str
    context: str
    start: int
    end: int
    passage_score: float


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with its score; `fit` (0 to 1) tells how well its figures suit what the question asks for.

    No cosine: it says how near a unit is beside others, and whether to answer must not hang on the encoder's scale.
    """

    evidence: Evidence
    fit: float


def passages_to_read(hits: Sequence[Hit]) -> list[Hit]:
    """Those of `hits` whose units are worth scoring, best first."""
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


def score(question: Question, found: Sequence[Candidate], encoder: Encoder) -> list[Scored]:
    """The best of the candidates with their scores for `question`, best first."""
    if not found:
        return []
    wanted: dict[str, float] = {}
    for group in question.groups:
        for alternative in group:
            for stem in alternative.stems:
                wanted[stem] = max(wanted.get(stem, 0.0), alternative.weight * question.rarity(stem))
    words = np.array(_bm25(wanted, [stems(_shown(candidate)) for candidate in found]))
    fits = np.array([figure_fit(candidate.text, question) for candidate in found])
    passages = np.array([candidate.passage_score for candidate in found])
    named = np.array(_named(question, found))
    others = (
        WORDS_WEIGHT * _standardised(words)
        + PASSAGE_WEIGHT * _standardised(passages)
        + FIGURE_WEIGHT * fits
        + NAME_WEIGHT * named
    )
    kept = _affordable(found, np.argsort(-others, kind="stable")[:UNITS_ENCODED])
    vectors = encoder.encode(_readable([found[index] for index in kept], encoder), "passage")
    cosines = vectors @ encoder.encode([question.standalone], "query")[0]
    totals = _standardised(cosines) + others[kept]
    scored = []
    for index, total in zip(kept, totals, strict=True):
        candidate = found[index]
        evidence = Evidence(
            candidate.passage,
            candidate.document,
            candidate.kind,
            candidate.text,
            candidate.start,
            candidate.end,
            float(total),
            candidate.context,
        )
        scored.append(Scored(evidence, float(fits[index])))
    return sorted(scored, key=lambda unit: -unit.evidence.score)


def remember(found: Sequence[Candidate], encoder: Encoder) -> None:
    """Has an encoder that remembers encode candidates as `score` will."""
    encoder.encode(_readable(found, encoder), "passage")


def _affordable(found: Sequence[Candidate], order: np.ndarray) -> np.ndarray:
    """The first candidates of `order` whose texts together are within what is encoded; the first one in any case."""
    lengths = np.cumsum([len(_shown(found[index])) for index in order])
    return order[: max(1, int(np.searchsorted(lengths, CHARACTERS_ENCODED, side="right")))]


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
                    units.append(
                        Candidate(passage, hit.document, kind, text, context, start + shift, end + shift, hit.score)
                    )
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


def _readable(found: Sequence[Candidate], encoder: Encoder) -> list[str]:
    """What is embedded for each candidate: with its context; where that is too long for the encoder, alone; where
    even that is (a row repeats its header), its words as they stand in the document, which the splitter saw to.
    """
    texts = [_shown(candidate) for candidate in found]
    alone = [candidate.text for candidate in found]
    as_written = [candidate.document.text[candidate.start : candidate.end] for candidate in found]
    for shorter in (alone, as_written):
        counts = encoder.count_tokens(texts)
        texts = [
            text if count <= encoder.max_tokens else instead
            for text, count, instead in zip(texts, counts, shorter, strict=True)
        ]
    return texts


def _shown(candidate: Candidate) -> str:
    """A unit with what it needs to be understood, as it is embedded."""
    headings = candidate.passage.heading_path[-1:]
    return " — ".join(
        [candidate.document.title, *headings, *([candidate.context] if candidate.context else []), candidate.text]
    )


def _bm25(wanted: dict[str, float], texts: Sequence[Sequence[str]]) -> list[float]:
    """BM25 of each text for the wanted stems, with rarities from outside (Robertson and Zaragoza, 2009)."""
    average = sum(len(text) for text in texts) / len(texts) or 1.0
    scores = []
    for text in texts:
        counts = Counter(text)
        norm = _K1 * (1 - _B + _B * len(text) / average)
        scores.append(sum(idf * counts[stem] * (_K1 + 1) / (counts[stem] + norm) for stem, idf in wanted.items()))
    return scores


def _named(question: Question, found: Sequence[Candidate]) -> list[float]:
    """For each candidate the share (0 to 1) of the question's names that its passage or titles hold, in any form."""
    if not question.names:
        return [0.0] * len(found)
    forms = {name: _forms(name, question.groups) for name in question.names}
    held: dict[str, set[str]] = {}
    for candidate in found:
        if candidate.passage.id not in held:
            held[candidate.passage.id] = set(stems(in_context(candidate.document, candidate.passage)))
    return [
        sum(any(form <= held[candidate.passage.id] for form in forms[name]) for name in question.names)
        / len(question.names)
        for candidate in found
    ]


def _forms(name: str, groups: Sequence[Group]) -> list[set[str]]:
    """The stems of a name as written, and those of its other forms: an acronym spelled out, or the other way round."""
    own = set(stems(name))
    same = [group for group in groups if any(own & set(way.stems) for way in group)]
    return [own, *(set(way.stems) for group in same for way in group)]


def _standardised(values: np.ndarray) -> np.ndarray:
    """Values with mean 0 and standard deviation 1; zeros where they are all the same."""
    spread = float(values.std())
    return (values - values.mean()) / spread if spread > 1e-9 else np.zeros_like(values)
