"""What a language model is given to read."""

from __future__ import annotations

from chat_server import chat_server, saying
from kb.answering.writing.sentences import write
from kb.answering.writing.sentences_prompt import SYSTEM, read_by_model, user_prompt
from kb.models.chat.opening import open_chat_model
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


def test_three_long_units_are_cut_to_two_and_not_fewer() -> None:
    assert len(read_by_model([_unit(number, 3000) for number in range(3)])) == 2
    assert len(read_by_model([_unit(0, 3000)])) == 1


def _extract(evidence: Evidence) -> str:
    """The unit as the model reads it, without its number."""
    return user_prompt("?", [evidence]).removeprefix("Extraits :\n[1] ").removesuffix("\n\nQuestion : ?\nRéponse :")


def _with_text(text: str, *, title: str = "Titre", context: str = "", date: str | None = "2024") -> Evidence:
    document = Document(id="d", source="s", title=title, text=text, date=date)
    passage = Passage("p", document.id, 0, (), text, 0, len(text))
    return Evidence(passage, document, "sentence", text, 0, len(text), 1.0, context)


def test_units_are_read_up_to_560_characters_of_extracts() -> None:
    first, second = _with_text("a" * 200), _with_text("b" * 200)
    left = 560 - len(_extract(first)) - len(_extract(second)) - len("(Titre, 2024) ")
    assert len(read_by_model([first, second, _with_text("c" * left)])) == 3
    assert len(read_by_model([first, second, _with_text("c" * (left + 1))])) == 2


def test_an_extract_begins_with_its_title_and_date_then_what_stands_before_it() -> None:
    assert _extract(_with_text("Il finit.", context="Il commence.")) == "(Titre, 2024) Il commence. Il finit."
    assert _extract(_with_text("Il finit.", date=None)) == "(Titre, sans date) Il finit."


def _sentence(length: int) -> str:
    return ("mot " * length)[: length - 4].rstrip().ljust(length - 4, "x") + " fin"


def test_long_titles_contexts_and_units_are_cut_between_words() -> None:
    whole = _with_text(_sentence(320), title=_sentence(60), context=_sentence(90))
    assert _extract(whole) == f"({_sentence(60)}, 2024) {_sentence(90)} {_sentence(320)}"
    for text, title, context in [(321, 60, 90), (320, 61, 90), (320, 60, 91)]:
        cut = _extract(_with_text(_sentence(text), title=_sentence(title), context=_sentence(context)))
        assert cut.count("…") == 1
        assert cut.count("fin") == 2
        assert len(cut) <= len(_extract(whole))


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
