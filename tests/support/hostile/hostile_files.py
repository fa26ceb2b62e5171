"""Small files that ask for much: each maker takes how many times what it repeats. Every one is of a kind of attack."""

from __future__ import annotations

import gzip
import io
import re
import struct
import zipfile
from collections.abc import Callable

import docx
import openpyxl
from openpyxl.utils import get_column_letter

from word_files import (
    call,
    cell,
    field,
    level,
    note,
    numbered,
    numbers,
    p,
    pattern,
    r,
    raised,
    row,
    section,
    table,
    word_file,
)

PARAGRAPH = b"<w:p><w:r><w:t>Le texte du document, un paragraphe de plus.</w:t></w:r></w:p>"
_CELL = b"<w:tc><w:tcPr><w:gridSpan w:val='100'/></w:tcPr><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc>"


def repacked(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """A zip archive with one of its parts changed."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, change(source.read(name)) if name == part else source.read(name))
    return made.getvalue()


def docx_of(body: bytes) -> bytes:
    """A Word document with this XML at the head of its body."""
    content = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("Texte.")
    document.save(content)
    return repacked(content.getvalue(), "word/document.xml", lambda xml: xml.replace(b"<w:body>", b"<w:body>" + body))


def lying_docx(size: int) -> bytes:
    """A Word document with a part of `size` bytes that it says to be a thousand long."""
    content = io.BytesIO(docx_of(b""))
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/image.xml", b" " * size)
    return content.getvalue().replace(struct.pack("<L", size), struct.pack("<L", 1_000))


def xlsx_of(rows: int, columns: int, cells: bytes = b"") -> bytes:
    """A workbook that declares so many cells, with a header and this XML of rows."""
    content = io.BytesIO()
    book = openpyxl.Workbook()
    book.worksheets[0].append(["identifiant", "question"])
    book.save(content)
    declared = f'<dimension ref="A1:{get_column_letter(columns)}{rows}"/>'.encode()

    def change(xml: bytes) -> bytes:
        sized = re.sub(rb"<dimension [^>]*>", declared, xml)
        return sized.replace(b"</sheetData>", cells + b"</sheetData>")

    changed = repacked(content.getvalue(), "xl/worksheets/sheet1.xml", change)
    assert declared in zipfile.ZipFile(io.BytesIO(changed)).read("xl/worksheets/sheet1.xml")
    return changed


def front_matter(lines: str) -> str:
    """A Markdown document with this YAML at its head."""
    return f"---\n{lines}\n---\n\n# Titre\n\nUn texte.\n"


def laughs(levels: int) -> str:
    """YAML in which each line repeats the one before ten times."""
    told = ["a0: &a0 [x,x,x,x,x,x,x,x,x,x]"]
    told += [f"a{level}: &a{level} [{','.join([f'*a{level - 1}'] * 10)}]" for level in range(1, levels)]
    return "\n".join([*told, f"sources: *a{levels - 1}"])


def _list_style(identifier: str, number: int) -> str:
    """A style of lists that is in a list."""
    settings = f'<w:pPr><w:numPr><w:numId w:val="{number}"/></w:numPr></w:pPr>'
    return f'<w:style w:type="numbering" w:styleId="{identifier}"><w:name w:val="{identifier}"/>{settings}</w:style>'


def _linked_list(number: int, style: str) -> str:
    """A list that only names a style of lists."""
    link = f'<w:numStyleLink w:val="{style}"/>'
    return f'<w:abstractNum w:abstractNumId="{number}">{link}</w:abstractNum>{numbers(number, number)}'


def _based_style(identifier: str, other: str) -> str:
    """A style of paragraphs based on another one."""
    named = f'<w:name w:val="{identifier}"/><w:basedOn w:val="{other}"/>'
    return f'<w:style w:type="paragraph" w:styleId="{identifier}">{named}</w:style>'


_BOX = "<mc:Choice><w:txbxContent><w:p><w:r><w:t>x</w:t></w:r></w:p></w:txbxContent></mc:Choice>"
_DROP_DOWN = (
    "<w:sdt><w:sdtPr><w:dropDownList w:lastValue='z'>"
    + "<w:listItem w:value='a'/>" * 1_000
    + "</w:dropDownList></w:sdtPr><w:sdtContent/></w:sdt>"
)
_DEEP_FRACTION = "<m:f><m:num>" * 100 + "<m:r><m:t>x+y</m:t></m:r>" + "</m:num></m:f>" * 100
_INNER = table(row("a", "b"), row("c", "d"), row("e", "f"))

Maker = Callable[[int], str | bytes]
# Name of the file -> what makes it.
MAKERS: dict[str, Maker] = {
    "spans.html": lambda n: "<table>" + "<tr><td rowspan=100 colspan=100>x</tr>" * n + "</table>",
    "huge spans.html": lambda n: "<table>" + "<tr><td rowspan=65534 colspan=1000>x</tr>" * n + "</table>",
    "long cell.html": lambda n: (
        f"<table><tr><td colspan=100 rowspan=100>{'x ' * n}</tr>{'<tr><td>y</tr>' * 99}</table>"
    ),
    "wide table.html": lambda n: f"<table><tr>{'<td>x' * n}</tr>{'<tr><td>y</tr>' * n}</table>",
    "nested tables.html": lambda n: "<table><tr><td>x" * n,
    "many tables.html": lambda n: "<table><tr><td>x</td></tr></table>" * n,
    "deep.html": lambda n: "<div>" * n + "texte",
    "deep mains.html": lambda n: "<main>" * 400 + "<p>x</p>" * n,
    "deep buttons.html": lambda n: "<div>" * 400 + "<button>x</button>" * n,
    "attributes.html": lambda n: f"<p {' '.join(f'a{number}=x' for number in range(n))}>texte</p>",
    "quoted attributes.html": lambda n: f"""<p {" ".join(f'a{number}=">"' for number in range(n))}>texte</p>""",
    "hidden attributes.html": lambda n: f'<p a=b"c {" ".join(f"a{number}=x" for number in range(n))}>texte</p>',
    "class.html": lambda n: f"<p class='{'a-' * n}'>texte</p>",
    "times.html": lambda n: "<ul><li>" + "<time>3 mars 2024</time> " * n,
    "data.html": lambda n: "<p>" + "data:a;base64," * n,
    "titles.html": lambda n: "<title>" + " - x" * n + "</title><p>Un texte.",
    "unclosed.html": lambda n: '<a ="' * n,
    "div.md": lambda n: "<div " * n,
    "divs.md": lambda n: "<div\n\n" * n,
    "tag.md": lambda n: "x <" + "a" * n,
    "cdata.md": lambda n: "x " + "<![CDATA[" * n,
    "brackets.md": lambda n: "[" * n,
    "links.md": lambda n: "[a](" * n,
    "images.md": lambda n: "![" * n,
    "stars.md": lambda n: "**a *a " * n,
    "ticks.md": lambda n: "".join("a" + "`" * length for length in range(1, int((2 * n) ** 0.5))),
    "bars.md": lambda n: "|" * n,
    "wide table.md": lambda n: "|a" * n + "|\n" + "|-" * n + "|\n" + "|b|\n" * n,
    "quotes.md": lambda n: ">" * n + "a",
    "spaces.md": lambda n: "a" + " " * n + "b",
    "deep list.md": lambda n: "- " * n + "a",
    "long heading.md": lambda n: f"# {'titre ' * n}\n\n" + "Un paragraphe.\n\n" * n,
    "aliases.md": lambda n: front_matter(f"a: &a [{'x, ' * 1_000}x]\nsources: [{', '.join(['*a'] * n)}]"),
    "laughs.md": lambda n: front_matter(laughs(9)),
    "merges.md": lambda n: front_matter("a: &a {k: v}\nb:\n" + "  <<: *a\n" * n),
    "deep front.md": lambda n: front_matter(f"a: {'[' * n}{']' * n}"),
    "line.txt": lambda n: "mot " * n,
    "word.txt": lambda n: "m" * n,
    "initials.txt": lambda n: "A. " * n,
    "cut words.txt": lambda n: "mot mot mot mot mot mot mot mot coup-\nure " * n,
    "marks on a letter.txt": lambda n: "a" + "\u0301\u0327\u0323" * n,
    "guillemets.txt": lambda n: "a. " + "«" * n,
    "parentheses.txt": lambda n: "(" * n + "AB)",
    "no-break spaces.txt": lambda n: "a." + "\u00a0" * n + "b",
    "stairs.txt": lambda n: "".join(" " * (number % 300) + "- a\n" for number in range(n)),
    "rule.txt": lambda n: "|a\n|" + "-" * n,
    "paragraphs.docx": lambda n: docx_of(PARAGRAPH * n),
    "spans.docx": lambda n: docx_of(b"<w:tbl><w:tr>" + _CELL * n + b"</w:tr></w:tbl>"),
    "deep.docx": lambda n: docx_of(b"<w:tbl><w:tr><w:tc>" * n + b"<w:p/>" + b"</w:tc></w:tr></w:tbl>" * n),
    "levels.docx": lambda n: docx_of(
        b"".join(
            b"<w:p><w:pPr><w:numPr><w:ilvl w:val='%d'/><w:numId w:val='1'/></w:numPr></w:pPr>"
            b"<w:r><w:t>x</w:t></w:r></w:p>" % number
            for number in range(n)
        )
    ),
    "notes.docx": lambda n: word_file(
        "".join(p("x", call(number)) for number in range(n)),
        footnotes="".join(note(number, "y") for number in range(n)),
    ),
    "note of itself.docx": lambda n: word_file(
        p("x", call(1)), footnotes=note(1, "y").replace("</w:p>", f"{call(1) * n}</w:p>")
    ),
    "lists of lists.docx": lambda n: word_file(
        "".join(p("x", settings=numbered(number)) for number in range(0, n, 100)),
        styles="".join(_list_style(f"L{number}", number + 1) for number in range(n)),
        numbering="".join(_linked_list(number, f"L{number}") for number in range(n)),
    ),
    "styles.docx": lambda n: word_file(
        "".join(p("x", style=f"S{number}") for number in range(n)),
        styles="".join(_based_style(f"S{number}", f"S{(number + 1) % n}") for number in range(n)),
    ),
    "long labels.docx": lambda n: word_file(
        p("x", settings=numbered(60)) * n,
        numbering=pattern(50, level("lowerLetter", "%1" * n, start=32_000)) + numbers(60, 50),
    ),
    "margins.docx": lambda n: word_file(
        p("x") + section(default_header="header1") * n, header1=p("Réf. 12") + p("x", field("PAGE", "y")) * n
    ),
    "fields.docx": lambda n: word_file(p('<w:r><w:fldChar w:fldCharType="begin"/></w:r>' * n, "x") + p("y") * n),
    "nested fields.docx": lambda n: word_file(
        p('<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>IF</w:instrText></w:r>' * n, "x")
        + p('<w:r><w:fldChar w:fldCharType="end"/></w:r>' * n, "y")
    ),
    "raised.docx": lambda n: word_file(p("x", raised("1") * n, raised("a") + r("b"))),
    "pages.docx": lambda n: word_file(p(field("PAGE", "1") * n) + p(("p. " + field("PAGE", "1")) * 1, "- " * n)),
    "breaks.docx": lambda n: word_file(p("1", r("<w:br/>" * n), "2")),
    "doubles.docx": lambda n: word_file(p(r(f"<mc:AlternateContent>{_BOX}</mc:AlternateContent>" * n))),
    "boxes.docx": lambda n: word_file(p(r("<w:pict>" * 80 + _BOX * n + "</w:pict>" * 80))),
    "controls.docx": lambda n: word_file(
        p("<w:sdt><w:sdtPr><w14:checkbox/></w:sdtPr><w:sdtContent/></w:sdt>" * n) + p(_DROP_DOWN * (n // 100))
    ),
    "equations.docx": lambda n: word_file(p(f"<m:oMath>{'<m:r><m:t>x</m:t></m:r>' * n}</m:oMath>", "x")),
    "deep equations.docx": lambda n: word_file(p(f"<m:oMath>{_DEEP_FRACTION}</m:oMath>" * (n // 100), "x")),
    "header rows.docx": lambda n: word_file(table(row("x", "y", settings="<w:tblHeader/>") * n)),
    "nested tables.docx": lambda n: word_file(table(row("x", "y"), row("z" * 1_000, cell(_INNER * (n // 10))))),
    "liar.docx": lambda n: lying_docx(n * 5_000),
}


def packed_feed(size: int) -> bytes:
    """A sitemap of so many bytes of empty elements, packed."""
    return gzip.compress(b"<urlset>" + b"<a/>" * (size // 4) + b"</urlset>")
