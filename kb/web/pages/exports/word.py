"""A conversation as a Word document. Imported when one is asked for: python-docx takes 6 MB of memory."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import docx
from docx.document import Document as DocxFile
from docx.oxml import OxmlElement
from docx.shared import Pt, RGBColor

from kb.answering.refusal import NEAREST_NOTE, NEAREST_TITLE, REFUSAL
from kb.records.conversations import KeptConversation
from kb.records.kept_answers import kept_answer
from kb.text.blocks import Block, heading_title, item_spans, parse_blocks, table_cells
from kb.text.moments import french_moment
from kb.types import Citation
from kb.web.pages.exports.bibliography import Bibliography, address, clean, reference

_GREY = RGBColor(0x5C, 0x58, 0x50)


def to_docx(conversation: KeptConversation) -> bytes:
    """The conversation as a Word document."""
    bibliography = Bibliography()
    document = docx.Document()
    document.core_properties.title = clean(conversation.title)[:255]
    document.core_properties.author = "Repères"
    document.core_properties.language = "fr-FR"
    document.core_properties.created = datetime.now(UTC).replace(tzinfo=None)
    document.styles["Normal"].font.size = Pt(11)
    document.add_heading(clean(conversation.title), 0)
    document.add_paragraph(f"Conversation du {french_moment(conversation.changed)}.")
    for turn in conversation.turns:
        answer = kept_answer(turn.answer)
        document.add_heading(clean(answer.question), 1)
        text = clean(bibliography.renumbered(answer, turn.at, "[{}]".format) or REFUSAL)
        for block in parse_blocks(text):
            _add_block(document, text, block)
        if answer.nearest:
            document.add_heading(NEAREST_TITLE, 2)
            document.add_paragraph(NEAREST_NOTE)
            for citation in answer.nearest:
                _add_reference(document, "", citation, turn.at, "List Bullet")
        for warning in answer.warnings:
            document.add_paragraph().add_run(f"À savoir : {clean(warning)}").italic = True
    if bibliography.entries:
        document.add_heading("Sources", 1)
        for number, citation, at in bibliography.entries.values():
            _add_reference(document, f"[{number}] ", citation, at)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _add_reference(document: DocxFile, before: str, citation: Citation, at: str, style: str | None = None) -> None:
    paragraph = document.add_paragraph(f"{before}{clean(reference(citation, at))}", style)
    if url := address(citation):
        paragraph.add_run(f" {url}").font.color.rgb = _GREY


def _add_block(document: DocxFile, text: str, block: Block) -> None:
    if block.kind == "heading":
        document.add_heading(heading_title(text, block), 2)
    elif block.kind == "list":
        for start, end in item_spans(text, block):
            document.add_paragraph(" ".join(text[start:end].split()), "List Bullet")
    elif block.kind == "table":
        _add_table(document, table_cells(text, block))
    else:
        document.add_paragraph(" ".join(text[block.start : block.end].split()))


def _add_table(document: DocxFile, rows: list[list[str]]) -> None:
    """A table whose first row is its header, repeated on each page that it goes on to."""
    table = document.add_table(len(rows), len(rows[0]), "Table Grid")
    for row, values in zip(table.rows, rows, strict=True):
        for cell, value in zip(row.cells, values, strict=True):
            cell.text = value
    for cell in table.rows[0].cells:
        for run in cell.paragraphs[0].runs:
            run.bold = True
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    document.add_paragraph()  # without one between them, Word joins two tables
