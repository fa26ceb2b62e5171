"""A question and its answer as they come in: waiting in line, searching, writing; the states of the page meanwhile.

The page and the HTTP API share it. Knows nothing of Gradio.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator

from kb.errors import ReperesError
from kb.ports import Base
from kb.records.kept_answers import keep_answer
from kb.retrieval.filters import Filters
from kb.types import Answer, Message
from kb.web import strings
from kb.web.chat.chat_state import ChatState
from kb.web.chat.sources import sources_html
from kb.web.chat.turns import answer_html, trouble_html
from kb.web.chat.waiting_line import PlaceInLine, WaitingLines

LONGEST_MESSAGE = 8_000
LONGEST_QUESTION = 2_000
# Seconds. A turn that comes up is taken at once; each look tells a place, at the cost of `background.SILENCE`: twenty
# people who were told theirs three times a second took a third of two processors, once a second a twentieth.
_BETWEEN_LOOKS_AT_LINE = 2.0

logger = logging.getLogger(__name__)


def question_trouble(question: str) -> str | None:
    """Why `question` cannot be asked, as a French sentence; None when it can."""
    if not question.strip():
        return strings.EMPTY_QUESTION
    if not any(map(str.isalnum, question)):
        return strings.WORDLESS_QUESTION
    if len(question.strip()) > LONGEST_QUESTION:
        return strings.too_long(len(question.strip()), LONGEST_QUESTION)
    return None


def exchange(
    base: Callable[[], Base], chat: ChatState, question: str, waiting_lines: WaitingLines | None = None
) -> Generator[ChatState, None, None]:
    """The conversation as the answer to `question` comes in; the last one is final. Never raises: errors are told."""
    asked = chat.asked(question.strip())
    yield asked
    try:
        yield from _answered(base, asked, waiting_lines or WaitingLines())
    except ReperesError as error:
        logger.warning("answering failed: %s: %s", type(error).__name__, error)
        yield asked.changed(state="failed", body=trouble_html(str(error)))
    except Exception:  # whatever a question meets: told in its turn, its cause in the log
        logger.exception("answering failed")
        yield asked.changed(state="failed", body=trouble_html(strings.INTERNAL_ERROR))


def answer_states(
    base: Base,
    question: str,
    history: tuple[Message, ...],
    filters: Filters | None = None,
    answerer: str = "auto",
    *,
    hurried: Callable[[], bool] = lambda: False,
) -> Generator[tuple[Answer, bool], None, None]:
    """The states of an answer, each with whether it is final; `hurried` tells whether others wait, when it begins.

    The base's stream is closed however this ends: what makes the answer stops when nobody reads it any more.
    """
    stream = base.stream(question, history=history, answerer=answerer, filters=filters or None, hurried=hurried())
    try:
        answer: Answer | None = None
        for answer in stream:
            yield answer, False
        if answer is None:
            raise RuntimeError("the base gave no state of its answer")
        yield answer, True
    finally:
        if (close := getattr(stream, "close", None)) is not None:
            close()


def answer_in_turn(
    base: Base,
    question: str,
    history: tuple[Message, ...],
    filters: Filters | None,
    waiting_lines: WaitingLines,
    answerer: str = "auto",
) -> Generator[tuple[Answer, bool] | int, None, None]:
    """The states of an answer, once its turn has come; before, how many wait ahead, every two seconds.

    Who waits for the language model has the first state, with its sources, already.
    """
    line = waiting_lines.searching
    states = answer_states(base, question, history, filters, answerer, hurried=lambda: line.is_long)
    written = answerer == "llm" or (answerer == "auto" and getattr(base, "model_name", None) is not None)
    try:
        with line.join() as place:
            yield from _places(place)
            answer, final = next(states)
        if final or answer.refused or not written:
            yield from [(answer, final)] if final else states  # the same again, final
            return
        yield answer, False
        with waiting_lines.of(getattr(base, "model", None)).join() as place:
            yield from _places(place)
            yield from states
    finally:
        states.close()


def _places(place: PlaceInLine) -> Iterator[int]:
    # Told at each look, changed or not: only between two states can whoever leaves be let out of the line.
    while not place.wait(_BETWEEN_LOOKS_AT_LINE):
        yield place.ahead


def _answered(base: Callable[[], Base], asked: ChatState, waiting_lines: WaitingLines) -> Iterator[ChatState]:
    opened, shown = base(), asked
    for state in answer_in_turn(opened, asked.turns[-1].question, asked.history, asked.filters, waiting_lines):
        if isinstance(state, int):
            yield shown.changed(ahead=state)
            continue
        for shown in _shown(opened, asked, *state):
            yield shown


def _shown(base: Base, asked: ChatState, answer: Answer, final: bool) -> Iterator[ChatState]:
    number = asked.turns[-1].number
    if final:
        yield asked.changed(
            state="done",
            body=answer_html(answer, number, conversation=asked.id),
            sources=sources_html(answer, number),
            reply=answer.text or strings.REFUSAL,
            given=keep_answer(answer, base.rights, asked.filters),
            generation=base.status().generation,
        )
    elif answer.text.strip() or answer.hits:
        yield asked.changed(
            state="writing",
            body=answer_html(answer, number, final=False),
            sources=sources_html(answer, number, final=False),
        )
