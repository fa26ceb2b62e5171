"""What the tools do, over one base. Knows nothing of the protocol."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from kb.answering.serialize import AnswerJson, CitationJson, answer_to_json, document_to_json, hit_to_json
from kb.errors import ReperesError
from kb.ports import Views
from kb.records.accounts import NOBODY, Person
from kb.retrieval.filters import Filters
from kb.types import Document
from kb.web import strings
from kb.web.assistants.forms import PART, Answered, Asked, Found, Passage, Quoted, Read, Sought, Wanted, taken
from kb.web.auth.rate_limits import RateLimits
from kb.web.chat.exchange import answer_in_turn, question_trouble
from kb.web.chat.sources import reader_address
from kb.web.chat.waiting_line import WaitingLines
from kb.web.operation import Metrics

WAY = "mcp"
"""Where the questions of assistants come from, among the figures of operation."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Call:
    """Who calls, as the rates tell them apart, and the address of the application that they call, without a slash at
    its end; both empty over stdio, where there is no application. `person` is whose rights they have."""

    who: str = ""
    address: str = ""
    person: Person = NOBODY

    def reader(self, document_id: str, start: int = 0, end: int = 0, quote: str = "") -> str | None:
        """The address of the page of the reader, None without an application."""
        return self.address + reader_address(document_id, start, end, quote) if self.address else None


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool as an assistant is told of it; `form` is what it takes, `gives` what it gives."""

    name: str
    title: str
    description: str
    form: type[BaseModel]
    gives: type[BaseModel]


TOOLS = (
    Tool(
        "search",
        "Chercher des passages",
        "Cherche dans les documents de la base les passages les plus proches d'une question, le meilleur d'abord, avec "
        "le titre, l'adresse, la date et la page de leur document. Pour une réponse prouvée, prenez plutôt ask.",
        Sought,
        Found,
    ),
    Tool(
        "ask",
        "Poser une question",
        "Répond à une question d'après les documents de la base, et eux seuls : chaque phrase porte le numéro [n] de "
        "la citation qui la prouve. Quand les documents ne disent pas la réponse, « refused » est vrai : dites-le, et "
        "n'inventez rien.",
        Asked,
        Answered,
    ),
    Tool(
        "read_document",
        "Lire un document",
        f"Lit le texte d'un document de la base, {strings.grouped(PART)} caractères au plus à la fois, à partir de "
        "« start » ; « next » donne la suite.",
        Wanted,
        Read,
    ),
)


class Tools:
    """The tools. Serves many threads. Without `rate_limits` anybody asks as often as they like."""

    def __init__(
        self,
        base: Views,
        waiting_lines: WaitingLines | None = None,
        rate_limits: RateLimits | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        self._base = base
        self._waiting_lines = waiting_lines or WaitingLines()
        self._rate_limits = rate_limits or RateLimits(0)
        self._metrics = metrics

    def run(self, name: str, arguments: Mapping[str, Any], call: Call) -> Generator[BaseModel | None, None, None]:
        """Runs a tool: its result comes last, None before it a few times a second, so that who waits can be let go of.

        Raises ReperesError, saying what is wrong, for arguments that cannot be taken and whatever the base refuses.
        """
        if name == "search":
            yield self._search(taken(Sought, arguments), call)
        elif name == "ask":
            yield from self._ask(taken(Asked, arguments), call)
        else:
            yield self._read(taken(Wanted, arguments), call)

    def _search(self, sought: Sought, call: Call) -> Found:
        self._check(sought.question, call)
        passages = []
        for hit in self._base.of(call.person).search(sought.question, k=sought.k, filters=_filters(sought)):
            place = {"start": hit.passage.start, "end": hit.passage.end}
            reader = call.reader(hit.document.id, hit.passage.start, hit.passage.end, hit.passage.text)
            passages.append(Passage(**hit_to_json(hit), **place, reader=reader))
        return Found(passages=passages)

    def _ask(self, asked: Asked, call: Call) -> Iterator[Answered | None]:
        self._check(asked.question, call)
        opened = self._base.of(call.person)
        with self._metrics.under_way() if self._metrics else nullcontext():
            states = answer_in_turn(
                opened, asked.question.strip(), (), _filters(asked), self._waiting_lines, asked.answerer
            )
            try:
                for state in states:
                    if isinstance(state, int) or not state[1]:
                        yield None
                        continue
                    told = answer_to_json(state[0])
                    if self._metrics is not None:
                        self._metrics.answered(told, WAY, opened.rights)
                    yield _answered(told, call)
            except Exception:  # counted here; told, and its cause logged, where it arrives
                if self._metrics is not None:
                    self._metrics.failed(WAY, opened.rights)
                raise
            finally:
                states.close()

    def _read(self, wanted: Wanted, call: Call) -> Read:
        found = self._base.of(call.person).document(wanted.document)
        if found is None:
            raise ReperesError(
                f"« {wanted.document[:200]} » n'est pas, ou n'est plus, un document de la base. Prenez « document » "
                "d'un résultat de search ou de ask."
            )
        end = _end_of_part(found, wanted.start)
        text = found.text[wanted.start : end]
        return Read(
            **document_to_json(found),
            reader=call.reader(found.id, wanted.start, end, text),
            source=found.source,
            rubric=found.rubric,
            kind=found.kind,
            remarks=list(found.remarks),
            text=text,
            start=min(wanted.start, len(found.text)),
            end=end,
            length=len(found.text),
            next=end if end < len(found.text) else None,
        )

    def _check(self, question: str, call: Call) -> None:
        if trouble := question_trouble(question):
            raise ReperesError(trouble)
        if not self._rate_limits.may_ask(call.who):
            raise ReperesError(strings.TOO_MANY_QUESTIONS)


def _end_of_part(document: Document, start: int) -> int:
    """Where the part that begins at `start` ends: with a block of the text, where one ends in its second half."""
    text = document.text
    if len(text) - start <= PART:
        return len(text)
    border = text.rfind("\n\n", start + PART // 2, start + PART)
    return start + PART if border < 0 else border + 2


def _answered(answer: AnswerJson, call: Call) -> Answered:
    return Answered(
        question=answer["question"],
        understood=answer["standalone_question"] or answer["question"],
        answer=answer["answer"] or "",
        refused=bool(answer["refused"]),
        reason=answer["reason"],
        citations=[_quoted(citation, call) for citation in answer["citations"]],
        nearest=[_quoted(citation, call) for citation in answer["nearest"]],
        warnings=answer["warnings"],
        answerer=answer["answerer"] or "",
        model=answer["model"],
    )


def _quoted(citation: CitationJson, call: Call) -> Quoted:
    reader = call.reader(citation["document"], citation["start"], citation["end"], citation["quote"])
    return Quoted.model_validate({**citation, "reader": reader})


def _filters(given: Sought | Asked) -> Filters | None:
    filters = Filters(
        kind=tuple(given.kind),
        rubric=tuple(given.rubric),
        programme=tuple(given.programme),
        partner=tuple(given.partner),
        since=given.since,
        until=given.until,
    )
    return filters or None
