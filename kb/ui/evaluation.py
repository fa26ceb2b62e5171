"""The page where editors read feedback, keep test queries, and evaluate the answers."""

from __future__ import annotations

import inspect
import logging
import queue
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import gradio as gr

from kb.errors import ReperesError
from kb.evaluation.desk import Evaluated, EvaluationDesk
from kb.evaluation.questions import EvaluationQuestion
from kb.ports import DeskOf
from kb.records.accounts import LOCAL, Person
from kb.ui.evaluation_form import feedback_label, fields, narrowed, query_label, query_of
from kb.ui.evaluation_html import evaluated_html, feedback_html, runs_html
from kb.ui.opened import can_leave, who
from kb.ui.tools import menu_html
from kb.web import strings
from kb.web.render import escape

logger = logging.getLogger(__name__)
_BETWEEN_STATES = 0.3  # seconds
_LONGEST_QUEUE = 16


def build_evaluation(desks: DeskOf, badge: Callable[[Person], str]) -> gr.Blocks:
    """The page of evaluations, an application of its own: who may open it may use its events, and nobody else. `badge`
    is the HTML of what is new."""

    def seen(action: Callable[..., Any]) -> Callable[..., Any]:
        """An action of `_Handlers`, over the desk as whoever sends the event sees it."""

        def answered(request: gr.Request, *values: Any) -> Any:
            return action(_Handlers(desks(who(request))), *values)

        def in_states(request: gr.Request, *values: Any) -> Iterator[Any]:
            yield from action(_Handlers(desks(who(request))), *values)

        return in_states if inspect.isgeneratorfunction(action) else answered

    def load(request: gr.Request) -> list[Any]:
        return _Handlers(desks(who(request))).load(request, badge(who(request)))

    at_once: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
    page = gr.Blocks(title=strings.EVALUATION, analytics_enabled=False, fill_width=True)
    with page, gr.Row(elem_id="masthead"):
        _html(f'<div class="brand"><a class="name" href="/">{escape(strings.NAME)}</a></div>', elem_id="brand")
        menu = _html(menu_html(LOCAL, here="/evaluation"), elem_id="menu")
    with page, gr.Column(elem_id="workbench"):
        _html(
            f"<h1>{escape(strings.EVALUATION)}</h1>"
            f"<p>{escape(strings.EVALUATION_WHY)} {escape(strings.NO_PERSONAL_DATA)}</p>{strings.MISSED_LINK}"
        )
        notice = _html("", elem_id="work-notice")

        _html(f"<h2>{escape(strings.FEEDBACK_TITLE)}</h2>")
        feedback = gr.Radio([], label=strings.FEEDBACK_LIST, elem_id="feedback-list")
        shown = _html("", elem_id="feedback-shown")
        with gr.Row(elem_classes="work-actions"):
            turn = gr.Button(strings.TURN_INTO_QUERY, size="sm", elem_id="turn")
            dismiss = gr.Button(strings.DISMISS, size="sm", elem_id="dismiss")

        _html(f"<h2>{escape(strings.QUERIES_TITLE)}</h2>")
        wanted = gr.Textbox(label=strings.FIND_QUERY, elem_id="find-query", max_lines=1)
        queries = gr.Radio([], label=strings.QUERIES_LIST, elem_id="query-list", elem_classes="narrowed")
        with gr.Column(elem_id="query-form"):
            name = gr.Textbox(label=strings.QUERY_ID, elem_id="query-id", max_lines=1)
            question = gr.Textbox(label=strings.QUERY_QUESTION, lines=2, elem_id="query-question")
            documents = gr.Dropdown(
                [],
                label=strings.QUERY_DOCUMENTS,
                info=strings.QUERY_DOCUMENTS_HOW,
                multiselect=True,
                elem_id="query-documents",
            )
            expected = gr.Textbox(label=strings.QUERY_EXPECTED, lines=2, elem_id="query-expected")
            forbidden = gr.Textbox(label=strings.QUERY_FORBIDDEN, lines=1, elem_id="query-forbidden")
            unanswerable = gr.Checkbox(label=strings.QUERY_UNANSWERABLE, elem_id="query-unanswerable")
            kind = gr.Textbox(label=strings.QUERY_KIND, elem_id="query-kind", max_lines=1)
        with gr.Row(elem_classes="work-actions"):
            save = gr.Button(strings.SAVE_QUERY, size="sm", variant="primary", elem_id="save-query")
            new = gr.Button(strings.NEW_QUERY, size="sm", elem_id="new-query")
            drop = gr.Button(strings.DROP_QUERY, size="sm", elem_id="drop-query")
        with gr.Column(elem_id="query-import"):
            pasted = gr.Textbox(label=strings.PASTE_LABEL, lines=3, max_lines=12, elem_id="pasted")
            take = gr.Button(strings.PASTE, size="sm", elem_id="take-pasted")
        _html(strings.IMPORT_FORM)
        _html(strings.EXPORT_LINKS)

        _html(f"<h2>{escape(strings.RUN_TITLE)}</h2>")
        with gr.Row(elem_classes="work-actions"):
            run = gr.Button(strings.RUN_ALL, size="sm", variant="primary", elem_id="run-all")
            run_one = gr.Button(strings.RUN_ONE, size="sm", elem_id="run-one")
        with gr.Accordion(strings.CHOOSE_QUERIES, open=False, elem_id="choose-queries"):
            some = gr.Dropdown([], label=strings.CHOOSE_QUERIES, multiselect=True, elem_id="some-queries")
            run_some = gr.Button(strings.RUN_CHOSEN, size="sm", elem_id="run-some")
        result = _html("", elem_id="run-result")
        runs = _html("", elem_id="runs")

        form = [name, question, documents, expected, forbidden, unanswerable, kind]
        lists = [feedback, queries, some, runs]
        feedback.input(seen(_Handlers.show_feedback), feedback, shown, **at_once)
        turn.click(seen(_Handlers.turn), feedback, [*form, notice], **at_once)
        dismiss.click(seen(_Handlers.dismiss), feedback, [*lists, shown, notice], **at_once)
        queries.input(seen(_Handlers.show_query), queries, [*form, notice], **at_once)
        save.click(seen(_Handlers.save), form, [*lists, notice], **at_once)
        new.click(seen(_Handlers.clear), None, [*form, notice], **at_once)
        drop.click(seen(_Handlers.drop), name, [*lists, notice], **at_once)
        take.click(seen(_Handlers.take), pasted, [*lists, pasted, notice], **at_once)
        running: dict[str, Any] = {
            "show_progress": "hidden",
            "api_visibility": "private",
            "concurrency_id": "evaluation",
            "concurrency_limit": 1,
        }
        run.click(seen(_Handlers.run_all), None, [result, runs, notice], **running)
        run_one.click(seen(_Handlers.run_one), name, [result, runs, notice], **running)
        run_some.click(seen(_Handlers.run_some), some, [result, runs, notice], **running)
        wanted.change(seen(_Handlers.find), wanted, queries, **at_once)
        page.load(load, None, [*lists, documents, menu], **at_once)
    page.queue(max_size=_LONGEST_QUEUE)
    return page


