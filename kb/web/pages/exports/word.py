"""A conversation as a Word document. Imported when one is asked for: python-docx takes 6 MB of memory."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import docx
from docx.document import Document as DocxFile
from docx.shared import Pt, RGBColor

from kb.answering.sufficiency import REFUSAL
from kb.records.conversations import KeptConversation
from kb.records.kept_answers import kept_answer
from kb.text.blocks import Block, cells, heading_title, item_spans, parse_blocks, row_spans
from kb.text.moments import french_moment
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
        for warning in answer.warnings:
            document.add_paragraph().add_run(f"À savoir : {clean(warning)}").italic = True
    if bibliography.entries:
        document.add_heading("Sources", 1)
        for number, citation, at in bibliography.entries.values():
            paragraph = document.add_paragraph(f"[{number}] {clean(reference(citation, at))}")
            if url := address(citation):
                paragraph.add_run(f" {url}").font.color.rgb = _GREY
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _add_block(document: DocxFile, text: str, block: Block) -> None:
    if block.kind == "heading":
        document.add_heading(heading_title(text, block), 2)
    elif block.kind == "list":
        for start, end in item_spans(text, block):
            document.add_paragraph(" ".join(text[start:end].split()), "List Bullet")
    elif block.kind == "table":
        header = cells(text[block.start : text.find("\n", block.start, block.end)])
        table = document.add_table(0, len(header), "Table Grid")
        for line in [header, *(cells(text[start:end]) for start, end in row_spans(text, block))]:
            for cell, value in zip(table.add_row().cells, line, strict=False):
                cell.text = value
    else:
        document.add_paragraph(" ".join(text[block.start : block.end].split()))
