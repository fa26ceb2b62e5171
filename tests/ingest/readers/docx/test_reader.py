from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml

from kb.bounded import archives
from kb.errors import DocumentError
from reading import reader_of

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


read = reader_of("note.docx")


def made(fill: Callable[[Any], None]) -> bytes:
    document = docx.Document()
    fill(document)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def repacked(content: bytes, **changes: bytes) -> bytes:
    """The same package with parts replaced or added (`__` in a name stands for `/`, a trailing `_xml` for `.xml`)."""
    parts = {key.replace("__", "/").removesuffix("_xml") + ".xml": value for key, value in changes.items()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, parts.pop(entry.filename, old.read(entry)))
        for name, value in parts.items():
            new.writestr(name, value)
    return buffer.getvalue()


def test_headings_lists_and_tables_come_in_document_order() -> None:
    def fill(document: Any) -> None:
        document.add_heading("Le règlement en bref", 0)
        document.add_paragraph("Publié le 3 mars 2025")
        document.add_heading("Les règles", 1)
        document.add_paragraph("Le taux est de ").add_run("25 %").bold = True
        for text, style in (
            ("Premier", "List Bullet"),
            ("Détail", "List Bullet 2"),
            ("Second", "List Bullet"),
        ):
            document.add_paragraph(text, style=style)
        document.add_paragraph("Ensuite :")
        document.add_paragraph("Un", style="List Number")
        document.add_paragraph("Deux", style="List Number")
        table = document.add_table(rows=3, cols=3)
        for row, texts in enumerate(
            [("Partenaire", "Part", "Année"), ("Action Logement", "72 %", "2018"), ("État", "", "")]
        ):
            for column, text in enumerate(texts):
                table.cell(row, column).text = text
        table.cell(2, 1).merge(table.cell(2, 2)).text = "10 % | solde"
        document.add_heading("Une sous-partie", 2)
        document.add_table(rows=1, cols=1).cell(0, 0).text = "Un encadré."

    document = read(made(fill))
    assert document.title == "Le règlement en bref"
    assert document.date == "2025-03-03"
    assert document.text == (
        "Publié le 3 mars 2025\n\n## Les règles\n\nLe taux est de 25 %\n\n- Premier\n  - Détail\n- Second\n\n"
        "Ensuite :\n\n1. Un\n2. Deux\n\n| Partenaire | Part | Année |\n| --- | --- | --- |\n"
        "| Action Logement | 72 % | 2018 |\n| État | 10 % ¦ solde | 10 % ¦ solde |\n\n### Une sous-partie\n\n"
        "Un encadré."
    )


def test_changes_are_accepted_and_hidden_text_is_left_out() -> None:
    def fill(document: Any) -> None:
        paragraph = document.add_paragraph("Le taux")
        paragraph.add_run(" SECRET").font.hidden = True
        for markup in (
            '<w:del {w} w:id="1" w:author="a"><w:r><w:delText> de 10 %</w:delText></w:r></w:del>',
            '<w:ins {w} w:id="2" w:author="a"><w:r><w:t xml:space="preserve"> de 25 %</w:t></w:r></w:ins>',
            '<w:moveFrom {w} w:id="3" w:author="a"><w:r><w:t>DÉPLACÉ</w:t></w:r></w:moveFrom>',
            '<w:hyperlink {w}><w:r><w:t xml:space="preserve"> au plus</w:t></w:r></w:hyperlink>',
            "<w:r {w}><w:instrText> PAGEREF x </w:instrText></w:r>",
            "<w:r {w}><w:noBreakHyphen/><w:t>là</w:t><w:br/><w:t>fin.</w:t></w:r>",
        ):
            paragraph._p.append(parse_xml(markup.replace("{w}", W)))
        control = parse_xml(
            f"<w:sdt {W}><w:sdtContent><w:p><w:r><w:t>Un contrôle.</w:t></w:r></w:p></w:sdtContent></w:sdt>"
        )
        paragraph._p.addnext(control)

    assert read(made(fill)).text == "Le taux de 25 % au plus\u2011là fin.\n\nUn contrôle."


