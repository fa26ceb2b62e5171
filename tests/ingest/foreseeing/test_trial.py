"""A trial says what the ingestion then does, and writes nothing: on both makers of the store."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.foreseeing.foreseen import Foreseen
from ingest.foreseeing.trial import foresee
from ingest.pipeline import sync
from ingest.sources.source import FolderSource, WebSource
from kb.index.catalog.copying import other_rows
from kb.index.opening import open_store
from kb.models.encoder import Encoder
from kb.records.corrections import Correction, keep_correction, read_corrections
from kb.settings import Settings
from magazine_site import Site, serve
from makers import MAKERS, on_maker


@pytest.fixture(params=MAKERS)
def maker(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    return on_maker(request, settings)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "docs"
    made.mkdir()
    for name in ("un", "deux", "trois", "quatre", "cinq", "six"):
        write(made, f"{name}.md", f"Le programme {name} avance bien.")
    return made


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text(f"# Fiche\n\n{text}", encoding="utf-8")


def tried(folder: Path, settings: Settings, encoder: Encoder) -> Foreseen:
    return foresee([FolderSource("docs", folder)], settings, encoder, is_sync=True)


def named(foreseen: Foreseen, kind: str) -> list[str]:
    return [change["document"] for change in foreseen.to_json()["changes"] if change["change"] == kind]


def content(folder: Path) -> dict[str, str]:
    """A hash of every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_what_a_trial_says_is_what_happens_and_it_writes_nothing(
    maker: Settings, folder: Path, tiny_encoder: Encoder
) -> None:
    sync([FolderSource("docs", folder)], maker, tiny_encoder)
    write(folder, "sept.md", "Le programme sept commence.")
    write(folder, "un.md", "Le programme un avance mal.")
    (folder / "deux.md").unlink()
    (folder / "archives").mkdir()
    (folder / "trois.md").rename(folder / "archives" / "troisième.md")
    (folder / "vide.md").write_bytes(b"")
    (folder / "film.mp4").write_bytes(b"film")
    with_rows = open_store(maker).catalog()
    before = content(folder.parent), other_rows(with_rows), with_rows.states(), with_rows.generation()

    told = foresee([FolderSource("docs", folder)], maker, tiny_encoder, is_sync=True, confirm=True)
    found = told.to_json()
    assert (named(told, "added"), named(told, "updated")) == (["sept.md"], ["un.md"])
    assert (named(told, "moved"), named(told, "withdrawn")) == (["archives/troisième.md"], ["deux.md"])
    assert next(change for change in found["changes"] if change["change"] == "moved")["before"] == "trois.md"
    assert (found["unchanged"], found["ignored"], found["withheld"]) == (3, 1, 0)
    assert found["failed"] == [{"source": "vide.md", "reason": "fichier vide ; complétez-le ou retirez-le"}]
    updated = next(change for change in found["changes"] if change["change"] == "updated")
    assert updated["diff"] == ["- Le programme un avance bien.", "+ Le programme un avance mal."]

    assert (content(folder.parent), other_rows(with_rows), with_rows.states(), with_rows.generation()) == before
    with_rows.close()
    report = sync([FolderSource("docs", folder)], maker, tiny_encoder, confirm=True)
    assert (report.added, report.updated, report.withdrawn, report.unchanged) == (2, 1, 2, 3)
    assert tried(folder, maker, tiny_encoder).to_json()["changes"] == []


def test_of_a_base_that_is_not_there_yet_nothing_is_made(
    settings: Settings, folder: Path, tiny_encoder: Encoder
) -> None:
    assert len(named(tried(folder, settings, tiny_encoder), "added")) == 6
    assert not settings.store.exists()
    assert not settings.app_database.exists()


def test_the_mark_changes_with_what_would_change(settings: Settings, folder: Path, tiny_encoder: Encoder) -> None:
    sync([FolderSource("docs", folder)], settings, tiny_encoder)
    marks = [tried(folder, settings, tiny_encoder).mark]
    write(folder, "film.txt", "Un texte.")
    marks += [tried(folder, settings, tiny_encoder).mark, tried(folder, settings, tiny_encoder).mark]
    assert marks[1] == marks[2]
    write(folder, "film.txt", "Un autre texte.")
    marks.append(tried(folder, settings, tiny_encoder).mark)
    (folder / "un.md").unlink()
    marks.append(tried(folder, settings, tiny_encoder).mark)
    assert len(set(marks)) == 4


def test_what_would_have_to_be_confirmed_is_told_apart(settings: Settings, folder: Path, tiny_encoder: Encoder) -> None:
    sync([FolderSource("docs", folder)], settings, tiny_encoder)
    for name in ("un", "deux", "trois"):
        (folder / f"{name}.md").unlink()
    told = tried(folder, settings, tiny_encoder)
    assert (named(told, "withheld"), named(told, "withdrawn")) == (["deux.md", "trois.md", "un.md"], [])
    assert "3 documents sur 6 ont disparu" in told.report.notices[0].reason
    assert told.report.failed == ()
    confirmed = foresee([FolderSource("docs", folder)], settings, tiny_encoder, is_sync=True, confirm=True)
    assert named(confirmed, "withdrawn") == ["deux.md", "trois.md", "un.md"]
    assert confirmed.mark == told.mark
    # A source that is listed no more stays, too, unless its withdrawal is confirmed.
    unlisted = foresee([], settings, tiny_encoder, is_sync=True)
    assert len(named(unlisted, "withheld")) == 6


def test_a_correction_stays_as_it_is_noted(settings: Settings, folder: Path, tiny_encoder: Encoder) -> None:
    sync([FolderSource("docs", folder)], settings, tiny_encoder)
    keep_correction(settings.app_database, "un.md", Correction({"title": {"was": "Fiche", "now": "Première"}}))
    (folder / "un.md").write_text("# Nouveau titre\n\nLe programme un avance.", encoding="utf-8")
    told = tried(folder, settings, tiny_encoder)
    assert [change["title"] for change in told.to_json()["changes"]] == ["Première"]
    assert read_corrections(settings.app_database)["un.md"].fields["title"]["was"] == "Fiche"


def test_pages_of_the_web_are_read_and_nothing_is_noted_of_them(settings: Settings, tiny_encoder: Encoder) -> None:
    with serve(Site()) as site:
        web = replace(settings, private_hosts=site.host, fetch_pace=0)
        paths = [site.put_article(number) for number in range(3)]
        site.put_sitemap(paths)
        source = WebSource("site", "sitemap", (site.url("/sitemap.xml"),), hosts=frozenset({site.host}))
        sync([source], web, tiny_encoder)
        before = content(settings.store)
        site.put_article(3)
        site.put_sitemap([*paths[1:], "/magazine/article-3"])
        told = foresee([source], web, tiny_encoder, is_sync=True)
        assert named(told, "added") == [site.url("/magazine/article-3")]
        assert content(settings.store) == before
