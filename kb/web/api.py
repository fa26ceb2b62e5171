"""The HTTP API: `/api/ask` (whole or streamed), `/api/search`, and the page that documents them.

The form of an answer is that of `reperes ask --json`. With sign-in a token is needed (`reperes user token`).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Generator, Iterator
from typing import Any, Literal

from fastapi import APIRouter, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from kb.answering.serialize import answer_to_json, hit_to_json
from kb.errors import ReperesError
from kb.ports import Base, Views
from kb.retrieval.filters import Filters
from kb.rights.rights import Rights
from kb.types import Message
from kb.web import strings
from kb.web.auth.gate import Gate
from kb.web.auth.rate_limits import asker
from kb.web.chat.chat_state import HISTORY_MESSAGES
from kb.web.chat.exchange import LONGEST_MESSAGE, LONGEST_QUESTION, answer_in_turn, question_trouble
from kb.web.chat.waiting_line import WaitingLines
from kb.web.operation import Metrics
from kb.web.pages.templating import page, person_of

logger = logging.getLogger(__name__)


class Said(BaseModel):
    """A message of the conversation before the question."""

    model_config = ConfigDict(extra="forbid")
    role: Literal["user", "assistant"]
    content: str = Field(max_length=LONGEST_MESSAGE)


class Chosen(BaseModel):
    """Filters: values of one field are alternatives; `since` and `until` are `2025`, `2025-03` or `2025-03-14`,
    or as people type them (`14/03/2025`, `14 mars 2025`)."""

    model_config = ConfigDict(extra="forbid")
    kind: list[str] = []
    rubric: list[str] = []
    programme: list[str] = []
    partner: list[str] = []
    since: str | None = None
    until: str | None = None


class Asked(BaseModel):
    """A question, oldest message of its conversation first."""

    model_config = ConfigDict(extra="forbid")
    question: str = Field(max_length=LONGEST_QUESTION)
    history: list[Said] = Field(default=[], max_length=200)
    filters: Chosen = Chosen()
    answerer: Literal["auto", "extractive", "llm"] = Field(default="auto", description=strings.API_ANSWERER)
    stream: bool = Field(default=False, description="One JSON object a line: the states of the answer, `final` last.")


class Sought(BaseModel):
    """What to look for."""

    model_config = ConfigDict(extra="forbid")
    question: str = Field(max_length=LONGEST_QUESTION)
    k: int = Field(default=10, ge=1, le=100)
    filters: Chosen = Chosen()


def add_api(server: FastAPI, base: Views, gate: Gate, metrics: Metrics, waiting_lines: WaitingLines) -> None:
    """Adds `/api/ask`, `/api/search`, `/api/openapi.json` and `/api` to the server. Programs wait in the lines too."""
    router = APIRouter(prefix="/api")

    @router.post("/ask", summary=strings.API_ASK, description=strings.API_ASK_GIVES, response_model=None)
    def ask(request: Request, asked: Asked) -> Response:
        """The answer, proven by citations, or a refusal without any."""
        _check(request, gate, asked.question)
        history = tuple(Message(message.role, message.content) for message in asked.history[-HISTORY_MESSAGES:])
        filters = _filters(asked.filters)
        opened = _opened(base, request)
        states = answer_in_turn(opened, asked.question.strip(), history, filters, waiting_lines, asked.answerer)

        def told() -> Iterator[dict[str, Any]]:
            with metrics.under_way():
                for state in states:
                    if isinstance(state, int):
                        continue  # its place in the line
                    answer, final = state
                    plain = answer_to_json(answer)
                    if final:
                        metrics.answered(plain, "api", opened.rights)
                    yield {**plain, "final": final}

        if asked.stream:
            written = (
                json.dumps(state, ensure_ascii=False) + "\n" for state in _surely(told(), metrics, opened.rights)
            )
            return _Stream(written)
        try:
            *_, last = told()
        except ReperesError as error:
            metrics.failed("api", opened.rights)
            raise HTTPException(422, str(error)) from error
        return JSONResponse({name: value for name, value in last.items() if name != "final"})

    @router.post("/search", summary=strings.API_SEARCH, description=strings.API_SEARCH_GIVES, response_model=None)
    def search(request: Request, sought: Sought) -> Response:
        """The passages nearest to a question, best first."""
        _check(request, gate, sought.question)
        try:
            hits = _opened(base, request).search(sought.question, k=sought.k, filters=_filters(sought.filters))
        except ReperesError as error:
            raise HTTPException(422, str(error)) from error
        return JSONResponse({"hits": [hit_to_json(hit) for hit in hits]})

    @router.get("/openapi.json", include_in_schema=False)
    def schema() -> Response:
        return JSONResponse(server.openapi())

    @router.get("", include_in_schema=False)
    def documentation(request: Request) -> Response:
        told = server.openapi()
        return page(request, "api.html", paths=told["paths"], schemas=told["components"]["schemas"], open=gate.is_open)

    server.include_router(router)


class _Stream(StreamingResponse):
    """The lines of an answer. Whoever leaves before the last one leaves the lines where questions wait at once."""

    def __init__(self, lines: Generator[str, None, None]) -> None:
        super().__init__(lines, media_type="application/x-ndjson")
        self._lines = lines

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            await run_in_threadpool(self._lines.close)


def _surely(states: Iterator[dict[str, Any]], metrics: Metrics, rights: Rights) -> Iterator[dict[str, Any]]:
    """The states; an error, once the answer has begun, is the last line."""
    try:
        yield from states
    except ReperesError as error:
        metrics.failed("api", rights)
        yield {"error": str(error), "final": True}
    except Exception:  # the status is sent already: the line is all that is left to tell it
        logger.exception("answering over the API failed")
        metrics.failed("api", rights)
        yield {"error": strings.INTERNAL_ERROR, "final": True}


def _opened(base: Views, request: Request) -> Base:
    try:
        return base.of(person_of(request))
    except ReperesError as error:
        raise HTTPException(503, str(error)) from error


def _check(request: Request, gate: Gate, question: str) -> None:
    if trouble := question_trouble(question):
        raise HTTPException(422, trouble)
    if not gate.rate_limits.may_ask(asker(request.scope)):
        raise HTTPException(429, strings.TOO_MANY_QUESTIONS, {"retry-after": "60"})


def _filters(chosen: Chosen) -> Filters | None:
    try:
        filters = Filters(
            kind=tuple(chosen.kind),
            rubric=tuple(chosen.rubric),
            programme=tuple(chosen.programme),
            partner=tuple(chosen.partner),
            since=chosen.since,
            until=chosen.until,
        )
    except ReperesError as error:
        raise HTTPException(422, str(error)) from error
    return filters or None
