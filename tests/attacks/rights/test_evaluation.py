"""Editors who may read little, among the test queries, the feedback and the runs of those who may read more."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import click.testing
import pytest

import app
from kb.errors import QuestionsError
from kb.evaluation.desk import EvaluationDesk
from kb.evaluation.kept.queries import read_queries
from kb.evaluation.questions import EvaluationQuestion
from kb.evaluation.tables import to_csv, to_jsonl, to_xlsx
from kb.records.asked.questions import AskedQuestions
from kb.records.database import AppDatabase
from kb.records.feedback import add_feedback, read_feedback
from kb.records.places import place_of
from kb.settings import Settings
from questions import answered, recent, refused
from restricted import MARKS, id_of, sources_told
from restricted_app import Restricted, rights_of
from told import text_in, told_by

EDITORS = ("nora", "anne", "bob", "carl")
EXPORTS = tuple(f"/evaluation/questions.{form}" for form in ("csv", "jsonl", "xlsx"))
DeskOf = Callable[[str], EvaluationDesk]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where nothing is kept yet."""
    return tmp_path / "app.db"


@pytest.fixture
def desk_of(restricted: Restricted, place: Path) -> DeskOf:
    """The desk of a person over the base of three sources."""
    desk = EvaluationDesk(lambda: restricted.base, place, 365)
    return lambda person: desk.seen_by(rights_of(person, restricted.settings))


@pytest.fixture
def asked(place: Path) -> Iterator[AskedQuestions]:
    opened = AskedQuestions(place, 365)
    yield opened
    opened.close()


def seen(desk_of: DeskOf) -> dict[str, list[str]]:
    """What each person sees of the test queries."""
    return {person: [query.question for query in desk_of(person).queries()] for person in EDITORS}


def feedback_of(place: Path, question: str, hidden: tuple[str, ...]) -> int:
    """Feedback on an answer that somebody with these rights was given."""
    with AppDatabase(place) as database:
        answer = {**refused(question), "hidden": list(hidden)}
        return add_feedback(database, recent(), "bad", "wrong", "", answer, 1)


def test_a_question_that_became_a_test_query_is_for_those_who_could_see_it(restricted: Restricted) -> None:
    """From the page where it is listed to the page, the files and the report where it would leak."""
    question = "Que range le coffre du soir ?"
    rights = rights_of("anne", restricted.settings)
    asked = AskedQuestions(restricted.settings.app_database, 365)
    asked.answered(refused(question), "page", rights=rights)
    number = asked.since()[-1].id
    clients = restricted.clients
    before = {path: told_by(clients["nora"].get(path)).without([]) for path in EXPORTS}
    sent = {"quoi": "test", "question": question, "q": str(number)}
    assert clients["nora"].post("/evaluation/manques", data=sent).status_code == 422
    assert clients["anne"].post("/evaluation/manques", data=sent).status_code == 303
    try:
        for path in EXPORTS:
            told = {person: text_in(clients[person].get(path).content) for person in EDITORS}
            assert {person for person in EDITORS if question in told[person]} == {"anne", "carl"}
            assert told_by(clients["nora"].get(path)).without([]) == before[path]
        for person in ("nora", "bob"):
            desk = restricted.desk.seen_by(rights_of(person, restricted.settings))
            assert not any(query.id.startswith("manque-") for query in desk.queries())
            with pytest.raises(QuestionsError, match="pas de question de test"):
                desk.evaluate({f"manque-{number}"})
    finally:
        assert restricted.desk.drop(f"manque-{number}")
        asked.close()


