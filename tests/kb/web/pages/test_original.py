"""The originals beside the reader, over a real base of real files, called as a browser calls."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import httpx
import pytest

from ingest.pipeline import ingest
from kb.knowledge import KnowledgeBase
from kb.models.encoder import Encoder
from kb.settings import Settings
from kb.types import Document
from kb.web.chat.sources import reader_address
from paged_files import COST, SPLIT, report
from serving import Application
from small_base import SmallBase
from small_pages import DOCUMENTS

NAME = "rapports/rapport 2024 é.pdf"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a source."""
    made = tmp_path / "documents"
    (made / "rapports").mkdir(parents=True)
    (made / NAME).write_bytes(report())
    (made / "note.md").write_text("# Une note\n\nLe texte de la note.\n", encoding="utf-8")
    (made / "page.html").write_text(
        "<html><title>Une page</title><body><p>Un texte de la page, assez long pour être lu.</p>"
        "<script>alert(1)</script></body></html>",
        encoding="utf-8",
    )
    return made


@pytest.fixture
def base(folder: Path, settings: Settings, tiny_encoder: Encoder) -> Iterator[KnowledgeBase]:
    """A real base of it."""
    ingest([folder], settings, tiny_encoder)
    with KnowledgeBase.open(settings, tiny_encoder) as opened:
        yield opened


@pytest.fixture
def client(application: Application, base: KnowledgeBase) -> httpx.Client:
    return application(base)


def read(base: KnowledgeBase, document_id: str = NAME) -> Document:
    found = base.document(document_id)
    assert found is not None
    return found


def at(document: Document, quote: str) -> str:
    """The address of the reader at a quote."""
    start = document.text.index(quote)
    return reader_address(document.id, start, start + len(quote), quote)


def leaf_of(html: str) -> str:
    """The address of the page that a reader's page leads to."""
    found = re.search(r'data-leaf="([^"]+)"', html)
    assert found
    return unescape(found[1])


def boxes(html: str) -> int:
    return html.count('class="outlined"')


def test_the_reader_leads_to_the_page_with_the_words_outlined(client: httpx.Client, base: KnowledgeBase) -> None:
    html = client.get(at(read(base), COST)).text
    assert "Voir la page 2 telle qu'elle est" in unescape(html)
    assert re.search(r'<p class="leaf" id="feuille-2"><a href="/lire/page\?[^"]+" data-leaf-of="2">page 2</a>', html)
    page = client.get(leaf_of(html))
    assert page.status_code == 200
    assert "Page 2 sur 4" in page.text
    assert boxes(page.text) == 2
    assert "<html" in page.text
    alternative = re.search(r' alt="([^"]+)"', page.text)
    assert alternative
    assert "Page 2 sur 4 du document « Les jardins partagés » ; la phrase citée y est encadrée." in unescape(
        alternative[1]
    )
    part = client.get(f"{leaf_of(html)}&partie=1").text
    assert "<html" not in part
    assert boxes(part) == 2
    picture = client.get(unescape(re.findall(r'<img src="([^"]+)"', part)[0]))
    assert picture.headers["content-type"] == "image/png"
    assert picture.headers["cache-control"] == "no-store"
    assert picture.content.startswith(b"\x89PNG")


def test_pages_are_turned_and_lead_back_to_the_text(client: httpx.Client, base: KnowledgeBase) -> None:
    html = client.get(leaf_of(client.get(reader_address(NAME)).text)).text
    assert "Page 1 sur 4" in html
    assert boxes(html) == 0
    assert 'data-turn="before"' not in html
    for number in (2, 3, 4):
        following = re.search(r'href="([^"]+)" data-turn="after"', html)
        assert following
        html = client.get(unescape(following[1])).text
        assert f"Page {number} sur 4" in html
    assert 'data-turn="after"' not in html
    text = re.search(r'href="([^"]+)#feuille-4" data-text="4"', html)
    assert text
    there = client.get(unescape(text[1])).text
    assert 'id="feuille-4"' in there
    assert "Voir la page 4" in there


def test_a_sentence_over_two_pages_is_outlined_on_both(client: httpx.Client, base: KnowledgeBase) -> None:
    html = client.get(leaf_of(client.get(at(read(base), SPLIT)).text)).text
    assert "Page 3 sur 4" in html
    assert boxes(html) >= 1
    onward = re.search(r'href="([^"]+)" data-turn="goes-on">La phrase citée se poursuit page 4', html)
    assert onward
    html = client.get(unescape(onward[1])).text
    assert boxes(html) >= 1
    assert "La phrase citée commence page 3" in html


def test_pages_that_are_not_there(client: httpx.Client) -> None:
    for page in (0, 5, 100_000, 10**12, "x", -1):
        for path in ("page", "image"):
            answer = client.get(f"/lire/{path}", params={"document": NAME, "feuille": str(page)})
            assert answer.status_code == 422, page


def test_a_pdf_is_shown_by_the_browser_and_runs_nothing(client: httpx.Client, folder: Path) -> None:
    answer = client.get("/lire/original", params={"document": NAME})
    assert answer.content == (folder / NAME).read_bytes()
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-length"] == str(len(answer.content))
    assert answer.headers["content-disposition"] == "inline; filename*=UTF-8''rapport%202024%20%C3%A9.pdf"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"


def test_other_files_are_downloaded_only(client: httpx.Client) -> None:
    for name, kind in (("page.html", "application/octet-stream"), ("note.md", "text/markdown; charset=utf-8")):
        answer = client.get("/lire/original", params={"document": name})
        assert answer.status_code == 200
        assert answer.headers["content-type"] == kind
        assert answer.headers["content-disposition"] == f"attachment; filename*=UTF-8''{name}"
        assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
        html = client.get(reader_address(name)).text
        assert "Télécharger l'original" in unescape(html)
        assert "data-leaf" not in html
        assert client.get("/lire/page", params={"document": name}).status_code == 404


def test_a_file_that_changed_is_told_wherever_it_is_asked_for(
    client: httpx.Client, base: KnowledgeBase, folder: Path
) -> None:
    address = leaf_of(client.get(reader_address(NAME)).text)
    (folder / NAME).write_bytes(report() + b"\n%%EOF")
    for path in (address, f"{address}&partie=1", f"/lire/original?document={NAME}", f"/lire/image?document={NAME}"):
        answer = client.get(path)
        assert answer.status_code == 409, path
        assert "a changé depuis qu'il a été lu" in unescape(answer.text), path
    (folder / NAME).unlink()
    html = client.get(reader_address(NAME))
    assert html.status_code == 200
    assert "n'est plus dans le dossier de sa source" in unescape(html.text)
    assert COST in unescape(html.text)
    assert client.get("/lire/original", params={"document": NAME}).status_code == 410


def test_a_document_of_the_web_has_its_address_only(application: Application) -> None:
    client = application(SmallBase(DOCUMENTS))
    html = client.get(reader_address("financement.md")).text
    assert "Ouvrir la page d&#x27;origine" in html
    assert "/lire/original" not in html
    answer = client.get("/lire/original?document=financement.md")
    assert (answer.status_code, "pas de fichier d&#x27;origine" in answer.text) == (404, True)


def test_what_should_be_known_of_a_document_is_told(application: Application) -> None:
    known = replace(DOCUMENTS[0], remarks=("2 commentaires laissés de côté", "pages 3 à 5 : images, sans texte"))
    client = application(SmallBase([known]))
    told = "À savoir : 2 commentaires laissés de côté ; pages 3 à 5 : images, sans texte"
    assert told in client.get(reader_address(known.id)).text
    assert told in client.get("/documents").text
