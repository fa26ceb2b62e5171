"""Erasing a document from everything that is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from kb.answering.serialize import answer_to_json
from kb.evaluation.kept.queries import put_queries, read_queries
from kb.evaluation.kept.runs import about_run, rows_of, run_and_keep
from kb.evaluation.questions import EvaluationQuestion
from kb.records.conversations import KeptTurn, SavedConversations
from kb.records.corrections import Correction, keep_correction, read_corrections
from kb.records.database import AppDatabase
from kb.records.erasure import ERASED
from kb.records.feedback import add_feedback, read_feedback
from kb.records.kept_answers import keep_answer
from kb.records.places import Place
from kb.types import StoreStatus
from scripted_base import ScriptedBase, answer_of

Holds = Callable[[bytes], bool]
NOW = "2026-11-27T08:00:00+00:00"


# Names that JSON writes in another way, and that stand for others in a pattern of SQL.
@pytest.mark.parametrize("name", ["secret.md", 'dit "secret" \\ é.md', "100%_sûr.md"])
def test_a_document_is_erased_from_every_thing_that_is_kept(place: Place, holds: Holds, name: str) -> None:
    cites = answer_of("Le trésor est ici [1].", cited={name: "Le trésor est ici"}, found=[name, "autre.md"])
    refuses = answer_of("Je ne trouve pas.", found=[name, "autre.md"], refused=True)
    other = answer_of("Rien [1].", cited={"100 xsûr.md": "Rien"}, found=["100 xsûr.md"])
    conversations = SavedConversations(place, 36_500)
    for number, answer in enumerate((cites, refuses, other), start=1):
        conversations.put("", "c", KeptTurn(number, NOW, 1, keep_answer(answer)))
    keep_correction(place, name, Correction({"date": {"was": None, "now": "2025"}}))
    keep_correction(place, "autre.md", Correction({"date": {"was": None, "now": "2024"}}))
    with AppDatabase(place) as database:
        add_feedback(database, NOW, "good", None, "", answer_to_json(cites), 1)
        put_queries(database, [EvaluationQuestion("q1", "Où ?", documents=(name, "autre.md"))])
        # Two turns, a feedback, a query, a correction; nothing is left to do the second time.
        assert [database.erase_documents([name]) for _ in range(2)] == [5, 0]
        assert [said.answer["answer"] for said in read_feedback(database)] == [ERASED]
        assert [query.documents for query in read_queries(database)] == [("autre.md",)]
    kept = conversations.get("", "c")
    conversations.close()
    assert kept is not None
    answers = [turn.answer for turn in kept.turns]
    assert [answer["answer"] for answer in answers] == [ERASED, "Je ne trouve pas.", "Rien [1]."]
    assert [answer["citations"] == [] for answer in answers] == [True, True, False]
    assert [[document["id"] for document in answer["closest"]] for answer in answers] == [[], ["autre.md"], []]
    assert list(read_corrections(place)) == ["autre.md"]
    assert not holds("trésor".encode())


def test_a_query_whose_name_was_taken_is_erased_with_its_rows(place: Place) -> None:
    """It was made of the document too, though it is kept and told under another name than its own."""
    proposed = EvaluationQuestion("proposition-secret-md-1", "Où ?", documents=("secret.md",))
    both = replace(proposed, documents=("secret.md", "autre.md"))
    other = EvaluationQuestion("seule", "Quoi ?", documents=("autre.md",))
    alone = EvaluationQuestion("seule", "Et le trésor ?", documents=("secret.md",))
    status = StoreStatus(documents=2, passages=4, withdrawn=0, generation=3, last_ingestion=None, encoder="tiny@1")
    with AppDatabase(place) as database:
        for query in (proposed, both, other, alone):
            put_queries(database, [query], may_see=lambda _query, _needed: False)  # others wrote those before
        queries = read_queries(database)
        assert len({query.id for query in queries}) == 4
        said = answer_of("Rien [1].", cited={"autre.md": "Rien"})
        base = ScriptedBase({query.question: replace(said, question=query.question) for query in queries})
        about = about_run("q.jsonl", queries, status, answerer="auto", answers=True, model="")
        run, _ = run_and_keep(database, base, queries, about)
        database.erase_documents(["secret.md"])
        assert read_queries(database) == [other]
        assert list(rows_of(database, run)) == ["seule"]


def test_what_an_exception_leaves_is_not_kept(place: Place) -> None:
    with AppDatabase(place) as database:
        put_queries(database, [EvaluationQuestion("q1", "Où ?")])
        with pytest.raises(IntegrityError):
            _delete_then_fail(database)
        assert [query.id for query in read_queries(database)] == ["q1"]


def _delete_then_fail(database: AppDatabase) -> None:
    with database.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM test_queries")
        connection.exec_driver_sql("INSERT INTO test_queries (id) VALUES ('q2')")
