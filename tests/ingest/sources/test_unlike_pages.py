"""Sites that answer with something else than was asked for: an error with a page's status, a file without a name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fpdf import FPDF

from ingest.pipeline import ingest, sync
from ingest.readers import SUFFIXES
from ingest.sources.files import list_folder
from ingest.sources.source import WebSource
from kb.index.catalog.file import FileCatalog
from kb.index.layout import CATALOG_FILE, index_folder
from kb.models.encoder import Encoder
from kb.settings import Settings
from kb.types import Document
from magazine_site import Site, article, serve

GONE = "<html><body><main><h1>Page introuvable</h1><p>Cette page n’existe plus.</p></main></body></html>"
LOGIN = "<html><body><h1>Connexion</h1><form><input name='n'><input type='password'></form><p>Oubli</p></body></html>"


@pytest.fixture
def site() -> Iterator[Site]:
    with serve(Site()) as served:
        yield served


def held(settings: Settings) -> dict[str, Document]:
    """The current documents."""
    catalog = FileCatalog(index_folder(settings.store) / CATALOG_FILE)
    found = catalog.documents(catalog.states())
    catalog.close()
    return found


def pdf() -> bytes:
    made = FPDF()
    made.add_page()
    made.set_font("helvetica")
    made.multi_cell(0, text="Le bilan donne les chiffres de la campagne. " * 12)
    return bytes(made.output())


def test_a_page_that_says_that_it_is_gone_is_gone_once_that_is_confirmed(
    site: Site, settings: Settings, tiny_encoder: Encoder
) -> None:
    web = replace(settings, private_hosts=site.host, fetch_pace=0)
    for path in ("/a", "/b"):
        site.put(path, article(site.url(path), len(path) + ord(path[1])))
    site.put("/c", LOGIN)
    site.put_sitemap(["/a", "/b", "/c"])
    one = WebSource("mag", "sitemap", (site.url("/sitemap.xml"),), hosts=frozenset({site.host}))
    first = sync([one], web, tiny_encoder)
    assert first.added == 2
    assert [(failed.source, "se connecter" in failed.reason) for failed in first.failed] == [(site.url("/c"), True)]
    site.put("/a", GONE)
    again = sync([one], web, tiny_encoder)
    assert (again.withdrawn, set(held(web))) == (0, {site.url("/a"), site.url("/b")})
    assert sync([one], web, tiny_encoder, confirm=True).withdrawn == 1
    assert held(web).keys() == {site.url("/b")}


def test_a_file_behind_an_address_of_a_program_is_read_as_what_it_is(
    site: Site, settings: Settings, tiny_encoder: Encoder
) -> None:
    web = replace(settings, private_hosts=site.host, fetch_pace=0)
    site.put("/spip.php?page=fichier", pdf(), type="application/octet-stream")
    site.put("/voir", pdf(), type="text/html")
    urls = (site.url("/spip.php?page=fichier"), site.url("/voir"))
    sync([WebSource("mag", "page", urls, hosts=frozenset({site.host}))], web, tiny_encoder)
    assert all("chiffres de la campagne" in document.text for document in held(web).values())
    assert held(web)


def test_files_without_a_suffix_are_known_by_their_bytes(
    tmp_path: Path, settings: Settings, tiny_encoder: Encoder
) -> None:
    (tmp_path / "bilan").write_bytes(pdf())
    (tmp_path / "spip.php?article12").write_text("<!doctype html><html><body><p>Un texte.</p></body></html>")
    (tmp_path / "données.bin").write_bytes(b"\x00\x01" * 50)
    (tmp_path / "Makefile").write_text("all:\n")
    (tmp_path / "note.txt").write_bytes(pdf())
    found = list_folder(tmp_path, SUFFIXES)
    assert [file.id for file in found.files] == ["bilan", "note.txt", "spip.php?article12"]
    assert found.ignored == ("Makefile", "données.bin")
    assert ingest([tmp_path], settings, tiny_encoder).added >= 2
