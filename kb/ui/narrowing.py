"""The chips beside the question's box: what answers are limited to, each taken away alone, and what they may be."""

from __future__ import annotations

from kb.retrieval.filters import Filters
from kb.web import strings
from kb.web.base_state import Scope
from kb.web.pages.explore import Choice
from kb.web.render import escape

_NARROW = "Limiter les réponses"
_REMOVE = "Retirer :"
_ALL = "Tous les filtres, et la recherche de mots"
_SINCE = "Depuis"
# Field of `Filters` -> its name in the address of the page, and for people.
_FIELDS = {
    "kind": ("type", "Type"),
    "rubric": ("rubrique", "Rubrique"),
    "programme": ("programme", "Programme"),
    "partner": ("partenaire", "Partenaire"),
}


def narrowing_html(filters: Filters, scope: Scope) -> str:
    """The chips. Each is a link to the page with other filters: the script keeps the conversation that is open, and
    what is written (assets/questions).
    """
    choice = Choice.of(filters)
    return f'<div class="narrowing">{_chosen_html(choice)}{_choices_html(choice, scope)}</div>'


def _chosen_html(choice: Choice) -> str:
    chips = "".join(
        f'<li><a class="chip chosen" href="{escape(choice.without(name, value).address("/"))}">'
        f'<span class="unseen">{escape(_REMOVE)} </span><bdi>{escape(_told(name, label))}</bdi></a></li>'
        for name, value, label in choice.given
    )
    if not chips:
        return ""
    return f'<div class="filters"><strong>{escape(strings.LIMITED)}</strong><ul class="chips">{chips}</ul></div>'


def _told(name: str, label: str) -> str:
    return f"documents qui contiennent {label}" if name == "q" else label


def _choices_html(choice: Choice, scope: Scope) -> str:
    groups = [
        _group_html(
            label,
            [
                (value, number, choice.with_(name, (*getattr(choice, name), value)))
                for value, number in values
                if value not in getattr(choice, name)
            ],
        )
        for field, values in scope.choices
        for name, label in [_FIELDS[field]]
    ]
    if not choice.de:
        groups.append(_group_html(_SINCE, [(year, 0, choice.with_("de", year)) for year in scope.recent]))
    if not any(groups):
        return ""
    more = f'<p class="more"><a href="{escape(choice.address("/explorer"))}">{escape(_ALL)}</a></p>'
    return (
        f'<details class="narrow"><summary>{escape(_NARROW)}</summary>'
        f'<div class="choices" tabindex="-1">{"".join(groups)}{more}</div></details>'
    )


def _group_html(label: str, values: list[tuple[str, int, Choice]]) -> str:
    chips = "".join(map(_chip_html, values))
    return f'<p class="group">{escape(label)}</p><ul class="chips">{chips}</ul>' if chips else ""


def _chip_html(given: tuple[str, int, Choice]) -> str:
    value, number, choice = given
    count = f' <span class="count">{strings.grouped(number)}</span>' if number else ""
    return f'<li><a class="chip" href="{escape(choice.address("/"))}"><bdi>{escape(value)}</bdi>{count}</a></li>'
