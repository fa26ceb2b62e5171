"""How the application is doing: health, readiness, and figures in the form that Prometheus reads."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from kb.answering.serialize import AnswerJson
from kb.cli.logs import QUESTIONS
from kb.ports import Ingestor, Views
from kb.records.accounts import NOBODY, Person
from kb.records.asked.questions import AskedQuestions
from kb.rights.rights import WHOLE, Rights
from kb.web import strings
from kb.web.base_state import BaseState, read_base_state
from kb.web.pages.templating import person_of

_SECONDS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3.0, 6.0, 12.0, 25.0, 60.0)

logger = logging.getLogger(QUESTIONS)


class Metrics:
    """What is counted, in a registry of its own. Serves many threads. No question, name or address is in it.

    With `log_questions` each answer is logged with its question; otherwise with its figures only. `asked` keeps, for
    editors, how each question ended.
    """

    def __init__(self, *, log_questions: bool = False, asked: AskedQuestions | None = None) -> None:
        self.registry = CollectorRegistry()
        self._asked = asked
        self._log_questions = log_questions
        self._questions = Counter("reperes_questions", "Answers given.", ["way", "outcome"], registry=self.registry)
        self._seconds = Histogram(
            "reperes_stage_seconds", "Seconds of each stage.", ["stage"], buckets=_SECONDS, registry=self.registry
        )
        self._under_way = Gauge(
            "reperes_questions_under_way", "Answers being made or waited for.", registry=self.registry
        )
        self._sign_ins = Counter("reperes_sign_ins", "Passwords sent.", ["outcome"], registry=self.registry)

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """Counts a question as under way until the end."""
        self._under_way.inc()
        try:
            yield
        finally:
            self._under_way.dec()

    def answered(self, answer: AnswerJson, way: str, rights: Rights = WHOLE) -> None:
        """Counts an answer. `way` is where the question came from: `page`, `api`; `rights` those of who asked."""
        outcome = f"refused_{answer['reason']}" if answer["refused"] else answer["answerer"]
        seconds_of = {"retrieval": answer["seconds"]["retrieval"], "answer": answer["seconds"]["answer"]}
        self._questions.labels(way, outcome).inc()
        if self._asked is not None:
            self._asked.answered(answer, way, rights=rights)
        for stage, seconds in seconds_of.items():
            if seconds is not None:
                self._seconds.labels(stage).observe(seconds)
        told = {
            "way": way,
            "outcome": outcome,
            "citations": len(answer["citations"]),
            **{f"seconds_{stage}": seconds for stage, seconds in seconds_of.items()},
        }
        if self._log_questions:
            told["question"] = answer["question"]
        logger.info("answered", extra={"told": told})

    def failed(self, way: str, rights: Rights = WHOLE) -> None:
        """Counts a question that could not be answered; `rights` are those of who asked."""
        self._questions.labels(way, "error").inc()
        if self._asked is not None:
            self._asked.failed(way, rights=rights)

    def signed_in(self, outcome: str) -> None:
        """Counts a password that was sent: `right` and `wrong` were checked, `delayed` and `busy` were not."""
        self._sign_ins.labels(outcome).inc()

    def text(self, base: Views, person: Person, ingestor: Ingestor | None) -> bytes:
        """The figures in Prometheus' text form: those of the base as a person sees it, and those of what people do only
        for whoever may read all of the base. Numbers of others' would tell what is asked of what they may not read."""
        state, now = read_base_state(base, person, ingestor), CollectorRegistry()
        is_part = bool(base.rights(person).hidden)
        # Made anew for each: one person's figures are never another's.
        if state.status is not None:
            Gauge("reperes_documents", "Documents in the base.", registry=now).set(state.status.documents)
            Gauge("reperes_passages", "Passages in the base.", registry=now).set(state.status.passages)
            if not is_part:  # it grows with what is hidden, too
                Gauge("reperes_generation", "Generation of the base.", registry=now).set(state.status.generation)
        Gauge("reperes_ingesting", "1 while an ingestion runs.", registry=now).set(int(state.progress.running))
        return bytes((b"" if is_part else generate_latest(self.registry)) + generate_latest(now))


def _not_ready(state: BaseState, *, is_part: bool) -> str:
    """Why questions cannot be answered here now, for whoever sends them elsewhere; empty when they can.

    Anybody may ask: no name and no address is told. Of a part of the base (`is_part`) nobody learns whether the rest
    is empty too.
    """
    if state.is_unreachable:
        return "La base de données ne répond pas : vérifiez que le serveur PostgreSQL est démarré."
    if state.status is None:
        return f"{strings.BASE_UNAVAILABLE} : la page d'accueil et le journal de l'application disent pourquoi."
    if not state.status.documents and not is_part:
        return f"{strings.BASE_EMPTY} : lancez une mise à jour."
    if state.status.is_behind:
        return "La copie des mots de cette réplique est en retard sur la base : elle se met à jour."
    return ""


def operation_routes(base: Views, ingestor: Ingestor | None, metrics: Metrics) -> APIRouter:
    """`/healthz`: the server runs; `/readyz`: questions can be answered; `/metrics`."""
    router = APIRouter()
    is_part = bool(base.rights(NOBODY).hidden)

    @router.get("/healthz")
    def health() -> dict[str, object]:
        state = read_base_state(base, NOBODY, ingestor)
        status = state.status
        return {
            "status": "ok",
            "base": state.name,
            "documents": status.documents if status else None,
            "passages": status.passages if status else None,
            "generation": status.generation if status and not is_part else None,
            "last_ingestion": status.last_ingestion if status else None,
            "ingesting": state.progress.running,
        }

    @router.get("/readyz")
    def ready() -> Response:
        state = read_base_state(base, NOBODY, ingestor)
        reason = _not_ready(state, is_part=is_part)
        return JSONResponse({"base": state.name, **({"reason": reason} if reason else {})}, 503 if reason else 200)

    @router.get("/metrics")
    def show_metrics(request: Request) -> Response:
        return Response(metrics.text(base, person_of(request), ingestor), media_type=CONTENT_TYPE_LATEST)

    return router