class _Handlers:
    """What the events call. Each returns one value for each of its outputs, in order."""

    def __init__(self, desk: EvaluationDesk) -> None:
        self._desk = desk

    def load(self, request: gr.Request, badge: str) -> list[Any]:
        """The page for whoever opens it: the lists, the documents that can be chosen, and their menu."""
        menu = menu_html(who(request), here="/evaluation", can_leave=can_leave(request), badge=badge)
        return [*self.lists(), gr.update(choices=self._titles()), menu]

    def lists(self) -> list[Any]:
        """The feedback to read, the test queries and the runs, as they are now."""
        said = [(feedback_label(feedback), feedback.id) for feedback in self._desk.feedback()]
        kept = self._labelled()
        return [
            gr.update(choices=said, value=None, info="" if said else strings.NO_FEEDBACK),
            narrowed(kept, ""),
            gr.update(choices=kept, value=[]),
            runs_html(self._desk.runs()),
        ]

    def find(self, wanted: str | None) -> Any:
        """The test queries that hold some words, whatever their case and accents."""
        return narrowed(self._labelled(), wanted or "")

    def _labelled(self) -> list[tuple[str, str]]:
        return [(query_label(query), query.id) for query in self._desk.queries()]

    def _titles(self) -> list[tuple[str, str]]:
        """The documents by title; those of one title with their id."""
        found = self._desk.documents()
        times = Counter(title for title, _ in found)
        return [(title if times[title] == 1 else f"{title} ({name})", name) for title, name in found]

    def _form(self, query: EvaluationQuestion | None) -> list[Any]:
        """The form's fields. A document that has left the base can still be seen, and taken away."""
        form = fields(query)
        titles = self._titles()
        there = {name for _, name in titles}
        gone = [(name, name) for name in form[2] if name not in there]
        form[2] = gr.update(choices=[*titles, *gone], value=form[2])
        return form

    def show_feedback(self, number: int | None) -> str:
        """What a reader said, with the answer."""
        return next((feedback_html(feedback) for feedback in self._desk.feedback() if feedback.id == number), "")

    def turn(self, number: int | None) -> list[Any]:
        """The form filled in from a feedback; saving it is the second click."""
        if number is None:
            return [*[gr.skip()] * 7, _told(strings.CHOOSE_FEEDBACK, bad=True)]
        return self._tried(lambda: [*self._form(self._desk.query_of(number)), _told(strings.COMPLETE_QUERY)], 8)

    def dismiss(self, number: int | None) -> list[Any]:
        """A feedback put aside."""

        def put_aside() -> list[Any]:
            if number is not None:
                self._desk.dismiss(number)
            return [*self.lists(), "", ""]

        return self._tried(put_aside, 6)

    def show_query(self, query_id: str | None) -> list[Any]:
        """The form filled in from a test query."""
        query = next((query for query in self._desk.queries() if query.id == query_id), None)
        return [*self._form(query), ""]

    def clear(self) -> list[Any]:
        """An empty form."""
        return [*self._form(None), ""]

    def save(self, *values: Any) -> list[Any]:
        """The form kept as a test query. A field that was never filled in may come as None."""

        def keep() -> list[Any]:
            given: list[Any] = ["" if value is None else value for value in values]
            query = query_of(*given)
            if (before := next((one for one in self._desk.queries() if one.id == query.id), None)) is not None:
                # What the form does not show stays as it was.
                query = replace(query, history=before.history, expected_quotes=before.expected_quotes)
            self._desk.put(query)
            return [*self.lists(), _told(strings.QUERY_SAVED.format(id=query.id))]

        return self._tried(keep, 5)

    def drop(self, query_id: str | None) -> list[Any]:
        """The test query of the form deleted."""
        name = (query_id or "").strip()

        def delete() -> list[Any]:
            done = self._desk.drop(name)
            text = strings.QUERY_DROPPED if done else strings.QUERY_UNKNOWN
            return [*self.lists(), _told(text.format(id=name), bad=not done)]

        return self._tried(delete, 5)

    def take(self, pasted: str | None) -> list[Any]:
        """Pasted queries kept, all or none."""

        def keep() -> list[Any]:
            number = self._desk.import_text(pasted or "")
            return [*self.lists(), "", _told(strings.PASTED.format(number=number))]

        return self._tried(keep, 6)

    def run_all(self) -> Iterator[list[Any]]:
        """All reviewed queries asked, with progress, then the results."""
        yield from self._run(None)

    def run_one(self, query_id: str | None) -> Iterator[list[Any]]:
        """The query of the form asked."""
        yield from self._run({(query_id or "").strip()})

    def run_some(self, chosen: list[str]) -> Iterator[list[Any]]:
        """The queries that are ticked asked."""
        if not chosen:
            yield ["", gr.skip(), _told(strings.NONE_CHOSEN, bad=True)]
            return
        yield from self._run(set(chosen))

    def _run(self, wanted: set[str] | None) -> Iterator[list[Any]]:
        told: queue.Queue[tuple[int, int] | Evaluated | Exception] = queue.Queue()

        def work() -> None:
            try:
                told.put(self._desk.evaluate(wanted, lambda done, total: told.put((done, total))))
            except Exception as error:  # noqa: BLE001  (told below, in the event's own thread)
                told.put(error)

        yield [_told(strings.RUN_BEGINS), gr.skip(), ""]
        threading.Thread(target=work, name="evaluation", daemon=True).start()
        while True:
            state = told.get()
            while isinstance(state, tuple) and not told.empty():
                state = told.get()
            if isinstance(state, tuple):
                yield [_told(strings.RUN_STANDS.format(done=state[0], total=state[1])), gr.skip(), ""]
                threading.Event().wait(_BETWEEN_STATES)
            elif isinstance(state, Exception):
                yield ["", gr.skip(), _told(_reason(state), bad=True)]
                return
            else:
                yield [evaluated_html(state), runs_html(self._desk.runs()), ""]
                return

    def _tried(self, action: Callable[[], list[Any]], outputs: int) -> list[Any]:
        """What an action gives; when it fails, everything stays and the last output, the notice, says why."""
        try:
            return action()
        except Exception as error:  # noqa: BLE001  (told to the reader, and logged unless it is ours)
            return [*[gr.skip()] * (outputs - 1), _told(_reason(error), bad=True)]


def _reason(error: Exception) -> str:
    if isinstance(error, ReperesError):
        return str(error)
    logger.error("the evaluation page failed", exc_info=error)
    return strings.INTERNAL_WORK_ERROR


def _told(text: str, *, bad: bool = False) -> str:
    shown = "<br>".join(escape(line) for line in text.splitlines())
    return f'<p class="{"trouble" if bad else "note"}" role="{"alert" if bad else "status"}">{shown}</p>'


def _html(value: str, **settings: Any) -> gr.Markdown:
    return gr.Markdown(value, sanitize_html=False, latex_delimiters=[], container=False, **settings)
