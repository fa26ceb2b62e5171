"""What a reader thinks of an answer: the parts of the page that ask, and what they do."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import gradio as gr

from kb.errors import ReperesError
from kb.ports import FeedbackStore
from kb.records.feedback import LONGEST_COMMENT, REASONS
from kb.web import strings
from kb.web.chat.chat_state import ChatState
from kb.web.render import escape

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FeedbackParts:
    """The components, in the order of the outputs that `shown` and `hidden` give."""

    box: gr.Column
    why: gr.Column
    thanks: gr.Markdown

    @property
    def outputs(self) -> list[Any]:
        """All of them."""
        return [self.box, self.why, self.thanks]


def build_feedback(feedback: FeedbackStore | None, conversation: gr.State, at_once: dict[str, Any]) -> FeedbackParts:
    """The buttons under the last answer, and the form that a bad one opens; hidden for good without `feedback`."""
    with gr.Column(visible=False, elem_id="feedback") as box:
        with gr.Row(elem_id="verdict"):
            good = gr.Button(strings.GOOD, size="sm", elem_id="good")
            bad = gr.Button(strings.BAD, size="sm", elem_id="bad")
        with gr.Column(visible=False, elem_id="why") as why:
            reason = gr.Radio([(label, key) for key, label in REASONS.items()], label=strings.WHY, elem_id="reason")
            comment = gr.Textbox(
                label=strings.COMMENT, lines=2, max_lines=6, max_length=LONGEST_COMMENT, elem_id="comment"
            )
            send = gr.Button(strings.SEND_FEEDBACK, size="sm", variant="primary", elem_id="send-feedback")
        thanks = gr.Markdown("", sanitize_html=False, latex_delimiters=[], container=False, elem_id="thanks")
    parts = FeedbackParts(box, why, thanks)
    if feedback is None:
        return parts
    handlers = _Handlers(feedback)
    said = [good, bad, why, thanks]
    good.click(handlers.good, conversation, said, **at_once)
    bad.click(lambda: gr.update(visible=True), None, why, **at_once)
    send.click(handlers.bad, [reason, comment, conversation], [*said, reason, comment], **at_once)
    return parts


def feedback_updates(now: ChatState, *, wanted: bool) -> list[Any]:
    """What the parts show for a conversation: the buttons once the answer is whole, nothing of the answer before."""
    is_whole = wanted and bool(now.turns) and now.turns[-1].given is not None
    return [gr.update(visible=is_whole), gr.update(visible=False), ""]


class _Handlers:
    def __init__(self, feedback: FeedbackStore) -> None:
        self._feedback = feedback

    def good(self, now: ChatState) -> list[Any]:
        """Keeps that the answer was useful."""
        return self._keep(now, "good", None, "")

    def bad(self, reason: str | None, comment: str, now: ChatState) -> list[Any]:
        """Keeps that it was not, and why; asks for the reason when there is none."""
        if reason not in REASONS:
            return [*[gr.skip()] * 3, _told(strings.REASON_MISSING, "trouble"), *[gr.skip()] * 2]
        return [*self._keep(now, "bad", reason, (comment or "").strip()[:LONGEST_COMMENT]), None, ""]

    def _keep(self, now: ChatState, verdict: Any, reason: str | None, comment: str) -> list[Any]:
        turn = now.turns[-1] if now.turns else None
        if turn is None or turn.given is None:
            return [gr.skip()] * 4
        try:
            self._feedback.add(verdict, reason, comment, turn.given, turn.generation)
        except ReperesError as error:
            return [*[gr.skip()] * 3, _told(str(error), "trouble")]
        except Exception:  # an event of the page: told there, its cause in the log
            logger.exception("keeping a feedback failed")
            return [*[gr.skip()] * 3, _told(strings.FEEDBACK_LOST, "trouble")]
        return [gr.skip(), gr.skip(), gr.update(visible=False), _told(strings.THANKS, "note")]


def _told(text: str, kind: str) -> str:
    return f'<p class="{kind}" role="status">{escape(text)}</p>'
