"""One real file of each format of office programs and mails, as programs write them, and files that ask for much."""

from __future__ import annotations

import email.policy
import io
import zipfile
from collections.abc import Callable
from email.message import EmailMessage

import odfdo
import openpyxl
from pptx import Presentation
from pptx.util import Inches

from hostile_files import repacked

TEXT = "La halle couverte compte trente-six étals le samedi matin."
ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10 if n else b"&a;" * 10) for n in range(9))
    + b"]>"
)


def workbook() -> bytes:
    """A workbook with a title, a merged header and numbers."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["Halles"], ["Halle", "Étals", None], [None, "2024", "2025"], ["Nord", 36, 48], ["Sud", 1254.5, 0.5]):
        sheet.append(row)
    sheet.merge_cells("B2:C2")
    sheet["B5"].number_format = "#,##0.00 €"
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def presentation() -> bytes:
    """Two slides with a list, a table and notes."""
    opened = Presentation()
    first = opened.slides.add_slide(opened.slide_layouts[1])
    first.shapes.title.text, first.placeholders[1].text_frame.text = "Comité des halles", TEXT
    first.notes_slide.notes_text_frame.text = "À dire."
    second = opened.slides.add_slide(opened.slide_layouts[5])
    table = second.shapes.add_table(2, 2, Inches(1), Inches(2), Inches(5), Inches(2)).table
    for number, cell in enumerate(table.iter_cells()):
        cell.text = f"Case {number}"
    made = io.BytesIO()
    opened.save(made)
    return made.getvalue()


def open_text() -> bytes:
    """An OpenDocument text."""
    opened = odfdo.Document("text")
    opened.body.clear()
    for block in (odfdo.Header(1, "Les halles"), odfdo.Paragraph(TEXT), odfdo.List(["samedi", "jeudi"])):
        opened.body.append(block)
    made = io.BytesIO()
    opened.save(made)
    return made.getvalue()


def open_sheets() -> bytes:
    """An OpenDocument workbook."""
    opened = odfdo.Document("spreadsheet")
    opened.body.clear()
    table = odfdo.Table("Halles")
    held: dict[tuple[int, int], str | float] = {(0, 0): "Halle", (1, 0): "Étals", (0, 1): "Nord", (1, 1): 36}
    for at, value in held.items():
        table.set_value(at, value)
    opened.body.append(table)
    made = io.BytesIO()
    opened.save(made)
    return made.getvalue()


def mail(depth: int = 0) -> bytes:
    """A mail with a file attached, in `depth` others."""
    message = _mail("Marché du samedi")
    message.add_attachment(TEXT.encode(), maintype="text", subtype="plain", filename="note.txt")
    for number in range(depth):
        outer = _mail(f"Transfert {number}")
        outer.add_attachment(message)
        message = outer
    return message.as_bytes(policy=email.policy.SMTP)


def _mail(subject: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Léa <lea@exemple.fr>", "omar@exemple.fr", subject
    message["Date"] = "Tue, 04 Mar 2025 10:00:00 +0100"
    message.set_content(TEXT)
    message.add_alternative(f"<html><body><p>{TEXT}</p></body></html>", subtype="html")
    return message


def office_documents() -> list[tuple[str, bytes]]:
    """(suffix, content) of a document of each format."""
    page = f"From: x\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n<body><p>{TEXT}</p></body>"
    return [
        (".xlsx", workbook()),
        (".pptx", presentation()),
        (".odt", open_text()),
        (".ods", open_sheets()),
        (".rtf", (r"{\rtf1\ansi {\info{\title Halles}}" + TEXT.replace("é", r"\'e9") + r"\par Fin.}").encode()),
        (".csv", "Halle;Étals\nNord;36\nSud;48,5\n".encode("cp1252")),
        (".eml", mail(1)),
        (".mhtml", page.encode()),
    ]


def open_document(body: str) -> bytes:
    """An OpenDocument file with this XML in its body."""
    names = "".join(
        f' xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"'
        for prefix in ("office", "text", "table")
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as written:
        written.writestr(
            "content.xml",
            f"<office:document-content{names}><office:body>{body}</office:body></office:document-content>",
        )
    return made.getvalue()


def archive(files: dict[str, bytes]) -> bytes:
    """A ZIP archive."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in files.items():
            written.writestr(name, content)
    return made.getvalue()