def test_a_text_box_is_read_once_and_a_table_of_contents_not_at_all() -> None:
    def fill(document: Any) -> None:
        box = "<w:txbxContent><w:p><w:r><w:t>Dans la boîte.</w:t></w:r></w:p></w:txbxContent>"
        paragraph = document.add_paragraph("Texte.")
        paragraph._p.append(
            parse_xml(
                f"<w:r {W} {MC}><mc:AlternateContent><mc:Choice>{box}</mc:Choice>"
                f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r>"
            )
        )
        contents = document.add_paragraph("Les règles 3")
        contents.style = document.styles.add_style("toc 1", WD_STYLE_TYPE.PARAGRAPH)

    assert read(made(fill)).text == "Texte.\n\nDans la boîte."


@pytest.mark.parametrize(
    ("core", "style", "expected"),
    [("Titre déclaré", True, "Titre déclaré"), ("", True, "Titre stylé"), ("", False, "Premier intertitre")],
)
def test_the_title_is_declared_or_styled_or_the_first_heading(core: str, style: bool, expected: str) -> None:
    def fill(document: Any) -> None:
        document.core_properties.title = core
        if style:
            document.add_paragraph("Titre stylé", style="Title")
        document.add_heading("Premier intertitre", 1)
        document.add_paragraph("Texte.")

    assert read(made(fill)).title == expected


def test_the_date_of_the_file_is_not_that_of_the_text_but_a_custom_property_is() -> None:
    content = made(lambda document: document.add_paragraph("Un texte sans date."))
    assert read(content).date is None
    custom = (
        b'<?xml version="1.0"?>'
        b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties" '
        b'xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
        b'<property fmtid="x" pid="2" name="Date de publication"><vt:lpwstr>mars 2024</vt:lpwstr></property>'
        b'<property fmtid="x" pid="3" name="Rubrique"><vt:lpwstr>Habitat</vt:lpwstr></property></Properties>'
    )
    document = read(repacked(content, docProps__custom_xml=custom))
    assert (document.date, document.rubric) == ("2024-03", "Habitat")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"Du texte simple", "ce n'est pas un document Word (.docx)"),
        (b"PK\x03\x04" + b"x" * 100, "ce n'est pas un document Word (.docx)"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 100,
            "document Word protégé par un mot de passe ou d'ancien format",
        ),
    ],
)
def test_what_is_no_docx_is_reported(content: bytes, reason: str) -> None:
    with pytest.raises(DocumentError) as raised:
        read(content)
    assert raised.value.reason.startswith(reason)


def test_another_zip_is_reported() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("lisez-moi.txt", "rien")
    with pytest.raises(DocumentError, match="ce n'est pas un document Word"):
        read(buffer.getvalue())


def test_a_document_without_text_is_reported() -> None:
    with pytest.raises(DocumentError, match="aucun texte à indexer"):
        read(made(lambda document: document.add_paragraph(" ")))


def test_a_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    content = made(lambda document: document.add_paragraph("Texte."))
    bomb = repacked(content, word__media__x_xml=b" " * 20_000_000)
    with pytest.raises(DocumentError, match="volume démesuré"):
        read(bomb)
    monkeypatch.setattr(archives, "MAX_ENTRIES", 3)
    with pytest.raises(DocumentError, match="volume démesuré"):
        read(content)


def test_a_doctype_is_refused() -> None:
    content = made(lambda document: document.add_paragraph("Texte."))
    part = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><w:document {W}><w:body/></w:document>'
    for encoded in (part.encode(), part.encode("utf-16")):
        with pytest.raises(DocumentError, match="DOCTYPE, refusée"):
            read(repacked(content, word__document_xml=encoded))


@pytest.mark.parametrize("part", [b"<w:document", b"<x/>", b""])
def test_a_damaged_document_is_reported(part: bytes) -> None:
    content = made(lambda document: document.add_paragraph("Texte."))
    with pytest.raises(DocumentError):
        read(repacked(content, word__document_xml=part or b" "))


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9])
def test_a_truncated_document_is_reported(kept: float) -> None:
    content = made(lambda document: document.add_paragraph("Texte."))
    with pytest.raises(DocumentError, match="ce n'est pas un document Word"):
        read(content[: int(len(content) * kept)])
