"""The model that looks at answers a second time: which one it is, and how it is let go of."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from chat_server import ChatServer, Handler, chat_server, saying
from ingest.pipeline import ingest
from kb.answering.writing import second_look
from kb.knowledge import KnowledgeBase
from kb.models.chat.kept_measurements import keep, kept, subject_of_server
from kb.models.chat.llm import ChatModel
from kb.models.chat.opening import open_chat_model, open_checker
from kb.models.encoder import Encoder
from kb.settings import Settings
from measured_models import FAST

KEY = "cle-tres-secrete"


def set_to(server: ChatServer, settings: Settings, check: str) -> Settings:
    check = Settings.load({"REPERES_LLM_CHECK": check}).llm_check
    return replace(
        settings,
        llm_url=server.address,
        llm_model="redacteur",
        llm_key=KEY,
        llm_check=check,
        llm_context=9000,
    )


@pytest.fixture
def clients(monkeypatch: pytest.MonkeyPatch) -> list[httpx.Client]:
    """The HTTP clients that are made, in order."""
    made: list[httpx.Client] = []

    class Noted(openai.DefaultHttpxClient):
        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            made.append(self)

    monkeypatch.setattr(openai, "DefaultHttpxClient", Noted)
    return made


def said(model: ChatModel) -> str:
    return "".join(model.stream("Sois bref.", "Bonjour ?", max_tokens=20))


@pytest.mark.parametrize(("check", "name"), [("no", None), ("", "redacteur"), ("yes", "redacteur"), ("grand", "grand")])
def test_the_setting_chooses_the_checker(settings: Settings, check: str, name: str | None) -> None:
    with chat_server(saying("Oui.")) as server:
        given = set_to(server, settings, check)
        model = open_chat_model(given)
        assert model is not None
        checker = open_checker(given, model)
        assert (checker.name if checker else None) == name
        assert (checker is model) == (name == "redacteur")
        if checker is not None:
            assert said(checker) == "Oui."
            assert server.requests[0]["model"] == name
            checker.close()
        model.close()


@pytest.mark.parametrize(
    ("judges", "profile", "looks_again"),
    [
        (None, "auto", True),
        (True, "auto", True),
        (False, "auto", False),
        (None, "sentences", False),
        (True, "sentences", False),
    ],
)
def test_by_itself_a_server_s_model_looks_again_unless_it_was_seen_to_judge_wrongly(
    settings: Settings, judges: bool | None, profile: str, looks_again: bool
) -> None:
    given = replace(settings, llm_url="http://127.0.0.1:9/v1", llm_model="grand", llm_profile=profile)
    if judges is not None:
        subject = subject_of_server(given.llm_url, given.llm_model)
        keep(given, replace(FAST, subject=subject, processor="", judges=judges))
    model = open_chat_model(given)
    assert model is not None
    assert open_checker(given, model) is (model if looks_again else None)
    assert open_checker(replace(given, llm_check="yes"), model) is model


def test_a_local_model_looks_again_only_when_it_is_asked_to(settings: Settings) -> None:
    model = ChatModel("petit", lambda: "http://127.0.0.1:9/v1", profile="whole", local=True)
    assert open_checker(settings, model) is None
    assert open_checker(replace(settings, llm_check="yes"), model) is model


def test_what_was_measured_before_anybody_judged_stays(settings: Settings) -> None:
    path = keep(settings, FAST)
    said = json.loads(path.read_text(encoding="utf-8"))
    del said["judges"]
    path.write_text(json.dumps(said), encoding="utf-8")
    assert kept(settings, FAST.subject, FAST.processor) == FAST
    path.write_text(json.dumps({**said, "judges": "oui"}), encoding="utf-8")
    assert kept(settings, FAST.subject, FAST.processor) is None


def test_without_a_model_there_is_no_checker(settings: Settings) -> None:
    assert open_checker(replace(settings, llm_check="yes"), None) is None
    assert open_checker(replace(settings, llm_check="grand"), None) is None


def test_another_model_of_the_same_server_has_its_address_key_and_context(settings: Settings) -> None:
    with chat_server(saying("Oui.")) as server:
        model = open_chat_model(set_to(server, settings, "no"))
        assert model is not None
        other = model.named("grand")
        assert (said(model), said(other)) == ("Oui.", "Oui.")
        assert [request["model"] for request in server.requests] == ["redacteur", "grand"]
        assert server.keys == [f"Bearer {KEY}"] * 2
        assert (other.context_tokens, other.profile, other.local) == (9000, "whole", False)
        other.close()
        model.close()


def test_closing_another_model_leaves_the_server_to_the_first() -> None:
    closed = []
    with chat_server(saying("Oui.")) as server:
        model = ChatModel("m", lambda: server.address, close=lambda: closed.append("server"))
        other = model.named("grand")
        said(other)
        other.close()
        assert closed == []
        assert said(model) == "Oui."
        model.close()
    assert closed == ["server"]


def test_closing_closes_the_connections_and_a_closed_model_opens_others(clients: list[httpx.Client]) -> None:
    with chat_server(saying("Oui.")) as server:
        model = ChatModel("m", lambda: server.address)
        assert (said(model), said(model)) == ("Oui.", "Oui.")
        assert [client.is_closed for client in clients] == [False]
        model.close()
        assert [client.is_closed for client in clients] == [True]
        model.close()  # a base closes its model and its checker, which may be the same
        assert said(model) == "Oui."
        model.close()
    assert [client.is_closed for client in clients] == [True, True]


def test_the_connections_of_a_server_that_moved_are_closed(clients: list[httpx.Client]) -> None:
    with chat_server(saying("Un.")) as first, chat_server(saying("Deux.")) as second:
        addresses = [first.address]
        model = ChatModel("m", lambda: addresses[-1])
        assert said(model) == "Un."
        addresses.append(second.address)
        assert said(model) == "Deux."
        assert [client.is_closed for client in clients] == [True, False]
        model.close()


def writes_and_judges(handler: Handler, before: int) -> None:
    judges = handler.server.requests[before]["messages"][0]["content"] == second_look.SYSTEM
    handler.say("1 : oui" if judges else "Le fonds finance 448 quartiers depuis 2018. [1]")


@pytest.mark.parametrize(("check", "asked"), [("yes", ["redacteur"] * 2), ("grand", ["redacteur", "grand"])])
def test_a_base_asks_its_checker_and_lets_go_of_both(
    settings: Settings, tmp_path: Path, tiny_encoder: Encoder, clients: list[httpx.Client], check: str, asked: list[str]
) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "fonds.md").write_text("Le fonds finance 448 quartiers depuis 2018.", encoding="utf-8")
    ingest([tmp_path / "docs"], settings, tiny_encoder)
    with chat_server(writes_and_judges) as server:
        with KnowledgeBase.open(set_to(server, settings, check), tiny_encoder) as base:
            answer = base.ask("Combien de quartiers le fonds finance-t-il ?")
            assert (answer.answerer, answer.model) == ("llm", "redacteur")
            assert "448" in answer.text
            assert [request["model"] for request in server.requests] == asked
            assert [client.is_closed for client in clients] == [False] * len(set(asked))
        assert [client.is_closed for client in clients] == [True] * len(set(asked))
