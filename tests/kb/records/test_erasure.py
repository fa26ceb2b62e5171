"""What an answer and a test query lose with a document, and what is written while it is being erased."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from kb.answering.serialize import answer_to_json
from kb.index.catalog.journal import mark
from kb.records.conversations import KeptTurn, SavedConversations
from kb.records.database import AppDatabase
from kb.records.erasure import ERASED, Erased, answer_without, is_made_from, query_without
from kb.records.feedback import add_feedback, read_feedback
from kb.records.kept_answers import keep_answer
from kb.records.places import Place
from scripted_base import answer_of

NOW = "2026-11-27T08:00:00+00:00"
GONE = Erased(frozenset([mark("secret.md")]), ("secret.md",))
CITES = answer_of("Le trésor est ici [1].", cited={"secret.md": "Le trésor est ici"}, found=["secret.md", "autre.md"])
FINDS = answer_of("Rien [1].", cited={"autre.md": "Rien"}, found=["autre.md", "secret.md"])


def test_an_answer_keeps_its_words_unless_they_are_the_documents() -> None:
    kept = answer_without(answer_to_json(replace(FINDS, warnings=("Daté.",))), GONE)
    assert (kept["answer"], kept["warnings"], kept["retrieved"]) == ("Rien [1].", ["Daté."], ["autre.md"])
    cut = answer_without(answer_to_json(replace(CITES, warnings=("Le trésor date.",))), GONE)
    assert (cut["answer"], cut["warnings"], cut["citations"]) == (ERASED, [], [])
    assert cut["question"] == "Q ?"


def test_the_nearest_sentences_lose_those_of_an_erased_document() -> None:
    near = answer_of("Ils en parlent.", nearest={"secret.md": "Le trésor est ici", "autre.md": "Rien"})
    for written in (answer_to_json(near), keep_answer(near)):
        kept = answer_without(written, GONE)
        assert [citation["document"] for citation in kept["nearest"]] == ["autre.md"]
        assert "trésor" not in str(kept)
        assert kept["answer"] == "Ils en parlent."
    from_before = {name: value for name, value in answer_to_json(near).items() if name != "nearest"}
    assert "nearest" not in answer_without(from_before, GONE)


def test_a_models_warnings_may_speak_of_what_it_was_shown_and_did_not_cite() -> None:
    written = replace(FINDS, answerer="llm", model="m", warnings=("Phrase retirée : « Le trésor est ici »",))
    kept = answer_without(answer_to_json(written), GONE)
    assert (kept["answer"], kept["warnings"]) == ("Rien [1].", [])


def test_a_query_keeps_what_a_document_that_is_left_says() -> None:
    query = {
        "id": "q",
        "question": "Où ?",
        "documents": ["secret.md", "autre.md"],
        "expected_facts": ["le trésor", ["RIEN", "le trésor"]],
        "history": [
            {"role": "user", "content": "Et le trésor ?"},
            {"role": "assistant", "content": "Le trésor est ici."},
            {"role": "assistant", "content": "Rien du tout"},
        ],
    }
    kept = query_without(query, GONE, lambda names: [f"{name}\nRien  du tout." for name in names])
    assert kept == {
        "id": "q",
        "question": "Où ?",
        "documents": ["autre.md"],
        "expected_facts": [["RIEN"]],
        "history": [
            {"role": "user", "content": "Et le trésor ?"},
            {"role": "assistant", "content": ERASED},
            {"role": "assistant", "content": "Rien du tout"},
        ],
    }
    assert query_without(query | {"documents": ["secret.md"]}, GONE) is None
    assert query_without(query | {"documents": ["autre.md"]}, GONE) == query | {"documents": ["autre.md"]}
    assert query_without({"id": "q", "question": "Q ?", "unanswerable": True}, GONE) is not None


@pytest.mark.parametrize(
    ("question", "document", "is_so"),
    [
        ("proposition-secret-md-1", "secret.md", True),
        ("proposition-a-b_é-md-12", "a/b_é.md", True),
        ("proposition-secret-md-1~0a1b2c", "secret.md", True),
        ("proposition-secret-md-1-1", "secret.md", False),
        ("proposition-secret-md-1~autre", "secret.md", False),
        ("proposition-secret-mdx-1", "secret.md", False),
        ("avis-1", "avis", False),
    ],
)
def test_proposed_questions_are_known_by_their_id(question: str, document: str, is_so: bool) -> None:
    assert is_made_from(question, [document]) == is_so


def test_what_is_written_meanwhile_is_erased_or_cut_short(place: Place, holds: Callable[[bytes], bool]) -> None:
    conversations = SavedConversations(place, 36_500)
    go_on = threading.Event()
    written = [0, 0]

    def write(mine: int) -> None:
        with AppDatabase(place) as database:
            while not go_on.is_set() or written[mine] < 5:
                add_feedback(database, NOW, "good", None, "", answer_to_json(CITES), 1)
                conversations.put("", f"c{mine}", KeptTurn(written[mine] + 1, NOW, 1, keep_answer(CITES)))
                written[mine] += 1
                time.sleep(0.005)  # SQLite's lock is not fair: who never rests starves the others

    threads = [threading.Thread(target=write, args=(mine,), daemon=True) for mine in range(2)]
    for thread in threads:
        thread.start()
    with AppDatabase(place) as database:
        while min(written) < 2:
            time.sleep(0.01)
        database.erase_documents(["secret.md"])
        go_on.set()
        for thread in threads:
            thread.join()
        assert {said.answer["answer"] for said in read_feedback(database)} == {ERASED}
        assert len(read_feedback(database)) == sum(written)
    for mine in range(2):
        kept = conversations.get("", f"c{mine}")
        assert kept is not None
        assert [turn.number for turn in kept.turns] == list(range(1, written[mine] + 1))
    conversations.close()
    assert not holds("trésor".encode())
