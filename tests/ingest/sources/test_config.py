"""sources.toml: what it may say, and what is told of what it may not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ingest.sources.config import configured_sources, read_sources
from ingest.sources.source import FolderSource, WebSource
from kb.errors import SettingsError
from kb.rights.restrictions import read_restrictions
from kb.settings import Settings

ROOT = Path(__file__).resolve().parents[3]

WHOLE = """
[[source]]
type = "folder"
path = "docs"

[[source]]
type = "section"
name = "presse"
url = "https://www.Agence.fr/presse/#haut"
rubric = "Presse"
kind = "communiqué"
depth = 2
exclude = "*/agenda/*"
attachments = ["pdf", ".DOCX"]
hosts = ["medias.agence.fr"]

[[source]]
type = "page"
name = "pages"
urls = ["https://www.agence.fr/a", "https://www.agence.fr/b?utm_source=x"]
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "sources.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_all_that_can_be_said_is_understood(tmp_path: Path) -> None:
    folder, section, pages = read_sources(written(tmp_path, WHOLE))
    assert folder == FolderSource("docs", (tmp_path / "docs").resolve())
    assert isinstance(section, WebSource)
    assert section.urls == ("https://www.agence.fr/presse/",)
    assert section.hosts == {"www.agence.fr", "medias.agence.fr"}
    assert section.includes("https://www.agence.fr/presse/communique-1")
    assert not section.includes("https://www.agence.fr/presse/agenda/mai")
    assert not section.includes("https://www.agence.fr/presse/")
    assert not section.includes("https://www.agence.fr/autre")
    assert section.attaches("https://medias.agence.fr/dossier.PDF?v=2")
    assert not section.attaches("https://medias.agence.fr/photo.jpg")
    assert isinstance(pages, WebSource)
    assert pages.urls == ("https://www.agence.fr/a", "https://www.agence.fr/b")


def test_other_rules_have_pages_read_again(tmp_path: Path) -> None:
    _, section, _ = read_sources(written(tmp_path, WHOLE))
    _, other, _ = read_sources(written(tmp_path, WHOLE.replace('"Presse"', '"Actualités"')))
    assert isinstance(section, WebSource)
    assert isinstance(other, WebSource)
    assert section.rules("1") != other.rules("1")
    assert section.rules("1") != section.rules("2")


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("[[source]", ["TOML"]),
        ("[sources]\na = 1", ["« sources »", "[[source]]"]),
        ("source = 3", ["[[source]]"]),
        ('[[source]]\ntype = "flux"', ["n° 1", "'flux'", "feed"]),
        ('[[source]]\ntype = "feed"\nname = "f"', ["(f)", "« url »"]),
        ('[[source]]\ntype = "feed"\nurl = "https://a.fr/rss"', ["sans nom", "« name »"]),
        ('[[source]]\ntype = "feed"\nname = "f"\nurl = "ftp://a.fr/rss"', ["ftp://a.fr/rss", "http"]),
        ('[[source]]\ntype = "feed"\nname = "f"\nurl = "https://n:mdp@a.fr/rss"', ["mot de passe"]),
        ('[[source]]\ntype = "feed"\nname = "f"\nurl = "https://a.fr/rss"\nprofondeur = 2', ["profondeur", "depth"]),
        ('[[source]]\ntype = "section"\nname = "f"\nurl = "https://a.fr/"\ndepth = 9', ["depth = 9", "1 à 5"]),
        ('[[source]]\ntype = "page"\nname = "f"\nurls = [1]', ["urls = [1]"]),
        ('[[source]]\ntype = "page"\nname = "f"\nurl = "https://a.fr/"\nattachments = ["exe"]', ["exe", "pdf"]),
        ('[[source]]\ntype = "folder"', ["« path »"]),
        ('[[source]]\npath = "a"\nurl = "https://a.fr/"', ["« url »", "dossier"]),
        ('[[source]]\npath = "a"\n[[source]]\npath = "b/a"', ["même nom (a)"]),
        ('[[source]]\ntype = "page"\nname = 3\nurl = "https://a.fr/"', ["name = 3"]),
    ],
)
def test_what_is_wrong_is_told_with_the_file_and_the_source(tmp_path: Path, text: str, reasons: list[str]) -> None:
    path = written(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        read_sources(path)
    assert str(path) in str(caught.value)
    for reason in reasons:
        assert reason in str(caught.value)
    assert "mdp" not in str(caught.value)


def test_the_corpus_is_read_whether_it_is_listed_or_not(tmp_path: Path) -> None:
    corpus = tmp_path / "fiches"
    settings = Settings.load({"REPERES_CORPUS": str(corpus)})
    assert configured_sources(settings) == [FolderSource("fiches", corpus)]
    web = '[[source]]\ntype = "feed"\nname = "mag"\nurl = "https://a.fr/rss"\n'
    written(tmp_path, web)
    assert [source.name for source in configured_sources(settings)] == ["fiches", "mag"]
    written(tmp_path, web + '[[source]]\npath = "fiches"\nname = "corpus"\n')
    assert [source.name for source in configured_sources(settings)] == ["mag", "corpus"]
    written(tmp_path, web.replace("mag", "fiches"))
    with pytest.raises(SettingsError, match="renommez-la"):
        configured_sources(settings)


def test_a_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="REPERES_SOURCES"):
        configured_sources(Settings.load({"REPERES_SOURCES": str(tmp_path / "autre.toml")}))


def test_the_bundled_file_lists_the_bundled_corpus() -> None:
    assert read_sources(ROOT / "corpus/sources.toml") == [FolderSource("documents", ROOT / "corpus/documents")]


def test_the_examples_of_the_bundled_file_can_be_used(tmp_path: Path) -> None:
    text = (ROOT / "corpus/sources.toml").read_text(encoding="utf-8")
    # Between them stands what they are for.
    examples = "\n".join(re.findall(r"^# (\[\[\w+\]\]|\w+ = .*)$", text[text.index("# [[source]]") :], re.MULTILINE))
    path = written(tmp_path, examples)
    assert [source.name for source in read_sources(path)] == ["magazine", "site", "presse"]
    assert read_restrictions(path).patterns == ["rh", "paie-*"]
