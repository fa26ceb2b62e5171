"""What is kept of a question when somebody begins to follow it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from kb.records.conversations import KeptTurn, SavedConversations
from kb.records.following.followed import FollowedQuestions
from kb.records.kept_answers import keep_answer
from kb.rights.rights import Rights
from kb.settings import Settings
from kb.web.news.routes import ADDRESS
from questions import recent
from serving import Application
from small_base import SmallBase
from small_pages import DOCUMENTS, FINANCING


def test_a_question_is_followed_with_the_rights_that_its_answer_was_given_with(
    application: Application, settings: Settings
) -> None:
    base, before = SmallBase(DOCUMENTS), Rights.without(["réservé"])
    client = application(base)
    answer = keep_answer(base.ask("Qui apporte les aides du programme ?"), before)
    SavedConversations(settings.app_database, 365).put("", "c1", KeptTurn(1, recent(), 1, answer))
    client.post(f"{ADDRESS}/suivre", data={"conversation": "c1"})
    (question,) = FollowedQuestions(settings.app_database, 365).list("")
    assert question.rights == before


def test_a_source_that_came_in_the_second_of_the_answer_is_told_once_it_changes(
    application: Application, settings: Settings
) -> None:
    base = SmallBase(DOCUMENTS)
    client = application(base)

    answered = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)

    def told(kind: str, seconds: float) -> dict[str, object]:
        change = {"document": FINANCING.id, "title": FINANCING.title, "change": kind, "diff": []}
        began = answered + timedelta(seconds=seconds)
        return {"began": began.isoformat(), "seconds": 0.2, "changes": [change]}

    answer = keep_answer(base.ask("Qui apporte les aides du programme ?"))
    assert FINANCING.id in {citation["document"] for citation in answer["citations"]}
    SavedConversations(settings.app_database, 365).put("", "c1", KeptTurn(1, answered.isoformat(), 1, answer))
    base.told = [told("added", -0.1)]
    page = client.post(f"{ADDRESS}/suivre", data={"conversation": "c1"}, follow_redirects=False)
    assert page.status_code == 303
    base.told = [told("updated", 0.3), *base.told]
    assert client.get(ADDRESS).text.count("Une source de la réponse a changé") == 1
