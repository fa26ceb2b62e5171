"""The look of an exported document: French, the styles of a report, its pages numbered.

Word checks the spelling in the language of the styles, not in that of the document's properties.
"""

from __future__ import annotations

from docx.document import Document as DocxFile
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

FRENCH = "fr-FR"
SOURCE = "Source"
"""The style of an entry of the bibliography: its number hangs in the margin."""
_FONT = "Calibri"
_INK, _PETROL, _GREY = RGBColor(0x20, 0x26, 0x2B), RGBColor(0x1B, 0x52, 0x63), RGBColor(0x5C, 0x58, 0x50)
# Name, points, space before and after in points, colour: those of the page (kb/ui/theme.py), a report's sizes.
_STYLES = (
    ("Normal", 11, 0, 6, _INK),
    ("Title", 22, 0, 4, _PETROL),
    ("Subtitle", 10.5, 0, 18, _GREY),
    ("Heading 1", 15, 18, 6, _PETROL),
    ("Heading 2", 12.5, 12, 4, _PETROL),
    ("List Bullet", 11, 0, 3, _INK),
)


def style_report(document: DocxFile, title: str) -> None:
    """Gives a new document its language, its styles, its margins, and a footer with `title` and the page's number."""
    for name, size, before, after, colour in _STYLES:
        style = document.styles[name]
        assert isinstance(style, ParagraphStyle)
        _set_font(style, size, colour, bold="Heading" in name or name == "Title")
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        style.paragraph_format.line_spacing = 1.15
    _drop_rule(document.styles["Title"])
    source = document.styles.add_style(SOURCE, 1)
    assert isinstance(source, ParagraphStyle)
    source.base_style = document.styles["Normal"]
    _set_font(source, 10, _INK, bold=False)
    source.paragraph_format.left_indent, source.paragraph_format.first_line_indent = Cm(0.9), Cm(-0.9)
    source.paragraph_format.tab_stops.add_tab_stop(Cm(0.9))
    _speak_french(document)
    for section in document.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)  # A4: the template's is Letter
        section.left_margin = section.right_margin = Cm(2.5)
        section.top_margin = section.bottom_margin = Cm(2.2)
        footer = section.footer.paragraphs[0]
        footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _say(footer, f"{title[:80]} – page ")
        _add_field(footer, "PAGE")
        _say(footer, " sur ")
        _add_field(footer, "NUMPAGES")


def add_link(paragraph: Paragraph, text: str, *, url: str = "", anchor: str = "") -> None:
    """Adds words that lead to `url`, or to the bookmark `anchor` of the same document."""
    link = OxmlElement("w:hyperlink")
    if url:
        link.set(qn("r:id"), paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    else:
        link.set(qn("w:anchor"), anchor)
    run = paragraph.add_run(text)
    run.font.color.rgb = _PETROL
    run.font.underline = bool(url)
    link.append(run._r)
    paragraph._p.append(link)


def add_bookmark(paragraph: Paragraph, name: str, number: int) -> None:
    """Marks a paragraph, for links to lead to."""
    for tag in ("w:bookmarkStart", "w:bookmarkEnd"):
        mark = OxmlElement(tag)
        mark.set(qn("w:id"), str(number))
        if tag == "w:bookmarkStart":
            mark.set(qn("w:name"), name)
        paragraph._p.append(mark)


def _set_font(style: ParagraphStyle, size: float, colour: RGBColor, *, bold: bool) -> None:
    style.font.name, style.font.size, style.font.bold = _FONT, Pt(size), bold
    style.font.italic = False
    style.font.color.rgb = colour
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in [name for name in fonts.attrib if name.endswith("Theme")]:
        del fonts.attrib[name]  # a theme's font comes before a named one
    for name in ("w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(name), _FONT)


def _drop_rule(style: ParagraphStyle) -> None:
    """The template's title is underlined by a rule in its own blue."""
    for rule in style.element.findall(f".//{qn('w:pBdr')}"):
        rule.getparent().remove(rule)


def _speak_french(document: DocxFile) -> None:
    styles, settings = document.styles.element, document.settings.element
    for language in styles.iter(qn("w:lang")):
        language.set(qn("w:val"), FRENCH)
    for language in settings.iter(qn("w:themeFontLang")):
        language.set(qn("w:val"), FRENCH)


def _say(paragraph: Paragraph, text: str) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.font.color.rgb = Pt(9), _GREY


def _add_field(paragraph: Paragraph, name: str) -> None:
    """A field that Word fills in, such as the page's number."""
    run = paragraph.add_run()
    run.font.size, run.font.color.rgb = Pt(9), _GREY
    for kind, text in (("begin", ""), ("", name), ("separate", ""), ("text", "1"), ("end", "")):
        if kind == "text":
            part = OxmlElement("w:t")
            part.text = text
        elif kind:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        else:
            part = OxmlElement("w:instrText")
            part.text = text
        run._r.append(part)
