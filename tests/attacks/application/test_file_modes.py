"""Files are for their owner's eyes: what the application makes, what earlier versions left; nothing else changes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click.testing
import pytest

import app
from kb.cli.private_files import as_asked_for, close_to_others, owner_only
from kb.index.layout import belongs_to_store
from kb.models import sentence_encoder
from kb.settings import Settings
from kb.web.uploads import belongs_to_uploads
from tiny_encoder import TinyEncoder

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def _usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes(root: Path) -> dict[str, str]:
    """The mode of `root` and of everything below it."""
    return {
        path.relative_to(root.parent).as_posix(): oct(path.lstat().st_mode & 0o777) for path in (root, *root.rglob("*"))
    }


def open_ones(root: Path) -> dict[str, str]:
    """Of those, the ones that others may read, write or enter."""
    return {name: mode for name, mode in modes(root).items() if int(mode, 8) & 0o077}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "un.md").write_text("# Un\n\nLe programme coûte 12 euros par habitant en 2024.", encoding="utf-8")
    (folder / "deux.md").write_text("# Deux\n\nLe jardin est ouvert.", encoding="utf-8")
    return folder


def test_every_command_makes_its_files_for_the_owner_only(
    tmp_path: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own"
    own.mkdir(mode=0o755)
    monkeypatch.setattr(sentence_encoder, "load_encoder", lambda _: TinyEncoder())
    monkeypatch.setenv("REPERES_STORE", str(own / "deep" / "store"))
    monkeypatch.setenv("REPERES_CACHE", str(own / "cache"))
    queries = tmp_path / "q.jsonl"
    queries.write_text(
        json.dumps({"id": "q", "question": "Combien coûte le programme ?", "documents": ["un.md"]}), "utf-8"
    )
    asked_for = {name: tmp_path / name for name in ("r.json", "r.html", "q.csv", "avis.csv", "p.jsonl")}

    def run(*arguments: str | Path) -> None:
        result = click.testing.CliRunner().invoke(app.reperes, [str(part) for part in arguments])
        assert result.exit_code == 0, result.output

    run("ingest", corpus)
    run("ask", "Combien coûte le programme ?")
    run("correct", "un.md", "--field", "date=2024")
    run("eval", queries, "--json", asked_for["r.json"], "--html", asked_for["r.html"])
    run("eval", "--suggest", "2", "--to", asked_for["p.jsonl"])
    run("questions", queries, "--import", "--to", asked_for["q.csv"])
    run("feedback", "--csv", asked_for["avis.csv"])
    run("rebuild")
    run("check")
    run("forget", "deux.md")
    run("ingest", corpus)
    assert {"store-app.db", "store"} <= {path.name for path in (own / "deep").iterdir()}
    assert open_ones(own / "deep") == {}
    # What a person named on the command line is theirs, under their own umask.
    assert {name: oct(path.stat().st_mode & 0o777) for name, path in asked_for.items()} == dict.fromkeys(
        asked_for, "0o644"
    )
    assert os.umask(0o022) == 0o022  # and a program that calls the commands has its own back


def test_a_process_of_its_own_and_its_children_do_so_too(tmp_path: Path, corpus: Path, cache_folder: Path) -> None:
    environ = {**os.environ, "REPERES_STORE": str(tmp_path / "own/store"), "REPERES_CACHE": str(cache_folder)}
    for command in (["ingest", str(corpus)], ["forget", "deux.md"], ["correct", "un.md", "--field", "date=2024"]):
        subprocess.run([sys.executable, "-m", "app", *command], cwd=ROOT, env=environ, check=True, timeout=120)
    assert (tmp_path / "own/store-app.db").is_file()
    assert open_ones(tmp_path / "own") == {}


def opened(path: Path, content: bytes = b"x") -> Path:
    """A file that everybody may read and write, in folders that everybody may enter."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(0o666)
    path.parent.chmod(0o777)
    return path


def close(settings: Settings) -> list[str]:
    folders = {settings.store: belongs_to_store, settings.uploads_folder: belongs_to_uploads}
    return close_to_others(folders, [settings.app_database, settings.accounts_file])


