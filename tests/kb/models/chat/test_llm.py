"""The door to a language model: real HTTP, servers that behave and that do not, the real local model."""

from __future__ import annotations

import logging
import os
import signal
import socket
import time
from dataclasses import replace

import pytest

from chat_server import Behaviour, chat_server, cut_off, failing, malformed, saying, slow
from kb.errors import LanguageModelError, SettingsError
from kb.models.chat.gguf import InstalledModel, LocalServer
from kb.models.chat.llm import ChatModel
from kb.models.chat.opening import open_chat_model
from kb.settings import Settings

KEY = "cle-tres-secrete"


def said(behaviour: Behaviour, timeout: float = 10.0) -> str:
    with chat_server(behaviour) as server:
        model = ChatModel("essai", lambda: server.address, key=KEY, timeout=timeout)
        return "".join(model.stream("Sois bref.", "Bonjour ?", max_tokens=20))


def test_pieces_come_as_they_are_said() -> None:
    with chat_server(saying("Bon", "jour", " à tous.")) as server:
        model = ChatModel("essai", lambda: server.address, key=KEY)
        assert list(model.stream("Sois bref.", "Bonjour ?", max_tokens=20)) == ["Bon", "jour", " à tous."]
        request = server.requests[0]
        assert server.keys == [f"Bearer {KEY}"]
    assert [message["role"] for message in request["messages"]] == ["system", "user"]
    assert (request["model"], request["stream"], request["max_tokens"]) == ("essai", True, 20)
    assert request["temperature"] == 0


@pytest.mark.parametrize("code", [429, 500, 503])
def test_a_passing_error_is_tried_again(code: int) -> None:
    assert said(failing(code, times=1)) == "Voilà."


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (failing(500), "erreur"),
        (failing(429), "saturé"),
        (failing(401), "clé"),
        (failing(404), "REPERES_LLM_MODEL"),
        (slow, "à temps|coupée"),
        (cut_off, "coupée"),
        (malformed, "coupée"),
        (saying(), "rien répondu"),
        (saying("  ", "\n"), "rien répondu"),
    ],
)
def test_what_goes_wrong_is_told_and_the_key_never(
    behaviour: Behaviour, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), pytest.raises(LanguageModelError, match=reason) as raised:
        said(behaviour, timeout=1.0 if behaviour is slow else 60.0)
    assert KEY not in caplog.text
    assert KEY not in str(raised.value)
    assert raised.value.__cause__ is None


def test_a_server_out_of_reach_is_told() -> None:
    with socket.socket() as held:  # its port is nobody else's meanwhile
        held.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{held.getsockname()[1]}/v1"
        with pytest.raises(LanguageModelError, match="injoignable"):
            list(ChatModel("essai", lambda: address, timeout=60.0).stream("a", "b", max_tokens=5))


def test_a_prompt_beyond_the_window_is_never_sent() -> None:
    with chat_server(saying("x")) as server:
        model = ChatModel("essai", lambda: server.address, context_tokens=1024)
        assert model.fits("a", "b" * 1000, 200)
        with pytest.raises(LanguageModelError, match="dépassent"):
            list(model.stream("a", "b" * 4000, max_tokens=200))
        assert server.requests == []


def test_settings_choose_the_endpoint(settings: Settings) -> None:
    assert open_chat_model(settings) is None
    with pytest.raises(SettingsError, match="REPERES_LLM_MODEL"):
        open_chat_model(replace(settings, llm_url="http://127.0.0.1:1/v1"))
    chosen = open_chat_model(replace(settings, llm_url="http://127.0.0.1:1/v1", llm_model="mistral", llm_key=KEY))
    assert chosen is not None
    assert chosen.name == "mistral"
    assert KEY not in repr(replace(settings, llm_key=KEY))


def test_the_local_model_writes_and_is_started_again_when_killed(local_model: InstalledModel) -> None:
    server = LocalServer(local_model.path)
    model = ChatModel(local_model.name, server.address, close=server.close)
    try:
        stream = model.stream("Réponds en français.", "Compte de un à cent, en toutes lettres.", max_tokens=200)
        assert next(stream).strip()
        pid = server.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(LanguageModelError, match=r"coupée|injoignable"):
            list(stream)
        while server.pid == pid:  # a process with a gigabyte takes a moment to be gone
            time.sleep(0.05)
        assert "".join(model.stream("Réponds par un mot.", "Capitale de la France ?", max_tokens=10)).strip()
        assert server.pid not in {None, pid}
    finally:
        model.close()
    assert server.pid is None