def in_sheet(change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with the XML of its sheet changed."""
    return repacked(workbook(), "xl/worksheets/sheet1.xml", change)


def _cells(times: int) -> bytes:
    return b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (row, row) for row in range(10, times + 10))


OFFICE_MAKERS: dict[str, Callable[[int], bytes]] = {
    "declared.xlsx": lambda n: in_sheet(lambda xml: xml.replace(b'ref="A1:C5"', b'ref="A1:XFD1048576"')),
    "last column.xlsx": lambda n: in_sheet(lambda xml: xml.replace(b"</sheetData>", _cells(n) + b"</sheetData>")),
    "last row.xlsx": lambda n: in_sheet(
        lambda xml: xml.replace(b"</sheetData>", b'<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>')
    ),
    "merged.xlsx": lambda n: in_sheet(
        lambda xml: xml.replace(b"B2:C2", b"A1:XFD1048576").replace(
            b"</mergeCells>", b'<mergeCell ref="A1:XFD1048576"/>' * n + b"</mergeCells>"
        )
    ),
    "hidden.xlsx": lambda n: in_sheet(
        lambda xml: xml.replace(b"<sheetData>", b'<cols><col min="1" max="99999999" hidden="1"/></cols><sheetData>')
    ),
    "entities.xlsx": lambda n: in_sheet(lambda xml: ENTITIES + xml.partition(b"?>")[2]),
    "format.xlsx": lambda n: repacked(
        workbook(), "xl/styles.xml", lambda xml: xml.replace(b"#,##0.00 ", b"0" * n + b"." + b"0" * n)
    ),
    "entities.odt": lambda n: archive({"content.xml": ENTITIES + b"<x>&a8;</x>"}),
    "deep.odt": lambda n: open_document(
        "<office:text>" + "<text:section>" * n + "<text:p>x</text:p>" + "</text:section>" * n + "</office:text>"
    ),
    "lists.odt": lambda n: open_document(
        "<office:text>" + "<text:list><text:list-item>" * n + "</text:list-item></text:list>" * n + "</office:text>"
    ),
    "rows.ods": lambda n: open_document(
        f'<office:spreadsheet><table:table table:name="x"><table:table-row table:number-rows-repeated="{n}000000">'
        '<table:table-cell table:number-columns-repeated="16384"><text:p>mot</text:p></table:table-cell>'
        "</table:table-row></table:table></office:spreadsheet>"
    ),
    "spaces.odt": lambda n: open_document(
        f'<office:text><text:p>a<text:s text:c="{n}00000000"/>b</text:p></office:text>'
    ),
    "groups.rtf": lambda n: b"{\\rtf1 " + b"{" * n + b"x" + b"}" * n + b"}",
    "notes.rtf": lambda n: b"{\\rtf1 a" + b"{\\footnote b}" * n + b"\\par}",
    "open notes.rtf": lambda n: b"{\\rtf1 a" + b"{\\footnote b" * n,
    "links.rtf": lambda n: b"{\\rtf1 " + b"{\\field{\\*\\fldinst{HYPERLINK " * n + b"}",
    "rows.rtf": lambda n: b"{\\rtf1 " + b"\\trowd a\\cell" * n + b"\\row}",
    "quotes.csv": lambda n: b'a;b\n"' + b"c;d\n" * n,
    "columns.csv": lambda n: b";" * n + b"a\n" + b"b" + b";c" * n,
    "parts.eml": lambda n: (
        b'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="x"\n\n'
        + b"--x\nContent-Type: text/plain\n\na\n" * n
    ),
    "nested.eml": lambda n: b"".join(
        b'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="x%d"\n\n--x%d\n' % (number, number)
        for number in range(n)
    ),
    "headers.eml": lambda n: b"X: y\n" * n + b"To: " + b"<a@b.fr>, " * n + b"\n\nTexte.",
    "addresses.eml": lambda n: b"From: " + b"(" * n + b"\nSubject: " + b"=?utf-8?q?a?= " * n + b"\n\nTexte.",
}
