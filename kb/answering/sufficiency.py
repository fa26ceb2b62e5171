"""Is the evidence enough to answer? Better no answer than one that the documents do not give.

Signs, from the surest to the weakest: hardly a word of the question in the passages; a name of the question that the
documents chosen do not hold; what the question asks about (« quel salaire… ») named nowhere; a number asked for that no
chosen unit gives; a figure that stands without the names of the question. None hangs on the encoder: cosines of another
one have another scale, and those of one differ with its number format.
"""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein

from kb.answering.evidence import Scored
from kb.question.intent import missing_names
from kb.text.context import in_context
from kb.text.stems import stems, words
from kb.types import Evidence, Group, Hit, Question, RefusalReason

REFUSAL = "Je ne trouve pas cette information dans les documents."

# Below, the question has nothing to do with the base. Measured 2026-11-28: of 389 answerable questions of three bases
# (those of benchmarks/formats.py), 0.20 refuses none, 0.25 one, 0.35 seven; but 0.20 one of the 28 of a base of twelve
# documents (tests/data/second_base), which hold few words. Of questions about nothing that a base holds, most have 0.
_OFF_TOPIC_COVERAGE = 0.10
# A name in more than about a quarter of the passages (rarity: ln(N / n)) is what the base is about: it tells nothing.
_COMMON_NAME = 1.4
# How people shorten « combien », « nombre » and « contre »: no document would.
_SHORTHAND = frozenset({"cb", "nb", "vs"})
# Two words of one family have stems with at least this many letters in common: « financement », « financeur ».
_FAMILY = 5


def refusal_reason(question: Question, hits: Sequence[Hit], chosen: Sequence[Scored]) -> RefusalReason | None:
    """Why `question` must be refused, or None when the `chosen` units of `hits`, the passages read, are enough."""
    if not chosen:
        return "no_evidence"
    read = "\n".join(in_context(hit.document, hit.passage) for hit in hits)
    there = _stems_of(read)
    if _is_strange(question, there):
        return "off_topic"
    cited = {unit.evidence.document.id for unit in chosen}
    near = (
        read
        if question.several_things
        else "\n".join(in_context(hit.document, hit.passage) for hit in hits if hit.document.id in cited)
    )
    held = there if near is read else _stems_of(near)
    if any(
        _is_rare(name, question) and not _is_spelt(name, question.groups, held)
        for name in missing_names(question.names, near)
    ):
        return "insufficient"
    if any(not _is_said(noun, question.groups, there, read) for noun in question.nouns):
        return "insufficient"
    if question.figure in {"number", "share"} and not any(unit.fit for unit in chosen):
        return "insufficient"
    if question.wants_one_figure and _figures_of_others(question, chosen):
        return "insufficient"
    return None


def is_off_topic(question: Question, hits: Sequence[Hit]) -> bool:
    """Whether `question` has nothing to do with the base, of which `hits` are the nearest passages."""
    return _is_strange(question, _stems_of("\n".join(in_context(hit.document, hit.passage) for hit in hits)))


def _is_strange(question: Question, there: set[str]) -> bool:
    # Corrected, unknown words come near to known ones: « cuire un œuf » is no « cuite » of « neuf ». None of the 2,064
    # questions of three bases is so (28 November 2026).
    return question.is_foreign or coverage(question, there) < _OFF_TOPIC_COVERAGE


def coverage(question: Question, there: set[str]) -> float:
    """The share (0 to 1) of the question's words, weighted by rarity, that `there` holds; 1 when it has none."""
    total = held = 0.0
    for group in question.groups:
        if group[0].stems[0] in _SHORTHAND:
            continue
        weight = max(question.rarity(stem) for stem in group[0].stems)
        total += weight
        held += weight * any(set(way.stems) <= there for way in group)
    return held / total if total else 1.0


def _is_rare(name: str, question: Question) -> bool:
    return any(question.rarity(stem) > _COMMON_NAME for stem in stems(name)) or not stems(name)


def _is_spelt(name: str, groups: Sequence[Group], there: set[str]) -> bool:
    """Whether the passages hold a name in its other form: an acronym spelled out, or the acronym of a full name."""
    named = set(stems(name))
    return any(
        any(named & set(way.stems) for way in group) and any(set(way.stems) <= there for way in group)
        for group in groups
    )


def _stems_of(text: str) -> set[str]:
    """The stems of a text, line by line: those of the lines of a passage are remembered from question to question."""
    return {stem for line in text.splitlines() for stem in stems(line)}


def _is_said(word: str, groups: Sequence[Group], there: set[str], read: str) -> bool:
    """Whether the passages hold the noun, a word of its family, or another way of saying it."""
    known = {stem for group in groups for way in group for stem in way.stems}
    # A mistyped word that the search has seen to. Swapped letters count twice: « salaire » is no « salarié ».
    mistyped = not known & set(stems(word)) and any(
        word[0] == read_word[0] and Levenshtein.distance(word, read_word, score_cutoff=1) <= 1
        for read_word in set(words(read))
    )
    return mistyped or all(_is_held(noun, groups, there) for noun in stems(word))


def _is_held(noun: str, groups: Sequence[Group], there: set[str]) -> bool:
    if noun in there:
        return True
    for group in groups:
        if any(noun in way.stems for way in group) and any(set(way.stems) <= there for way in group):
            return True
    family = noun[: max(_FAMILY, len(noun) - 1)]
    return len(noun) >= _FAMILY and any(stem.startswith(family) for stem in there)


def _figures_of_others(question: Question, chosen: Sequence[Scored]) -> bool:
    """Whether a name of the question stands with none of the figures chosen: they are those of someone else.

    Of the 132 questions of bench/sheets that it can concern it refuses 10 more of 47 without an answer, and 10 more of
    85 with one (28 November 2026, same in both number formats); it changes nothing on the two other bases.
    """
    asked = [name for name in question.names if _is_rare(name, question)]
    texts = [set(stems(_with_titles(unit.evidence))) for unit in chosen if unit.fit]
    return any(
        not any(set(stems(name)) <= text or _is_spelt(name, question.groups, text) for text in texts) for name in asked
    )


def _with_titles(evidence: Evidence) -> str:
    return in_context(evidence.document, evidence.passage, evidence.context, evidence.text)
