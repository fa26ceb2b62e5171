from __future__ import annotations

import io
import zipfile

import docx as python_docx
import pytest
from fpdf import FPDF

from ingest.readers import is_packed, read_document
from ingest.readers.sniffing import is_page, says_nothing, sniffed

PAGE = "<!DOCTYPE html><html><body><main><h1>Titre</h1><p>Le texte de la page.</p></main></body></html>"


def pdf() -> bytes:
    made = FPDF()
    made.add_page()
    made.set_font("helvetica", size=20)
    made.multi_cell(0, text="Le bilan de la campagne", new_x="LMARGIN", new_y="NEXT")
    made.set_font("helvetica", size=11)
    made.multi_cell(0, text="Le bilan donne les chiffres de la campagne. " * 8)
    return bytes(made.output())


def docx() -> bytes:
    made, out = python_docx.Document(), io.BytesIO()
    made.add_heading("Le bilan de la campagne", 0)
    made.add_paragraph("Le bilan donne les chiffres.")
    made.save(out)
    return out.getvalue()


def packed(*names: str, mimetype: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as container:
        if mimetype:
            container.writestr("mimetype", mimetype)
        for name in names:
            container.writestr(name, "x" * 100)
    return out.getvalue()


def test_formats_are_told_by_their_bytes() -> None:
    assert sniffed(pdf()) == ".pdf"
    assert sniffed(docx()) == ".docx"
    assert sniffed(PAGE.encode()) == ".html"
    assert sniffed(b"\xef\xbb\xbf\n<?xml version='1.0'?><!-- a --><HTML>") == ".html"
    assert sniffed(packed("[Content_Types].xml", "xl/workbook.xml")) == ".xlsx"
    assert sniffed(packed("content.xml", mimetype="application/vnd.oasis.opendocument.text")) == ".odt"
    assert sniffed(b"{\\rtf1 x}") == ".rtf"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Un texte.",
        b"Le signe %PDF- dit un PDF.",
        b"<p>Un fragment",
        b"PK\x03\x04",
        packed("a.txt"),
        b"# A <html>",
    ],
)
def test_what_may_be_anything_is_left_to_its_name(content: bytes) -> None:
    assert sniffed(content) is None


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("https://mairie.fr/spip.php?page=doc&id=12", "text/html; charset=utf-8"),
        ("https://mairie.fr/telecharger/12", "application/octet-stream"),
        ("https://mairie.fr/bilan.txt", "text/plain"),
        ("bilan.txt", None),
        ("bilan", None),
        ("bilan.html", None),
        ("https://mairie.fr/bilan.pdf", "application/force-download"),
    ],
)
@pytest.mark.parametrize("content", [pdf(), docx()])
def test_a_file_is_read_as_what_it_is(name: str, media_type: str | None, content: bytes) -> None:
    document = read_document(content, name=name, source="s", document_id="d", media_type=media_type)
    assert document.title == "Le bilan de la campagne"
    assert "Le bilan donne les chiffres" in document.text
    assert is_packed(name, media_type, content)


@pytest.mark.parametrize(("name", "media_type"), [("a.txt", None), ("http://a.fr/a", "text/plain"), ("a.pdf", None)])
def test_a_page_is_read_as_a_page_whatever_it_is_called(name: str, media_type: str | None) -> None:
    document = read_document(PAGE.encode(), name=name, source="s", document_id="d", media_type=media_type)
    assert (document.title, document.text) == ("Titre", "Le texte de la page.")


def test_pages_and_names_that_say_nothing() -> None:
    assert is_page(PAGE.encode(), "text/plain")
    assert is_page(b"<p>Un fragment</p>", "text/html")
    assert not is_page(pdf(), "text/html")
    assert says_nothing("dossier/spip.php?article12")
    assert says_nothing("dossier.v2/bilan")
    assert says_nothing("bilan.bin")
    assert not says_nothing("bilan.xyz")
