"""A conversation as the page keeps it, and how a question makes it grow. Knows nothing of Gradio."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, cast

from kb.errors import ReperesError
from kb.ports import Base
from kb.records.conversations import KeptConversation, KeptTurn, new_id
from kb.records.kept_answers import KeptAnswer, keep_answer, kept_answer
from kb.retrieval.filters import Filters
from kb.types import Answer, Message
from kb.web import strings
from kb.web.chat.sources import sources_html
from kb.web.chat.turns import TurnState, answer_html, trouble_html, turn_html
from kb.web.chat.turnstile import Ticket, Turnstile
from kb.web.render import escape

LONGEST_MESSAGE = 8_000
LONGEST_QUESTION = 2_000
SHOWN_TURNS = 30
HISTORY_MESSAGES = 12
_BETWEEN_LOOKS_AT_LINE = 0.3
SEARCHES_AT_ONCE = 2
WRITTEN_AT_ONCE = 1  # a small local model writes one answer in the time in which it would write two by halves

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Turn:
    """A question and what there is of its answer, as HTML. `reply` is the answer's text, None before it is final.

    `given` is the last turn's answer in the form in which it is kept, for whoever says what it is worth, and
    `generation` the state of the base that gave it. `ahead` is how many wait before it, None when its turn has come.
    """

    number: int
    question: str
    state: TurnState = "searching"
    body: str = ""
    sources: str = ""
    reply: str | None = None
    given: KeptAnswer | None = None
    generation: int = 0
    ahead: int | None = None

    @property
    def html(self) -> str:
        """The turn as the conversation shows it."""
        return turn_html(self.question, self.number, self.state, self.body, self.ahead)


@dataclass(frozen=True, slots=True)
class Conversation:
    """The turns of a conversation, oldest first. Only rendered turns are kept: no document stays in memory for it.

    `id` is its name among those that are saved, given with its first question; `filters` say which documents its
    answers come from; `editing` tells that the next question takes the place of the last one; `errand` names the work
    on its last question (see `kb.web.chat.errands`).
    """

    turns: tuple[Turn, ...] = ()
    id: str = ""
    filters: Filters = field(default_factory=Filters)
    editing: bool = False
    errand: str = ""

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
        kept = self.turns[:-1] if self.editing else self.turns
        number = self.turns[-1].number + (not self.editing) if self.turns else 1
        before = (replace(turn, given=None) for turn in kept)
        turns = (*before, Turn(number, question))[-SHOWN_TURNS:]
        return replace(self, turns=turns, id=self.id or new_id(), editing=False)

    def changed(self, **changes: Any) -> Conversation:
        """With another last turn."""
        return replace(self, turns=(*self.turns[:-1], replace(self.turns[-1], **changes)))

    def stopped(self) -> Conversation:
        """With the answer that was on its way cut short, if there was one."""
        return self.changed(state="stopped", ahead=None) if self.running else self

    def edited(self) -> Conversation:
        """With its last question to be asked anew, in other words or the same."""
        return replace(self, editing=bool(self.turns))

    @property
    def kept_turn(self) -> KeptTurn | None:
        """The last turn as it is saved; None while there is no whole answer."""
        last = self.turns[-1] if self.turns else None
        if last is None or last.given is None:
            return None
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return KeptTurn(last.number, now, last.generation, last.given)


def resumed(kept: KeptConversation) -> Conversation:
    """A conversation that was saved, its last turns with their sources as they were."""
    turns = []
    for turn in kept.turns[-SHOWN_TURNS:]:
        answer = kept_answer(turn.answer)
        turns.append(
            Turn(
                turn.number,
                answer.question,
                "done",
                answer_html(answer, turn.number),
                sources_html(answer, turn.number),
                answer.text or strings.REFUSAL,
                cast("KeptAnswer", turn.answer) if turn is kept.turns[-1] else None,
                turn.generation,
            )
        )
    return Conversation(tuple(turns), kept.id)


def question_trouble(question: str) -> str | None:
    """Why `question` cannot be asked, as a French sentence; None when it can."""
    if not question.strip():
        return strings.EMPTY_QUESTION
    if len(question.strip()) > LONGEST_QUESTION:
        return strings.too_long(len(question.strip()), LONGEST_QUESTION)
    return None


@dataclass(frozen=True, slots=True)
class Lines:
    """Where questions wait: for a processor to search, and for the language model to write. Shared by all pages."""

    searching: Turnstile = field(default_factory=lambda: Turnstile(SEARCHES_AT_ONCE))
    writing: Turnstile = field(default_factory=lambda: Turnstile(WRITTEN_AT_ONCE))


def exchange(
    base: Callable[[], Base], conversation: Conversation, question: str, lines: Lines | None = None
) -> Generator[Conversation, None, None]:
    """The conversation as the answer to `question` comes in; the last one is final. Never raises: errors are told."""
    asked = conversation.asked(question.strip())
    yield asked
    try:
        yield from _answered(base, asked, lines or Lines())
    except ReperesError as error:
        logger.warning("answering failed: %s: %s", type(error).__name__, error)
        yield asked.changed(state="failed", body=trouble_html(str(error)))
    except Exception:
        logger.exception("answering failed")
        yield asked.changed(state="failed", body=trouble_html(strings.INTERNAL_ERROR))


def answer_states(
    base: Base, question: str, history: tuple[Message, ...], filters: Filters | None = None
) -> Generator[tuple[Answer, bool], None, None]:
    """The states of an answer, each with whether it is final.

    The base's stream is closed however this ends: what makes the answer stops when nobody reads it any more.
    """
    stream = base.stream(question, history=history, filters=filters or None)
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
    base: Base, question: str, history: tuple[Message, ...], filters: Filters | None, lines: Lines
) -> Generator[tuple[Answer, bool] | int, None, None]:
    """The states of an answer, once its turn has come; before, how many wait ahead, a few times a second.

    Who waits for the language model has the first state, with its sources, already.
    """
    states = answer_states(base, question, history, filters)
    try:
        with lines.searching.ticket() as ticket:
            yield from _places(ticket)
            answer, final = next(states)
        if final or answer.refused or getattr(base, "model_name", None) is None:
            yield from [(answer, final)] if final else states  # the same again, final
            return
        yield answer, False
        with lines.writing.ticket() as ticket:
            yield from _places(ticket)
            yield from states
    finally:
        states.close()


def _places(ticket: Ticket) -> Iterator[int]:
    # Told at each look, changed or not: only between two states can whoever leaves be let out of the line.
    while not ticket.wait(_BETWEEN_LOOKS_AT_LINE):
        yield ticket.ahead


def _answered(base: Callable[[], Base], asked: Conversation, lines: Lines) -> Iterator[Conversation]:
    opened, shown = base(), asked
    for state in answer_in_turn(opened, asked.turns[-1].question, asked.history, asked.filters, lines):
        if isinstance(state, int):
            yield shown.changed(ahead=state)
            continue
        for shown in _shown(opened, asked, *state):
            yield shown


def _shown(base: Base, asked: Conversation, answer: Answer, final: bool) -> Iterator[Conversation]:
    number = asked.turns[-1].number
    if final:
        yield asked.changed(
            state="done",
            body=answer_html(answer, number),
            sources=sources_html(answer, number),
            reply=answer.text or strings.REFUSAL,
            given=keep_answer(answer),
            generation=base.status().generation,
        )
    elif answer.text.strip():
        # What is not final may still lose its numbers or become a refusal: only its words are shown.
        sources = "" if answer.refused else sources_html(answer, number)
        yield asked.changed(state="writing", body=answer_html(answer, number, final=False), sources=sources)
