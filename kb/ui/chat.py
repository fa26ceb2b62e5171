"""The page in Gradio: its parts, and what each click does.

Every part that shows text is a Markdown component carrying finished HTML (see `render`): the HTML component would be
the natural one, but it compiles templates in the browser and so needs `unsafe-eval` in the security policy.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import gradio as gr
from gradio.events import api

from kb.errors import ReperesError
from kb.evaluation.desk import EvaluationDesk
from kb.ui import strings
from kb.ui.api import chat_function
from kb.ui.conversation import Conversation, exchange, question_trouble
from kb.ui.evaluation import build_evaluation
from kb.ui.opinion import build_opinion, opinion_updates
from kb.ui.ports import Base, Ingestor, Opinions
from kb.ui.render import escape
from kb.ui.sources import empty_sources_html
from kb.ui.state import read_state, state_html, welcome_html

ANSWERS_AT_ONCE = 2
LONGEST_QUEUE = 64
STATE_EVERY_SECONDS = 3.0

logger = logging.getLogger(__name__)


def build_page(
    base: Callable[[], Base],
    ingestor: Ingestor | None,
    examples: Sequence[str],
    opinions: Opinions | None = None,
    desk: EvaluationDesk | None = None,
) -> gr.Blocks:
    """The chat as Gradio blocks, with the endpoint `/chat` beside it, and with `desk` the page of evaluations.

    Without `opinions` readers are asked for none.
    """
    handlers = _Handlers(base, ingestor, has_examples=bool(examples), has_opinions=opinions is not None)
    # Outside the queue: stopping and looking at the base must work while others wait for their answer.
    at_once: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
    link = f' <a href="/evaluation">{escape(strings.EVALUATION)}</a>' if desk is not None else ""
    page = gr.Blocks(title=strings.NAME, analytics_enabled=False, fill_width=True)
    with page:
        conversation = gr.State(Conversation())
        with gr.Row(elem_id="masthead"):
            _html(
                f'<div class="brand"><h1>{escape(strings.NAME)}</h1><p>{escape(strings.PURPOSE)}{link}</p></div>',
                elem_id="brand",
            )
            state = _html("", elem_id="base-state")
            start = gr.Button(strings.START_INGESTION, size="sm", visible=False, elem_id="start-ingestion")
            new = gr.Button(strings.NEW_CONVERSATION, size="sm", elem_id="new-conversation")
        with gr.Column(elem_id="layout"):
            with gr.Column(elem_id="conversation"):
                welcome = _html("", elem_id="welcome")
                with gr.Column(elem_id="examples", visible=bool(examples)) as suggestions:
                    _html(f'<h2 class="unseen">{escape(strings.EXAMPLES)}</h2>')
                    buttons = [gr.Button(example, elem_classes="example") for example in examples]
                past = _html("", elem_id="past")
                current = _html("", elem_id="current")
                opinion = build_opinion(opinions, conversation, at_once)
            sources = _html(empty_sources_html(), elem_id="sources")
            with gr.Column(elem_id="ask"):
                notice = _html("", elem_id="notice")
                with gr.Row(elem_id="composer"):
                    question = gr.Textbox(
                        label=strings.QUESTION_LABEL,
                        placeholder=strings.QUESTION_PLACEHOLDER,
                        elem_id="question",
                        lines=1,
                        max_lines=6,
                        html_attributes=gr.InputHTMLAttributes(autocomplete="off", enterkeyhint="send", lang="fr"),
                    )
                    send = gr.Button(strings.SEND, variant="primary", elem_id="send", scale=0)
                    stop = gr.Button(strings.STOP, visible=False, elem_id="stop", scale=0)

        answering: dict[str, Any] = {
            # In the order of _Handlers.ask and .restart.
            "outputs": [
                *(conversation, past, current, sources, question, notice, welcome, suggestions, send, stop),
                *opinion.outputs,
            ],
            "show_progress": "hidden",
            "api_visibility": "private",
            "concurrency_id": "answers",
            "concurrency_limit": ANSWERS_AT_ONCE,
        }
        asking = [gr.on([question.submit, send.click], handlers.ask, [question, conversation], **answering)]
        asking += [button.click(handlers.ask, [button, conversation], **answering) for button in buttons]
        stop.click(handlers.stop, conversation, [conversation, current, send, stop], cancels=asking, **at_once)
        new.click(handlers.restart, None, answering["outputs"], cancels=asking, **at_once)
        refreshing: dict[str, Any] = {
            "fn": handlers.refresh,
            "inputs": [state, welcome],
            "outputs": [state, welcome, start],
            **at_once,
        }
        page.load(**refreshing)
        gr.Timer(STATE_EVERY_SECONDS).tick(**refreshing)
        start.click(handlers.ingest, None, notice, **at_once).then(**refreshing)
        api(chat_function(base), api_name="chat", concurrency_id="answers", concurrency_limit=ANSWERS_AT_ONCE)
    if desk is not None:
        build_evaluation(page, desk)
    page.queue(max_size=LONGEST_QUEUE, default_concurrency_limit=ANSWERS_AT_ONCE)
    return page


class _Handlers:
    """What the events call. Each returns one value for each of its outputs, in order."""

    def __init__(
        self, base: Callable[[], Base], ingestor: Ingestor | None, *, has_examples: bool, has_opinions: bool
    ) -> None:
        self._base = base
        self._ingestor = ingestor
        self._has_examples = has_examples
        self._has_opinions = has_opinions

    def ask(self, question: str, before: Conversation) -> Iterator[list[Any]]:
        """The page as an answer comes in; a question that cannot be asked stays in its box, with the reason."""
        if trouble := question_trouble(question):
            yield [before, *[gr.skip()] * 4, _notice(trouble), *[gr.skip()] * 7]
            return
        first, panel_before = True, ""
        for now in exchange(self._base, before, question):
            panel = now.sources_html or empty_sources_html()
            # The box is emptied once: whoever writes the next question meanwhile must not lose it.
            past, emptied = (now.past_html, "") if first else (gr.skip(), gr.skip())
            yield [
                now,
                past,
                now.current_html,
                gr.skip() if panel == panel_before else panel,
                emptied,
                emptied,
                gr.update(visible=False),
                gr.update(visible=False),
                gr.update(visible=not now.running),
                gr.update(visible=now.running),
                *opinion_updates(now, wanted=self._has_opinions),
            ]
            first, panel_before = False, panel

    def stop(self, before: Conversation) -> list[Any]:
        """The answer that was on its way is left as it is; the question box can be used again."""
        now = before.stopped()
        return [now, now.current_html, gr.update(visible=True), gr.update(visible=False)]

    def restart(self) -> list[Any]:
        """The page as it was before the first question."""
        return [
            Conversation(),
            "",
            "",
            empty_sources_html(),
            "",
            "",
            gr.update(visible=True),
            gr.update(visible=self._has_examples),
            gr.update(visible=True),
            gr.update(visible=False),
            *opinion_updates(Conversation(), wanted=False),
        ]

    def refresh(self, state_shown: str, welcome_shown: str) -> list[Any]:
        """The state of the base; nothing is sent when it is what the page shows already."""
        now = read_state(self._base, self._ingestor)
        lines = [state_html(now), welcome_html(now)]
        if lines == [state_shown, welcome_shown]:
            return [gr.skip()] * 3
        return [*lines, gr.update(visible=self._ingestor is not None and now.can_ingest)]

    def ingest(self) -> str:
        """Starts an ingestion; the reason when it cannot start."""
        try:
            if self._ingestor is not None:
                self._ingestor.start()
        except ReperesError as error:
            return _notice(str(error))
        except Exception:
            logger.exception("starting an ingestion failed")
            return _notice(strings.INGESTION_NOT_STARTED)
        return ""


def _html(value: str, **settings: Any) -> gr.Markdown:
    # Not sanitised again in the browser: the sanitiser would drop the buttons of the references. Safe because the HTML
    # comes from `render` alone, and the security policy lets neither inline scripts nor foreign images run.
    return gr.Markdown(value, sanitize_html=False, latex_delimiters=[], container=False, **settings)


def _notice(text: str) -> str:
    return f'<p class="trouble" role="alert">{escape(text)}</p>'
