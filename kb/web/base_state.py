"""The state of the base, as the header tells it and as the welcome explains it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from kb.errors import ReperesError, StoreUnreachableError
from kb.ports import Base, IngestionProgress, Ingestor, Views
from kb.records.accounts import Person
from kb.retrieval.holdings import holdings
from kb.text.moments import french_moment
from kb.types import StoreStatus
from kb.web import strings
from kb.web.chat.plain import TECHNICAL, plain_and_technical, plain_html
from kb.web.render import escape
from kb.web.update_report import update_reports_html

logger = logging.getLogger(__name__)
_MOST_KINDS = 4
_MOST_CHOICES = 6
_EXAMPLES_FOR = "Exemples pour :"
Professions = Sequence[tuple[str, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a base covers: how many documents of each kind, most first, and the first and last year (empty without).

    `choices` are the values that questions may be limited to, by field of `Filters`, most documents first; `recent` the
    last years that there are documents of, the last one first.
    """

    kinds: tuple[tuple[str, int], ...] = ()
    years: tuple[str, str] = ("", "")
    choices: tuple[tuple[str, tuple[tuple[str, int], ...]], ...] = ()
    recent: tuple[str, ...] = ()


# Read again when the base has changed: the header is told every few seconds to each open page.
_scopes: WeakKeyDictionary[Base, tuple[tuple[int, int], Scope]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class BaseState:
    """What is known of the base at one moment. `status` is None when it cannot be read; `trouble` then says why."""

    status: StoreStatus | None
    trouble: str | None
    progress: IngestionProgress
    scope: Scope = Scope()
    is_unreachable: bool = False  # the database, for now

    @property
    def name(self) -> str:
        """`ready`, `empty` or `unavailable`."""
        if self.status is None:
            return "unavailable"
        return "ready" if self.status.documents else "empty"

    @property
    def can_ingest(self) -> bool:
        """Whether the base can be brought up to date by hand: not while that is being done."""
        return not self.progress.running


def read_base_state(base: Views, person: Person, ingestor: Ingestor | None) -> BaseState:
    """The state, now, of the base that a person sees. Never raises: what goes wrong is part of the state."""
    status: StoreStatus | None = None
    trouble: str | None = None
    scope, is_unreachable = Scope(), False
    try:
        progress = ingestor.progress() if ingestor is not None else IngestionProgress()
    except Exception:  # the header must stand whatever the store does: told there, its cause in the log
        logger.exception("reading the progress of the ingestion failed")
        progress = IngestionProgress(error=strings.INTERNAL_STATE_ERROR)
    try:
        opened = base.of(person)
        status = opened.status()
        scope = _scope(opened, status)
    except ReperesError as error:
        trouble, is_unreachable = str(error), isinstance(error, StoreUnreachableError)
    except Exception:  # the header must stand whatever the store does: told there, its cause in the log
        logger.exception("reading the state of the base failed")
        trouble = strings.INTERNAL_STATE_ERROR
    return BaseState(status, trouble, progress.told_to(base.rights(person)), scope, is_unreachable)


def _scope(base: Base, status: StoreStatus) -> Scope:
    version = status.generation, status.documents
    if (known := _scopes.get(base)) is None or known[0] != version:
        held = holdings(base.documents())
        years = [year for year in held.years if year]
        fields = {"kind": held.kinds, "rubric": held.rubrics, "programme": held.programmes, "partner": held.partners}
        known = _scopes[base] = (
            version,
            Scope(
                tuple(held.kinds.items()),
                (years[0], years[-1]) if years else ("", ""),
                tuple((field, tuple(values.items())[:_MOST_CHOICES]) for field, values in fields.items() if values),
                tuple(years[::-1][:_MOST_CHOICES]),
            ),
        )
    return known[1]


def base_state_html(state: BaseState) -> str:
    """The line of the header: how many documents, since when, and what is going on."""
    parts: list[str] = []
    if state.progress.running:
        done, total = state.progress.done, state.progress.total
        parts.append(_fact("busy", strings.updating(done, total)))
    if state.status is None:
        if not state.progress.running:
            parts.append(_fact("bad", strings.BASE_UNAVAILABLE))
    elif state.status.documents == 0:
        if not state.progress.running:
            parts.append(_fact("bad", strings.BASE_EMPTY))
    else:
        last = state.status.last_ingestion
        since = f"mise à jour le {french_moment(last)}" if last else strings.BASE_NEVER
        parts.append(_fact("good", f"{strings.documents(state.status.documents)}, base {since}"))
    if state.progress.error is not None and not state.progress.running:
        parts.append(_fact("bad", f"{strings.UPDATE_FAILED} {plain_and_technical(state.progress.error)[0]}"))
    # Not a live region: it changes every few seconds during an ingestion and would be read aloud each time.
    report = ""
    if state.status is not None and not state.progress.running:
        report = update_reports_html(state.status.reports)
    return f'<ul class="state" aria-label="{escape(strings.BASE_LABEL)}">{"".join(parts)}</ul>{report}'


def welcome_html(state: BaseState, professions: Professions = ()) -> str:
    """What stands where the conversation will be: an invitation, with questions for people of each profession, or what
    keeps the base from answering.
    """
    if state.progress.running and state.name != "ready":
        done, total = state.progress.done, state.progress.total
        bar = (
            f'<progress max="{total}" value="{min(done, total)}"></progress>' if total > 0 else "<progress></progress>"
        )
        return _welcome(
            strings.FILLING_TITLE,
            f'<p>{escape(strings.updating(done, total))}</p><p class="bar">{bar}</p><p>{escape(strings.FILLING)}</p>',
            trouble=True,
        )
    if state.status is None:
        return _welcome(
            strings.TROUBLE_TITLE, f'<div class="trouble">{plain_html(state.trouble or "")}</div>', trouble=True
        )
    if state.status.documents == 0:
        return _welcome(
            strings.EMPTY_TITLE,
            f"<p>{escape(strings.EMPTY)}</p>"
            f'<details class="technical"><summary>{escape(TECHNICAL)}</summary><p>{escape(strings.EMPTY_HOW)} '
            f"<code>{escape(strings.EMPTY_COMMAND)}</code></p></details>",
            trouble=True,
        )
    scope = _scope_html(state.status, state.scope)
    return _welcome(strings.WELCOME_TITLE, f"<p>{escape(strings.WELCOME)}</p>{scope}{_professions_html(professions)}")


def _scope_html(status: StoreStatus, scope: Scope) -> str:
    """What the base covers: « 44 documents de 2014 à 2026 : article (20), règlement (9)… »."""
    first, last = scope.years
    period = f" de {first} à {last}" if first != last else f" de {first}" if first else ""
    kinds = ", ".join(f"{kind} ({strings.grouped(number)})" for kind, number in scope.kinds[:_MOST_KINDS])
    more = "…" if len(scope.kinds) > _MOST_KINDS else "."
    told = f"{strings.documents(status.documents)}{period}{f' : {kinds}{more}' if kinds else '.'}"
    link = f'<a href="/explorer">{escape(strings.EXPLORE)}</a>'
    return f'<p class="scope"><strong>{escape(strings.COVERED)}</strong> {escape(told)} {link}</p>'


def _professions_html(professions: Professions) -> str:
    """A button for each profession, which shows its questions in the place of the others (assets/questions)."""
    buttons = "".join(
        f'<button type="button" class="profession" aria-expanded="false" aria-controls="metier-{number}">'
        f"{escape(name)}</button>"
        for number, (name, _) in enumerate(professions)
    )
    lists = "".join(_of_profession_html(number, *profession) for number, profession in enumerate(professions))
    if not buttons:
        return ""
    label = f'<span id="metiers">{escape(_EXAMPLES_FOR)}</span>'
    return f'<div class="professions" role="group" aria-labelledby="metiers">{label}{buttons}</div>{lists}'


def _of_profession_html(number: int, name: str, questions: Sequence[str]) -> str:
    items = "".join(f'<li><button type="button" class="asks">{escape(text)}</button></li>' for text in questions)
    return f'<ul class="of-profession" id="metier-{number}" aria-label="{escape(name)}" hidden>{items}</ul>'


def _fact(kind: str, text: str) -> str:
    return f'<li class="{kind}">{escape(text)}</li>'


def _welcome(title: str, body: str, *, trouble: bool = False) -> str:
    return f'<section class="welcome{" unready" if trouble else ""}"><h2>{escape(title)}</h2>{body}</section>'
