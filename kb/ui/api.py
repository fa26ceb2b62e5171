"""The same answers for programs: the endpoint `/chat`, for `gradio_client` and plain HTTP."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast, get_args

import gradio as gr

from kb.answering.serialize import answer_to_json
from kb.errors import ReperesError
from kb.ports import Views
from kb.types import Message, Role
from kb.ui.opened import who
from kb.web import strings
from kb.web.auth.rate_limits import RateLimits, asker
from kb.web.chat.chat_state import HISTORY_MESSAGES
from kb.web.chat.exchange import LONGEST_MESSAGE, answer_in_turn, question_trouble
from kb.web.chat.waiting_line import WaitingLines
from kb.web.operation import Metrics

_ROLES = get_args(Role)

logger = logging.getLogger(__name__)


def chat_function(
    base: Views, metrics: Metrics, rate_limits: RateLimits, waiting_lines: WaitingLines
) -> Callable[..., Iterator[dict[str, Any]]]:
    """The function behind `/chat`."""

    # No further argument: a program that sends the values itself must send all of them. /api/ask takes `answerer`.
    def chat(
        question: str, history: list[dict[str, str]] | None = None, request: gr.Request | None = None
    ) -> Iterator[dict[str, Any]]:
        """Successive states of the answer, in the form of `reperes ask --json`, with `final` true on the last one.

        `history` holds the messages before the question, oldest first: {"role": "user" | "assistant", "content"}.
        """
        if trouble := question_trouble(question):
            raise gr.Error(trouble, print_exception=False)
        if not rate_limits.may_ask(caller(request)):
            raise gr.Error(strings.TOO_MANY_QUESTIONS, print_exception=False)
        try:
            with metrics.under_way():
                said = read_history(history or [])
                opened = base.of(who(request))
                for state in answer_in_turn(opened, question.strip(), said, None, waiting_lines):
                    if isinstance(state, int):
                        continue  # its place in the line
                    answer, final = state
                    told = answer_to_json(answer)
                    if final:
                        metrics.answered(told, "api", opened.rights)
                    yield {**told, "final": final}
        except ReperesError as error:
            raise gr.Error(str(error), print_exception=False) from error
        except gr.Error:
            raise
        except Exception as error:
            logger.exception("answering over the API failed")
            raise gr.Error(strings.INTERNAL_ERROR, print_exception=False) from error

    return chat


def caller(request: gr.Request | None) -> str:
    """Who sent an event, as the rates tell them apart."""
    starlette = request.request if request is not None else None
    return asker(starlette.scope) if starlette is not None else ""


def read_history(history: Sequence[object]) -> tuple[Message, ...]:
    """The latest messages of a history that a client sent. Raises gr.Error for what is no message."""
    messages: list[Message] = []
    for message in list(history)[-HISTORY_MESSAGES:]:
        role, content = (message.get("role"), message.get("content")) if isinstance(message, dict) else (None, None)
        if role not in _ROLES or not isinstance(content, str) or len(content) > LONGEST_MESSAGE:
            raise gr.Error(
                strings.HISTORY_REFUSED.format(limit=strings.grouped(LONGEST_MESSAGE)), print_exception=False
            )
        messages.append(Message(cast(Role, role), content))
    return tuple(messages)
