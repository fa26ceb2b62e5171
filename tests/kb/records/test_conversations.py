"""Conversations that are saved and those that pass: who sees them, what takes whose place, what goes and when."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from kb.records import conversations
from kb.records.conversations import Conversations, KeptTurn, PassingConversations, SavedConversations
from kb.records.kept_answers import keep_answer, kept_answer
from kb.records.places import ServerPlace
from scripted_base import answer_of

NOW = datetime.now(UTC)


def turn(number: int, text: str = "Oui [1].", days_ago: int = 0) -> KeptTurn:
    at = (NOW - timedelta(days=days_ago)).isoformat(timespec="seconds")
    return KeptTurn(number, at, 1, keep_answer(answer_of(text, cited={"a": "Oui"}, found=["a"])))


@pytest.fixture(params=["saved", "on a server", "passing"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Conversations]:
    found: Conversations = PassingConversations()
    if request.param != "passing":
        is_file = request.param == "saved"
        found = SavedConversations(
            tmp_path / "app.db" if is_file else ServerPlace(request.getfixturevalue("database")), 30
        )
    yield found
    found.close()


def test_a_turn_takes_the_place_of_the_one_of_its_number_and_of_those_after_it(kept: Conversations) -> None:
    for number in (1, 2, 3):
        kept.put("anne", "c", turn(number, f"Réponse {number}."))
    kept.put("anne", "c", turn(2, "Autre réponse."))
    found = kept.get("anne", "c")
    assert found is not None
    assert [(held.number, held.answer["answer"]) for held in found.turns] == [(1, "Réponse 1."), (2, "Autre réponse.")]


def test_nobody_sees_or_erases_what_is_another_persons(kept: Conversations) -> None:
    kept.put("anne", "c", turn(1))
    assert kept.get("bob", "c") is None
    assert kept.list("bob") == []
    assert kept.erase("bob") == kept.erase("bob", "c") == 0
    assert kept.get("anne", "c") is not None


def test_one_is_erased_or_all_of_a_person(kept: Conversations) -> None:
    for person, name in (("anne", "a"), ("anne", "b"), ("anne", "c"), ("bob", "d")):
        kept.put(person, name, turn(1))
    assert kept.erase("anne", "b") == 1
    assert {found.id for found in kept.list("anne")} == {"a", "c"}
    assert kept.erase("anne") == 2
    assert kept.list("anne") == []
    assert [found.id for found in kept.list("bob")] == ["d"]


def test_the_last_ones_are_listed_newest_first_without_their_turns(kept: Conversations) -> None:
    for name, days in (("a", 3), ("b", 2), ("c", 1)):
        kept.put("", name, turn(1, days_ago=days))
    assert [(found.id, found.turns) for found in kept.list("", 2)] == [("c", ()), ("b", ())]


def test_what_nothing_was_added_to_within_the_retention_goes(tmp_path: Path) -> None:
    kept = SavedConversations(tmp_path / "app.db", 30)
    kept.put("", "new", turn(1))  # purges; the others come after
    kept.put("", "old", turn(1, days_ago=40))
    kept.put("", "gone on with", turn(1, days_ago=40))
    kept.put("", "gone on with", turn(2, days_ago=1))
    assert kept.purge() == 1
    assert {found.id for found in kept.list("")} == {"new", "gone on with"}
    kept.close()


def test_old_ones_go_while_others_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = SavedConversations(tmp_path / "app.db", 30)
    kept.put("", "first", turn(1))  # purges
    kept.put("", "old", turn(1, days_ago=40))
    assert {found.id for found in kept.list("")} == {"first", "old"}
    later = time.monotonic() + 2 * 3600
    # The clock of this module alone: servers of the session would sleep until that of all comes there.
    monkeypatch.setattr(conversations, "time", SimpleNamespace(monotonic=lambda: later))
    kept.put("", "second", turn(1))
    assert {found.id for found in kept.list("")} == {"first", "second"}
    kept.close()


def test_only_the_last_passing_conversations_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversations, "_MOST_PASSING", 2)
    kept = PassingConversations()
    for name in "abc":
        kept.put("", name, turn(1))
    assert [found.id for found in kept.list("")] == ["c", "b"]
    assert kept.get("", "a") is None


def test_what_is_erased_leaves_no_trace_in_the_file(tmp_path: Path) -> None:
    kept = SavedConversations(tmp_path / "app.db", 30)
    kept.put("", "a", turn(1, "Un trésor [1]."))
    kept.put("", "b", turn(1))
    kept.erase("", "a")
    kept.close()
    assert all("trésor".encode() not in file.read_bytes() for file in tmp_path.iterdir())


def test_a_refusal_is_kept_with_its_closest_documents_each_once() -> None:
    found = ["a", "b", "a", "c", "d", "e"]
    refused = keep_answer(answer_of("Je ne trouve pas.", found=found, refused=True))
    assert [document["id"] for document in refused["closest"]] == ["a", "b", "c", "d"]
    assert [hit.document.id for hit in kept_answer(refused).hits] == ["a", "b", "c", "d"]
    assert keep_answer(answer_of("Oui [1].", cited={"a": "Oui"}, found=found))["closest"] == []


def test_an_answer_is_the_same_once_kept_but_for_the_texts() -> None:
    answer = answer_of("Oui [1].", cited={"a": "Oui"}, found=["a"], confidence=0.75)
    again = kept_answer(keep_answer(answer))
    (before,), (after,) = answer.citations, again.citations
    assert after == replace(before, document=replace(before.document, text=""))
    assert (again.text, again.refused, again.warnings) == (answer.text, answer.refused, answer.warnings)
    assert again.confidence == 0.75


def test_the_nearest_sentences_are_kept_as_citations_are() -> None:
    answer = answer_of("Ils en parlent.", nearest={"a": "Voilà."}, found=["a"])
    again = kept_answer(json.loads(json.dumps(keep_answer(answer))))
    (before,), (after,) = answer.nearest, again.nearest
    assert after == replace(before, document=replace(before.document, text=""))
    assert (again.reason, again.citations) == ("unsaid", ())


def test_an_answer_from_before_there_were_nearest_sentences_comes_back() -> None:
    kept = {name: value for name, value in keep_answer(answer_of("Non.", refused=True)).items() if name != "nearest"}
    assert kept_answer(kept).nearest == ()


def test_one_is_renamed_and_pinned_by_who_it_is_of(kept: Conversations) -> None:
    kept.put("anne", "c", turn(1))
    assert not kept.change("bob", "c", title="À moi")
    assert kept.change("anne", "c", title="Budget")
    assert kept.change("anne", "c", pinned=True)
    kept.put("anne", "c", turn(2))
    (listed,) = kept.list("anne")
    assert (listed.title, listed.pinned) == ("Budget", True)
    found = kept.get("anne", "c")
    assert found is not None
    assert (found.title, found.pinned, len(found.turns)) == ("Budget", True, 2)
