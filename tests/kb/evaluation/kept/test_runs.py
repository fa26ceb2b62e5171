"""Runs that are kept, resumed, compared and shown; a broken retriever does not get past them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

from bundled import CORPUS, IngestedCorpus
from kb.errors import QuestionsError, StoreError
from kb.evaluation.asking import evaluate
from kb.evaluation.comparison import compare, paired_p_value
from kb.evaluation.diagnosis import diagnose
from kb.evaluation.kept.runs import about_run, evaluation_runs, rows_of, run_and_keep, scores_of
from kb.evaluation.questions import EvaluationQuestion, read_questions
from kb.evaluation.report import failed_gates, to_json
from kb.evaluation.results import EvaluationResult, QuestionResult
from kb.evaluation.shown.page import to_html
from kb.evaluation.tables import to_jsonl
from kb.index.embedded.reader import EmbeddedReader
from kb.knowledge import KnowledgeBase
from kb.records.database import AppDatabase
from kb.records.erasure import ERASED
from kb.records.tables import EVALUATION_ROWS
from kb.types import Answer, Hit, Message, StoreStatus
from scripted_base import ScriptedBase, answer_of

STATUS = StoreStatus(documents=2, passages=4, withdrawn=0, generation=3, last_ingestion=None, encoder="tiny@1")
QUESTIONS = [
    EvaluationQuestion("q1", "Combien ?", documents=("a",), expected_facts=(("12 milliards",),)),
    EvaluationQuestion("q2", "Qui <b>signe</b> ?", documents=("b",), expected_facts=(("Dupont",),)),
    EvaluationQuestion("q3", "Quel salaire ?", unanswerable=True),
    EvaluationQuestion(
        "q4",
        "Quel budget ?",
        documents=("a",),
        expected_facts=(("12 milliards",),),
        forbidden_facts=(("10 milliards",),),
    ),
]
GOOD = {
    "Combien ?": answer_of("12 Md€ [1].", cited={"a": "12 Md€"}, found=["a", "b"]),
    "Qui <b>signe</b> ?": answer_of("M. Durand [1].", cited={"a": "M. Durand"}, found=["a", "b"]),
    "Quel salaire ?": answer_of("120 000 € [1].", cited={"a": "120 000 €"}, found=["a"]),
    "Quel budget ?": answer_of("10 milliards [1].", cited={"a": "10 milliards"}, found=["a"]),
}


def about(**others: object) -> dict[str, object]:
    return {**about_run("q.jsonl", QUESTIONS, STATUS, answerer="auto", answers=True, model=""), **others}


@pytest.fixture
def database(tmp_path: Path) -> AppDatabase:
    return AppDatabase(tmp_path / "app.db")


def test_a_run_is_kept_with_all_that_it_depends_on(database: AppDatabase) -> None:
    number, result = run_and_keep(database, ScriptedBase(GOOD), QUESTIONS, about())
    (kept,) = evaluation_runs(database)
    assert (kept.id, kept.about["generation"], kept.about["encoder"]) == (number, 3, "tiny@1")
    assert kept.seconds is not None
    assert kept.figures is not None
    assert kept.figures["fact_recall"]["value"] == to_json(result)["fact_recall"]["value"] == pytest.approx(1 / 3)
    assert list(rows_of(database, number)) == ["q1", "q2", "q3", "q4"]
    assert scores_of(database, str(number)) == {asked.question.id: asked.scores for asked in result.results}


def test_an_interrupted_run_is_gone_on_with(database: AppDatabase) -> None:
    class Interrupted(ScriptedBase):
        def ask(self, question: str, *, history: Sequence[Message] = (), answerer: str = "auto") -> Answer:
            if question == "Quel salaire ?":
                raise KeyboardInterrupt
            return super().ask(question, history=history, answerer=answerer)

    with pytest.raises(KeyboardInterrupt):
        run_and_keep(database, Interrupted(GOOD), QUESTIONS, about())
    base = ScriptedBase(GOOD)
    number, result = run_and_keep(database, base, QUESTIONS, about(), resume=True)
    assert [question for question, *_ in base.seen] == ["Quel salaire ?", "Quel budget ?"]
    assert number == 1
    assert [asked.question.id for asked in result.results] == ["q1", "q2", "q3", "q4"]
    # About something else, or without being asked to, a run begins anew.
    assert run_and_keep(database, ScriptedBase(GOOD), QUESTIONS, about(), resume=True)[0] == 2
    assert run_and_keep(database, ScriptedBase(GOOD), QUESTIONS, about(generation=4), resume=True)[0] == 3


def test_what_went_wrong_is_named() -> None:
    result = evaluate(ScriptedBase({**GOOD, "Combien ?": StoreError("Panne.")}), QUESTIONS)
    told = {asked.question.id: diagnose(asked.question, asked.row, asked.scores) for asked in result.results}
    assert told == {"q1": "error", "q2": "not_used", "q3": "answered", "q4": "wrong_figure"}
    refused = answer_of("Je ne trouve pas.", found=["a"], refused=True)
    lost = answer_of("12 milliards [1].", cited={"b": "12 milliards"}, found=["b"])
    partly = EvaluationQuestion("q5", "Combien ?", documents=("a",), expected_facts=(("12 milliards",), ("2014",)))
    for question, answer, name in (
        (QUESTIONS[0], refused, "refused"),
        (QUESTIONS[0], lost, "not_retrieved"),
        (QUESTIONS[0], GOOD["Combien ?"], "ok"),
        (partly, GOOD["Combien ?"], "incomplete"),
        (EvaluationQuestion("q6", "Combien ?"), GOOD["Combien ?"], "unscored"),
    ):
        (asked,) = evaluate(ScriptedBase({"Combien ?": answer}), [question]).results
        assert diagnose(question, asked.row, asked.scores) == name


def test_the_page_tells_everything_and_runs_nothing() -> None:
    result = evaluate(ScriptedBase(GOOD), QUESTIONS)
    page = to_html(result, about(), "2026-11-27T07:00:00+00:00")
    for text in (
        "33,3 %",
        "mais pas utilisé",
        "Chiffre faux ou non sourcé",
        "M. Durand",
        "✗ Dupont",
        "trouvé, n° 2",
        "état n° 3",
    ):
        assert text in page.replace("&#39;", "'"), text
    assert "<b>signe</b>" not in page
    assert "&lt;b&gt;signe" in page
    assert "<script" not in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert page.index('id="q2"') < page.index('id="q1"')  # what failed comes first


def test_a_question_that_failed_in_one_run_is_left_out_of_the_comparison() -> None:
    whole = evaluate(ScriptedBase(GOOD), QUESTIONS)
    partly = evaluate(ScriptedBase({**GOOD, "Combien ?": StoreError("Panne.")}), QUESTIONS)
    before, after = ({asked.question.id: asked.scores for asked in result.results} for result in (whole, partly))
    found = compare(before, after)
    assert found.left_out == ("q1",)
    assert found.changes == ()
    assert {figure.n for figure in found.figures if figure.figure == "fact_recall"} == {2}


def test_the_page_lists_the_questions_that_failed_with_their_reasons() -> None:
    result = evaluate(ScriptedBase({**GOOD, "Combien ?": StoreError("Panne <du> disque.")}), QUESTIONS)
    page = to_html(result)
    assert "Questions en échec" in page
    assert '<a href="#q1">Combien ?</a></th><td>Panne &lt;du&gt; disque.</td>' in page
    assert "1 sur 4" in page
    assert "Questions en échec" not in to_html(evaluate(ScriptedBase(GOOD), QUESTIONS))


def test_better_and_worse_are_told_with_their_chance() -> None:
    many = [EvaluationQuestion(f"q{n}", f"Q{n} ?", documents=("a",)) for n in range(12)]
    first = ScriptedBase({query.question: answer_of("A", cited={"a": "A"}, found=["a"]) for query in many})
    second = ScriptedBase({query.question: answer_of("A", cited={"a": "A"}, found=["b", "a"]) for query in many})
    before, after = (
        {asked.question.id: asked.scores for asked in evaluate(base, many).results} for base in (first, second)
    )
    found = compare(before, after)
    (mrr,) = [figure for figure in found.figures if figure.figure == "mrr@10"]
    assert (mrr.before, mrr.after, mrr.n, mrr.better) == (1.0, 0.5, 12, False)
    assert mrr.p < 0.01
    assert [change.id for change in found.changes] == list(before)
    same = compare(before, before)
    assert same.changes == ()
    assert all(figure.p == 1 for figure in same.figures)
    assert compare(before, {"autre": {}}).left_out == tuple(sorted([*before, "autre"]))


@pytest.mark.parametrize(
    ("differences", "low", "high"),
    [([], 1, 1), ([0.0, 0.0], 1, 1), ([1.0], 1, 1), ([1.0] * 10, 0.0, 0.01), ([1.0, -1.0] * 10, 0.9, 1.0)],
)
def test_the_chance_of_a_difference(differences: list[float], low: float, high: float) -> None:
    assert low <= paired_p_value(differences) <= high
    assert paired_p_value(differences) == paired_p_value(differences)


def test_runs_that_are_not_there_are_told(database: AppDatabase, tmp_path: Path) -> None:
    run_and_keep(database, ScriptedBase(GOOD), QUESTIONS, about())
    with pytest.raises(QuestionsError, match="Numéros connus : 1"):
        scores_of(database, "7")
    with pytest.raises(QuestionsError, match="ni le numéro"):
        scores_of(database, str(tmp_path / "rien.json"))


def test_a_file_can_be_compared_as_a_run(database: AppDatabase, tmp_path: Path) -> None:
    number, result = run_and_keep(database, ScriptedBase(GOOD), QUESTIONS, about())
    (tmp_path / "r.json").write_text(json.dumps(to_json(result)), encoding="utf-8")
    (tmp_path / "q.jsonl").write_text(to_jsonl(QUESTIONS), encoding="utf-8")
    kept = scores_of(database, str(number))
    assert scores_of(database, str(tmp_path / "r.json"), tmp_path / "q.jsonl") == kept
    with pytest.raises(QuestionsError, match="fichier de questions"):
        scores_of(database, str(tmp_path / "r.json"))


def test_rows_from_before_there_were_nearest_sentences_come_back(database: AppDatabase) -> None:
    number, _ = run_and_keep(database, ScriptedBase(GOOD), QUESTIONS, about())
    with database.transaction() as connection:
        for kept in connection.execute(sa.select(EVALUATION_ROWS)).all():
            row = {name: value for name, value in json.loads(kept.row).items() if name != "nearest"}
            mine = EVALUATION_ROWS.c.question_id == kept.question_id
            connection.execute(EVALUATION_ROWS.update().where(mine).values(row=json.dumps(row)))
    rows = rows_of(database, number)
    assert [row["nearest"] for row, _ in rows.values()] == [[]] * len(QUESTIONS)
    asked = [QuestionResult(question, *rows[question.id]) for question in QUESTIONS]
    assert "M. Durand" in to_html(EvaluationResult(tuple(asked)))


def test_the_page_quotes_the_nearest_sentences_as_no_sources() -> None:
    near = answer_of("Ils en parlent.", nearest={"a": "Le budget est voté."}, found=["a"])
    page = to_html(evaluate(ScriptedBase({"Combien ?": near}), QUESTIONS[:1]))
    assert "Phrases les plus proches (elles ne répondent pas)" in page
    assert "<blockquote>Le budget est voté.</blockquote>" in page
    assert "[1]" not in page
    assert "Phrases les plus proches" not in to_html(evaluate(ScriptedBase(GOOD), QUESTIONS))


def test_a_forgotten_document_leaves_the_runs_too(database: AppDatabase, tmp_path: Path) -> None:
    number, _ = run_and_keep(database, ScriptedBase(GOOD), QUESTIONS, about())
    assert database.erase_documents(["a"]) >= 3
    row, _ = rows_of(database, number)["q2"]
    assert (row["answer"], row["citations"], row["retrieved"]) == (ERASED, [], ["b"])
    database.close()
    for path in tmp_path.glob("app.db*"):
        assert b"M. Durand" not in path.read_bytes()


class BodyWordsOnly:
    """A retriever broken on purpose: one ranking of six, the words of bodies."""

    def __init__(self, base: KnowledgeBase, index: EmbeddedReader) -> None:
        self._base = base
        self._index = index

    def search(self, question: str, *, history: Sequence[Message] = (), k: int = 10) -> list[Hit]:
        groups = self._base.explain(question).groups
        with self._index.lease() as parts:
            assert parts is not None
            ids = [name for name, _ in parts[1].search("body", [group[:1] for group in groups], k)]
        passages = self._index.catalog.passages(ids)
        documents = self._index.catalog.documents(passage.document_id for passage in passages.values())
        return [
            Hit(passages[name], documents[passages[name].document_id], 1 / rank, rank)
            for rank, name in enumerate(ids, start=1)
        ]

    def ask(self, question: str, *, history: Sequence[Message] = (), answerer: str = "auto") -> Answer:
        raise AssertionError("answers are not asked for")


@pytest.mark.usefixtures("readings_once")
def test_a_broken_retriever_is_worse_and_fails_the_gate(corpus_in: IngestedCorpus) -> None:
    settings, encoder = corpus_in("int8")
    questions = read_questions(CORPUS / "questions.jsonl")
    index = EmbeddedReader(settings.store, encoder)
    with KnowledgeBase.open(settings, encoder) as base:
        whole, again = (evaluate(base, questions, answers=False) for _ in range(2))
        broken = evaluate(BodyWordsOnly(base, index), questions, answers=False)
    index.close()
    assert [asked.scores for asked in whole.results] == [asked.scores for asked in again.results]
    found = compare(*({asked.question.id: asked.scores for asked in run.results} for run in (whole, broken)))
    (mrr,) = [figure for figure in found.figures if figure.figure == "mrr@10"]
    assert not mrr.better
    assert mrr.p < 0.05
    gate = {"mrr@10": 0.9}
    assert failed_gates(whole, gate) == []
    assert failed_gates(broken, gate) != []


def test_rows_come_in_the_order_of_the_questions(database: AppDatabase) -> None:
    number, _ = run_and_keep(database, ScriptedBase(GOOD), QUESTIONS[::-1], about())
    assert list(rows_of(database, number)) == ["q4", "q3", "q2", "q1"]


def test_more_of_what_should_be_less_is_worse() -> None:
    (change,) = compare({"q": {"false_refusals": 0.0}}, {"q": {"false_refusals": 1.0}}).changes
    assert (change.figure, change.better) == ("false_refusals", False)


def test_a_table_of_an_answer_is_a_table_of_the_page() -> None:
    text = "Les parts. [1]\n\n| Nom | Part |\n| --- | --- |\n| <b>Union</b> \\| x | 12 [1] |\n| Reste |\n\nFin."
    question = EvaluationQuestion("q", "Combien ?")
    answer = answer_of(text, cited={"a": "A"})
    page = to_html(evaluate(ScriptedBase({"Combien ?": answer}), [question]))
    assert "<dt>Réponse</dt><dd>Les parts. [1]<div" in page
    assert '<th scope="col">Nom</th><th scope="col">Part</th>' in page
    assert "<tr><td>&lt;b&gt;Union&lt;/b&gt; | x</td><td>12 [1]</td></tr><tr><td>Reste</td><td></td></tr>" in page
    assert "</table></div>Fin.</dd>" in page
