"""What editors do with test queries and feedback, without a page."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from kb.answering.serialize import answer_to_json
from kb.errors import QuestionsError
from kb.evaluation.desk import EvaluationDesk
from kb.evaluation.kept.queries import put_queries
from kb.evaluation.questions import EvaluationQuestion
from kb.evaluation.shown.page import to_html
from kb.knowledge import KnowledgeBase
from kb.records import feedback
from kb.records.database import AppDatabase
from kb.records.feedback import Feedback, Verdict, add_feedback
from kb.records.tables import EVALUATION_RUNS
from kb.rights.rights import Rights
from kb.types import Answer, Document, StoreStatus
from questions import recent
from scripted_base import ScriptedBase, answer_of

ANSWER = answer_of("12 Md€ [1].", cited={"a": "12 Md€"}, found=["a"])
WORSE = answer_of("Je ne trouve pas.", found=["a"], refused=True)
QUERIES = [
    EvaluationQuestion("q1", "Combien ?", documents=("a",), expected_facts=(("12 milliards",),)),
    EvaluationQuestion("q2", "Quel budget ?", documents=("a",), expected_facts=(("12 milliards",),)),
    EvaluationQuestion("q3", "Proposée ?", documents=("a",), reviewed=False),
]


class Base(ScriptedBase):
    """A scripted base with what the desk asks of it besides."""

    model_name = None

    def status(self) -> StoreStatus:
        return StoreStatus(documents=1, passages=1, withdrawn=0, generation=1, last_ingestion=None, encoder="tiny@1")

    def documents(self) -> list[Document]:
        return [Document(id="a", source="s", title="A", text="")]


@pytest.fixture
def base() -> Base:
    return Base({query.question: ANSWER for query in QUERIES})


@pytest.fixture
def desk(tmp_path: Path, base: Base) -> EvaluationDesk:
    with AppDatabase(tmp_path / "app.db") as database:
        put_queries(database, QUERIES)
    return EvaluationDesk(lambda: cast("KnowledgeBase", base), tmp_path / "app.db", 36_500)


def test_only_reviewed_queries_are_asked_and_only_those_wanted(desk: EvaluationDesk, base: Base) -> None:
    desk.evaluate()
    assert [question for question, *_ in base.seen] == ["Combien ?", "Quel budget ?"]
    base.seen.clear()
    desk.evaluate({"q2", "q3"})
    assert [question for question, *_ in base.seen] == ["Quel budget ?"]
    with pytest.raises(QuestionsError, match="pas de question de test"):
        desk.evaluate({"q3"})


def test_a_run_is_compared_with_the_last_finished_one_over_the_same_queries(desk: EvaluationDesk, base: Base) -> None:
    assert desk.evaluate().comparison is None
    assert desk.evaluate({"q1"}).comparison is None
    with pytest.raises(InterruptedError):
        desk.evaluate(progress=_interrupt)
    base.script = {**base.script, "Combien ?": WORSE}
    done = desk.evaluate()
    assert done.comparison is not None
    assert [(change.id, change.better) for change in done.comparison.changes] == [("q1", False)]
    assert [run.id for run in desk.runs()] == [4, 3, 2, 1]


def test_a_run_of_more_is_refused_before_anything_of_it_is_read(desk: EvaluationDesk, tmp_path: Path) -> None:
    number = desk.evaluate().run
    with AppDatabase(tmp_path / "app.db") as database, database.transaction() as connection:
        connection.execute(EVALUATION_RUNS.update().values(figures="{"))
    less = desk.seen_by(Rights.without(["rh"]))
    told = []
    for name in (number, number + 1):
        with pytest.raises(QuestionsError) as refused:
            less.report(name, lambda *_: "")
        told.append(str(refused.value).replace(str(name), "¤"))
    assert told[0] == told[1] == "¤ : il n'y a pas d'évaluation de ce numéro."
    with pytest.raises(ValueError, match="property name"):
        desk.report(number, lambda *_: "")  # whoever may see it has its figures read


def _must_not(*_: object) -> list[Feedback]:
    raise AssertionError("all feedback is read")


def test_a_feedback_becomes_a_query_and_is_no_longer_to_be_read(
    desk: EvaluationDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with AppDatabase(tmp_path / "app.db") as database:
        given: tuple[tuple[Verdict, Answer], ...] = (("good", ANSWER), ("good", WORSE), ("bad", ANSWER))
        for verdict, answer in given:
            add_feedback(database, recent(), verdict, None, "", answer_to_json(answer), 1)
    good, refused, bad = (desk.query_of(number) for number in (1, 2, 3))
    assert (good.documents, good.expected_facts, good.unanswerable) == (("a",), (("12 Md€",),), False)
    assert (refused.documents, refused.expected_facts, refused.unanswerable) == ((), (), True)
    assert (bad.documents, bad.expected_facts, bad.unanswerable) == ((), (), False)
    with monkeypatch.context() as patch:
        patch.setattr(feedback, "read_feedback", _must_not)  # not all of it, to find one
        desk.put(good)
        desk.dismiss(3)
        desk.dismiss(10**30)
        desk.seen_by(Rights.without(["réservé"])).dismiss(2)  # the answer was made of more
    assert [said.id for said in desk.feedback()] == [2]
    assert [query.id for query in desk.queries()] == ["q1", "q2", "q3", "avis-1"]
    assert desk.drop("avis-1")
    assert not desk.drop("avis-1")
    with pytest.raises(QuestionsError, match="99"):
        desk.query_of(99)


def _interrupt(_done: int, _total: int) -> None:
    raise InterruptedError


def test_a_report_leads_to_its_sources(desk: EvaluationDesk) -> None:
    done = desk.evaluate()
    part = desk.report(done.run, lambda name, start, end, quote: f"/lire?document={name}&debut={start}")
    assert '<a href="/lire?document=a&amp;debut=0">a</a>' in part
    assert "<a href" not in to_html(done.result).replace('<a href="#', "")  # a file of its own leads nowhere