def test_a_test_query_is_for_those_who_may_be_shown_all_that_it_is_made_of(
    restricted: Restricted, desk_of: DeskOf, asked: AskedQuestions, place: Path
) -> None:
    of = {person: rights_of(person, restricted.settings) for person in EDITORS}
    for question, person in (("Ouverte ?", "nora"), ("Du personnel ?", "anne"), ("Des marchés ?", "bob")):
        asked.answered(refused(question), "page", rights=of[person])
    mine, personnel, markets = (question.id for question in asked.since())
    missed = desk_of("carl").missed(asked)
    missed.make_query([mine], [], "Ouverte ?")
    missed.make_query([personnel], [], " Du  personnel ?")
    # In the words of a question of other rights: it takes both.
    missed.make_query([markets, personnel], [], "Des marchés ?")
    assert seen(desk_of) == {
        "nora": ["Ouverte ?"],
        "anne": ["Ouverte ?", "Du personnel ?"],
        "bob": ["Ouverte ?"],
        "carl": ["Ouverte ?", "Du personnel ?"],
    }
    missed.make_query([markets], [feedback_of(place, "Avis du personnel ?", of["anne"].hidden)], "Des marchés ?")
    # In words of the editor's own: who knows what they have read?
    asked.answered(refused("Encore ?"), "page", rights=of["nora"])
    missed.make_query([asked.since()[-1].id], [], f"Encore {MARKS['achats']} ?")
    assert seen(desk_of)["carl"] == ["Ouverte ?", "Du personnel ?", "Des marchés ?", f"Encore {MARKS['achats']} ?"]
    assert seen(desk_of)["anne"] == ["Ouverte ?", "Du personnel ?"]
    assert seen(desk_of)["bob"] == ["Ouverte ?"]


def test_what_editors_write_is_for_those_who_may_read_as_much(desk_of: DeskOf) -> None:
    desk_of("nora").put(EvaluationQuestion("q", "De nora ?"))
    desk_of("anne").import_text("identifiant\tquestion\nr\tDe anne ?")
    desk_of("bob").import_file("q.jsonl", b'{"id": "s", "question": "De bob ?"}')
    everything = ["De nora ?", "De anne ?", "De bob ?"]
    assert seen(desk_of) == {
        "nora": everything[:1],
        "anne": everything[:2],
        "bob": [everything[0], everything[2]],
        "carl": everything,
    }
    # Written anew by somebody who reads more, it may say more.
    desk_of("anne").put(EvaluationQuestion("q", f"De {MARKS['rh']} ?"))
    assert seen(desk_of)["nora"] == []
    assert seen(desk_of)["anne"] == [f"De {MARKS['rh']} ?", "De anne ?"]


@pytest.mark.parametrize("way", ["put", "text", "file"])
def test_a_name_that_is_taken_out_of_sight_is_free(desk_of: DeskOf, place: Path, way: str) -> None:
    """Whoever guesses the name of a query that they may not see is told nothing, and changes nothing."""

    def written(person: str, name: str, question: str) -> None:
        desk, line = desk_of(person), json.dumps({"id": name, "question": question})
        if way == "put":
            desk.put(EvaluationQuestion(name, question))
        elif way == "text":
            desk.import_text(line)
        else:
            desk.import_file("q.jsonl", line.encode())

    written("bob", "marche", "De bob ?")
    written("anne", "marche", "De anne ?")
    written("nora", "marche", "De nora ?")
    written("nora", "libre", "De nora aussi ?")
    mine = {person: {query.id: query.question for query in desk_of(person).queries()} for person in EDITORS}
    assert mine["nora"] == {"marche": "De nora ?", "libre": "De nora aussi ?"}
    assert mine["bob"]["marche"] == "De bob ?"
    # They see nora's too, by another name, which tells nothing of how many there are.
    (beside,) = (name for name, question in mine["bob"].items() if question == "De nora ?")
    assert beside.startswith("marche~")
    assert len(mine["carl"]) == 4
    # Written anew, and by whoever sees several, each stays itself.
    written("nora", "marche", "De nora, mieux ?")
    written("carl", beside, "De carl ?")
    with AppDatabase(place) as database:
        held = {query.id: query.question for query in read_queries(database)}
    assert sorted(held.values()) == ["De anne ?", "De bob ?", "De carl ?", "De nora aussi ?"]
    assert held["marche"] == "De bob ?"
    assert not desk_of("nora").drop("marche")  # it is carl's by now
    assert desk_of("bob").drop("marche")
    assert [query.question for query in desk_of("anne").queries()] == ["De anne ?", "De nora aussi ?"]


def test_a_file_of_all_queries_is_taken_in_again_as_it_was(desk_of: DeskOf) -> None:
    for person in ("bob", "anne", "nora"):
        desk_of(person).put(EvaluationQuestion("q", f"De {person} ?", documents=(id_of("ouvert"),)))
    carl = desk_of("carl")
    before = carl.queries()
    assert len({query.id for query in before}) == 3
    for name, content in (("q.csv", to_csv(before)), ("q.xlsx", to_xlsx(before)), ("q.jsonl", to_jsonl(before))):
        carl.import_file(name, content.encode() if isinstance(content, str) else content)
        assert carl.queries() == before
    # Taken in by who may read all, they are theirs.
    assert seen(desk_of) == {"nora": [], "anne": [], "bob": [], "carl": ["De bob ?", "De anne ?", "De nora ?"]}


