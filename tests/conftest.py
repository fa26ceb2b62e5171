"""What every test shares: an environment of its own, no network beyond loopback, encoders, settings."""

from __future__ import annotations

import ipaddress
import os
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from kb.models.chat.gguf import InstalledModel, installed, runs_here
from kb.models.encoder import Encoder
from kb.settings import Settings
from tiny_encoder import TinyEncoder

# Before anything else is imported: libraries read these once. Child processes of the tests inherit them.
_TEST_CACHE = os.environ.get("REPERES_TEST_CACHE", "")
for _name in [name for name in os.environ if name.startswith("REPERES_")]:
    del os.environ[_name]
os.environ.update(
    HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false", GRADIO_ANALYTICS_ENABLED="False", ANONYMIZED_TELEMETRY="False"
)

# The user's cache folder holds the language model, which only the tests that ask for it may find.
_USER_CACHE = Settings().cache
_EMPTY_CACHE = tempfile.TemporaryDirectory(prefix="reperes-tests-")
os.environ["XDG_CACHE_HOME"] = _EMPTY_CACHE.name

# No deadline: a test never measures time. Always the same examples: a red run can be run again.
hypothesis.settings.register_profile(
    "reperes", deadline=None, derandomize=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("reperes")

_looked_up: list[str] = []


def _is_local(host: object) -> bool:
    if isinstance(host, bytes):
        host = host.decode()
    if host in {None, "", "localhost"}:
        return True
    try:
        ipaddress.ip_address(str(host))
    except ValueError:
        return False
    return True  # connecting to it is pytest-socket's business


@pytest.fixture(scope="session", autouse=True)
def _only_local_names() -> Iterator[None]:
    """Looking a name up leaves the machine before any connection does, and pytest-socket lets it pass."""
    resolve = socket.getaddrinfo

    def guarded(host: Any, *args: Any, **kwargs: Any) -> Any:
        if not _is_local(host):
            _looked_up.append(str(host))
            raise socket.gaierror(socket.EAI_FAIL, f"blocked in tests: {host}")
        return resolve(host, *args, **kwargs)

    socket.getaddrinfo = guarded
    yield
    socket.getaddrinfo = resolve


@pytest.fixture(autouse=True)
def _no_name_looked_up(_only_local_names: None) -> Iterator[None]:
    """Fails the test that looked up a name beyond this machine, even when the code swallowed the error."""
    yield
    names = _looked_up.copy()
    _looked_up.clear()
    assert not names, f"looked up beyond this machine: {names}"


@pytest.fixture(scope="session")
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the packaged model is unpacked, once a session; REPERES_TEST_CACHE names a folder to keep it in."""
    return Path(_TEST_CACHE).resolve() if _TEST_CACHE else tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def packaged_encoder(cache_folder: Path) -> Encoder:
    """The real model. Takes seconds: for tests of meaning and of the whole; `tiny_encoder` does for the others."""
    from kb.models.sentence_encoder import load_encoder

    return load_encoder(Settings.load({"REPERES_CACHE": str(cache_folder)}))


@pytest.fixture(scope="session")
def tiny_encoder() -> Encoder:
    """An encoder without a model: shared words and parts of words make vectors near."""
    return TinyEncoder()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings whose store and cache are this test's own."""
    return Settings.load({"REPERES_STORE": str(tmp_path / "store"), "REPERES_CACHE": str(tmp_path / "cache")})


@pytest.fixture(scope="session")
def local_model() -> InstalledModel:
    """The real local language model, from the user's own cache folder: `make test` installs it."""
    found = installed(replace(Settings(), cache=_USER_CACHE))
    assert found is not None, "no local language model: run `make language-model`"
    assert runs_here(), "llama.cpp is missing: pip install -e '.[test]'"
    return found
