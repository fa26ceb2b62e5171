"""What is asked, visited and followed, on a server as in a file, and moved there."""

from __future__ import annotations

from pathlib import Path

from kb.records.asked.questions import AskedQuestions
from kb.records.database import AppDatabase
from kb.records.following.followed import FollowedQuestions, QuestionNews
from kb.records.following.visits import Visits, iso
from kb.records.moving.copying import copy_records
from kb.records.places import FilePlace, ServerPlace
from questions import answered, moment, refused


def test_it_is_kept_moved_and_erased(database: str, tmp_path: Path) -> None:
    before, place = FilePlace(tmp_path / "app.db"), ServerPlace(database)
    asked, followed = AskedQuestions(before, 365), FollowedQuestions(before, 365)
    asked.answered(refused("Et là ?", understood="Qui paie\x00 là ?"), "page", moment(2))
    followed.follow("anne", "Et là ?", "Qui paie là ?", ["a.md", "b.md"], moment(2))
    Visits(before, 365).look("anne", moment(2))
    assert copy_records(before, place) >= 3
    asked.close()

    asked, followed = AskedQuestions(place, 365), FollowedQuestions(place, 365)
    asked.answered(answered("Qui ?"), "mcp", moment(3))
    first, second = asked.since()
    assert (first.understood, second.outcome) == ("Qui paie là ?", "answered")
    assert second.id > first.id
    assert asked.set_status([first.id], "missing") == 1
    assert Visits(place, 365).look("anne", moment(3)) == iso(moment(2))
    (question,) = followed.list("anne", moment(3))
    followed.update("anne", question.id, iso(moment(3)), ["b.md"], [QuestionNews(iso(moment(3)), "bears", "b.md", "B")])
    with AppDatabase(place) as opened:
        opened.erase_documents(["b.md"])
    (question,) = followed.list("anne", moment(4))
    assert (question.understood, question.sources, question.news) == ("Et là ?", (), ())
    assert [kept.understood for kept in asked.since()] == ["Et là ?", ""]
    assert asked.purge(moment(3).replace(year=2027)) == 1
    asked.close()