def test_a_hidden_feedback_is_not_settled_by_its_number(restricted: Restricted, desk_of: DeskOf, place: Path) -> None:
    numbers = [
        feedback_of(place, "À anne ?", rights_of("anne", restricted.settings).hidden),
        feedback_of(place, "À nora ?", rights_of("nora", restricted.settings).hidden),
    ]
    nora = desk_of("nora")
    for number in (*numbers, 99):
        nora.put(EvaluationQuestion(f"avis-{number}", "À moi ?"))
    with AppDatabase(place) as database:
        assert {said.id: said.status for said in read_feedback(database)} == dict(
            zip(numbers, ("new", "kept"), strict=True)
        )
    assert [query.id for query in nora.queries()] == [f"avis-{number}" for number in (*numbers, 99)]
    assert [said.id for said in desk_of("anne").feedback()] == numbers[:1]


def test_a_kept_answer_makes_a_query_of_its_rights_in_both_places(
    restricted: Restricted, desk_of: DeskOf, asked: AskedQuestions, place: Path
) -> None:
    hidden = rights_of("anne", restricted.settings).hidden
    with AppDatabase(place) as database:
        told = {**answered("Qui garde le chat ?", documents=(id_of("ouvert"),)), "hidden": list(hidden)}
        number = add_feedback(database, recent(), "good", None, "", told, 1)
    desk_of("carl").missed(asked).make_query([], [number], "")
    assert seen(desk_of) == {"nora": [], "anne": ["Qui garde le chat ?"], "bob": [], "carl": ["Qui garde le chat ?"]}


def test_the_command_line_says_for_whom_it_imports(
    restricted: Restricted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPERES_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("REPERES_SOURCES", str(restricted.settings.sources))
    (tmp_path / "q.jsonl").write_text('{"id": "q", "question": "Quelle prime ?"}', encoding="utf-8")
    desk = EvaluationDesk(lambda: restricted.base, place_of(Settings.load()), 365)

    def ran(*arguments: str) -> int:
        return click.testing.CliRunner().invoke(app.reperes, ["questions", *arguments]).exit_code

    def see_it() -> set[str]:
        return {who for who in EDITORS if desk.seen_by(rights_of(who, restricted.settings)).queries()}

    file = str(tmp_path / "q.jsonl")
    assert ran(file, "--import") == 0
    assert see_it() == {"carl"}
    assert ran(file, "--import", "--groups", "personnel") == 0
    assert see_it() == {"anne", "carl"}
    assert ran(file, "--import", "--groups", "") == 0
    assert see_it() == set(EDITORS)
    assert ran(file, "--groups", "personnel") == 2
    with AppDatabase(place_of(Settings.load())) as database:
        hidden = rights_of("bob", restricted.settings).hidden
        add_feedback(database, recent(), "bad", "wrong", "", {**refused("?"), "hidden": [*hidden]}, 1)
    desk.drop("q")
    assert click.testing.CliRunner().invoke(app.reperes, ["feedback", "--keep", "1"]).exit_code == 0
    assert see_it() == {"bob", "carl"}


def test_others_runs_push_none_out_of_the_list(desk_of: DeskOf) -> None:
    """What was cut before it was sorted out told how many runs others had made since."""
    nora, carl = desk_of("nora"), desk_of("carl")
    nora.put(EvaluationQuestion("q", "Quelle prime ?", documents=(id_of("ouvert"),)))
    first = nora.evaluate().run
    carl.put(EvaluationQuestion("q", f"Que verse {MARKS['rh']} ?"))
    for _ in range(20):
        carl.evaluate()
    assert [run.id for run in nora.runs()] == [first]
    assert len(carl.runs()) == 20
    nora.put(EvaluationQuestion("q", "Quelle prime ?", documents=(id_of("ouvert"),)))
    again = nora.evaluate()
    assert [run.id for run in nora.runs()] == [again.run, first]
    assert again.comparison is not None
    told = nora.report(again.run, lambda *_: "")
    assert sources_told(told) <= {"ouvert"}
    with pytest.raises(QuestionsError, match="pas d'évaluation de ce numéro"):
        nora.report(carl.runs()[1].id, lambda *_: "")
