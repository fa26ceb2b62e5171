"""The commands that keep the base true, as they are typed: their French words, exit codes and JSON."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click.testing
import pytest

import app
from ingest.cli.base import seconds_of
from kb.index.embedded import store as embedded_store
from kb.models import sentence_encoder
from kb.settings import Settings
from magazine_site import Site, serve
from tiny_encoder import TinyEncoder

Run = Callable[..., click.testing.Result]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name in ("un", "deux", "trois"):
        (folder / f"{name}.md").write_text(f"# Fiche {name}\n\nLe programme {name} avance bien.", encoding="utf-8")
    return folder


@pytest.fixture
def run(corpus: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `reperes` over the test's own store and corpus, with the tiny encoder."""
    monkeypatch.setattr(sentence_encoder, "load_encoder", lambda _: TinyEncoder())
    monkeypatch.setattr(embedded_store, "GRACE_SECONDS", 0.0)
    monkeypatch.setenv("REPERES_STORE", str(settings.store))
    monkeypatch.setenv("REPERES_CORPUS", str(corpus))

    def run(*arguments: str, code: int = 0) -> click.testing.Result:
        result = click.testing.CliRunner().invoke(app.reperes, arguments)
        assert result.exit_code == code, result.output
        return result

    return run


def test_a_sync_tells_what_changed(run: Run, corpus: Path) -> None:
    assert "3 ajoutés" in run("sync").output
    (corpus / "un.md").write_text("# Fiche un\n\nLe programme un avance mal.", encoding="utf-8")
    (corpus / "vide.md").write_text("", encoding="utf-8")
    report = json.loads(run("sync", "--json", code=1).stdout)
    assert (report["updated"], report["unchanged"], report["withdrawn"]) == (1, 2, 0)
    assert report["failed"] == [{"source": "vide.md", "reason": "fichier vide ; complétez-le ou retirez-le"}]
    assert report["changes"][0]["diff"] == ["- Le programme un avance bien.", "+ Le programme un avance mal."]
    shown = run("status", "--runs", "2").output
    assert "1 modifié, 2 inchangés, 1 en échec" in shown
    assert "+ Le programme un avance mal." in shown
    assert "3 ajoutés" in shown
    assert json.loads(run("status", "--json").stdout)["runs"][0]["command"] == "sync"


def test_a_dry_run_tells_what_would_change_and_only_that_is_done(run: Run, corpus: Path, settings: Settings) -> None:
    run("sync")
    held = {path: path.read_bytes() for path in settings.store.rglob("*") if path.is_file()}
    for number in range(25):
        (corpus / f"n{number:02}.md").write_text(f"# Note {number}\n\nLa note {number}.", encoding="utf-8")
    told = run("sync", "--dry-run").output
    assert "Essai, rien n'a été changé : 25 ajoutés, 3 inchangés" in told
    assert "Note 0 — n00.md" in told
    assert "et 5 autres" in told
    assert json.loads(run("ingest", str(corpus), "--dry-run", "--json").stdout)["added"] == 25
    assert held == {path: path.read_bytes() for path in settings.store.rglob("*") if path.is_file()}

    mark = json.loads(run("sync", "--dry-run", "--json").stdout)["mark"]
    (corpus / "n00.md").unlink()
    stale = json.loads(run("sync", "--foreseen", mark, "--json", code=1).stdout)
    assert (stale["stale"], stale["added"]) == (True, 24)
    assert "Les sources ont changé depuis l'essai" in run("sync", "--foreseen", mark, code=1).output
    assert json.loads(run("sync", "--foreseen", stale["mark"], "--json").stdout)["added"] == 24
    assert "--watch ne va pas" in run("sync", "--dry-run", "--watch", "1h", code=2).output


def test_ignored_files_are_named_in_the_terminal_and_in_json(run: Run, corpus: Path) -> None:
    (corpus / "film.mp4").write_bytes(b"film")
    told = run("ingest", str(corpus)).output
    assert "1 ignorés" in told
    assert "Ignoré : film.mp4 : type de fichier non lu" in told
    report = json.loads(run("ingest", str(corpus), "--json").stdout)
    assert report["ignored"] == 1
    assert [note["source"] for note in report["ignored_files"]] == ["film.mp4"]
    assert "type de fichier non lu" in report["ignored_files"][0]["reason"]
    assert "Ignoré : film.mp4" in run("status").output


