"""Which unit comes first: of those that are nearly as good as the best one, one that has what the question asks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from kb.answering.asked.near_names import is_of_another, names_all
from kb.answering.composing.standing_alone import has_its_clause
from kb.answering.reading import Scored
from kb.question.intent import is_open
from kb.text.figures import figures
from kb.types import Question

# From 0.5 to 0.7, one more first sentence of the bundled corpus answers and none of the other bases changes; 1 and 2
# lose one and two (30 November 2026).
_NEARLY_AS_GOOD = 0.6
_DECIDES = re.compile(r"(?:En (?:principe|général),? )?(?:oui|non)\s?(?:[.,;:!]|$)", re.IGNORECASE)


def answering_best_first(units: Sequence[Scored], question: Question) -> Sequence[Scored]:
    """The units, best first, of which one that is nearly as good as the best comes before it: one of a year that the
    question names, one about the acronym that it names rather than about one that is easily mistaken for it, one of the
    same document that says yes or no where it asks for that, or that has a clause where the best one has none.
    """
    if units and question.years and not _is_of_its_years(units[0], question):
        units = _leading(units, lambda unit: _has_figure(unit, question) and _is_of_its_years(unit, question))
    if units and is_of_another(units[0].evidence.text, question):
        units = _leading(units, lambda unit: _has_figure(unit, question) and is_about(unit, question))
    if units and not is_open(question.standalone) and not _decides(units[0]):
        document = units[0].evidence.document.id
        units = _leading(units, lambda unit: unit.evidence.document.id == document and _decides(unit))
    if units and not has_its_clause(units[0].evidence):
        document = units[0].evidence.document.id
        units = _leading(
            units,
            lambda unit: (
                _has_figure(unit, question) and unit.evidence.document.id == document and has_its_clause(unit.evidence)
            ),
        )
    return units


def is_about(unit: Scored, question: Question) -> bool:
    """Whether a unit, its heading or the line before it names the acronyms that the question names, and the unit not
    only one that is easily mistaken for one of them."""
    evidence = unit.evidence
    told = "\n".join([evidence.text, evidence.context, *evidence.passage.heading_path[-1:]])
    return names_all(told, question) and not is_of_another(evidence.text, question)


def _leading(units: Sequence[Scored], is_wanted: Callable[[Scored], bool]) -> Sequence[Scored]:
    """The units, of which the best one that is wanted comes first where it is nearly as good as the first."""
    least = units[0].evidence.score - _NEARLY_AS_GOOD
    best = next((unit for unit in units if unit.evidence.score >= least and is_wanted(unit)), units[0])
    return [best, *(unit for unit in units if unit is not best)]


def _has_figure(unit: Scored, question: Question) -> bool:
    return unit.fit > 0 or not question.wants_one_figure


def _is_of_its_years(unit: Scored, question: Question) -> bool:
    return any(figure.date[0] in question.years for figure in figures(unit.evidence.text))


def _decides(unit: Scored) -> bool:
    return _DECIDES.match(unit.evidence.text) is not None
