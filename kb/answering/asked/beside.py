"""Is what was found about what is asked? Short questions in the base's words are where the probability errs most: it
takes the amount of something else for the price that is asked for, what is done with a thing for what is to be done.
"""

from __future__ import annotations

from collections.abc import Sequence

from kb.answering.asked.prices import asks_price, priced
from kb.question.intent import asks_figure
from kb.question.topic import asks_for_it, topic
from kb.text.stems import stems
from kb.types import Alternative, Evidence, Group, Question

# Under this confidence, a question whose topic none of the best three units holds to 0.6 is not answered (see
# `kb.question.topic.topic`). Asking as much of the whole of a short question refused 7 of 35 more of those that were
# answered with their documents left out, but two of the 35 given files, each a base by itself where what is not held
# counts for nearly all (30 November 2026).
SURE = 0.6
_UNITS_OF_TOPIC, _MOST_OF_TOPIC, _LEAST_RARITY = 3, 0.6, 0.3
_SHORT = 4  # stems
# Under this confidence, a figure that is asked for in up to three words is not given where the unit that tells it holds
# less than this much of them. Of 2,116 questions of four bases (bench/sheets, bench/cnil, the bundled corpus,
# tests/data/second_base) 60 ask so; of those answered, 7 of 12 near-misses are refused for it, and two with an answer,
# that had been given the figure of something else; in four words, right answers would be too (30 November 2026).
SURE_OF_FIGURE = 0.8
_FEW, _LEAST_OF_FEW = 3, 0.45
_LEAST_BEGINNING = 5  # letters of a stem that another may begin with: « sanctionné », « sanction »


def holds_topic(question: Question, units: Sequence[Evidence], stems_of_topic: Sequence[str] | None = None) -> bool:
    """Whether one of the best of `units`, with its title and headings, holds most of what `question` is about."""
    about = [_ways(stem, question) for stem in (topic(question) if stems_of_topic is None else stems_of_topic)]
    weights = [max(question.rarity(way[0].stems[0]), _LEAST_RARITY) for way in about]
    if not about:
        return True
    best = 0.0
    for evidence in units[:_UNITS_OF_TOPIC]:
        there = _there(evidence)
        held = [any(set(way.stems) <= there for way in ways) for ways in about]
        best = max(best, sum(weight for weight, is_held in zip(weights, held, strict=True) if is_held))
    return best >= _MOST_OF_TOPIC * sum(weights)


def lacks_figure(question: Question, chosen: Sequence[tuple[Evidence, float]]) -> bool:
    """Whether the figure that is asked for is in none of the units chosen (each with how well it is there), or is the
    price of another thing. In more words, a number may be asked for beside much else; « quand » may be answered by a
    condition, and a figure that is only spoken of (« qui fixe le taux ? ») by no figure at all.
    """
    telling = [evidence for evidence, fit in chosen if fit > 0]
    if asks_price(question):
        return not telling or not holds_topic(question, telling, topic(question) or stems(priced(question)))
    is_asked = question.wants_one_figure and question.figure != "date" and asks_figure(question.standalone)
    return is_asked and not telling and _is_short(question)


def is_figure_of_another(question: Question, told: Evidence) -> bool:
    """Whether one figure is asked for in a few words, and `told`, the unit that gives one, holds with its title,
    headings and lead-in too little of them, by rarity: it is the age, the delay, the number of something else.
    """
    about = [group for group in question.groups if not all(map(asks_for_it, group[0].stems))]
    if not question.wants_one_figure or not 0 < len(about) <= _FEW:
        return False
    there = _there(told)
    held = total = 0.0
    for group in about:
        weight = 1 + max(map(question.rarity, group[0].stems))
        total += weight
        held += weight * any(all(_is_in(stem, there) for stem in way.stems) for way in group)
    return held < _LEAST_OF_FEW * total


def _is_in(stem: str, there: set[str]) -> bool:
    """Whether a stem is there, or another of its family: one begins with the other."""
    return stem in there or any(
        other.startswith(stem) if len(stem) < len(other) else stem.startswith(other)
        for other in there
        if min(len(stem), len(other)) >= _LEAST_BEGINNING
    )


def _there(evidence: Evidence) -> set[str]:
    """The stems of a unit, with the title, headings and lead-in that it is understood by."""
    return set(
        stems("\n".join([evidence.document.title, *evidence.passage.heading_path, evidence.context, evidence.text]))
    )


def _is_short(question: Question) -> bool:
    return len(set(stems(question.standalone))) <= _SHORT


def _ways(stem: str, question: Question) -> Group:
    """The ways in which the documents may say a stem of the question."""
    return next(
        (group for group in question.groups if any(stem in way.stems for way in group)), (Alternative((stem,)),)
    )
