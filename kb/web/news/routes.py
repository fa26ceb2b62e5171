"""`/nouveautes`: what is new since somebody's last visit, the questions that they follow, and the feed of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from kb.errors import ReperesError
from kb.ports import Views
from kb.records.accounts import Person
from kb.records.conversations import Conversations, KeptTurn
from kb.records.following.followed import FollowedQuestion, FollowedQuestions, QuestionNews
from kb.records.following.visits import Visits
from kb.records.kept_answers import kept_filters, rights_of
from kb.records.places import place_of
from kb.settings import Settings
from kb.web import strings
from kb.web.auth.gate import is_program
from kb.web.chat.sources import reader_address
from kb.web.chat.waiting_line import WaitingLines
from kb.web.news.changes import DocumentChange, changes_of, together
from kb.web.news.feed import TYPE, Entry, atom
from kb.web.news.following import bring_up_to_date, readable
from kb.web.pages.explore import Choice
from kb.web.pages.templating import page, person_of

ADDRESS = strings.NEWS
_SHOWN = 100
_ENTRIES = 200
KINDS = {"added": "Nouveau", "updated": "Modifié", "withdrawn": "Retiré"}
WHATS = {
    "source_updated": "Une source de la réponse a changé",
    "source_withdrawn": "Une source de la réponse a été retirée",
    "source_returned": "Une source de la réponse a été retirée, puis remise",
    "bears": "Un document nouveau ou modifié en parle",
}

Identifier = Annotated[str, Form(max_length=100)]


@dataclass(frozen=True, slots=True)
class News:
    """What the routes need: where visits and followed questions are kept for so many `days`, None where nothing is."""

    base: Views
    conversations: Conversations
    waiting_lines: WaitingLines
    visits: Visits | None = None
    followed: FollowedQuestions | None = None
    days: int = 0

    def changes(self, person: Person) -> list[DocumentChange]:
        """The changes that are still known of the base as `person` sees it, newest first."""
        return changes_of(self.base.of(person).reports())

    def questions(self, person: Person, changes: Sequence[DocumentChange], *, is_own: bool) -> list[FollowedQuestion]:
        """The questions that `person` follows, with what is new about them in documents that they may read now.
        `is_own` tells that the person looks, not a program for them."""
        if self.followed is None:
            return []
        opened = self.base.of(person)
        found = bring_up_to_date(person.name, self.followed, opened, changes, self.waiting_lines, is_own=is_own)
        return readable(found, opened)

    def since(self, person: Person, *, is_own: bool) -> str | None:
        """When `person` visited before; a look of their own is noted as a visit."""
        if self.visits is None:
            return None
        return self.visits.look(person.name) if is_own else self.visits.last(person.name)


def news_of(settings: Settings, base: Views, conversations: Conversations, waiting_lines: WaitingLines) -> News:
    """What is needed by the settings; with a retention of 0 days nothing is kept of anybody."""
    days, place = settings.retention_days, place_of(settings)
    if not days:
        return News(base, conversations, waiting_lines)
    return News(base, conversations, waiting_lines, Visits(place, days), FollowedQuestions(place, days), days)


def news_routes(news: News) -> APIRouter:
    """`/nouveautes`, `/nouveautes.atom`, `/nouveautes/suivre` and `/nouveautes/laisser`."""
    router = APIRouter()

    def show(request: Request, trouble: str = "") -> Response:
        person = person_of(request)
        is_own = not is_program(request.scope)
        changes = news.changes(person)
        questions = news.questions(person, changes, is_own=is_own)
        since = news.since(person, is_own=is_own)
        told: dict[str, Any] = {"since": since, "questions": questions, "trouble": trouble, "kinds": KINDS}
        return page(
            request,
            "news/news.html",
            422 if trouble else 200,
            **told,
            whats=WHATS,
            saved=news.followed is not None,
            days=news.days,
            fresh=together(change for change in changes if since is not None and change.at > since)[:_SHOWN],
            earlier=[change for change in changes if since is None or change.at <= since][:_SHOWN],
            reader=reader_address,
            limits=_limits,
        )

    @router.get(ADDRESS)
    def what_is_new(request: Request) -> Response:
        return show(request)

    @router.get(f"{ADDRESS}.atom")
    def feed(request: Request) -> Response:
        person = person_of(request)
        changes = news.changes(person)
        questions = news.questions(person, changes, is_own=not is_program(request.scope))
        base = f"{request.url.scheme}://{request.url.netloc}"
        entries = [_of_change(change, base) for change in changes]
        entries += [_of_question(question, item, base) for question in questions for item in question.news]
        entries.sort(key=lambda entry: entry.at, reverse=True)
        updated = news.base.of(person).status().last_ingestion or "1970-01-01T00:00:00+00:00"
        title = f"{strings.NAME} : nouveautés de la base"
        content = atom(title, f"{base}{ADDRESS}.atom", base + ADDRESS, entries[:_ENTRIES], updated)
        return Response(content, media_type=TYPE, headers={"cache-control": "no-store"})

    @router.post(f"{ADDRESS}/suivre")
    def follow(request: Request, conversation: Identifier) -> Response:
        person = person_of(request)
        try:
            kept = news.conversations.get(person.name, conversation)
            if news.followed is None:
                raise ReperesError("Cette application ne garde rien : une question ne peut pas y être suivie.")
            if kept is None or not kept.turns:
                raise ReperesError(strings.CONVERSATION_GONE)
            answer = kept.turns[-1].answer
            cited = dict.fromkeys(citation["document"] for citation in answer["citations"])
            understood = answer["standalone_question"] or answer["question"]
            news.followed.follow(
                person.name,
                answer["question"],
                understood,
                list(cited),
                answered=_searched(kept.turns[-1]),
                filters=kept_filters(answer.get("filters", {})),
                rights=rights_of(answer),  # of whom its sources were found for
            )
        except ReperesError as error:
            return show(request, str(error))
        return RedirectResponse(f"{ADDRESS}#suivies", 303)

    @router.post(f"{ADDRESS}/laisser")
    def leave(request: Request, question: Identifier) -> Response:
        if news.followed is not None:
            news.followed.leave(person_of(request).name, question)
        return RedirectResponse(f"{ADDRESS}#suivies", 303)

    return router


def _searched(turn: KeptTurn) -> datetime:
    """When the documents of an answer were looked for: it is kept once it is written."""
    took = sum(seconds for seconds in turn.answer["seconds"].values() if seconds is not None)
    return datetime.fromisoformat(turn.at) - timedelta(seconds=took)


def _limits(question: FollowedQuestion) -> str:
    """What the answers to a question are limited to, as people read it; empty where they are not."""
    return ", ".join(label for *_, label in Choice.of(question.filters).given)


def _of_change(change: DocumentChange, base: str) -> Entry:
    address = base + (ADDRESS if change.kind == "withdrawn" else reader_address(change.document))
    key = (change.document, change.at, change.kind)
    return Entry(key, change.at, f"{KINDS[change.kind]} : {change.title}", address, "\n".join(change.diff))


def _of_question(question: FollowedQuestion, item: QuestionNews, base: str) -> Entry:
    address = base + (ADDRESS if item.what == "source_withdrawn" else reader_address(item.document))
    key = (question.id, item.document, item.at, item.what)
    return Entry(
        key, item.at, f"Question suivie : {question.understood}", address, f"{WHATS[item.what]} : {item.title}"
    )
