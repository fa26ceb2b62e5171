"""Hit[] -> the passages that a capable model reads: whole, numbered, those of one document together, in its order.

Sentences that answer stand in the first 16 passages for 0.96 of 183 questions of bench/sheets, in the first 8 to 10 for
0.945 (28 November 2026): as many are given as the budget of tokens takes, sixteen at most. The last of them are chosen
by the reader: what is expected stands in sixteen for 0.97 of 93 facts of 85 questions over bench/cnil then, instead of
0.93, for 0.97 of the sentences of 90 questions of bench/sheets, instead of 0.96, and for all of 116 facts of the
bundled corpus either way (30 November 2026). Six of the first 50 instead of the first 24 did as well, for twice the
reading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from kb.answering.hostile import harmless, is_hostile
from kb.answering.reading import read
from kb.models.reader.passage_reader import Reader
from kb.text.figures import MARKS
from kb.text.folding import visible
from kb.text.moments import french_date
from kb.text.sentences import sentence_spans
from kb.types import Document, Hit, Passage, Question

MOST_PASSAGES = 16
FOUND_FIRST = 10
"""How many of them are the best of the search, whatever the reader makes of them."""
CHOSEN_AMONG = 24
"""How many of the best of the search the others are chosen among."""
NO_TITLE = "sans titre"


@dataclass(frozen=True, slots=True)
class Extract:
    """A passage as a model reads it: `number` counts from 1 in the order of reading, `text` is what is left of the
    passage without what gives orders or cannot be seen.
    """

    number: int
    passage: Passage
    document: Document
    text: str


def worth_reading(question: Question, hits: Sequence[Hit], reader: Reader) -> list[Hit]:
    """`hits` in the order in which they are worth their place: the best of the search, then what `reader` says answers
    `question` likeliest, then the others.
    """
    if len(hits) <= FOUND_FIRST:
        return list(hits)
    judged = hits[FOUND_FIRST:CHOSEN_AMONG]
    relevances = read(question, judged, reader).relevances
    others = [hit for _, hit in sorted(zip(relevances, judged, strict=True), key=lambda found: -found[0])]
    return [*hits[:FOUND_FIRST], *others, *hits[CHOSEN_AMONG:]]


def extracts(hits: Sequence[Hit], budget: int, count_tokens: Callable[[str], int]) -> list[Extract]:
    """The best passages of `hits` that `budget` tokens hold, in the order of reading: documents by their best passage.

    A passage that does not fit leaves its place to a shorter one after it; the very best one is cut behind a whole
    sentence rather than left out. Empty when no passage says anything.
    """
    chosen: list[tuple[Hit, str]] = []
    left = budget
    seen: set[str] = set()
    for hit in hits:
        if len(chosen) == MOST_PASSAGES:
            break
        text = _readable(hit.passage.text)
        if hit.passage.id in seen or not any(sign.isalnum() for sign in text):
            continue
        seen.add(hit.passage.id)
        above = count_tokens(_about(hit.document, hit.passage))
        takes = count_tokens(text) + above
        if takes > left and not chosen:
            text = _cut(text, left - above, count_tokens)
            takes = left
        if takes <= left:
            chosen.append((hit, text))
            left -= takes
    order = {name: place for place, name in enumerate(dict.fromkeys(hit.document.id for hit, _ in chosen))}
    chosen.sort(key=lambda one: (order[one[0].document.id], one[0].passage.start))
    return [Extract(number, hit.passage, hit.document, text) for number, (hit, text) in enumerate(chosen, start=1)]


def written_out(found: Iterable[Extract]) -> str:
    """The extracts as the prompt holds them: what each document is, once; under it its passages with their headings."""
    parts: list[str] = []
    document = ""
    for extract in found:
        if extract.document.id != document:
            document = extract.document.id
            parts.append(_document_line(extract.document))
        heading = " > ".join(_flat(title) for title in extract.passage.heading_path if not is_hostile(title))
        above = [f"[{extract.number}]" + (f" {heading}" if heading else "")]
        if header := extract.passage.table_header:
            above.append(_readable(header))
        parts.append("\n".join([*above, extract.text]))
    return "\n\n".join(parts)


def _about(document: Document, passage: Passage) -> str:
    return "\n".join((_document_line(document), *passage.heading_path, passage.table_header))


def _document_line(document: Document) -> str:
    title = NO_TITLE if is_hostile(document.title) else _flat(document.title)
    facts = [french_date(document.date) if document.date else "sans date"]
    facts += [_flat(fact) for fact in (document.rubric,) if fact and not is_hostile(fact)]
    return f"### Document « {title} » ({', '.join(facts)})"


# A document's own « [2] » would be taken for a number of ours.
def _readable(text: str) -> str:
    return MARKS.sub("", harmless(visible(text))).strip()


def _flat(text: str) -> str:
    return " ".join(MARKS.sub("", visible(text)).split())


def _cut(text: str, budget: int, count_tokens: Callable[[str], int]) -> str:
    """The first whole sentences that fit; the first one in any case."""
    kept = 0
    for _, end in sentence_spans(text):
        if kept and count_tokens(text[:end]) > budget:
            break
        kept = end
    return text[:kept]
