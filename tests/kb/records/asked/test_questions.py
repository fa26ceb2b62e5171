"""What is kept of the questions that are asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kb.records.asked.questions import AskedQuestions, asked_of
from kb.records.places import Place
from kb.rights.rights import WHOLE, Rights
from kb.settings import Settings
from questions import answered, moment, refused


@pytest.fixture
def kept(place: Place) -> AskedQuestions:
    return AskedQuestions(place, 365)


def test_words_are_kept_only_of_what_no_document_proved(kept: AskedQuestions) -> None:
    kept.answered(answered("Qui finance ?", 0.5), "page", moment(2))
    kept.answered(refused("Et en 2020 ?", "unsaid", "Qui finance en 2020 ?"), "api", moment(3))
    kept.answered(answered("Où ?", documents=()), "mcp", moment(4))
    kept.failed("page", moment(5))
    found = kept.since()
    assert [(asked.way, asked.outcome, asked.question, asked.understood) for asked in found] == [
        ("page", "answered", "", ""),
        ("api", "refused", "Et en 2020 ?", "Qui finance en 2020 ?"),
        ("mcp", "unsourced", "Où ?", "Où ?"),
        ("page", "failed", "", ""),
    ]
    assert [asked.seconds for asked in found] == [0.5, 0.5, 0.5, None]
    assert [asked.understood for asked in kept.missed()] == ["Qui finance en 2020 ?", "Où ?"]
    assert [asked.at for asked in kept.since(moment(4).isoformat())] == [asked.at for asked in found[2:]]


def test_what_is_settled_is_no_longer_to_be_read(kept: AskedQuestions) -> None:
    kept.answered(refused("Où ?"), "page")
    kept.answered(answered("Qui ?"), "page")
    first, second = kept.since()
    assert kept.set_status([first.id, second.id, 999], "missing") == 1  # nothing is missed of the one answered
    assert kept.missed() == []
    assert [asked.id for asked in kept.missed("missing")] == [first.id]


def test_all_goes_after_the_retention(tmp_path: Path) -> None:
    kept = AskedQuestions(tmp_path / "app.db", 7)
    kept.answered(refused("Avant ?"), "page", moment(2))
    kept.answered(refused("Après ?"), "page", moment(10))
    assert kept.purge(moment(12)) == 1
    assert [asked.question for asked in kept.since()] == ["Après ?"]
    kept.close()
    assert "Avant" not in (tmp_path / "app.db").read_bytes().decode("latin-1")


def test_without_retention_nothing_is_kept_and_what_there_was_goes(settings: Settings) -> None:
    kept = asked_of(settings)
    assert kept is not None
    kept.answered(refused("Où ?"), "page")
    kept.close()
    assert asked_of(replace(settings, retention_days=0)) is None
    again = asked_of(settings)
    assert again is not None
    assert again.since() == []
    again.close()


def test_what_was_understood_after_an_erased_document_is_told_as_it_was_asked(kept: AskedQuestions) -> None:
    kept.answered(refused("Et lui ?", understood="Et Jean Martin ?"), "page")
    kept._database().erase_documents(["a.md"])
    kept.answered(refused("Et elle ?", understood="Et Jeanne Martin ?"), "page")
    assert [asked.understood for asked in kept.since()] == ["Et lui ?", "Et elle ?"]


def test_what_cannot_be_kept_does_not_cost_the_answer(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "app.db").write_bytes(b"ce fichier n'est pas une base" * 100)
    AskedQuestions(tmp_path / "app.db", 365).answered(answered("Qui ?"), "page")
    assert "keeping how a question ended failed" in caplog.text


def test_what_was_asked_with_more_rights_is_not_told(kept: AskedQuestions) -> None:
    little, more = Rights.without(["rh", "achats"]), Rights.without(["achats"])
    for rights in (little, more, WHOLE):
        kept.answered(answered("Qui ?"), "page", moment(2), rights)
        kept.failed("api", moment(2), rights)
    assert [len(kept.since(rights=rights)) for rights in (little, more, Rights.without(["rh"]), WHOLE)] == [2, 4, 2, 6]
