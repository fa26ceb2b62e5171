"""What the events of the page of questions do. Each returns one value for each of its outputs, in order."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, cast
from urllib.parse import parse_qs

import gradio as gr

from kb.answering.follow_ups import SHOWN, examples, follow_ups
from kb.answering.serialize import AnswerJson
from kb.errors import ReperesError
from kb.ports import Base
from kb.records.accounts import Person
from kb.records.conversations import new_id
from kb.text.domain import Domain
from kb.ui.api import caller
from kb.ui.feedback import feedback_updates
from kb.ui.tools import filters_html, menu_html, tools_html
from kb.web import strings
from kb.web.base_state import base_state_html, read_base_state, welcome_html
from kb.web.chat.background import BETWEEN_STATES, BackgroundTask, RunningTasks
from kb.web.chat.chat_state import ChatState, resumed
from kb.web.chat.exchange import exchange, question_trouble
from kb.web.chat.sources import empty_sources_html
from kb.web.page_context import PageContext
from kb.web.pages.explore import choice_of
from kb.web.render import escape

OUTPUTS = 16  # of the events that show an answer: see `kb.ui.chat`

logger = logging.getLogger(__name__)


def who(request: gr.Request | None) -> Person:
    """Who sent an event. Raises RuntimeError when nobody let the request in."""
    starlette = request.request if request is not None else None
    person = starlette.scope.get("state", {}).get("person") if starlette is not None else None
    if not isinstance(person, Person):
        raise RuntimeError("an event of the page came from nobody")
    return person


def can_leave(request: gr.Request) -> bool:
    """Whether who sent an event has sessions that they can end."""
    starlette = request.request
    caller_now = starlette.scope.get("state", {}).get("caller") if starlette is not None else None
    return getattr(caller_now, "can_leave", False)


class Handlers:
    """The events, over one base. Serves many threads."""

    def __init__(self, base: Callable[[], Base], context: PageContext) -> None:
        self._base = base
        self._context = context
        self._waiting_lines = context.waiting_lines
        self._examples = _Examples(base, context.domain)
        self._tasks: RunningTasks[ChatState] = RunningTasks()
        self._suggesting = threading.Lock()

    def ask(self, question: str, before: ChatState, request: gr.Request) -> Iterator[list[Any]]:
        """The page as an answer comes in; a question that cannot be asked stays in its box, with the reason."""
        person = who(request)
        trouble = question_trouble(question)
        if not trouble and not self._context.rate_limits.may_ask(caller(request)):
            trouble = strings.TOO_MANY_QUESTIONS
        if trouble:
            time.sleep(BETWEEN_STATES)  # see `BackgroundTask.states`: what is said at once may be lost
            yield [before, *[gr.skip()] * 4, notice(trouble), *[gr.skip()] * (OUTPUTS - 6)]
            return
        begun = replace(before, id=before.id or new_id(), task=new_id())
        task = self._tasks.begin(begun.task, lambda: exchange(self._base, begun, question, self._waiting_lines))
        try:
            with self._context.metrics.under_way():
                yield from self._shown(person, begun.asked(question.strip()), task)
        finally:
            self._tasks.end(begun.task)

    def _shown(self, person: Person, now: ChatState, task: BackgroundTask[ChatState]) -> Iterator[list[Any]]:
        """The page as the states of an answer come in, to their end or until it is left."""
        panel = now.sources_html or empty_sources_html()
        yield self._answering(now, "", panel, is_first=True)
        for state in task.states():
            if state is None or state == now:  # nothing new, but only here can a closed page be noticed
                yield [gr.skip()] * OUTPUTS
                continue
            panel_before, panel = panel, state.sources_html or empty_sources_html()
            now, tools = state, "" if state.running else self._ended(person, state)
            yield self._answering(now, tools, panel if panel != panel_before else None)
        if task.left == "restart":
            yield self._page(ChatState(filters=now.filters))
        elif task.left == "stop" and now.running:
            yield self._answering(now.stopped(), "", None)

    def _answering(self, now: ChatState, tools: str, panel: str | None, *, is_first: bool = False) -> list[Any]:
        """The page with the last answer as it is now; `panel` holds its sources when they changed."""
        # The box is emptied once: whoever writes the next question meanwhile must not lose it.
        past, emptied = (now.past_html, "") if is_first else (gr.skip(), gr.skip())
        return [
            now,
            past,
            now.current_html,
            gr.skip() if panel is None else panel,
            emptied,
            emptied,
            gr.update(visible=False),
            gr.update(visible=False),
            gr.update(visible=not now.running),
            gr.update(visible=now.running),
            *feedback_updates(now, wanted=self._context.has_feedback),
            tools if is_first or tools else gr.skip(),
            gr.update(visible=not now.running),
            gr.update(visible=False),
        ]

    def again(self, before: ChatState, request: gr.Request) -> Iterator[list[Any]]:
        """The last question asked anew, in the place of its answer."""
        if before.turns:
            yield from self.ask(before.turns[-1].question, before.edited(), request)

    def edit(self, before: ChatState) -> list[Any]:
        """The last question back in its box; what is sent next takes its place."""
        if not before.turns:
            return [gr.skip()] * 3
        return [before.edited(), before.turns[-1].question, note(strings.EDITING)]

    def stop(self, before: ChatState) -> list[Any]:
        """The answer that is on its way is left as it is. The event that shows it tells so; there is none after a
        restart of the application.
        """
        if self._tasks.leave(before.task, "stop"):
            return [gr.skip()] * 5
        now = before.stopped()
        shown = [gr.update(visible=True), gr.update(visible=False), gr.update(visible=bool(now.turns))]
        return [now, now.current_html, *shown]

    def restart(self, before: ChatState) -> list[Any]:
        """The page as it was before the first question; filters stay."""
        if self._tasks.leave(before.task, "restart"):
            return [gr.skip()] * OUTPUTS  # the event that shows the answer on its way does it
        return self._page(ChatState(filters=before.filters))

    def widen(self, before: ChatState) -> list[Any]:
        """The conversation without its filters."""
        now = replace(before, filters=type(before.filters)())
        return [now, "", gr.update(visible=False)]

    def load(self, request: gr.Request) -> list[Any]:
        """The page for whoever opens it: their menu, the conversation that the address names, the filters it holds."""
        person = who(request)
        query = parse_qs(request.request.url.query) if request.request is not None else {}
        choice = choice_of(query)
        now = ChatState()
        told = ""
        try:
            now = replace(now, filters=choice.filters)
            if name := next(iter(query.get("conversation", ())), ""):
                kept = self._context.conversations.get(person.name, name)
                now = resumed(kept) if kept is not None else now
                told = "" if kept is not None else notice(strings.CONVERSATION_GONE)
        except ReperesError as error:
            told = notice(str(error))
        menu = menu_html(
            person,
            has_documents=self._context.has_documents,
            has_desk=self._context.has_desk,
            can_leave=can_leave(request),
        )
        # A page that opens on nothing is left as it is: what is written, or asked, before this event is done stays.
        page = self._page(now) if now.turns else [now if now.filters else gr.skip(), *[gr.skip()] * (OUTPUTS - 1)]
        page[4] = gr.skip()
        if told:
            page[5] = told
        return [*page, menu, filters_html(now.filters), gr.update(visible=bool(now.filters))]

    def suggest(self, now: ChatState) -> list[Any]:
        """Questions that may follow, once the answer is whole. Never raises: they are a courtesy."""
        last = now.turns[-1] if now.turns else None
        found: list[str] = []
        given = last.given if last is not None and not now.running else None
        # While others wait for their answers nobody is offered suggestions: each takes as long as an answer.
        if given is not None and self._waiting_lines.searching.is_idle and self._suggesting.acquire(blocking=False):
            ids = list(dict.fromkeys(citation["document"] for citation in given["citations"])) or given["retrieved"]
            try:
                asked = [turn.question for turn in now.turns]
                found = follow_ups(self._base(), given["answer"] or "", ids, asked, self._context.domain)
            except Exception:  # a courtesy: the answer above it stands
                logger.exception("making suggestions failed")
            finally:
                self._suggesting.release()
        return [
            gr.update(visible=bool(found)),
            *(gr.update(value=text, visible=bool(text)) for text in [*found, *[""] * SHOWN][:SHOWN]),
        ]

    def refresh(self, request: gr.Request, state_shown: str, welcome_shown: str, *examples_shown: str) -> list[Any]:
        """The state of the base; nothing is sent when it is what the page shows already."""
        may_start = self._context.ingestor is not None and who(request).edits
        now = read_base_state(self._base, self._context.ingestor)
        lines = [base_state_html(now), welcome_html(now)]
        begin = self._examples.get(now.status.generation if now.status else None, len(examples_shown))
        buttons: list[Any] = [
            gr.skip() if text == shown else gr.update(value=text, visible=bool(text))
            for text, shown in zip(begin, examples_shown, strict=True)
        ]
        if lines == [state_shown, welcome_shown]:
            return [gr.skip(), gr.skip(), gr.skip(), *buttons]
        return [*lines, gr.update(visible=may_start and now.can_ingest), *buttons]

    def ingest(self, request: gr.Request) -> str:
        """Starts an ingestion; the reason when it cannot start."""
        if not who(request).edits:
            return notice(strings.EDITORS_ONLY)
        try:
            if self._context.ingestor is not None:
                self._context.ingestor.start()
        except ReperesError as error:
            return notice(str(error))
        except Exception:  # an event of the page: told there, its cause in the log
            logger.exception("starting an ingestion failed")
            return notice(strings.INGESTION_NOT_STARTED)
        return ""

    def _page(self, now: ChatState) -> list[Any]:
        """All that a conversation shows, in the order of the outputs of `ask`."""
        is_new = not now.turns
        return [
            now,
            now.past_html,
            now.current_html,
            now.sources_html or empty_sources_html(),
            "",
            "",
            gr.update(visible=is_new),
            gr.update(visible=is_new),
            gr.update(visible=True),
            gr.update(visible=False),
            *feedback_updates(now, wanted=self._context.has_feedback),
            "" if is_new else tools_html(now.id),
            gr.update(visible=not is_new),
            gr.update(visible=False),
        ]

    def _ended(self, person: Person, now: ChatState) -> str:
        """Counts and keeps an answer that is whole; what can be done with it."""
        kept = now.kept_turn
        if kept is None:
            self._context.metrics.failed("page")
            return ""
        self._context.metrics.answered(cast("AnswerJson", kept.answer), "page")
        try:
            self._context.conversations.put(person.name, now.id, kept)
        except Exception:  # whatever the disk does: the answer is there, and is not lost with its copy
            logger.exception("keeping the conversation failed")
            return tools_html(None)
        return tools_html(now.id)


class _Examples:
    """The questions to begin with: made anew, aside, for each generation of the base."""

    def __init__(self, base: Callable[[], Base], domain: Domain) -> None:
        self._base = base
        self._domain = domain
        self._lock = threading.Lock()
        self._for: int | None = None
        self._found: list[str] = list(domain.examples)

    def get(self, generation: int | None, n: int) -> list[str]:
        """`n` questions, empty ones where there are fewer: those of the generation before while others are made."""
        with self._lock:
            if generation is not None and generation != self._for:
                self._for = generation
                threading.Thread(target=self._make, args=(n,), name="examples", daemon=True).start()
            return [*self._found, *[""] * n][:n]

    def _make(self, n: int) -> None:
        try:
            found = examples(self._base(), self._domain, n)
        except Exception:  # in a thread of its own: those there were stay
            logger.exception("making examples failed")
            return
        with self._lock:
            self._found = found


def notice(text: str) -> str:
    """What went wrong, above the question's box."""
    return f'<p class="trouble" role="alert">{escape(text)}</p>'


def note(text: str) -> str:
    """What is to be known, above the question's box."""
    return f'<p class="note" role="status">{escape(text)}</p>'
