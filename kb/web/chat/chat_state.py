"""The conversation on a page as the page holds it: its turns, and what is shown of them. Knows nothing of Gradio."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, cast

from kb.records.conversations import KeptConversation, KeptTurn, new_id
from kb.records.kept_answers import KeptAnswer, kept_answer
from kb.retrieval.filters import Filters
from kb.types import Message
from kb.web import strings
from kb.web.chat.sources import sources_html
from kb.web.chat.turns import TurnState, answer_html, turn_html
from kb.web.render import escape

SHOWN_TURNS = 30
HISTORY_MESSAGES = 12


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
class ChatState:
    """The turns of a conversation, oldest first. Only rendered turns are kept: no document stays in memory for it.

    `id` is its name among those that are saved, given with its first question; `filters` say which documents its
    answers come from; `editing` tells that the next question takes the place of the last one; `task` names the work
    on its last question (see `kb.web.chat.background`), which `person` asked; `saved` is False once it could not be.
    """

    turns: tuple[Turn, ...] = ()
    id: str = ""
    filters: Filters = field(default_factory=Filters)
    editing: bool = False
    task: str = ""
    person: str = ""
    saved: bool = True

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
        """The last turn, the only one that still changes; it names the conversation, for the page's address."""
        if not self.turns:
            return ""
        return f'<div data-conversation="{escape(self.id)}">{self.turns[-1].html}</div>'

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

    def asked(self, question: str) -> ChatState:
        """With a question that has no answer yet."""
        kept = self.turns[:-1] if self.editing else self.turns
        number = self.turns[-1].number + (not self.editing) if self.turns else 1
        before = (replace(turn, given=None) for turn in kept)
        turns = (*before, Turn(number, question))[-SHOWN_TURNS:]
        return replace(self, turns=turns, id=self.id or new_id(), editing=False)

    def changed(self, **changes: Any) -> ChatState:
        """With another last turn."""
        return replace(self, turns=(*self.turns[:-1], replace(self.turns[-1], **changes)))

    def stopped(self) -> ChatState:
        """With the answer that was on its way cut short, if there was one."""
        return self.changed(state="stopped", ahead=None) if self.running else self

    def edited(self) -> ChatState:
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


def resumed(kept: KeptConversation) -> ChatState:
    """A conversation that was saved, its last turns with their sources as they were."""
    turns = []
    for turn in kept.turns[-SHOWN_TURNS:]:
        answer = kept_answer(turn.answer)
        turns.append(
            Turn(
                turn.number,
                answer.question,
                "done",
                answer_html(answer, turn.number, conversation=kept.id),
                sources_html(answer, turn.number),
                answer.text or strings.REFUSAL,
                cast("KeptAnswer", turn.answer) if turn is kept.turns[-1] else None,
                turn.generation,
            )
        )
    return ChatState(tuple(turns), kept.id)
