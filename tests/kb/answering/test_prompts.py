"""What a language model is given to read."""

from __future__ import annotations

from chat_server import chat_server, saying
from kb.answering.generative import write
from kb.answering.prompts import SYSTEM, read_by_model, user_prompt
from kb.models.chat.llm import open_chat_model
from kb.settings import Settings
from kb.types import Document, Evidence, Passage

_CHARACTERS_A_TOKEN = 2.9


def _unit(number: int, length: int) -> Evidence:
    text = f"Phrase {number} " + "mot " * (length // 4)
    document = Document(id=f"d{number}", source="s", title="Titre", text=text, date="2024-01-01")
    passage = Passage(f"p{number}", document.id, 0, (), text, 0, len(text))
    return Evidence(passage, document, "sentence", text, 0, len(text), 1.0)


def test_six_long_units_do_not_all_fit_and_the_prompt_stays_short() -> None:
    units = [_unit(number, 300) for number in range(6)]
    read = read_by_model(units)
    assert 2 <= len(read) < 6
    assert list(read) == units[: len(read)]
    assert (len(SYSTEM) + len(user_prompt("Quelle est la question ?", read))) / _CHARACTERS_A_TOKEN <= 500


def test_short_units_are_all_read() -> None:
    units = [_unit(number, 80) for number in range(4)]
    assert list(read_by_model(units)) == units


def test_two_units_are_read_whatever_their_length() -> None:
    assert len(read_by_model([_unit(0, 3000), _unit(1, 3000)])) == 2


def test_what_is_sent_to_the_model_is_no_more_than_that() -> None:
    units = [_unit(number, 300) for number in range(6)]
    with chat_server(saying("Phrase 0 mot mot. [1]")) as server:
        model = open_chat_model(Settings(llm_url=server.address, llm_model="m"))
        assert model is not None
        *_, last = write(model, "Quelle est la question ?", units)
        model.close()
        sent = server.requests[0]["messages"][-1]["content"]
    assert sent == user_prompt("Quelle est la question ?", read_by_model(units))
    assert "[6]" not in sent
    # What it did not read stands below, word for word.
    assert len(last.citations) == len(units)
