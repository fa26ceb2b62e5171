"""A conversation as a Word document. Imported when one is asked for: python-docx takes 6 MB of memory."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime

import docx
from docx.document import Document as DocxFile
from docx.oxml import OxmlElement
from docx.text.paragraph import Paragraph

from kb.answering.refusal import NEAREST_NOTE, NEAREST_TITLE, REFUSAL
from kb.records.conversations import KeptConversation
from kb.records.kept_answers import kept_answer
from kb.text.blocks import Block, heading_title, item_spans, parse_blocks, table_cells, table_rows, unescaped
from kb.text.moments import french_moment
from kb.types import Citation
from kb.web.pages.exports.bibliography import Bibliography, address, clean, reference
from kb.web.pages.exports.word_styles import FRENCH, SOURCE, add_bookmark, add_link, style_report

# In the place of our brackets, so that those of a text lead nowhere: characters that `clean` leaves in no text.
_OPENS, _CLOSES = "\ufdd0", "\ufdd1"
_NUMBER = re.compile(f"{_OPENS}(\\d+){_CLOSES}")


def to_docx(conversation: KeptConversation) -> bytes:
    """The conversation as a Word document: each number leads to its source, each source to its page."""
    bibliography = Bibliography()
    document = docx.Document()
    title = clean(conversation.title)
    document.core_properties.title = title[:255]
    document.core_properties.author = "Repères"
    document.core_properties.language = FRENCH
    document.core_properties.created = datetime.now(UTC).replace(tzinfo=None)
    style_report(document, title)
    document.add_heading(title, 0)
    document.add_paragraph(f"Conversation du {french_moment(conversation.changed)}.", "Subtitle")
    for turn in conversation.turns:
        answer = kept_answer(turn.answer)
        asked = clean(answer.question)
        if turn is not conversation.turns[0] or _words(asked) != _words(title):  # the title is the first question
            document.add_heading(asked, 1)
        text = bibliography.renumbered(answer, turn.at, f"{_OPENS}{{}}{_CLOSES}".format) or REFUSAL
        for block in parse_blocks(text):
            _add_block(document, text, block)
        if answer.nearest:
            document.add_heading(NEAREST_TITLE, 2)
            document.add_paragraph(NEAREST_NOTE)
            for citation in answer.nearest:
                _add_reference(document, document.add_paragraph(style="List Bullet"), citation, turn.at)
        for warning in answer.warnings:
            document.add_paragraph().add_run(f"À savoir : {clean(warning)}").italic = True
    if bibliography.entries:
        document.add_heading("Sources", 1)
        for number, citation, at in bibliography.entries.values():
            paragraph = document.add_paragraph(style=SOURCE)
            add_bookmark(paragraph, f"source_{number}", number)
            paragraph.add_run(f"[{number}]\t")
            _add_reference(document, paragraph, citation, at)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _words(text: str) -> str:
    return " ".join(text.split())


def _add_reference(document: DocxFile, paragraph: Paragraph, citation: Citation, at: str) -> None:
    """What `reference` says, its document's title a link to its page; rows of a table as a table."""
    rows = _quoted_rows(citation)
    told, url = clean(reference(citation, at, quoted=not rows)), address(citation)
    title = clean(f"« {citation.document.title} »")
    if url and told.startswith(title):
        add_link(paragraph, title, url=url)
        told = told.removeprefix(title)
    paragraph.add_run(told)
    if rows:
        _add_table(document, rows)


def _quoted_rows(citation: Citation) -> list[list[str]]:
    """The rows of a table that a citation quotes, below their header; none when it quotes a sentence."""
    passage = citation.passage
    before = f"{passage.table_header}\n" if passage.table_header else ""
    text = f"{before}{passage.text}"
    start, end = (at - passage.start + len(before) for at in (citation.start, citation.end))
    for block in parse_blocks(text):
        if block.kind == "table" and block.start <= start < block.end:
            header, *rows = table_rows(text, block)
            quoted = [row for row in rows if row[0][0] < end and start < row[-1][1]]
            return [[clean(unescaped(text[a:b])) for a, b in row] for row in (header, *quoted)] if quoted else []
    return []


def _add_block(document: DocxFile, text: str, block: Block) -> None:
    if block.kind == "heading":
        document.add_heading(_NUMBER.sub(r"[\1]", heading_title(text, block)), 2)
    elif block.kind == "list":
        for start, end in item_spans(text, block):
            _add_words(document.add_paragraph(style="List Bullet"), text[start:end])
    elif block.kind == "table":
        _add_table(document, table_cells(text, block))
    else:
        _add_words(document.add_paragraph(), text[block.start : block.end])


def _add_words(paragraph: Paragraph, text: str) -> None:
    """Words on one line, each number of ours a link to its source."""
    words, at = _words(text), 0
    for match in _NUMBER.finditer(words):
        paragraph.add_run(words[at : match.start()])
        add_link(paragraph, f"[{match[1]}]", anchor=f"source_{match[1]}")
        at = match.end()
    if rest := words[at:]:
        paragraph.add_run(rest)


def _add_table(document: DocxFile, rows: list[list[str]]) -> None:
    """A table whose first row is its header, repeated on each page that it goes on to."""
    table = document.add_table(len(rows), len(rows[0]), "Light Grid Accent 1")
    for number, (row, values) in enumerate(zip(table.rows, rows, strict=True)):
        for cell, value in zip(row.cells, values, strict=True):
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.space_after = 0
            _add_words(paragraph, value)
            for run in paragraph.runs:
                run.bold = number == 0
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    document.add_paragraph()  # without one between them, Word joins two tables
