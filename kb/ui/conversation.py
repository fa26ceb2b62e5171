"""A conversation as the page keeps it, and how a question makes it grow. Knows nothing of Gradio."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from kb.answering.serialize import AnswerJson, answer_to_json
from kb.errors import ReperesError
from kb.types import Answer, Message
from kb.ui import strings
from kb.ui.ports import Base
from kb.ui.render import escape
from kb.ui.sources import sources_html
from kb.ui.turns import TurnState, answer_html, trouble_html, turn_html

LONGEST_QUESTION = 2_000
SHOWN_TURNS = 30
HISTORY_MESSAGES = 12
# A state of the answer every 50 ms reads as a flow; more would only load the browser.
_BETWEEN_STATES = 0.05

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what there is of its answer, as HTML. `reply` is the answer's text, None before it is final.

    `given` is the last turn's answer in the form of `reperes ask --json`, for whoever says what it is worth, and
    `generation` the state of the base that gave it.
    """

    number: int
    question: str
    state: TurnState = "searching"
    body: str = ""
    sources: str = ""
    reply: str | None = None
    given: AnswerJson | None = None
    generation: int = 0

    @property
    def html(self) -> str:
        """The turn as the conversation shows it."""
        return turn_html(self.question, self.number, self.state, self.body)


@dataclass(frozen=True, slots=True)
class Conversation:
    """The turns of a conversation, oldest first. Only rendered turns are kept: no document stays in memory for it."""

    turns: tuple[Turn, ...] = ()

    @property
    def running(self) -> bool:
        """Whether an answer is on its way."""
        return bool(self.turns) and self.turns[-1].state in ("searching", "writing")

    @property
    def past_html(self) -> str:
        """All turns but the last."""
        older = ""
        if self.turns and self.turns[0].number > 1:
            older = f'<p class="note">{escape(strings.OLDER_TURNS)}</p>'
        return older + "".join(turn.html for turn in self.turns[:-1])

    @property
    def current_html(self) -> str:
        """The last turn, the only one that still changes."""
        return self.turns[-1].html if self.turns else ""

    @property
    def sources_html(self) -> str:
        """The sources of every turn. The page shows those of one turn at a time, the last one's first."""
        return "".join(turn.sources for turn in self.turns)

    @property
    def history(self) -> tuple[Message, ...]:
        """What was said before the last turn, as a base is told: answered turns only, the latest messages."""
        messages: list[Message] = []
        for turn in self.turns[:-1]:
            if turn.reply is not None:
                messages += [Message("user", turn.question), Message("assistant", turn.reply)]
        return tuple(messages[-HISTORY_MESSAGES:])

    def asked(self, question: str) -> Conversation:
        """With a question that has no answer yet."""
        number = self.turns[-1].number + 1 if self.turns else 1
        before = (replace(each, given=None) for each in self.turns)
        return Conversation((*before, Turn(number, question))[-SHOWN_TURNS:])

    def changed(self, **changes: object) -> Conversation:
        """With another last turn."""
        return Conversation((*self.turns[:-1], replace(self.turns[-1], **changes)))  # type: ignore[arg-type]

    def stopped(self) -> Conversation:
        """With the answer that was on its way cut short, if there was one."""
        return self.changed(state="stopped") if self.running else self


def question_trouble(question: str) -> str | None:
    """Why `question` cannot be asked, as a French sentence; None when it can."""
    if not question.strip():
        return strings.EMPTY_QUESTION
    if len(question.strip()) > LONGEST_QUESTION:
        return strings.too_long(len(question.strip()), LONGEST_QUESTION)
    return None


def exchange(base: Callable[[], Base], conversation: Conversation, question: str) -> Iterator[Conversation]:
    """The conversation as the answer to `question` comes in; the last one is final. Never raises: errors are told."""
    asked = conversation.asked(question.strip())
    yield asked
    try:
        yield from _answered(base, asked)
    except ReperesError as error:
        logger.warning("answering failed: %s: %s", type(error).__name__, error)
        yield asked.changed(state="failed", body=trouble_html(str(error)))
    except Exception:
        logger.exception("answering failed")
        yield asked.changed(state="failed", body=trouble_html(strings.INTERNAL_ERROR))


def answer_states(base: Base, question: str, history: tuple[Message, ...]) -> Iterator[tuple[Answer, bool]]:
    """The states of an answer, each with whether it is final, at most twenty a second.

    The base's stream is closed however this ends: what makes the answer stops when nobody reads it any more.
    """
    stream = base.stream(question, history=history)
    try:
        answer: Answer | None = None
        shown = time.monotonic()
        for answer in stream:
            if time.monotonic() - shown >= _BETWEEN_STATES:
                yield answer, False
                shown = time.monotonic()
        if answer is None:
            raise RuntimeError("the base gave no state of its answer")
        yield answer, True
    finally:
        if (close := getattr(stream, "close", None)) is not None:
            close()


def _answered(base: Callable[[], Base], asked: Conversation) -> Iterator[Conversation]:
    turn = asked.turns[-1]
    opened = base()
    for answer, final in answer_states(opened, turn.question, asked.history):
        if final:
            yield asked.changed(
                state="done",
                body=answer_html(answer, turn.number),
                sources=sources_html(answer, turn.number),
                reply=answer.text or strings.REFUSAL,
                given=answer_to_json(answer),
                generation=opened.status().generation,
            )
        elif answer.text.strip():
            # What is not final may still lose its numbers or become a refusal: only its words are shown.
            sources = "" if answer.refused else sources_html(answer, turn.number)
            yield asked.changed(state="writing", body=answer_html(answer, turn.number, final=False), sources=sources)