def test_what_an_earlier_version_left_open_is_closed(settings: Settings) -> None:
    store, added = settings.store, settings.uploads_folder
    for name in (
        "catalog.sqlite", "catalog.sqlite-wal", "catalog.sqlite-shm", "current", "writer.lock", "current.new",
        "vectors/chroma.sqlite3", "vectors/ab/data.bin", "words/passages/meta.json", "index-3/catalog.sqlite",
        "index-3/words/x/y.term",
    ):  # fmt: skip
        opened(store / name)
    for name in (".fichiers/0123456789abcdef/a.md", ".fiches/0123456789abcdef.json", "0123456789abcdef/a b.pdf"):
        opened(added / name)
    for end in ("", "-wal", "-shm", "-journal"):
        opened(settings.app_database.with_name(settings.app_database.name + end))
    opened(settings.accounts_file)
    (store / "words/passages/meta.json").chmod(0o744)
    for folder in (store, added):
        folder.chmod(0o755)
    assert close(settings) == []
    assert open_ones(store) == open_ones(added) == {}
    assert modes(store)["store/catalog.sqlite"] == "0o600"
    assert modes(store)["store/vectors"] == modes(store)["store"] == "0o700"
    assert modes(store)["store/words/passages/meta.json"] == "0o700"  # what its owner may do stays
    for path in (settings.accounts_file, *settings.app_database.parent.glob("store-app.db*")):
        assert path.stat().st_mode & 0o077 == 0
    assert close(settings) == []


def test_what_is_not_ours_is_left_alone(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    store, elsewhere = settings.store, tmp_path / "elsewhere"
    outside = opened(elsewhere / "fichier.txt")
    opened(store / "catalog.sqlite")
    theirs = [
        opened(store / "photos.zip"),
        opened(store / "corpus" / "un.md"),
        opened(settings.uploads_folder / "lisez-moi.txt"),
    ]
    (store / "vectors").symlink_to(elsewhere)
    opened(store / "words" / "a")
    (store / "words" / "lien").symlink_to(outside)
    (store / "words" / "dossier").symlink_to(elsewhere)
    os.mkfifo(store / "words" / "tube")
    (store / "words" / "tube").chmod(0o666)
    settings.app_database.symlink_to(outside)
    assert close(settings) == []
    assert [oct(path.stat().st_mode & 0o777) for path in (outside, *theirs)] == ["0o666"] * 4
    assert [oct(path.stat().st_mode & 0o777) for path in (elsewhere, store / "corpus", store)] == ["0o777"] * 3
    assert oct((store / "catalog.sqlite").stat().st_mode & 0o777) == "0o600"
    # A store that is somebody's home, or a link to a folder.
    home = tmp_path / "home"
    opened(home / "catalog.sqlite")
    monkeypatch.setenv("HOME", str(home))
    assert close_to_others({home: belongs_to_store}, []) == []
    assert modes(home) == {"home": "0o777", "home/catalog.sqlite": "0o600"}
    (tmp_path / "link").symlink_to(elsewhere)
    opened(elsewhere / "current")
    assert close_to_others({tmp_path / "link": belongs_to_store}, []) == []
    assert modes(elsewhere)["elsewhere/current"] == "0o666"


def test_what_cannot_be_closed_is_one_warning(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("catalog.sqlite", "current", "writer.lock"):
        opened(settings.store / name)

    def refuse(handle: int, mode: int) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "fchmod", refuse)  # as root, tests own everything
    app._close_to_others(settings)
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{settings.store} et 3 autre(s) : les droits des autres comptes n'ont pas pu être retirés")
    assert "chown" in line


def test_a_file_that_is_asked_for_follows_the_umask_of_who_asks(tmp_path: Path) -> None:
    os.umask(0o027)
    with owner_only():
        (tmp_path / "ours").touch()
        with as_asked_for():
            (tmp_path / "theirs").touch()
        (tmp_path / "ours-again").touch()
    with as_asked_for():  # called by a program, not by the command
        (tmp_path / "plain").touch()
    (tmp_path / "after").touch()
    found = {path.name: oct(path.stat().st_mode & 0o777) for path in tmp_path.iterdir() if path.is_file()}
    assert found == {"ours": "0o600", "theirs": "0o640", "ours-again": "0o600", "plain": "0o640", "after": "0o640"}
