from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from kb.errors import FingerprintError
from kb.retrieval.filters import Filters
from kb.types import Answer, Document, Message
from kb.web.chat.chat_state import HISTORY_MESSAGES, SHOWN_TURNS, ChatState
from kb.web.chat.exchange import answer_in_turn, answer_states, exchange, question_trouble
from kb.web.chat.waiting_line import SEARCHES_AT_ONCE, WaitingLines
from small_base import SmallBase

DOCUMENTS = [
    Document(id="a.md", source="d", title="Parts", text="Action Logement apporte 72 % des aides du programme."),
    Document(id="b.md", source="d", title="Lyon", text="La métropole de Lyon compte douze quartiers prioritaires."),
]


class RecordingBase(SmallBase):
    """Keeps the histories it was given."""

    def __init__(self) -> None:
        super().__init__(DOCUMENTS)
        self.histories: list[tuple[Message, ...]] = []

    def stream(
        self,
        question: str,
        *,
        history: Sequence[Message] = (),
        answerer: str = "auto",
        filters: Filters | None = None,
        hurried: bool = False,
    ) -> Iterator[Answer]:
        self.histories.append(tuple(history))
        return super().stream(question, history=history, answerer=answerer, filters=filters)


class BrokenBase(SmallBase):
    """Fails in the middle of its answers."""

    def stream(self, question: str, **_: Any) -> Iterator[Answer]:
        yield from list(super().stream(question))[:2]
        raise ZeroDivisionError("the cause, in English")


def last(states: Iterator[ChatState]) -> ChatState:
    return list(states)[-1]


def test_a_question_is_shown_at_once_and_answered_at_the_end() -> None:
    base = SmallBase(DOCUMENTS)
    states = list(exchange(lambda: base, ChatState(), "  Que finance Action Logement ?  "))
    assert states[0].running
    assert "Recherche dans les documents" in states[0].current_html
    assert "Que finance Action Logement ?</h2>" in states[0].current_html
    assert not states[-1].running
    assert 'data-state="done"' in states[-1].current_html
    assert "<mark>Action Logement apporte 72 % des aides du programme.</mark>" in states[-1].sources_html
    assert base.closed_streams == 1


def test_each_turn_keeps_its_own_sources() -> None:
    base = SmallBase(DOCUMENTS)
    first = last(exchange(lambda: base, ChatState(), "Que finance Action Logement ?"))
    second = last(exchange(lambda: base, first, "Combien de quartiers prioritaires ?"))
    assert 'id="turn-1"' in second.past_html
    assert 'id="turn-2"' in second.current_html
    assert 'id="source-1-1"' in second.sources_html
    assert 'id="source-2-1"' in second.sources_html


def test_the_base_is_told_what_was_answered_before() -> None:
    base = RecordingBase()
    conversation = ChatState()
    for _ in range(HISTORY_MESSAGES):
        conversation = last(exchange(lambda: base, conversation, "Que finance Action Logement ?"))
    assert base.histories[0] == ()
    assert base.histories[1] == (
        Message("user", "Que finance Action Logement ?"),
        Message("assistant", "Action Logement apporte 72 % des aides du programme. [1]"),
    )
    assert len(base.histories[-1]) == HISTORY_MESSAGES


def test_a_long_conversation_keeps_its_latest_turns_and_says_so() -> None:
    base = SmallBase(DOCUMENTS)
    conversation = ChatState()
    for _ in range(SHOWN_TURNS + 1):
        conversation = last(exchange(lambda: base, conversation, "Que finance Action Logement ?"))
    assert len(conversation.turns) == SHOWN_TURNS
    assert conversation.turns[-1].number == SHOWN_TURNS + 1
    assert "plus anciens" in conversation.past_html


def test_an_expected_error_is_told_in_its_own_words() -> None:
    def opened() -> SmallBase:
        raise FingerprintError("La base <x> a été faite avec un autre modèle.")

    failed = last(exchange(opened, ChatState(), "Que finance Action Logement ?"))
    assert "La base &lt;x&gt; a été faite avec un autre modèle." in failed.current_html
    assert 'data-state="failed"' in failed.current_html
    assert failed.asked("encore ?").history == ()


def test_an_unexpected_error_is_told_in_french_and_logged_with_its_cause(caplog: pytest.LogCaptureFixture) -> None:
    base = BrokenBase(DOCUMENTS)
    with caplog.at_level(logging.ERROR):
        failed = last(exchange(lambda: base, ChatState(), "Que finance Action Logement ?"))
    assert "Une erreur interne a empêché de répondre." in failed.current_html
    assert "the cause, in English" not in failed.current_html
    assert failed.sources_html == ""
    assert "ZeroDivisionError: the cause, in English" in caplog.text
    assert "Action Logement" not in caplog.text
    assert not last(exchange(lambda: SmallBase(DOCUMENTS), failed, "Que finance Action Logement ?")).running


def test_a_base_without_an_answer_is_an_error() -> None:
    class SilentBase(SmallBase):
        def stream(self, question: str, **_: Any) -> Iterator[Answer]:
            return iter(())

    failed = last(exchange(lambda: SilentBase(DOCUMENTS), ChatState(), "Que finance Action Logement ?"))
    assert "Une erreur interne" in failed.current_html


def test_leaving_early_closes_the_stream() -> None:
    base = SmallBase(DOCUMENTS)
    states = answer_states(base, "Que finance Action Logement ?", ())
    next(states)
    states.close()
    assert base.closed_streams == 1


