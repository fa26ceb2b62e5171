"""What every test shares: an environment of its own, no network beyond loopback, encoders, settings."""

from __future__ import annotations

import ipaddress
import os
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from kb.models.chat.gguf import InstalledModel, installed, runs_here
from kb.models.encoder import Encoder
from kb.models.reader.passage_reader import PassageReader, Reader
from kb.settings import Settings
from postgres_server import PostgresServer, postgres_server
from reading_once import reading_once
from tiny_encoder import TinyEncoder
from tiny_reader import TinyReader

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from bundled import IngestedCorpus

# Before anything else is imported: libraries read these once. Child processes of the tests inherit them; those that
# pytest-xdist starts import this again, and what the first one took away is no longer there for them.
_TEST_CACHE = os.environ.setdefault("TESTS_CACHE", os.environ.get("REPERES_TEST_CACHE", ""))
for _name in [name for name in os.environ if name.startswith("REPERES_")]:
    del os.environ[_name]
os.environ.update(
    HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false", GRADIO_ANALYTICS_ENABLED="False", ANONYMIZED_TELEMETRY="False"
)

# The user's cache folder holds the language model, which only the tests that ask for it may find.
_USER_CACHE = Path(os.environ.setdefault("TESTS_USER_CACHE", str(Settings().cache)))
_EMPTY_CACHE = tempfile.TemporaryDirectory(prefix="reperes-tests-")
os.environ["XDG_CACHE_HOME"] = _EMPTY_CACHE.name

# No deadline: a test never measures time. Always the same examples: a red run can be run again.
hypothesis.settings.register_profile(
    "reperes", deadline=None, derandomize=True, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("reperes")

# What a test needs is told by the fixtures that it asks for, itself or through others.
_MARKED_BY = {
    "browser": {"browser"},
    "llm": {"local_model"},
    # The packaged model unpacked and loaded, the application served, a base killed and mended: seconds each.
    "slow": {"application", "cache_folder", "crashes", "serve_page"},
}
_TESTS = Path(__file__).parent
_SLOW = tuple((_TESTS / "slow.txt").read_text(encoding="utf-8").split())
_CHROMIUM = Path("/usr/bin/chromium")
_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Modules that are slow as a whole are not even imported when slow tests are left out."""
    if "not slow" in config.option.markexpr and collection_path.is_relative_to(_TESTS):
        return collection_path.relative_to(_TESTS).as_posix() in {name.rstrip("/") for name in _SLOW} or None
    return None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests that `make quick` leaves out: those with a browser or a language model, and slow ones."""
    for item in items:
        if item.nodeid.removeprefix("tests/").startswith(_SLOW):
            item.add_marker("slow")
        for marker, fixtures in _MARKED_BY.items():
            if fixtures & set(getattr(item, "fixturenames", ())):
                item.add_marker(marker)


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
def corpus_in(cache_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> IngestedCorpus:
    """The bundled corpus, ingested with the real model once a session in each number format that is asked for."""
    from bundled import CORPUS
    from ingest.pipeline import ingest
    from kb.models.sentence_encoder import load_encoder

    @cache
    def ingested(dtype: str) -> tuple[Settings, Encoder]:
        encoder = load_encoder(Settings(cache=cache_folder, embedding_dtype=dtype))
        store = tmp_path_factory.mktemp(f"corpus-{dtype}")
        settings = Settings.load({"REPERES_STORE": str(store), "REPERES_CACHE": str(cache_folder)})
        assert not ingest([CORPUS / "documents"], settings, encoder).failed
        return settings, encoder

    return ingested


@pytest.fixture(scope="module")
def readings_once() -> Iterator[None]:
    """For modules that ask the questions of the corpus: see `reading_once`."""
    with reading_once():
        yield


@pytest.fixture(scope="session")
def tiny_encoder() -> Encoder:
    """An encoder without a model: shared words and parts of words make vectors near."""
    return TinyEncoder()


@pytest.fixture(scope="session")
def reader(cache_folder: Path) -> Reader:
    """The real reader. Takes seconds: for tests of meaning and of its own; `tiny_reader` does for the others."""
    return PassageReader(cache_folder / "models", "int8")


@pytest.fixture(scope="session")
def tiny_reader() -> Reader:
    """A reader without a model: the more words of the question a sentence holds, the better it answers."""
    return TinyReader()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL server, for all tests: each takes a `database` of its own."""
    with postgres_server() as server:
        yield server


@pytest.fixture
def database(postgres: PostgresServer) -> str:
    """The address of a database that is this test's own, as REPERES_DATABASE takes it."""
    return postgres.new_database()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings whose store and cache are this test's own."""
    return Settings.load({"REPERES_STORE": str(tmp_path / "store"), "REPERES_CACHE": str(tmp_path / "cache")})


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's own Chromium, without a window."""
    assert _CHROMIUM.exists(), "needs Debian's package chromium, which `make test` installs"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=_CHROMIUM, args=list(_QUIET))
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def local_model() -> InstalledModel:
    """The real local language model, from the user's own cache folder: `make test` installs it."""
    found = installed(replace(Settings(), cache=_USER_CACHE))
    assert found is not None, "no local language model: run `make language-model`"
    assert runs_here(), "llama.cpp is missing: pip install -e '.[test]'"
    return found
