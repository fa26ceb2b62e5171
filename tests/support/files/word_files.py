"""Word documents made from a few lines of their XML: what python-docx does not write, as Word and others write it."""

from __future__ import annotations

import functools
import io
import zipfile

import docx

_NAMESPACES = " ".join(
    f'xmlns:{prefix}="{address}"'
    for prefix, address in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
        "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
        "w16se": "http://schemas.microsoft.com/office/word/2015/wordml/symex",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "v": "urn:schemas-microsoft-com:vml",
    }.items()
)
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_ROOTS = {"header": "hdr", "footer": "ftr"}
NORMAL = '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:t>RAIE</w:t></w:r></w:p></w:footnote>'


@functools.cache
def _empty() -> dict[str, bytes]:
    content = io.BytesIO()
    docx.Document().save(content)
    with zipfile.ZipFile(content) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("thumbnail.jpeg")}


def word_file(body: str, *, title: str = "", styles: str = "", **parts: str) -> bytes:
    """A Word document with this XML as its body, and parts by their names.

    `title` is the declared one; `styles` are added to those of Word; `footnotes`, `endnotes`, `comments`, `numbering`,
    `settings`, `header1` … hold the XML within their root. The relationship of `header1` has the id « header1 ».
    """
    made = dict(_empty())
    made["word/document.xml"] = f"<w:document {_NAMESPACES}><w:body>{body}</w:body></w:document>".encode()
    made["word/styles.xml"] = made["word/styles.xml"].replace(b"</w:styles>", f"{styles}</w:styles>".encode())
    core = made["docProps/core.xml"].replace(b"<dc:title/>", b"<dc:title></dc:title>")
    made["docProps/core.xml"] = core.replace(b"<dc:title></dc:title>", f"<dc:title>{title}</dc:title>".encode())
    for name, inner in parts.items():
        kind = name.rstrip("0123456789")
        root = _ROOTS.get(kind, kind)
        known = f"word/{name}.xml" in made
        made[f"word/{name}.xml"] = f"<w:{root} {_NAMESPACES}>{inner}</w:{root}>".encode()
        if not known:
            relation = f'<Relationship Id="{name}" Type="{_RELATION}{kind}" Target="{name}.xml"/></Relationships>'
            relations = made["word/_rels/document.xml.rels"]
            made["word/_rels/document.xml.rels"] = relations.replace(b"</Relationships>", relation.encode())
    return packed(made)


def packed(parts: dict[str, bytes]) -> bytes:
    """A zip archive of these parts, as long as they are: what repeats itself is not taken for a bomb."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


def unpacked(content: bytes) -> dict[str, bytes]:
    """The parts of a zip archive."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def p(*runs: str, style: str = "", settings: str = "") -> str:
    """A paragraph of runs (texts, or XML that begins with `<`)."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    inner = "".join(run if run.startswith("<") else r(run) for run in runs)
    return f"<w:p><w:pPr>{named}{settings}</w:pPr>{inner}</w:p>"


def r(text: str, look: str = "") -> str:
    """A run with a text or XML."""
    inner = text if text.startswith("<") else f'<w:t xml:space="preserve">{text}</w:t>'
    return f"<w:r><w:rPr>{look}</w:rPr>{inner}</w:r>"


def raised(text: str) -> str:
    """A run in superscript."""
    return r(text, '<w:vertAlign w:val="superscript"/>')


def note(identifier: int, *texts: str, kind: str = "footnote") -> str:
    """A note of these paragraphs, with its own number before the first."""
    own = r(f"<w:{kind}Ref/>", '<w:vertAlign w:val="superscript"/>')
    inner = "".join(p(*([own, f" {text}"] if not index else [text])) for index, text in enumerate(texts))
    return f'<w:{kind} w:id="{identifier}">{inner}</w:{kind}>'


def call(identifier: int, kind: str = "footnote") -> str:
    """The call of a note."""
    return raised(f'<w:{kind}Reference w:id="{identifier}"/>')


def numbered(number: int, depth: int = 0) -> str:
    """The settings of a paragraph in a list."""
    return f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'


def pattern(identifier: int, *levels: str) -> str:
    """An abstract list of levels, each the inner XML of a `w:lvl`."""
    inner = "".join(f'<w:lvl w:ilvl="{depth}">{level}</w:lvl>' for depth, level in enumerate(levels))
    return f'<w:abstractNum w:abstractNumId="{identifier}">{inner}</w:abstractNum>'


def level(form: str, text: str, start: int = 1, more: str = "") -> str:
    """A level of a list that counts in `form` and shows `text`."""
    return f'<w:start w:val="{start}"/><w:numFmt w:val="{form}"/>{more}<w:lvlText w:val="{text}"/>'


def numbers(identifier: int, pattern_id: int, more: str = "") -> str:
    """A list that goes by a pattern."""
    return f'<w:num w:numId="{identifier}"><w:abstractNumId w:val="{pattern_id}"/>{more}</w:num>'


def cell(*content: str, settings: str = "") -> str:
    """A cell with paragraphs of these texts, or XML."""
    inner = "".join(part if part.startswith("<") else p(part) for part in content)
    return f"<w:tc><w:tcPr>{settings}</w:tcPr>{inner}</w:tc>"


def row(*cells: str, settings: str = "") -> str:
    """A row of cells (texts, or XML)."""
    inner = "".join(part if part.startswith("<") else cell(part) for part in cells)
    return f"<w:tr><w:trPr>{settings}</w:trPr>{inner}</w:tr>"


def table(*rows: str) -> str:
    """A table of rows."""
    return f"<w:tbl><w:tblPr/>{''.join(rows)}</w:tbl>"


def wide(text: str, columns: int) -> str:
    """A cell over several columns."""
    return cell(text, settings=f'<w:gridSpan w:val="{columns}"/>')


def tall(text: str = "") -> str:
    """A cell over several rows: the first with its text, those that go on with none."""
    return cell(text, settings='<w:vMerge w:val="restart"/>' if text else "<w:vMerge/>")


def field(instruction: str, result: str) -> str:
    """A field and its result (a text, or runs)."""
    shown = result if result.startswith("<") else r(result)
    return (
        r('<w:fldChar w:fldCharType="begin"/>')
        + r(f'<w:instrText xml:space="preserve"> {instruction} </w:instrText>')
        + r('<w:fldChar w:fldCharType="separate"/>')
        + shown
        + r('<w:fldChar w:fldCharType="end"/>')
    )


def section(**references: str) -> str:
    """The settings of a section; `default_header="header1"`, `titlePg=""` sets a switch."""
    inner = "".join(
        f'<w:{kind.split("_")[1]}Reference w:type="{kind.split("_")[0]}" r:id="{part}"/>' if part else f"<w:{kind}/>"
        for kind, part in references.items()
    )
    return f"<w:sectPr>{inner}</w:sectPr>"
