"""When people last looked, and the questions that they follow."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.errors import ReperesError
from kb.records.database import AppDatabase
from kb.records.following.followed import MOST_FOLLOWED, MOST_NEWS, FollowedQuestions, QuestionNews
from kb.records.following.unseen import Unseen, UnseenNews
from kb.records.following.visits import Visits, iso
from kb.records.places import FilePlace
from kb.records.tables import FOLLOWED_QUESTIONS
from kb.retrieval.filters import Filters
from kb.rights.rights import WHOLE, Rights
from questions import moment


def test_looks_that_lie_close_are_one_visit(tmp_path: Path) -> None:
    visits = Visits(tmp_path / "app.db", 365)
    assert visits.look("anne", moment(2, 8)) is None
    assert visits.look("anne", moment(2, 9)) is None
    assert visits.look("anne", moment(3, 8)) == iso(moment(2, 9))
    assert visits.look("anne", moment(3, 8)) == iso(moment(2, 9))  # the page loaded again
    assert visits.look("luc", moment(3, 8)) is None
    assert visits.look("anne", moment(3, 10)) == iso(moment(3, 8))


def test_a_visit_is_forgotten_after_the_retention(tmp_path: Path) -> None:
    visits = Visits(tmp_path / "app.db", 7)
    visits.look("anne", moment(2))
    assert visits.look("anne", moment(12)) is None


def test_what_somebody_has_not_looked_at_is_counted_from_their_last_visit(
    followed: FollowedQuestions, tmp_path: Path
) -> None:
    unseen = UnseenNews(tmp_path / "app.db", 365)
    followed.follow("anne", "Où ?", "Où ?", ["a.md"], moment(1))
    assert unseen.of("anne", moment(2)) is None
    Visits(tmp_path / "app.db", 365).look("anne", moment(2))
    (question,) = followed.list("anne", moment(3))
    news = [
        QuestionNews(iso(moment(day)), "bears", name, name) for day, name in ((4, "c.md"), (4, "b.md"), (2, "a.md"))
    ]
    followed.update("anne", question.id, iso(moment(4)), [], news)
    assert unseen.of("anne", moment(5)) == Unseen(iso(moment(2)), frozenset({"b.md", "c.md"}))
    assert unseen.of("luc", moment(5)) is None
    assert unseen.of("anne", moment(2).replace(year=2028)) is None
    unseen.close()
    assert UnseenNews(tmp_path / "none.db", 365).of("anne") is None
    assert not (tmp_path / "none.db").exists()


def test_whether_anything_is_kept_is_looked_at_until_it_is_opened(tmp_path: Path) -> None:
    looks: list[bool] = []

    class Looked(FilePlace):
        def exists(self) -> bool:
            looks.append(FilePlace.exists(self))
            return looks[-1]

    unseen = UnseenNews(Looked(tmp_path / "app.db"), 365)
    assert unseen.of("anne", moment(3)) is None
    Visits(tmp_path / "app.db", 365).look("anne", moment(2))
    assert [unseen.of("anne", moment(3)) for _ in range(3)] == [Unseen(iso(moment(2)), frozenset())] * 3
    assert looks == [False, True]
    unseen.close()


@pytest.fixture
def followed(tmp_path: Path) -> FollowedQuestions:
    return FollowedQuestions(tmp_path / "app.db", 365)


def test_each_follows_their_own_and_once(followed: FollowedQuestions) -> None:
    followed.follow("anne", "Et là ?", "Qui paie là ?", ["a.md"], moment(2))
    followed.follow("anne", "Qui paie là ?", "Qui paie là ?", ["b.md"], moment(3))
    followed.follow("luc", "Où ?", "Où ?", [], moment(3))
    (question,) = followed.list("anne", moment(4))
    assert (question.question, question.understood, question.sources) == ("Et là ?", "Qui paie là ?", ("a.md",))
    assert not followed.leave("luc", question.id)
    assert followed.leave("anne", question.id)
    assert followed.list("anne", moment(4)) == []
    assert len(followed.list("luc", moment(4))) == 1


def test_there_is_a_most_and_an_end(followed: FollowedQuestions, tmp_path: Path) -> None:
    for number in range(MOST_FOLLOWED):
        followed.follow("anne", f"Question {number} ?", f"Question {number} ?", [], moment(2))
    with pytest.raises(ReperesError, match="20 questions"):
        followed.follow("anne", "Une de plus ?", "Une de plus ?", [], moment(2))
    assert FollowedQuestions(tmp_path / "app.db", 7).list("anne", moment(12)) == []


def test_changes_are_looked_at_once(followed: FollowedQuestions) -> None:
    followed.follow("anne", "Où ?", "Où ?", ["a.md"], moment(2))
    (question,) = followed.list("anne", moment(3))
    news = QuestionNews(iso(moment(3)), "bears", "b.md", "B")
    for _ in range(2):  # two pages opened at once
        followed.update("anne", question.id, iso(moment(3)), ["b.md"], [news])
    (now,) = followed.list("anne", moment(4))
    assert (now.sources, now.news, now.checked) == (("b.md",), (news,), iso(moment(3)))
    followed.update("anne", question.id, iso(moment(5)), [], [news] * (MOST_NEWS + 5))
    assert len(followed.list("anne", moment(6))[0].news) == MOST_NEWS


def test_how_a_question_is_asked_is_kept_with_it(followed: FollowedQuestions) -> None:
    limits = Filters(("avis",), partner=("Ville", "Région"), since="03/2024", until="2025", words="la prime")
    less = Rights.without(["rh"])
    followed.follow("anne", "Où ?", "Où ?", ["a.md"], moment(9), answered=moment(2), filters=limits, rights=less)
    followed.follow("anne", "Où ?", "Où ?", ["b.md"], moment(9), answered=moment(10), filters=limits)  # the same
    followed.follow("anne", "Où ?", "Où ?", ["b.md"], moment(9), answered=moment(10))
    by_source = {question.sources: question for question in followed.list("anne", moment(11))}
    limited, whole = by_source["a.md",], by_source["b.md",]
    assert (limited.checked, limited.filters, limited.rights) == (iso(moment(2)), limits, less)
    assert (whole.checked, whole.filters, whole.rights) == (iso(moment(9)), Filters(), WHOLE)
    followed.update("anne", limited.id, iso(moment(12)), ["c.md"], [], less)
    followed.seen_with("anne", WHOLE)
    now = {question.id: question for question in followed.list("anne", moment(13))}[limited.id]
    assert (now.sources, now.filters, now.rights) == (("c.md",), limits, WHOLE)


def test_questions_followed_before_limits_were_kept_are_read_and_erased_from(
    followed: FollowedQuestions, tmp_path: Path
) -> None:
    followed.follow("anne", "Où ?", "Où ?", ["a.md", "b.md"], moment(2))
    with AppDatabase(tmp_path / "app.db") as database:
        with database.transaction() as connection:
            connection.execute(FOLLOWED_QUESTIONS.update().values(sources='["a.md", "b.md"]'))
        (before,) = followed.list("anne", moment(3))
        database.erase_documents(["a.md"])
    (after,) = followed.list("anne", moment(3))
    assert (before.sources, before.filters, after.sources) == (("a.md", "b.md"), Filters(), ("b.md",))


def test_nothing_stays_of_an_erased_document(followed: FollowedQuestions, tmp_path: Path) -> None:
    followed.follow("anne", "Et lui ?", "Et Jean Martin ?", ["a.md", "b.md"], moment(2))
    (question,) = followed.list("anne", moment(3))
    news = [QuestionNews(iso(moment(3)), "bears", name, name) for name in ("c.md", "d.md")]
    followed.update("anne", question.id, iso(moment(3)), ["a.md", "c.md"], news)
    with AppDatabase(tmp_path / "app.db") as database:
        database.erase_documents(["a.md", "d.md"])
    followed.update("anne", question.id, iso(moment(4)), ["a.md", "c.md"], news[1:])
    (now,) = followed.list("anne", moment(5))
    assert (now.understood, now.sources) == ("Et lui ?", ("c.md",))
    assert [item.document for item in now.news] == ["c.md"]
