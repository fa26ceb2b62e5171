"""Measures a language model: how fast it reads and writes, whether it cites, refuses, judges, and answers in French."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from kb.errors import LanguageModelError
from kb.models.chat import check_texts as texts
from kb.models.chat.llm import ChatModel
from kb.models.chat.profile import MOST_SECONDS_READING_WHOLE, Measurement

_SHORT = 400  # tokens: a little more than is read of sentences of evidence
_LONG = 4_500
# A local model does not get a long prompt where the short one says that it would take so many times what whole passages
# may take: reading slows down with length, never speeds up so much. A server does: it may give less context than it is
# thought to, and where it is too slow for that prompt it is for whole passages too.
_HOPELESS = 3.0

Clock = Callable[[], float]
"""Seconds. Looked at three times a request: before it, at its first words, at its end."""


@dataclass(frozen=True, slots=True)
class _Reply:
    """What was answered, the seconds until its first words and from there on, the tokens of both sides."""

    text: str
    first: float
    rest: float
    read: int
    written: int


def measure(model: ChatModel, processor: str, clock: Clock = time.perf_counter) -> Measurement:
    """What `model` does with a few fixed prompts; `processor` is empty for a server.

    Takes a minute on a small machine. Raises LanguageModelError when the model cannot be had, or stops answering.
    """
    asker = _Asker(model, clock)
    asker.greet()
    timed = asker.read(_SHORT)
    reads_long = None
    budget = model.reading_budget
    hopeful = budget * timed.first / timed.read <= _HOPELESS * MOST_SECONDS_READING_WHOLE
    if budget > _SHORT and (hopeful or not model.local):
        reads_long = False
        with suppress(LanguageModelError):
            timed = asker.read(min(_LONG, budget))
            # Of a local model we know that nothing was cut off, though it may be too small to do as it is told.
            reads_long = model.local or asker.saw_all
    answers = [
        (asked, asker.said(texts.ASKING_SYSTEM, texts.questioned(asked.question), texts.ASKING_TOKENS).text)
        for asked in texts.QUESTIONS
    ]
    answerable = [(asked, answer) for asked, answer in answers if asked.passage is not None]
    return Measurement(
        subject=model.subject,
        processor=processor,
        date=datetime.now(UTC).date().isoformat(),
        context_tokens=model.context_tokens,
        read_tokens=timed.read,
        read_speed=_speed(timed.read, timed.first),
        written_speed=_speed(timed.written - 1, timed.rest) if timed.rest else _speed(timed.written, timed.first),
        cited=sum(texts.is_cited(answer, asked) for asked, answer in answerable),
        asked=len(answerable),
        refuses=all(texts.is_refused(answer) for asked, answer in answers if asked.passage is None),
        french=texts.is_french(" ".join([timed.text, *(answer for _, answer in answers)])),
        reads_long=reads_long,
        # Nobody has a local model judge unless they ask for it.
        judges=None if model.local else _judges(asker),
    )


def _judges(asker: _Asker) -> bool:
    return texts.judges_right(asker.said(texts.JUDGING_SYSTEM, texts.JUDGING, texts.JUDGING_TOKENS).text)


class _Asker:
    """Asks a model and times it. `saw_all`: whether it repeated the first line of the last register that it read."""

    def __init__(self, model: ChatModel, clock: Clock) -> None:
        self._model = model
        self._clock = clock
        self._counts = True
        self.saw_all = False

    def greet(self) -> None:
        """Starts the model, and finds out whether its server counts tokens when asked to."""
        try:
            self.said(texts.HELLO_SYSTEM, texts.HELLO, texts.HELLO_TOKENS)
        except LanguageModelError:
            self._counts = False  # some refuse what they do not know
            self.said(texts.HELLO_SYSTEM, texts.HELLO, texts.HELLO_TOKENS)

    def read(self, tokens: int) -> _Reply:
        """What it says of a register of about so many tokens, whose first line no server can remember."""
        reference = "-".join(secrets.token_hex(2).upper() for _ in range(3))
        characters = 1000 * tokens // self._model.count_tokens("x" * 1000)
        reply = self.said(texts.READING_SYSTEM, texts.register(reference, characters), texts.READING_TOKENS)
        self.saw_all = texts.repeats(reply.text, reference)
        return reply

    def said(self, system: str, user: str, max_tokens: int) -> _Reply:
        """Asks once."""
        counted: list[tuple[int, int]] = []

        def count(read: int, written: int) -> None:
            counted.append((read, written))

        if self._counts:
            pieces = self._model.stream_counted(system, user, max_tokens=max_tokens, usage=count)
        else:
            pieces = self._model.stream(system, user, max_tokens=max_tokens)
        began = self._clock()
        said = [next(pieces)]
        first = self._clock()
        said.extend(pieces)
        ended = self._clock()
        text = "".join(said)
        estimated = self._model.count_tokens(system + user), self._model.count_tokens(text)
        read, written = counted[-1] if counted and min(counted[-1]) > 0 else estimated
        return _Reply(text, first - began, ended - first, read, written)


def _speed(tokens: int, seconds: float) -> float:
    """Tokens a second, of at least one token and a tenth of a second: what is faster does not matter."""
    return max(round(max(tokens, 1) / max(seconds, 0.1), 1), 0.1)
