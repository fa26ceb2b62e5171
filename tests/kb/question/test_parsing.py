"""One parse says all that is asked of a question, in one state of the index."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from ingest.pipeline import ingest
from kb.index.embedded import reader
from kb.index.embedded.reader import EmbeddedReader
from kb.models.encoder import Encoder
from kb.question.parsing import QuestionParser, inverse_document_frequency
from kb.settings import Settings
from kb.text.stems import stem
from questions import parsed


@pytest.fixture
def index(tmp_path: Path, settings: Settings, tiny_encoder: Encoder) -> EmbeddedReader:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "dpo.md").write_text("Le délégué à la protection des données (DPO) répond.", encoding="utf-8")
    (folder / "ecole.md").write_text("L'école de Tourcoing sert deux cents repas en 2019.", encoding="utf-8")
    ingest([folder], settings, tiny_encoder)
    return EmbeddedReader(settings.store, tiny_encoder)


def test_a_question_is_parsed_whole(index: EmbeddedReader) -> None:
    parser = QuestionParser(index)
    with index.lease() as lease:
        question = parser.parse("Et à Tourcoing ?", lease, "Combien de repas sert l'école de Tourcoing en 2019 ?")
    index.close()
    assert question.text == "Et à Tourcoing ?"
    assert question.standalone.startswith("Combien")
    assert question.figure == "number"
    assert question.wants_one_figure
    assert question.names == ("Tourcoing",)
    assert question.years == {2019}
    assert {stem for group in question.groups for way in group for stem in way.stems} <= question.rarities.keys()
    # One passage of two holds it.
    assert question.rarity("tourcoing") == pytest.approx(inverse_document_frequency(1, 2))
    assert question.rarity(stem("repas")) == question.rarity("tourcoing")


def test_a_word_that_the_base_does_not_hold_is_the_rarest(index: EmbeddedReader) -> None:
    with index.lease() as lease:
        question = QuestionParser(index).parse("Que sait-on de Xyzzyville et de Tourcoing ?", lease)
    index.close()
    assert question.rarity("xyzzyvill") > question.rarity("tourcoing") > 0


def test_without_an_index_a_question_is_understood_all_the_same(index: EmbeddedReader) -> None:
    question = QuestionParser(index).parse("Quand l'école a-t-elle ouvert ?", None)
    index.close()
    assert question.figure == "date"
    assert question.embedded == question.text
    assert question.groups == ()


def test_acronyms_are_those_of_the_base_of_the_file_and_of_every_day(
    index: EmbeddedReader, tmp_path: Path, settings: Settings, tiny_encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "SECONDS_BETWEEN_LOOKS", 0.0)
    parser = QuestionParser(index, {"tép": ("travail en équipe",)})
    with index.lease() as lease:
        known = parser.acronyms(lease)
        assert known["tep"] == ("travail en équipe",)
        assert known["mail"] == ("courriel", "courrier électronique")
        assert "mail" not in QuestionParser(index, {"mail": ()}).acronyms(lease)
        assert "tep" not in QuestionParser(index).acronyms(lease)
    (tmp_path / "docs" / "ush.md").write_text("L'Union sociale pour l'habitat (USH) signe.", encoding="utf-8")
    ingest([tmp_path / "docs"], settings, tiny_encoder)
    with index.lease() as lease:
        assert parser.acronyms(lease)["ush"] == ("Union sociale pour l'habitat",)
    index.close()


def test_an_empty_base_knows_no_acronym(index: EmbeddedReader) -> None:
    assert QuestionParser(index).acronyms(None) == {}
    index.close()


@pytest.mark.parametrize(
    ("text", "figure", "one"),
    [
        ("Quelle part vient de la ville ?", "share", True),
        ("Compare le budget de 2018 et celui de 2021", "number", False),
        ("Qui préside ?", None, False),
    ],
)
def test_whether_one_figure_is_the_answer(text: str, figure: str | None, one: bool) -> None:
    question = parsed(text)
    assert (question.figure, question.wants_one_figure) == (figure, one)


def test_rarity_is_that_of_bm25() -> None:
    assert inverse_document_frequency(0, 10) == pytest.approx(math.log(1 + 10.5 / 0.5))
    assert inverse_document_frequency(10, 10) == pytest.approx(math.log(1 + 0.5 / 10.5))


def test_what_editors_write_counts_from_the_next_question_on(index: EmbeddedReader) -> None:
    written: list[tuple[str, tuple[str, ...]]] = []
    parser = QuestionParser(index, edited=lambda _: tuple(written))
    asked = "Que fait le DPO ?"  # one document alone does not explain it: its initials do not spell it
    with index.lease() as lease:
        assert parser.parse(asked, lease).embedded == asked
        written.append(("dpo", ("école de Tourcoing",)))
        assert "école de Tourcoing" in parser.parse(asked, lease).embedded
        assert parser.acronyms(lease)["dpo"] == ("école de Tourcoing",)
        written[0] = ("dpo", ())  # hidden
        assert parser.parse(asked, lease).embedded == asked
        assert "dpo" not in parser.acronyms(lease)
    assert parser.explained() == ()  # what documents say, whatever editors make of it
    index.close()
