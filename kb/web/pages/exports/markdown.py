"""A conversation as Markdown."""

from __future__ import annotations

import re

from kb.answering.refusal import NEAREST_NOTE, NEAREST_TITLE, REFUSAL
from kb.records.conversations import KeptConversation
from kb.records.kept_answers import kept_answer
from kb.text.blocks import heading_title, item_spans, parse_blocks, table_cells
from kb.text.moments import french_moment
from kb.types import Citation
from kb.web.pages.exports.bibliography import Bibliography, address, clean, reference

# What Markdown would read as something else than text.
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~!&$])")
# What it would read so at the beginning of a line only: items, rules, underlined titles, numbers of a list.
_AT_BEGINNING = re.compile(r"^(?:([-+=])|(\d{1,9})([.)])(?=\s|$))")
# In the place of brackets of ours while all others are escaped: characters that `clean` leaves in no text.
_OPENS, _CLOSES = "\ufdd0", "\ufdd1"


def to_markdown(conversation: KeptConversation) -> bytes:
    """The conversation as Markdown, UTF-8."""
    bibliography = Bibliography()
    parts = [f"# {_plain(conversation.title)}", f"Conversation du {french_moment(conversation.changed)}."]
    for turn in conversation.turns:
        answer = kept_answer(turn.answer)
        parts.append(f"## {_plain(answer.question)}")
        text = bibliography.renumbered(answer, turn.at, lambda number: f"{_OPENS}{number}{_CLOSES}") or REFUSAL
        parts.append(_markdown_blocks(text).replace(_OPENS, "[").replace(_CLOSES, "]"))
        if answer.nearest:
            lines = [f"- {_reference(citation, turn.at)}" for citation in answer.nearest]
            parts += [f"### {NEAREST_TITLE}", NEAREST_NOTE, "\n".join(lines)]
        if answer.warnings:
            parts.append("\n".join(f"> À savoir : {_plain(warning)}" for warning in answer.warnings))
    if bibliography.entries:
        parts.append("## Sources")
        entries = bibliography.entries.values()
        parts.append("\n".join(f"- [{number}] {_reference(citation, at)}" for number, citation, at in entries))
    return ("\n\n".join(parts) + "\n").encode()


def _reference(citation: Citation, at: str) -> str:
    shown = f" <{url}>" if (url := address(citation)) else ""
    return f"{_plain(reference(citation, at))}{shown}"


def _markdown_blocks(text: str) -> str:
    """Blocks as they are (they are Markdown already), their clean words without anything that Markdown would read."""
    parts = []
    for block in parse_blocks(text):
        if block.kind == "heading":
            parts.append(f"### {_escaped(heading_title(text, block))}")
        elif block.kind == "list":
            parts.append("\n".join(f"- {_escaped(text[start:end])}" for start, end in item_spans(text, block)))
        elif block.kind == "table":
            header, *rows = [list(map(_escaped, row)) for row in table_cells(text, block)]
            lines = [header, ["---"] * len(header), *rows]
            parts.append("\n".join(f"| {' | '.join(line)} |" for line in lines))
        else:
            parts.append(_escaped(text[block.start : block.end]))
    return "\n\n".join(parts)


def _plain(text: str) -> str:
    return _escaped(clean(text))


def _escaped(text: str) -> str:
    words = _MARKUP.sub(r"\\\1", " ".join(text.split()))
    return _AT_BEGINNING.sub(_escaped_beginning, words)


def _escaped_beginning(found: re.Match[str]) -> str:
    return f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}"