def test_stopping_keeps_what_was_written() -> None:
    conversation = ChatState().asked("Une question ?").changed(state="writing", body="<p>Le début</p>")
    stopped = conversation.stopped()
    assert "<p>Le début</p>" in stopped.current_html
    assert "Réponse interrompue." in stopped.current_html
    assert stopped.stopped() == stopped
    assert stopped.asked("Une autre ?").history == ()
    assert ChatState().stopped() == ChatState()


@pytest.mark.parametrize(("length", "refused"), [(2000, False), (2001, True)])
def test_the_limit_of_a_question(length: int, refused: bool) -> None:
    trouble = question_trouble("é" * length + "  ")
    assert (trouble is not None) is refused
    assert trouble is None or "2\u202f001 caractères" in trouble


def test_an_empty_question_is_told() -> None:
    assert question_trouble(" \n ") == "La question est vide : écrivez-la, puis envoyez-la."


class WritingBase(SmallBase):
    """Has a model: its answers are written after the first state, when `go` is set."""

    model_name: str | None = "modèle"
    model: Any = None

    def __init__(self) -> None:
        super().__init__(DOCUMENTS)
        self.go = threading.Event()
        self.answerers: list[str] = []

    def stream(self, question: str, **options: Any) -> Iterator[Answer]:
        self.answerers.append(options["answerer"])
        options.pop("hurried")
        answer = self.ask(question, **options)
        yield answer
        assert self.go.wait(30)
        yield replace(answer, answerer="llm")


def test_who_waits_for_the_model_sees_the_sources_and_their_place() -> None:
    base, lines = WritingBase(), WaitingLines()
    first = exchange(lambda: base, ChatState(), "Que finance Action Logement ?", lines)
    next(first)
    next(first)  # its first state: it is about to be written
    seen: list[ChatState] = []
    told = threading.Event()

    def waits(held: list[ChatState]) -> None:
        for state in exchange(lambda: base, ChatState(), "Combien de quartiers à Lyon ?", lines):
            held.append(state)
            if state.turns[-1].ahead is not None:
                told.set()

    with lines.writing.join() as writing, lines.writing.join():
        assert writing.wait(30)
        second = threading.Thread(target=waits, args=(seen,))
        second.start()
        assert told.wait(30)
        waiting = seen[-1]
        assert waiting.turns[-1].ahead == 1
        assert "Dans la file : 1 question avant la vôtre" in waiting.current_html
        assert "source-1-1" in waiting.sources_html
        assert "douze quartiers" in waiting.current_html
    base.go.set()
    second.join(30)
    assert seen[-1].turns[-1].state == "done"
    assert last(first).turns[-1].state == "done"


def test_an_answer_is_hurried_where_more_wait_than_the_next_round_serves() -> None:
    class Told(SmallBase):
        def stream(self, question: str, *, hurried: bool = False, **options: Any) -> Iterator[Answer]:
            told.append(hurried)
            return super().stream(question, **options)

    def comes_up(others: int) -> None:
        with ExitStack() as inside, ExitStack() as behind:
            for _ in range(SEARCHES_AT_ONCE):
                assert inside.enter_context(lines.searching.join()).wait(30)
            states = answer_in_turn(Told(DOCUMENTS), "Combien de quartiers à Lyon ?", (), None, lines)
            assert next(states) == 0
            for _ in range(others):
                behind.enter_context(lines.searching.join())
            inside.close()
            assert list(states)

    lines, told = WaitingLines(), list[bool]()
    comes_up(SEARCHES_AT_ONCE)
    comes_up(SEARCHES_AT_ONCE + 1)
    assert told == [False, True]


def test_a_model_that_reads_whole_passages_shows_its_documents_then_its_sentences() -> None:
    base = SmallBase(DOCUMENTS)
    whole = replace(base.ask("Que finance Action Logement ?"), answerer="llm", model="m")
    unproven = replace(whole, text="Les documents ne disent pas quand.", citations=())

    class Reading(SmallBase):
        model_name = "m"

        def stream(self, question: str, **_: Any) -> Iterator[Answer]:
            yield replace(whole, text="", citations=())
            yield unproven
            yield whole

    shown = list(exchange(lambda: Reading(DOCUMENTS), ChatState(), "Que finance Action Logement ?"))
    first, second, third, final = shown[1:]
    assert first.turns[-1].state == second.turns[-1].state == third.turns[-1].state == "writing"
    assert "Rédaction de la réponse" in first.current_html
    assert 'class="answer"' not in first.current_html
    assert "Documents lus" in first.sources_html
    assert "Documents lus" in second.sources_html  # what is said proves nothing yet
    assert "ne disent pas quand." in second.current_html
    assert "<button" not in second.current_html
    assert "Documents lus" not in third.sources_html
    assert 'id="source-1-1"' in third.sources_html
    assert final.turns[-1].state == "done"


@pytest.mark.parametrize(
    ("local", "by_default", "answerer", "waits"),
    [
        (True, True, "auto", True),
        (True, True, "extractive", False),
        (True, False, "auto", False),
        (True, False, "llm", True),
        (False, True, "auto", False),
    ],
)
def test_only_what_a_local_model_writes_waits_for_it(local: bool, by_default: bool, answerer: str, waits: bool) -> None:
    base, lines = WritingBase(), WaitingLines()
    base.model, base.model_name = SimpleNamespace(local=local), "modèle" if by_default else None
    base.go.set()
    with lines.writing.join() as another:
        assert another.wait(30)
        states = answer_in_turn(base, "Combien de quartiers à Lyon ?", (), None, lines, answerer)
        assert not isinstance(next(states), int)
        assert isinstance(next(states), int) is waits
        states.close()
    assert base.answerers == [answerer]
