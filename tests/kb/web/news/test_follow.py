"""What is kept of a question when somebody begins to follow it."""

from __future__ import annotations

from kb.records.conversations import KeptTurn, SavedConversations
from kb.records.following.followed import FollowedQuestions
from kb.records.kept_answers import keep_answer
from kb.rights.rights import Rights
from kb.settings import Settings
from kb.web.news.routes import ADDRESS
from serving import Application
from small_base import SmallBase
from small_pages import DOCUMENTS


def test_a_question_is_followed_with_the_rights_that_its_answer_was_given_with(
    application: Application, settings: Settings
) -> None:
    base, before = SmallBase(DOCUMENTS), Rights.without(["réservé"])
    client = application(base)
    answer = keep_answer(base.ask("Qui apporte les aides du programme ?"), before)
    SavedConversations(settings.app_database, 365).put("", "c1", KeptTurn(1, "2026-11-30T08:00:00+00:00", 1, answer))
    client.post(f"{ADDRESS}/suivre", data={"conversation": "c1"})
    (question,) = FollowedQuestions(settings.app_database, 365).list("")
    assert question.rights == before
