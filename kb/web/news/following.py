"""What changes of the base mean for the questions that somebody follows.

A source that was changed or withdrawn is told. Whether other documents bear on a question is found by asking it anew:
one that came or changed bears on it when the answer cites it, or when it holds one of the nearest sentences of a
refusal. Both are what the answer itself takes for near enough, by its calibrated decision: there is no other threshold.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from kb.errors import ReperesError
from kb.ports import Base
from kb.records.following.followed import FollowedQuestion, FollowedQuestions, QuestionNews, What
from kb.web.chat.exchange import answer_in_turn
from kb.web.chat.waiting_line import WaitingLines
from kb.web.news.changes import DocumentChange, together

_OF_A_SOURCE: dict[str, What] = {"updated": "source_updated", "withdrawn": "source_withdrawn"}

logger = logging.getLogger(__name__)


def bring_up_to_date(
    person: str,
    followed: FollowedQuestions,
    base: Base,
    changes: Sequence[DocumentChange],
    waiting_lines: WaitingLines,
) -> list[FollowedQuestion]:
    """The questions of `person`, with what `changes` (newest first) mean for them; each change is looked at once."""
    questions = followed.list(person)
    if not changes or all(question.checked >= changes[0].at for question in questions):
        return questions
    for question in questions:
        recent = together(change for change in changes if change.at > question.checked)
        if not recent:
            continue
        try:
            sources, news = _news_of(question, base, recent, waiting_lines)
        except ReperesError:
            logger.warning("a followed question could not be asked", exc_info=True)
            continue  # the next look tries again
        followed.update(person, question.id, recent[0].at, sources, news)
    return followed.list(person)


def readable(questions: Sequence[FollowedQuestion], base: Base) -> list[FollowedQuestion]:
    """The questions with the news of documents, withdrawn ones too, that are still to be seen in `base`."""
    if not base.rights.hidden:
        return list(questions)
    shown = {document.id for document in base.documents()} | {gone.document for gone in base.withdrawn()}
    return [
        replace(question, news=tuple(item for item in question.news if item.document in shown))
        for question in questions
    ]


def _news_of(
    question: FollowedQuestion, base: Base, recent: Sequence[DocumentChange], waiting_lines: WaitingLines
) -> tuple[list[str], list[QuestionNews]]:
    news = [
        QuestionNews(change.at, _OF_A_SOURCE[change.kind], change.document, change.title)
        for change in recent
        if change.document in question.sources and change.kind in _OF_A_SOURCE
    ]
    *_, last = answer_in_turn(base, question.understood, (), None, waiting_lines, "extractive")
    if isinstance(last, int):
        raise ReperesError("La question n'a pas reçu de réponse.")
    answer = last[0]
    sources = list(dict.fromkeys(citation.document.id for citation in answer.citations))
    near = {*sources, *(citation.document.id for citation in answer.nearest)} - set(question.sources)
    news += [
        QuestionNews(change.at, "bears", change.document, change.title)
        for change in recent
        if change.document in near and change.kind != "withdrawn"
    ]
    return sources, news
