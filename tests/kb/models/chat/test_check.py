"""Measuring a model over real HTTP, by a clock of the test; the real local model once."""

from __future__ import annotations

import pytest

from chat_server import Behaviour, chat_server, failing, saying
from kb.errors import LanguageModelError
from kb.models.chat import check_texts as texts
from kb.models.chat.check import measure
from kb.models.chat.gguf import InstalledModel, LocalServer
from kb.models.chat.llm import ChatModel
from kb.models.chat.profile import Measurement
from measured_server import MeasuredModel, PlannedClock


def measured(
    behaviour: Behaviour, clock: PlannedClock | None = None, *, context_tokens: int = 16_384, local: bool = False
) -> Measurement:
    with chat_server(behaviour) as server:
        model = ChatModel("m", lambda: server.address, context_tokens=context_tokens, local=local, subject="s")
        return measure(model, "", clock or PlannedClock())


def test_speeds_come_from_what_the_server_counts() -> None:
    model = MeasuredModel(read_speed=800.0, written_speed=40.0)
    found = measured(model, model.clock)
    assert (found.read_speed, found.written_speed) == (800.0, 40.0)
    assert found.read_tokens == max(model.read) > 4_000
    assert (found.subject, found.context_tokens, found.processor) == ("s", 16_384, "")
    assert (found.cited, found.asked, found.refuses, found.french, found.reads_long) == (2, 2, True, True, True)
    assert found.seconds_whole(6000) == pytest.approx(6000 / 800 + 250 / 40)
    assert found.seconds_of_sentences == pytest.approx(380 / 800 + 220 / 40)


def test_a_server_that_refuses_to_count_is_measured_by_our_own_count() -> None:
    model = MeasuredModel(counts=False)
    found = measured(model, model.clock)
    assert found.read_speed == pytest.approx(1000.0, rel=0.1)
    assert found.reads_long


def test_a_long_text_is_not_tried_where_it_would_take_too_long() -> None:
    model = MeasuredModel(read_speed=100.0)
    found = measured(model, model.clock, local=True)
    assert found.reads_long is None
    assert found.judges is None  # of a local model nobody asks it
    assert found.read_speed == 100.0
    assert 380 < found.read_tokens == max(model.read) < 1_000
    # A server may give less context than it is thought to.
    assert measured(model, model.clock).reads_long is True


def test_a_small_context_is_never_overrun() -> None:
    model = MeasuredModel()
    found = measured(model, model.clock, context_tokens=1_024)
    assert found.read_tokens < 1_000
    found = measured(model, model.clock, context_tokens=4_096, local=True)
    assert 2_000 < found.read_tokens < 3_500
    assert found.reads_long


@pytest.mark.parametrize("model", [MeasuredModel(keeps=6_000), MeasuredModel(most=6_000)])
def test_a_server_that_cuts_or_refuses_a_long_text_is_found_out(model: MeasuredModel) -> None:
    found = measured(model, model.clock)
    assert found.reads_long is False
    assert found.cited == 2


@pytest.mark.parametrize(
    ("model", "seen"),
    [
        (MeasuredModel(cites=False), {"cited": 0}),
        (MeasuredModel(refuses=False), {"refuses": False}),
        (MeasuredModel(french=False), {"french": False, "cited": 2}),
        (MeasuredModel(judges=False), {"judges": False, "cited": 2}),
    ],
)
def test_what_a_model_does_not_do_is_seen(model: MeasuredModel, seen: dict[str, object]) -> None:
    found = measured(model, model.clock)
    assert {name: getattr(found, name) for name in seen} == seen


def test_a_model_that_says_nonsense_fails_everything() -> None:
    found = measured(saying("Sure! ", "The answer is [99]."))
    assert (found.cited, found.refuses, found.french, found.reads_long) == (0, False, False, False)
    assert found.judges is False


@pytest.mark.parametrize("behaviour", [failing(401), failing(404), saying()])
def test_a_model_that_cannot_be_had_is_told(behaviour: Behaviour) -> None:
    with pytest.raises(LanguageModelError):
        measured(behaviour)


def test_no_prompt_begins_as_another_did() -> None:
    """Or else a server that remembers would seem to read fast."""
    model = MeasuredModel()
    with chat_server(model) as server:
        for _ in range(2):
            measure(ChatModel("m", lambda: server.address, context_tokens=16_384), "", model.clock)
        prompts = [request["messages"][1]["content"] for request in server.requests]
    registers = [prompt for prompt in prompts if prompt.startswith("Référence")]
    assert len(registers) == 4
    assert len({prompt[:30] for prompt in registers}) == 4


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ("1 : oui\n2 : non\n3 : oui\n4 : non\n5 : non\n6 : oui", True),
        ("(1) : Oui.\n(2) : Non.\n(3) : Oui.\n(4) : Non.\n(5) : Non.\n(6) : Oui.", True),
        ("1 : oui\n2 : non\n3 : oui\n4 : non\n5 : oui\n6 : oui", False),
        ("1 : oui\n2 : non\n3 : oui\n4 : non\n5 : non", False),
        ("Toutes les phrases sont vraies.", False),
    ],
)
def test_all_verdicts_have_to_be_right(answer: str, right: bool) -> None:
    assert texts.judges_right(answer) is right


@pytest.mark.parametrize(
    ("answer", "cited"),
    [
        ("Elle peut les garder 21 jours [3].", True),
        ("Vingt-et-un jours. [Passage 3]", True),
        ("Elle peut les garder 21 jours.", False),
        ("Elle peut les garder 21 jours [1].", False),
        ("Elle peut les garder 21 jours [1][3].", False),
        ("Elle peut les garder trois jours [3].", False),
    ],
)
def test_a_citation_is_right_when_fact_and_number_are(answer: str, cited: bool) -> None:
    assert texts.is_cited(answer, texts.QUESTIONS[0]) is cited


@pytest.mark.parametrize(
    ("answer", "refused"),
    [
        ("Les documents ne permettent pas de répondre.", True),
        ("Aucun passage n’indique ce salaire.", True),
        ("Le salaire de la directrice n'est pas mentionné.", True),
        ("Elle gagne 14 euros par an [1].", False),
        ("La ludothèque ferme pendant les vacances [2].", False),
    ],
)
def test_a_refusal_is_told_from_an_answer(answer: str, refused: bool) -> None:
    assert texts.is_refused(answer) is refused


def test_the_real_local_model_is_measured(local_model: InstalledModel) -> None:
    server = LocalServer(local_model.path)
    model = ChatModel(local_model.name, server.address, timeout=300.0, local=True, close=server.close, subject="x")
    # A budget that the short text already fills: how fast this machine is does not matter here.
    model.reading_budget = 400
    try:
        found = measure(model, "essai")
    finally:
        model.close()
    assert found.french
    assert found.cited >= 1
    assert found.read_tokens > 380
    assert found.reads_long is None
