"""Conversations as files: Markdown and DOCX, every answer with its numbers and one numbered bibliography at the end.

Answers number their citations each from 1; here they are numbered through. An entry of the bibliography names the
document, its date and page, when it was consulted, and the words that prove.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import docx
from docx.document import Document as DocxFile
from docx.shared import Pt, RGBColor

from kb.answering.sufficiency import REFUSAL
from kb.records.conversations import KeptConversation
from kb.records.kept_answers import kept_answer
from kb.text.blocks import Block, cells, heading_title, item_spans, parse_blocks, row_spans
from kb.text.moments import french_date, french_moment
from kb.types import Answer, Citation
from kb.web.render import page_url

_REFERENCE = re.compile(r"\[(\d{1,3})\]")
# What Markdown would read as something else than text.
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~!])")
# What an XML file cannot hold.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
# In the place of brackets of ours while all others are escaped: characters that no text holds.
_OPENS, _CLOSES = "\ufdd0", "\ufdd1"
_GREY = RGBColor(0x5C, 0x58, 0x50)


@dataclass(slots=True)
class _Bibliography:
    """Sources in the order of their first use, through all answers: the same words of a document are one entry."""

    entries: dict[tuple[str, str], tuple[int, Citation, str]] = field(default_factory=dict)

    def number(self, citation: Citation, at: str) -> int:
        """The number of what `citation` quotes, consulted `at` an ISO moment."""
        key = citation.document.id, citation.quote
        if key not in self.entries:
            self.entries[key] = len(self.entries) + 1, citation, at
        return self.entries[key][0]

    def renumbered(self, answer: Answer, at: str, shown: Callable[[int], str]) -> str:
        """The answer's text with `shown(number)` in the place of each `[n]` that a citation carries."""
        cited = {citation.number: citation for citation in answer.citations}

        def replaced(match: re.Match[str]) -> str:
            citation = cited.get(int(match[1]))
            return match[0] if citation is None else shown(self.number(citation, at))

        return _REFERENCE.sub(replaced, answer.text)


def to_markdown(conversation: KeptConversation) -> bytes:
    """The conversation as Markdown, UTF-8."""
    bibliography = _Bibliography()
    parts = [f"# {_plain(conversation.title)}", f"Conversation du {french_moment(conversation.changed)}."]
    for turn in conversation.turns:
        answer = kept_answer(turn.answer)
        parts.append(f"## {_plain(answer.question)}")
        text = bibliography.renumbered(answer, turn.at, lambda number: f"{_OPENS}{number}{_CLOSES}") or REFUSAL
        parts.append(_markdown_blocks(text).replace(_OPENS, "[").replace(_CLOSES, "]"))
        if answer.warnings:
            parts.append("\n".join(f"> À savoir : {_plain(warning)}" for warning in answer.warnings))
    if bibliography.entries:
        parts.append("## Sources")
        lines = []
        for number, citation, at in bibliography.entries.values():
            address = f" <{url}>" if (url := page_url(citation.document.url)) else ""
            lines.append(f"- [{number}] {_plain(_reference(citation, at))}{address}")
        parts.append("\n".join(lines))
    return ("\n\n".join(parts) + "\n").encode()


def to_docx(conversation: KeptConversation) -> bytes:
    """The conversation as a Word document."""
    bibliography = _Bibliography()
    document = docx.Document()
    document.core_properties.title = _clean(conversation.title)[:255]
    document.core_properties.author = "Repères"
    document.core_properties.language = "fr-FR"
    document.core_properties.created = datetime.now(UTC).replace(tzinfo=None)
    document.styles["Normal"].font.size = Pt(11)
    document.add_heading(_clean(conversation.title), 0)
    document.add_paragraph(f"Conversation du {french_moment(conversation.changed)}.")
    for turn in conversation.turns:
        answer = kept_answer(turn.answer)
        document.add_heading(_clean(answer.question), 1)
        text = _clean(bibliography.renumbered(answer, turn.at, "[{}]".format) or REFUSAL)
        for block in parse_blocks(text):
            _add_block(document, text, block)
        for warning in answer.warnings:
            document.add_paragraph().add_run(f"À savoir : {_clean(warning)}").italic = True
    if bibliography.entries:
        document.add_heading("Sources", 1)
        for number, citation, at in bibliography.entries.values():
            paragraph = document.add_paragraph(f"[{number}] {_clean(_reference(citation, at))}")
            if url := page_url(citation.document.url):
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


def _reference(citation: Citation, at: str) -> str:
    document = citation.document
    page = document.page_at(citation.start)
    facts = [f"« {document.title} »", document.rubric or document.kind or "", french_date(document.date)]
    if page is not None:
        facts.append(f"page {page}")
    told = ", ".join(fact for fact in facts if fact)
    return f"{told} ; consulté le {french_moment(at)}. « {' '.join(citation.quote.split())} »"


def _markdown_blocks(text: str) -> str:
    """Blocks as they are (they are Markdown already), their words without anything that Markdown would read."""
    parts = []
    for block in parse_blocks(text):
        if block.kind == "heading":
            parts.append(f"### {_plain(heading_title(text, block))}")
        elif block.kind == "list":
            parts.append("\n".join(f"- {_plain(text[start:end])}" for start, end in item_spans(text, block)))
        elif block.kind == "table":
            header = cells(text[block.start : text.find("\n", block.start, block.end)])
            rows = [cells(text[start:end]) for start, end in row_spans(text, block)]
            lines = [header, ["---"] * len(header), *rows]
            parts.append("\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines))
        else:
            parts.append(_plain(text[block.start : block.end]))
    return "\n\n".join(parts)


def _cell(text: str) -> str:
    return text if text == "---" else _plain(text)


def _plain(text: str) -> str:
    return _MARKUP.sub(r"\\\1", " ".join(_CONTROLS.sub("", text).split()))


def _clean(text: str) -> str:
    return _CONTROLS.sub("", text)
