"""What changes of the base mean for the questions that somebody follows.

A source that was changed, withdrawn, or withdrawn and put back is told. Whether other documents bear on a question is
found by asking it anew, of what it was limited to: one that came or changed bears on it when the answer cites it, or
when it holds one of the nearest sentences of a refusal. Both are what the answer itself takes for near enough, by its
calibrated decision: there is no other threshold.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import replace

from kb.errors import FiltersError, ReperesError
from kb.ports import Base
from kb.records.following.followed import FollowedQuestion, FollowedQuestions, QuestionNews, What
from kb.web.chat.exchange import answer_in_turn
from kb.web.chat.waiting_line import WaitingLines
from kb.web.news.changes import DocumentChange, Kind, together

_OF_A_SOURCE: dict[Kind, What] = {"updated": "source_updated", "withdrawn": "source_withdrawn"}

logger = logging.getLogger(__name__)


def bring_up_to_date(
    person: str,
    followed: FollowedQuestions,
    base: Base,
    changes: Sequence[DocumentChange],
    waiting_lines: WaitingLines,
    *,
    is_own: bool = True,
) -> list[FollowedQuestion]:
    """The questions of `person`, with what `changes` (newest first) mean for them.

    Each change is looked at once, by the person: what a program of theirs (not `is_own`) sees with other rights is told
    to it, and not kept, for it may miss what the person is still to be told.
    """
    questions = followed.list(person)
    if is_own and any(question.rights != base.rights for question in questions):
        followed.seen_with(person, base.rights)
    told: dict[str, FollowedQuestion] = {}
    for question in questions:
        recent = [change for change in changes if change.at > question.checked]
        if not recent:
            continue
        try:
            sources, news = _news_of(question, base, recent, waiting_lines)
        except ReperesError:
            logger.warning("a followed question could not be asked", exc_info=True)
            continue  # the next look tries again
        if is_own or base.rights == question.rights:
            followed.update(person, question.id, recent[0].at, sources, news, base.rights)
        else:
            told[question.id] = replace(question, news=(*news, *question.news))
    return [told.get(question.id, question) for question in followed.list(person)]


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
    changed = together(_since_cited(question.sources, recent))
    left = {change.document for change in recent if change.kind == "withdrawn"}
    news = [
        QuestionNews(change.at, what, change.document, change.title)
        for change in changed
        if change.document in question.sources and (what := _of_a_source(change, left)) is not None
    ]
    try:
        *_, last = answer_in_turn(base, question.understood, (), question.filters or None, waiting_lines, "extractive")
    except FiltersError:  # what it is limited to has left with the last document that had it
        return [], news
    if isinstance(last, int):
        raise ReperesError("La question n'a pas reçu de réponse.")
    answer = last[0]
    sources = list(dict.fromkeys(citation.document.id for citation in answer.citations))
    near = {*sources, *(citation.document.id for citation in answer.nearest)} - set(question.sources)
    news += [
        QuestionNews(change.at, "bears", change.document, change.title)
        for change in changed
        if change.document in near and change.kind != "withdrawn"
    ]
    return sources, news


def _since_cited(sources: Collection[str], recent: Sequence[DocumentChange]) -> list[DocumentChange]:
    """The changes, newest first, without the arrival of what was cited already: moments are rounded up to a second, and
    a document that came in the second of the answer seems to have come after it."""
    present = set(sources)
    since: list[DocumentChange] = []
    for change in reversed(recent):
        if change.document not in present or change.kind != "added":
            since.append(change)
        present.discard(change.document)
    return since[::-1]


def _of_a_source(change: DocumentChange, left: Collection[str]) -> What | None:
    """What a change of a source means; `left` are the documents that were withdrawn meanwhile."""
    if change.kind == "added":  # it was there already when it was cited
        return "source_returned" if change.document in left else None
    return _OF_A_SOURCE[change.kind]
