"""The HTTP API and what tells how the application is doing."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from typing import Any

import httpx
import pytest

from chat_server import chat_server, saying
from ingest.pipeline import ingest
from kb.errors import StoreError, StoreUnreachableError
from kb.index.embedded.reader import EmbeddedReader
from kb.knowledge import KnowledgeBase
from kb.models.chat.llm import ChatModel
from kb.models.encoder import Encoder
from kb.settings import Settings
from kb.types import StoreStatus
from paced_base import PacedBase
from serving import Application, Servers
from small_base import SmallBase, UnsaidBase
from small_pages import DOCUMENTS

QUESTION = "Qui apporte les aides du programme ?"
BUDGET = "Quel est le budget du programme ?"


def ingest_pages(settings: Settings, encoder: Encoder) -> None:
    folder = settings.store.parent / "docs"
    folder.mkdir()
    (folder / "a.md").write_text("# Budget\n\nLe budget du programme est de 12 milliards d'euros.", encoding="utf-8")
    assert ingest([folder], settings, encoder).added == 1


def test_an_answer_whole_and_streamed(application: Application) -> None:
    client = application()
    answer = client.post("/api/ask", json={"question": QUESTION}).json()
    assert answer["answer"].startswith("Action Logement apporte 72 %")
    assert answer["citations"][0]["quote"] in DOCUMENTS[0].text
    assert "final" not in answer
    lines = [
        json.loads(line)
        for line in client.post("/api/ask", json={"question": QUESTION, "stream": True}).text.splitlines()
    ]
    assert [line["final"] for line in lines] == [*[False] * (len(lines) - 1), True]
    assert {name: value for name, value in lines[-1].items() if name != "final"} == answer


def test_the_nearest_sentences_of_a_refusal_are_given_apart(application: Application) -> None:
    answer = application(UnsaidBase(DOCUMENTS)).post("/api/ask", json={"question": QUESTION}).json()
    assert (answer["refused"], answer["reason"], answer["citations"]) == (True, "unsaid", [])
    assert answer["nearest"][0]["quote"] in DOCUMENTS[0].text
    assert "nearest" in application().get("/api").text


def test_history_and_filters_count(application: Application) -> None:
    client = application()
    history = [
        {"role": "user", "content": "Combien de quartiers prioritaires ?"},
        {"role": "assistant", "content": "448"},
    ]
    follow_up = client.post("/api/ask", json={"question": "Et Lyon ?", "history": history}).json()
    assert follow_up["standalone_question"] == "Combien de quartiers prioritaires ? Et Lyon ?"
    limited = client.post("/api/ask", json={"question": QUESTION, "filters": {"since": "2024", "until": "2024"}}).json()
    assert limited["refused"]
    hits = client.post("/api/search", json={"question": QUESTION, "k": 1}).json()["hits"]
    assert [hit["document"] for hit in hits] == ["financement.md"]


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        ("/api/ask", {"question": "  "}, "vide"),
        ("/api/ask", {}, "question"),
        ("/api/ask", {"question": "x" * 2001}, "question"),
        ("/api/ask", {"question": "Qui ?", "autre": 1}, "autre"),
        ("/api/ask", {"question": QUESTION, "answerer": "autre"}, "answerer"),
        ("/api/ask", {"question": "Qui ?", "history": [{"role": "system", "content": "x"}]}, "role"),
        ("/api/ask", {"question": QUESTION, "filters": {"kind": ["inconnu"]}}, "inconnu"),
        ("/api/ask", {"question": QUESTION, "filters": {"since": "hier"}}, "hier"),
        ("/api/search", {"question": QUESTION, "k": 0}, "k"),
    ],
)
def test_what_is_wrong_is_told_in_french(
    application: Application, path: str, body: dict[str, object], told: str
) -> None:
    answer = application().post(path, json=body)
    assert answer.status_code == 422
    assert told in answer.json()["detail"]


def test_who_words_the_answer_is_chosen_as_on_the_command_line(
    application: Application, settings: Settings, tiny_encoder: Encoder
) -> None:
    ingest_pages(settings, tiny_encoder)
    sentence = "Le budget du programme est de 12 milliards d'euros [1]."
    with chat_server(saying(sentence)) as server:
        model = ChatModel("grand", lambda: server.address, by_default=False)
        with KnowledgeBase(EmbeddedReader(settings.store, tiny_encoder), tiny_encoder, model=model) as base:
            assert base.model_name is None
            client = application(base)
            given = {
                answerer: client.post("/api/ask", json={"question": BUDGET, "answerer": answerer}).json()
                for answerer in ("auto", "extractive", "llm")
            }
            asked = len(server.requests)
            streamed = client.post("/api/ask", json={"question": BUDGET, "answerer": "llm", "stream": True}).text
    assert {name: (answer["answerer"], answer["model"]) for name, answer in given.items()} == {
        "auto": ("extractive", None),  # the model is left alone unless it is asked for
        "extractive": ("extractive", None),
        "llm": ("llm", "grand"),
    }
    assert asked == 1
    assert json.loads(streamed.splitlines()[-1])["answerer"] == "llm"


def test_a_model_that_is_not_there_is_told(application: Application, settings: Settings, tiny_encoder: Encoder) -> None:
    ingest_pages(settings, tiny_encoder)
    with KnowledgeBase(EmbeddedReader(settings.store, tiny_encoder), tiny_encoder) as base:
        client = application(base)
        refused = client.post("/api/ask", json={"question": BUDGET, "answerer": "llm"})
        streamed = client.post("/api/ask", json={"question": BUDGET, "answerer": "llm", "stream": True})
    assert refused.status_code == 422
    assert "Aucun modèle de langue n'est configuré" in refused.json()["detail"]
    assert "Aucun modèle de langue n'est configuré" in json.loads(streamed.text)["error"]


def test_too_many_questions_have_to_wait(application: Application) -> None:
    client = application(questions_per_minute=2)
    answers = [client.post("/api/ask", json={"question": QUESTION}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1].headers["retry-after"] == "60"


def test_the_api_is_documented(application: Application) -> None:
    client = application()
    schema = client.get("/api/openapi.json").json()
    assert set(schema["paths"]) == {"/api/ask", "/api/search"}
    answerer = schema["components"]["schemas"]["Asked"]["properties"]["answerer"]
    assert answerer["enum"] == ["auto", "extractive", "llm"]
    assert "modèle de langue" in answerer["description"]
    page = client.get("/api").text
    assert "POST /api/ask" in page
    assert "auto, extractive, llm" in page
    assert "stream" in page


def logged(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """What was logged of questions; other threads of the process log too."""
    return [vars(record)["told"] for record in caplog.records if record.name == "reperes.questions"]


def test_figures_count_answers_and_hold_no_question(application: Application, caplog: pytest.LogCaptureFixture) -> None:
    client = application()
    with caplog.at_level(logging.INFO, "reperes.questions"):
        client.post("/api/ask", json={"question": QUESTION})
        client.post("/api/ask", json={"question": "Recette de tarte aux fraises ?"})
    text = client.get("/metrics").text
    assert 'reperes_questions_total{outcome="extractive",way="api"} 1.0' in text
    assert 'reperes_questions_total{outcome="refused_no_evidence",way="api"} 1.0' in text
    assert 'reperes_stage_seconds_count{stage="retrieval"} 2.0' in text
    assert "reperes_documents 3.0" in text
    assert "aides" not in text
    assert "aides" not in caplog.text
    assert [told["outcome"] for told in logged(caplog)] == ["extractive", "refused_no_evidence"]


def test_questions_are_logged_when_asked_for(application: Application, caplog: pytest.LogCaptureFixture) -> None:
    client = application(log_questions=True)
    with caplog.at_level(logging.INFO, "reperes.questions"):
        client.post("/api/ask", json={"question": QUESTION})
    assert logged(caplog)[-1]["question"] == QUESTION


def test_ready_says_in_french_what_a_replica_waits_for_and_names_no_machine(application: Application) -> None:
    class Behind(SmallBase):
        def status(self) -> StoreStatus:
            return replace(super().status(), is_behind=True)

    def unreachable() -> SmallBase:
        raise StoreUnreachableError("base.example/reperes : la base de données ne répond pas.")

    late, apart = application(Behind(DOCUMENTS)).get("/readyz"), application(unreachable).get("/readyz")
    assert [late.status_code, apart.status_code] == [503, 503]
    assert "en retard" in late.json()["reason"]
    assert "ne répond pas" in apart.json()["reason"]
    assert "base.example" not in apart.text


def test_ready_tells_whether_questions_can_be_answered(application: Application) -> None:
    assert application().get("/readyz").status_code == 200
    assert application(SmallBase([])).get("/readyz").status_code == 503

    def closed() -> SmallBase:
        raise StoreError("La base ne peut pas être ouverte.")

    client = application(closed)
    assert client.get("/healthz").json()["base"] == "unavailable"
    assert client.get("/readyz").status_code == 503
    assert "journal" in client.get("/readyz").json()["reason"]
    assert client.post("/api/ask", json={"question": QUESTION}).status_code == 503
    answer = client.get("/explorer")
    assert answer.status_code == 503
    assert "La base ne peut pas être ouverte." in answer.text


def test_an_answer_on_its_way_is_ended_before_the_server_stops(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kb.web.server._SECONDS_TO_STOP", 60)  # on a busy machine the two seconds may be over by then
    servers, base = Servers(settings), PacedBase(DOCUMENTS)
    address = servers.serve(base)
    base.find()
    base.write()
    asked = {"question": "Qui apporte les aides du programme ?", "stream": True}
    with httpx.stream("POST", f"{address}/api/ask", json=asked, timeout=120) as answer:
        lines = answer.iter_lines()
        assert not json.loads(next(lines))["final"]
        servers.tell_to_stop()
        while _is_open(address):
            pass  # soon nobody new is let in
        base.write(100)
        *_, last = lines
    assert json.loads(last)["final"]
    assert "Action Logement apporte 72 %" in json.loads(last)["answer"]
    servers.stop()


def _is_open(address: str) -> bool:
    try:
        httpx.get(f"{address}/readyz")
    except httpx.TransportError:
        return False
    return True
