"""The page in Gradio: its parts, and which event calls what.

Every part that shows text is a Markdown component carrying finished HTML (see `render`): the HTML component would be
the natural one, but it compiles templates in the browser and so needs `unsafe-eval` in the security policy.
"""

from __future__ import annotations

from typing import Any

import gradio as gr
from gradio.events import api

from kb.answering.follow_ups import EXAMPLES, SHOWN
from kb.ports import FeedbackStore, Views
from kb.ui.api import chat_function
from kb.ui.asking import Handlers
from kb.ui.feedback import build_feedback
from kb.web import strings
from kb.web.chat.chat_state import ChatState
from kb.web.chat.sources import empty_sources_html
from kb.web.page_context import PageContext
from kb.web.render import escape

# Many wait in the page's own line, which tells them their place (see `kb.web.chat.waiting_line`), not in Gradio's.
EVENTS_AT_ONCE = 64
LONGEST_QUEUE = 256
STATE_EVERY_SECONDS = 3.0


def build_page(base: Views, context: PageContext, feedback: FeedbackStore | None = None) -> gr.Blocks:
    """The chat as Gradio blocks, with the endpoint `/chat` beside it. Without `feedback` readers are asked for none."""
    handlers = Handlers(base, context)
    # Outside the queue: stopping and looking at the base must work while others wait for their answer.
    at_once: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
    page = gr.Blocks(title=strings.NAME, analytics_enabled=False, fill_width=True)
    with page:
        conversation = gr.State(ChatState())
        # Pressed by the page's script where it opens on an answer that is on its way.
        resume = gr.Button(visible="hidden", elem_id="resume")
        with gr.Row(elem_id="masthead"):
            _html(
                '<button type="button" id="beside-toggle" aria-expanded="false">'
                f'<span class="unseen">{escape(strings.LIST_CONVERSATIONS)}</span></button>',
                elem_id="beside-button",
                visible=context.conversations.saved,
            )
            _html(
                f'<div class="brand"><h1>{escape(strings.NAME)}</h1><p>{escape(strings.PURPOSE)}</p></div>',
                elem_id="brand",
            )
            menu = _html("", elem_id="menu")
            state = _html("", elem_id="base-state")
            start = gr.Button(strings.START_INGESTION, size="sm", visible=False, elem_id="start-ingestion")
            new = gr.Button(strings.NEW_CONVERSATION, size="sm", elem_id="new-conversation")
        with gr.Column(elem_id="layout"):
            _html("", elem_id="beside")  # filled by assets/beside.js
            with gr.Column(elem_id="conversation"):
                welcome = _html("", elem_id="welcome")
                with gr.Column(elem_id="examples", visible=bool(context.domain.examples)) as suggestions:
                    _html(f'<h2 class="unseen">{escape(strings.EXAMPLES)}</h2>')
                    first = [*context.domain.examples, *[""] * EXAMPLES][:EXAMPLES]
                    buttons = [gr.Button(text, visible=bool(text), elem_classes="example") for text in first]
                past = _html("", elem_id="past")
                with gr.Column(elem_id="latest", elem_classes=["rated"] if context.has_feedback else []):
                    current = _html("", elem_id="current")
                    tools = _html("", elem_id="tools")
                    with gr.Row(visible=False, elem_id="redo") as redo:
                        again = gr.Button(strings.ASK_AGAIN, size="sm", elem_id="ask-again")
                        edit = gr.Button(strings.EDIT, size="sm", elem_id="edit")
                    feedback_parts = build_feedback(feedback, conversation, at_once)
                    with gr.Column(visible=False, elem_id="follow-ups") as next_questions:
                        _html(f"<h2>{escape(strings.FOLLOW_UPS)}</h2>")
                        following = [gr.Button("", visible=False, elem_classes="example") for _ in range(SHOWN)]
            sources = _html(empty_sources_html(), elem_id="sources")
            with gr.Column(elem_id="ask"):
                with gr.Row(elem_id="told"):
                    notice = _html("", elem_id="notice")
                    cancel = gr.Button(strings.CANCEL_EDIT, size="sm", visible=False, elem_id="cancel-edit")
                with gr.Row(elem_id="scope"):
                    filters = _html("", elem_id="filters")
                    widen = gr.Button(strings.WIDEN, size="sm", visible=False, elem_id="widen")
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
                _html(
                    f'<button type="button" id="shortcuts-button">{escape(strings.SHORTCUTS)} <kbd>?</kbd></button>',
                    elem_id="shortcuts-hint",
                )

        # In the order of Handlers.ask and Handlers._page.
        shown = [
            *(conversation, past, current, sources, question, notice, welcome, suggestions, send, stop),
            *feedback_parts.outputs,
            *(tools, redo, next_questions, cancel),
        ]
        answering: dict[str, Any] = {
            "outputs": shown,
            "show_progress": "hidden",
            "api_visibility": "private",
            "concurrency_id": "answers",
            "concurrency_limit": EVENTS_AT_ONCE,
        }
        asking = [gr.on([question.submit, send.click], handlers.ask, [question, conversation], **answering)]
        asking += [button.click(handlers.ask, [button, conversation], **answering) for button in (*buttons, *following)]
        asking.append(again.click(handlers.again, conversation, **answering))
        asking.append(resume.click(handlers.resume, conversation, **answering))
        for event in asking:
            # Outside the queue too: Gradio loses a question that is sent as the stream of another event closes.
            event.success(handlers.suggest, conversation, [next_questions, *following], **at_once)
        edit.click(handlers.edit, conversation, [conversation, question, notice, cancel], **at_once)
        cancel.click(handlers.cancel, conversation, [conversation, question, notice, cancel], **at_once)
        # They cancel nothing: see `kb.web.chat.background`.
        stop.click(handlers.stop, conversation, [conversation, current, send, stop, redo], **at_once)
        new.click(handlers.restart, conversation, shown, **at_once)
        widen.click(handlers.widen, conversation, [conversation, filters, widen], **at_once)
        refreshing: dict[str, Any] = {
            "fn": handlers.refresh,
            "inputs": [state, welcome, *buttons],
            "outputs": [state, welcome, start, *buttons],
            **at_once,
        }
        page.load(handlers.load, None, [*shown, menu, filters, widen], **at_once)
        page.load(**refreshing)
        gr.Timer(STATE_EVERY_SECONDS).tick(**refreshing)
        start.click(handlers.ingest, None, notice, **at_once).then(**refreshing)
        api(
            chat_function(base, context.metrics, context.rate_limits, context.waiting_lines),
            api_name="chat",
            concurrency_id="programs",
            concurrency_limit=EVENTS_AT_ONCE,
        )
    page.queue(max_size=LONGEST_QUEUE, default_concurrency_limit=EVENTS_AT_ONCE)
    return page


def _html(value: str, **settings: Any) -> gr.Markdown:
    # Not sanitised again in the browser: the sanitiser would drop the buttons of the references. Safe because the HTML
    # comes from `render` alone, and the security policy lets neither inline scripts nor foreign images run.
    return gr.Markdown(value, sanitize_html=False, latex_delimiters=[], container=False, **settings)