def test_a_wrong_sources_file_is_told_before_anything_is_read(run: Run, corpus: Path) -> None:
    (corpus.parent / "sources.toml").write_text('[[source]]\ntype = "flux"\n', encoding="utf-8")
    output = run("sync", code=1).output
    assert "sources.toml, source n° 1" in output
    assert "folder, page, feed" in output


def test_what_was_withdrawn_stays_listed_with_its_date(run: Run, corpus: Path) -> None:
    run("sync")
    (corpus / "un.md").unlink()
    run("sync")
    shown = run("status", "--withdrawn").output
    assert "retirés : 1" in shown
    assert "Fiche un — un.md" in shown
    (listed,) = json.loads(run("status", "--withdrawn", "--json").stdout)["withdrawn_documents"]
    assert (listed["document"], listed["source"]) == ("un.md", "corpus")
    assert listed["withdrawn_at"].startswith("20")


def test_check_and_repair(run: Run, corpus: Path) -> None:
    run("sync")
    assert "tout s'accorde" in run("check").output
    (corpus / "quatre.md").write_text("# Fiche quatre\n\nLe programme quatre commence.", encoding="utf-8")
    told = run("check", code=1).output
    assert "quatre.md" in told
    assert "reperes check --repair" in told
    assert json.loads(run("check", "--json", code=1).stdout)["differences"][0]["document"] == "quatre.md"
    assert "Réparé : 1" in run("check", "--repair").output
    assert "4 documents" in run("check").output


def test_rebuild_and_forget(run: Run) -> None:
    run("sync")
    assert "refaite" in run("rebuild").output
    assert "Effacé pour de bon : un.md" in run("forget", "un.md").output
    assert "2 inchangés, 0 retirés, 1 ignorés" in run("sync").output
    assert "Vouliez-vous dire" in run("forget", "dex.md", code=1).output
    assert "Peut revenir : un.md" in run("forget", "--undo", "un.md").output
    assert "Aucun" in run("forget", "--undo", "un.md").output
    assert "1 ajoutés" in run("sync").output


def test_what_an_erasure_does_not_reach_is_told(run: Run, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run("sync")
    assert json.loads(run("forget", "un.md", "--json").stdout) == {"forgotten": ["un.md"], "unreached": ""}
    assert "sauvegardes" not in run("forget", "deux.md").output
    monkeypatch.setenv("REPERES_DATABASE", database)
    run("sync")
    unreached = json.loads(run("forget", "un.md", "--json").stdout)["unreached"]
    for named in ("sauvegardes", "journaux archivés (WAL)", "serveur de secours", "réplique"):
        assert named in unreached
    told = run("forget", "deux.md").output.splitlines()
    assert told == ["Effacé pour de bon : deux.md", unreached]


def test_an_address_is_ingested(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with serve(Site()) as site:
        path = site.put_article(1)
        monkeypatch.setenv("REPERES_PRIVATE_HOSTS", site.host)
        monkeypatch.setenv("REPERES_FETCH_PACE", "0")
        assert "1 ajoutés" in run("ingest", site.url(path)).output
        told = run("ingest", "http://169.254.169.254/latest", code=1).output
    assert "http://169.254.169.254/latest : elle mène à une machine du réseau privé" in told


@pytest.mark.parametrize(
    ("text", "seconds"), [("90s", 90), ("30m", 1800), ("5 min", 300), ("1h", 3600), ("2d", 172800), ("1j", 86400)]
)
def test_durations(text: str, seconds: int) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["1", "0h", "h", "1 an", "-1h"])
def test_what_is_no_duration_is_wrong_usage(run: Run, text: str) -> None:

    assert "30m" in run("sync", "--watch", text, code=2).output


def test_watching_goes_on_after_a_failure(corpus: Path, settings: Settings, cache_folder: Path) -> None:
    (corpus / "vide.md").write_text("", encoding="utf-8")
    environ = {"REPERES_STORE": str(settings.store), "REPERES_CORPUS": str(corpus), "REPERES_CACHE": str(cache_folder)}
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "sync", "--watch", "1s", "--json"],
        cwd=ROOT, env={**os.environ, **environ}, stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    reports = [json.loads(process.stdout.readline()) for _ in range(2)]
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=30)
    assert [report["added"] for report in reports] == [3, 0]
    assert all(report["failed"] for report in reports)
