"""What the events of the page of questions do. Each returns one value for each of its outputs, in order."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any, cast

import gradio as gr

from kb.answering.follow_ups import SHOWN, follow_ups
from kb.answering.serialize import AnswerJson
from kb.errors import ReperesError
from kb.ports import Views
from kb.records.accounts import Person
from kb.records.conversations import new_id
from kb.records.kept_answers import rights_of
from kb.ui.api import caller
from kb.ui.examples import ExamplesOfAll
from kb.ui.feedback import feedback_updates
from kb.ui.narrowing import narrowing_html
from kb.ui.opened import can_leave, opened_at, who
from kb.ui.tools import menu_of, note, notice, tools_html
from kb.web import strings
from kb.web.base_state import base_state_html, read_base_state, welcome_html
from kb.web.chat.background import BETWEEN_STATES, BackgroundTask, RunningTasks
from kb.web.chat.chat_state import ChatState, resumed
from kb.web.chat.exchange import exchange, question_trouble
from kb.web.chat.sources import empty_sources_html
from kb.web.page_context import PageContext
from kb.web.pages.explore import choice_of

OUTPUTS = 17  # of the events that show an answer: see `kb.ui.chat`

logger = logging.getLogger(__name__)


class Handlers:
    """The events, over one base. Serves many threads."""

    def __init__(self, base: Views, context: PageContext) -> None:
        self._base = base
        self._context = context
        self._waiting_lines = context.waiting_lines
        self._examples = ExamplesOfAll(base, context.domain)
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
        begun = replace(before, id=before.id or new_id(), task=new_id(), person=person.name, saved=True)
        asked = begun.asked(question.strip())
        task = self._tasks.begin(
            begun.task,
            lambda: self._kept(person, exchange(lambda: self._base.of(person), begun, question, self._waiting_lines)),
        )
        with self._context.metrics.under_way():
            yield from self._shown(asked, task, is_first=True)

    def resume(self, before: ChatState, request: gr.Request) -> Iterator[list[Any]]:
        """An answer that was on its way when its page was left, in the page that came back."""
        task = self._tasks.get(before.task)
        if task is not None:
            yield from self._shown(before, task)
            return
        kept = self._context.conversations.get(who(request).name, before.id)
        yield self._page(resumed(kept)) if kept is not None else [gr.skip()] * OUTPUTS

    def _shown(self, now: ChatState, task: BackgroundTask[ChatState], *, is_first: bool = False) -> Iterator[list[Any]]:
        """The page as the states of an answer come in, to their end or until it is left."""
        panel = now.sources_html or empty_sources_html()
        if is_first:
            yield self._answering(now, "", panel, is_first=True)
        try:
            with closing(task.states()) as states:
                for state in states:
                    if state is None:  # nothing new, but only here can a closed page be noticed
                        yield [gr.skip()] * OUTPUTS
                    if state is None or (state == now and state.running):
                        continue
                    panel_before, panel = panel, state.sources_html or empty_sources_html()
                    now, tools = state, "" if state.running else self._tools(state)
                    yield self._answering(now, tools, panel if panel != panel_before else None)
            if task.left == "restart":
                yield self._page(ChatState(filters=now.filters))
            elif task.left is not None and now.running:
                yield self._answering(now.stopped(), "", None)
        finally:
            self._tasks.read_out(now.task)

    def _kept(self, person: Person, states: Generator[ChatState]) -> Generator[ChatState]:
        """The states of an answer, the last one counted and saved: whether or not a page still shows them."""
        with closing(states):
            for state in states:
                yield state if state.running else self._ended(person, state)

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
            gr.update(visible=False) if is_first else gr.skip(),
        ]

    def again(self, before: ChatState, request: gr.Request) -> Iterator[list[Any]]:
        """The last question asked anew, in the place of its answer."""
        if before.turns:
            yield from self.ask(before.turns[-1].question, before.edited(), request)

    def edit(self, before: ChatState) -> list[Any]:
        """The last question back in its box; what is sent next takes its place."""
        if not before.turns:
            return [gr.skip()] * 4
        return [before.edited(), before.turns[-1].question, note(strings.EDITING), gr.update(visible=True)]

    def cancel(self, before: ChatState) -> list[Any]:
        """The conversation as it was before its last question was to be edited."""
        return [replace(before, editing=False), "", "", gr.update(visible=False)]

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

    def widen(self, before: ChatState, request: gr.Request) -> list[Any]:
        """The conversation without its filters."""
        now = replace(before, filters=type(before.filters)())
        return [now, self._narrowing(now, who(request)), gr.update(visible=False)]

    def load(self, request: gr.Request) -> list[Any]:
        """The page for whoever opens it: their menu, the conversation that the address names, the filters it holds."""
        person, opened = who(request), opened_at(request)
        now, told = ChatState(), ""
        try:
            if name := opened.conversation:
                now = self._under_way(person, name)
                kept = None if now.running else self._context.conversations.get(person.name, name)
                if kept is not None and (not now.turns or now.turns[-1].reply is not None):
                    now = resumed(kept)
                told = "" if now.turns else notice(strings.CONVERSATION_GONE)
            if not now.running:
                now = replace(now, filters=choice_of(opened.query).filters)
        except ReperesError as error:
            told = notice(str(error))
        menu = menu_of(person, self._context, can_leave=can_leave(request))
        # A page that opens on nothing is left as it is: what is written, or asked, before this event is done stays.
        page = self._page(now) if now.turns else [now if now.filters else gr.skip(), *[gr.skip()] * (OUTPUTS - 1)]
        page[4] = gr.skip()
        if told:
            page[5] = told
        if now.running:
            page[2] = f"<div data-resumes>{now.current_html}</div>"  # what the page's script looks for
        return [*page, menu, self._narrowing(now, person), gr.update(visible=bool(now.filters))]

    def _narrowing(self, now: ChatState, person: Person) -> str:
        return narrowing_html(now.filters, read_base_state(self._base, person, None).scope)

    def _under_way(self, person: Person, conversation: str) -> ChatState:
        """A conversation of `person`'s as far as its last answer is, when no page has read that to its end."""
        for _, task in reversed(self._tasks.items()):
            state = task.latest
            if state is not None and (state.person, state.id) == (person.name, conversation) and not task.left:
                return state
        return ChatState()

    def suggest(self, now: ChatState, request: gr.Request) -> list[Any]:
        """Questions that may follow, once the answer is whole. Never raises: they are a courtesy."""
        last = now.turns[-1] if now.turns else None
        found: list[str] = []
        given = last.given if last is not None and not now.running else None
        # While others wait for their answers nobody is offered suggestions: each takes as long as an answer.
        if given is not None and self._waiting_lines.searching.is_idle and self._suggesting.acquire(blocking=False):
            ids = list(dict.fromkeys(citation["document"] for citation in given["citations"])) or given["retrieved"]
            try:
                asked = [turn.question for turn in now.turns]
                opened = self._base.of(who(request))
                found = follow_ups(opened, given["answer"] or "", ids, asked, self._context.domain)
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
        person = who(request)
        may_start = self._context.ingestor is not None and person.edits
        now = read_base_state(self._base, person, self._context.ingestor)
        examples = self._examples.of(person)
        begin = examples.get(now.status.generation if now.status else None, len(examples_shown))
        lines = [base_state_html(now), welcome_html(now, examples.of_professions)]
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
            gr.update(visible=not now.running),
            gr.update(visible=now.running),
            *feedback_updates(now, wanted=self._context.has_feedback),
            "" if is_new or now.running else self._tools(now),
            gr.update(visible=not is_new and not now.running),
            gr.update(visible=False),
            gr.update(visible=False),
        ]

    def _ended(self, person: Person, now: ChatState) -> ChatState:
        """Counts and saves an answer that is whole."""
        kept = now.kept_turn
        if kept is None:
            self._context.metrics.failed("page", self._base.rights(person))
            return now
        self._context.metrics.answered(cast("AnswerJson", kept.answer), "page", rights_of(kept.answer))
        try:
            self._context.conversations.put(person.name, now.id, kept)
        except Exception:  # whatever the disk does: the answer is there, and is not lost with its copy
            logger.exception("keeping the conversation failed")
            return replace(now, saved=False)
        return now

    def _tools(self, now: ChatState) -> str:
        """What can be done with an answer that ended; nothing with one that failed."""
        if not now.turns or now.turns[-1].reply is None:
            return ""
        # Where conversations only pass, nothing is kept of anybody: no question can be followed.
        follows = self._context.conversations.saved
        return tools_html(now.id if now.saved else None, shares=self._context.shares, follows=follows)
