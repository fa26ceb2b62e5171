"""Is the evidence enough to answer? Better no answer than one that the documents do not give.

Three signs, from the surest to the weakest: a name of the question that no passage found holds; a number or date
asked for that no chosen unit gives; too few of the question's words in the passages for how near their sense is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kb.answering.evidence import Scored
from kb.answering.question import missing_names, wanted_figure
from kb.french.stems import stems
from kb.types import Hit, RefusalReason

REFUSAL = "Je ne trouve pas cette information dans les documents."

# Below, the question has nothing to do with the base. Cosines of multilingual-e5 stay above 0.75 even then.
_OFF_TOPIC_COSINE = 0.84
_OFF_TOPIC_COVERAGE = 0.25
# The line between the questions that the base answers and those that it does not, drawn on the corpus's questions:
# a near sense makes up for words that are missing, and the other way round.
_MIDDLE_COVERAGE = 0.50
_MIDDLE_COSINE = 0.88
_COSINE_WEIGHT = 6.0
_LEAST_MARGIN = -0.05


def refusal_reason(
    question: str, hits: Sequence[Hit], chosen: Sequence[Scored], rarity: Callable[[str], float]
) -> RefusalReason | None:
    """Why `question` must be refused, or None when the `chosen` units of `hits` are enough to answer it.

    `hits` are the passages that were read; `rarity` gives the inverse document frequency of a stem.
    """
    if not chosen:
        return "no_evidence"
    read = "\n".join(_whole(hit) for hit in hits)
    covered = coverage(question, read, rarity)
    cosine = max(each.cosine for each in chosen)
    if cosine < _OFF_TOPIC_COSINE and covered < _OFF_TOPIC_COVERAGE:
        return "off_topic"
    if missing_names(question, read):
        return "insufficient"
    if wanted_figure(question) in {"number", "share"} and not any(each.fit for each in chosen):
        return "insufficient"
    margin = covered - _MIDDLE_COVERAGE + _COSINE_WEIGHT * (cosine - _MIDDLE_COSINE)
    return "insufficient" if margin < _LEAST_MARGIN else None


def coverage(question: str, text: str, rarity: Callable[[str], float]) -> float:
    """The share (0 to 1) of the question's words, weighted by rarity, that stand in `text`; 1 when it has none."""
    wanted = {stem: rarity(stem) for stem in dict.fromkeys(stems(question))}
    there = set(stems(text))
    total = sum(wanted.values())
    return sum(weight for stem, weight in wanted.items() if stem in there) / total if total else 1.0


def _whole(hit: Hit) -> str:
    """A passage with all that says what it is about."""
    document = hit.document
    return "\n".join(
        [document.title, *hit.passage.heading_path, hit.passage.table_header, hit.passage.text, document.date or ""]
    )
