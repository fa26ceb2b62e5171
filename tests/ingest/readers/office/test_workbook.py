"""XLSX: sheets as tables, numbers as shown, what is hidden or missing told."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet

from kb.errors import DocumentError
from kb.text.blocks import parse_blocks
from reading import reader_of

read = reader_of("suivi.xlsx")


def workbook(*sheets: tuple[str, Callable[[Worksheet], object]], title: str | None = None) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, fill in sheets:
        fill(book.create_sheet(name))
    book.properties.title = title
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def rows(*held: list[object]) -> Callable[[Worksheet], None]:
    def fill(sheet: Worksheet) -> None:
        for row in held:
            sheet.append(row)

    return fill


def rewritten(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(name, change(name, before.read(name)))
    return made.getvalue()


def test_each_sheet_is_a_heading_with_its_table() -> None:
    halls = rows(["Halle", "Étals"], ["Nord", 36], ["Sud", 48])
    document = read(workbook(("Halles", halls), ("Loyers", rows(["Halle", "Loyer"], ["Nord", 12])), title="Marchés"))
    assert document.title == "Marchés"
    assert document.text.replace("\u202f", " ") == (
        "## Halles\n\n| Halle | Étals |\n| --- | --- |\n| Nord | 36 |\n| Sud | 48 |\n\n"
        "## Loyers\n\n| Halle | Loyer |\n| --- | --- |\n| Nord | 12 |"
    )
    assert document.remarks == ()


@pytest.mark.parametrize("title", ["Classeur1", "Microsoft Excel - suivi.xlsx", "(anonymous)", "", None])
def test_a_title_that_a_program_gave_is_none(title: str | None) -> None:
    document = read(workbook(("Feuil1", rows(["Halle", "Étals"], ["Nord", 36])), title=title))
    assert document.title == "suivi"
    assert document.text.startswith("| Halle")


def test_numbers_are_as_shown() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["Halle", "Loyer", "Part", "Ouverture", "Code"])
        sheet.append(["Nord", 26920.5, 0.125, dt.datetime.fromisoformat("2025-03-01"), 6000])
        for at, number_format in ((2, '#,##0.00 "€"'), (3, "0.0%"), (4, "d mmmm yyyy"), (5, "00000")):
            sheet.cell(2, at).number_format = number_format

    text = read(workbook(("Feuil1", fill))).text
    assert text.endswith("| Nord | 26\u202f920,50 € | 12,5 % | 1er mars 2025 | 06000 |")


def test_two_rows_of_header_are_one() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["Commune", "Fixes", None, "Mobiles", None])
        sheet.append([None, "Zone A", "Zone B", "Zone A", "Zone B"])
        sheet.append(["Vannes", 26920, 12, 13, 14])
        for area in ("A1:A2", "B1:C1", "D1:E1"):
            sheet.merge_cells(area)

    text = read(workbook(("Feuil1", fill))).text
    assert text.startswith("| Commune | Fixes, Zone A | Fixes, Zone B | Mobiles, Zone A | Mobiles, Zone B |")


def test_what_is_hidden_is_left_out_and_told() -> None:
    def fill(sheet: Worksheet) -> None:
        for row in (["Halle", "Secret", "Étals"], ["Nord", 1, 36], ["Fermée", 2, 40], ["Sud", 3, 48]):
            sheet.append(row)
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["B"].hidden = True

    def hide(sheet: Worksheet) -> None:
        sheet.append(["Calcul", 1])
        sheet.sheet_state = "veryHidden"

    document = read(workbook(("Halles", fill), ("Calculs", hide)))
    assert document.text.endswith("| Halle | Étals |\n| --- | --- |\n| Nord | 36 |\n| Sud | 48 |")
    assert document.remarks == (
        "feuille masquée laissée de côté : « Calculs »",
        "1 ligne et 1 colonne masquées laissées de côté dans la feuille « Halles »",
    )


def test_formulas_show_their_last_result_and_those_without_one_are_told() -> None:
    content = workbook(("Halles", rows(["Halle", "Étals"], ["Nord", 36], ["Total", "=SUM(B2:B2)"])))
    document = read(content)
    (remark,) = document.remarks
    assert remark.startswith("1 formule sans résultat enregistré dans la feuille « Halles » : ouvrez le classeur")
    calculated = rewritten(content, lambda _, part: re.sub(rb"</f><v */?>(?:</v>)?", b"</f><v>36</v>", part))
    document = read(calculated)
    assert document.text.endswith("| Total | 36 |")
    assert document.remarks == ()


def test_comments_are_left_out_and_counted() -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["Halle", "Étals"])
        sheet.append(["Nord", 36])
        sheet["B2"].comment = Comment("à vérifier", "Léa")

    document = read(workbook(("Feuil1", fill)))
    assert document.remarks == ("1 commentaire laissé de côté",)
    assert "vérifier" not in document.text


def test_a_large_sheet_is_a_table_that_keeps_its_rows() -> None:
    document = read(workbook(("Feuil1", rows(["Halle", "Étals"], *([f"Halle {n}", n] for n in range(3_000))))))
    (block,) = parse_blocks(document.text)
    assert block.kind == "table"
    assert document.text.count("\n") == 3_001


def test_strict_workbooks_are_read() -> None:
    content = workbook(("Feuil1", rows(["Halle", "Étals"], ["Nord", 36])))

    def strict(_: str, part: bytes) -> bytes:
        part = part.replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        )
        return part.replace(
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        )

    assert read(rewritten(content, strict)).text == read(content).text


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"pas un classeur", "ce n'est pas un classeur"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 100, "ancien format"),
        (workbook(("Feuil1", rows([]))), "vides"),
    ],
)
def test_what_is_no_workbook_says_so(content: bytes, reason: str) -> None:
    with pytest.raises(DocumentError, match=reason):
        read(content)


def test_a_workbook_without_its_parts_is_damaged() -> None:
    content = workbook(("Feuil1", rows(["Halle", "Étals"], ["Nord", 36])))
    broken = rewritten(content, lambda name, part: b"<a>" if name == "xl/workbook.xml" else part)
    with pytest.raises(DocumentError, match="endommagé"):
        read(broken)


def test_raised_letters_of_a_cell_are_powers_or_calls() -> None:
    """As Excel writes texts of several looks: shared by the cells, in runs."""

    def shared(*texts: str) -> str:
        raised = "<rPr><vertAlign val='superscript'/></rPr>"
        runs = (f"<r>{raised if text.startswith('^') else ''}<t>{text.removeprefix('^')}</t></r>" for text in texts)
        return f"<si>{''.join(runs)}</si>"

    names = "<sst xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'>"
    strings = f"{names}{shared('Surface (m', '^2', ')')}{shared('1 254', '^3', ' baux')}</sst>"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    changes = {
        't="inlineStr"><is><t>surface</t></is>': 't="s"><v>0</v>',
        't="inlineStr"><is><t>figure</t></is>': 't="s"><v>1</v>',
        "</Types>": f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>',
    }
    made = io.BytesIO()
    plain = workbook(("Parc", rows(["Commune", "surface"], ["Olt", "figure"], ["Mas", 84])))
    with zipfile.ZipFile(io.BytesIO(plain)) as parts, zipfile.ZipFile(made, "w") as written:
        for name in parts.namelist():
            content = parts.read(name).decode()
            for old, new in changes.items():
                content = content.replace(old, new)
            if name == "xl/_rels/workbook.xml.rels":
                added = f'<Relationship Id="rS" Type="{relation}" Target="sharedStrings.xml"/></Relationships>'
                content = content.replace("</Relationships>", added)
            written.writestr(name, content)
        written.writestr("xl/sharedStrings.xml", strings)
    assert read(made.getvalue()).text.endswith(
        "| Commune | Surface (m²) |\n| --- | --- |\n| Olt | 1 254 (3) baux |\n| Mas | 84 |"
    )
