"""One question with its answer, as the conversation shows it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Literal

from kb.text.blocks import parse_blocks, unescaped, unit_spans
from kb.types import Answer, Citation
from kb.web import strings
from kb.web.chat.plain import plain_html
from kb.web.chat.values import values_html
from kb.web.render import block_html, escape, set_text

TurnState = Literal["searching", "writing", "done", "stopped", "failed"]

_REFERENCE = re.compile(r"[ \u00a0\u202f]?\[(\d{1,3})\]")
_LAST_WORD = re.compile(r"(?<!\S)\S{1,30}\Z")
_LONGEST_TOOLTIP = 300
_LINES_OF_A_TABLE = 3  # at least: its header, the rule below it, and a row


def turn_html(question: str, turn: int, state: TurnState, body: str, ahead: int | None = None) -> str:
    """A turn; `body` is what there is of its answer, `ahead` how many questions wait before it."""
    waiting = strings.ahead(ahead) if ahead is not None else strings.SEARCHING
    below = {
        "searching": f'<p class="waiting">{escape(waiting)}</p>',
        "writing": f'<p class="waiting">{escape(strings.WRITING if ahead is None else waiting)}</p>',
        "stopped": f'<p class="note">{escape(strings.STOPPED)}</p>',
    }.get(state, "")
    return (
        f'<article class="turn" id="turn-{turn}" data-turn="{turn}" data-state="{state}">'
        f'<h2 class="question" dir="auto">{escape(question)}</h2>{body}{below}</article>'
    )


def answer_html(answer: Answer, turn: int, *, final: bool = True, conversation: str = "") -> str:
    """The words of an answer, each `[n]` a button that shows its source, and what there is to know about it; in a
    `conversation`, the values that its sources give too.

    What is not `final` may have no words yet, or end within a table, which is shown once it has a row.
    """
    if answer.refused:
        words = f"<p>{escape(answer.text or strings.REFUSAL)}</p>"
        note = strings.UNSAID_HELP if answer.nearest else strings.REFUSAL_HELP
    else:
        text = answer.text if final else _without_begun_table(answer.text)
        words = words_html(text, answer.citations, turn, has_lead=answer.answerer == "llm")
        note = _origin(answer)
    kind = "answer refusal" if answer.refused else "answer"
    shown = f'<div class="{kind}">{words}</div>' if words or final else ""
    values = values_html(answer, turn, conversation) if final and conversation else ""
    below = f"{_note_html(escape(note))}{values}" if final else ""
    return f"{_understood_html(answer)}{shown}{_warnings_html(answer)}{below}"


def trouble_html(text: str) -> str:
    """Why there is no answer: a French sentence."""
    return f'<div class="trouble"><strong>{escape(strings.FAILED)}.</strong> {plain_html(text)}</div>'


def words_html(
    text: str,
    citations: Iterable[Citation],
    turn: int,
    *,
    has_lead: bool = False,
    reference: Callable[[Citation, int], str] | None = None,
) -> str:
    """`text` as HTML, with a button for each `[n]` that a citation carries; other numbers stay as they are. `reference`
    makes something else than a button of a citation and the turn's number.

    With `has_lead` its first sentence stands out, as the answer of which the rest tells more.
    """
    known: Mapping[int, Citation] = {citation.number: citation for citation in citations}

    def inline(start: int, end: int) -> str:
        parts: list[str] = []
        for match in _REFERENCE.finditer(text, start, end):
            if citation := known.get(int(match[1])):
                # The number stays on the line of the word that it follows.
                word = _LAST_WORD.search(text, start, match.start())
                at = word.start() if word else match.start()
                held = f"{_words(text, at, match.start())}{(reference or _reference_html)(citation, turn)}"
                parts += [_words(text, start, at), f'<span class="proven">{held}</span>' if word else held]
                start = match.end()
        return "".join([*parts, _words(text, start, end)])

    blocks = parse_blocks(text)
    lead = ""
    if has_lead and blocks and blocks[0].kind == "paragraph":
        (start, end), *_ = unit_spans(text, blocks[0])
        end = end if (line_end := text.find("\n", start, end)) < 0 else line_end
        lead = f'<p class="lead">{inline(start, end)}</p>'
        rest = [replace(blocks[0], start=more) for more, _ in unit_spans(text, replace(blocks[0], start=end))[:1]]
        blocks = [*rest, *blocks[1:]]
    return lead + "".join(block_html(text, block, inline) for block in blocks)


def _words(text: str, start: int, end: int) -> str:
    return escape(unescaped(text[start:end]))


def _without_begun_table(text: str) -> str:
    lines = text.rstrip().split("\n")
    above = next((n for n, line in enumerate(reversed(lines)) if not line.lstrip().startswith("|")), len(lines))
    return text if not 0 < above < _LINES_OF_A_TABLE else "\n".join(lines[:-above])


def _reference_html(citation: Citation, turn: int) -> str:
    label = strings.SEE_SOURCE.format(number=citation.number, title=citation.document.title)
    quote = " ".join(citation.quote.split())
    if len(quote) > _LONGEST_TOOLTIP:
        quote = quote[: _LONGEST_TOOLTIP - 1].rstrip() + "…"
    return (
        f'&#8288;<button type="button" class="reference" data-turn="{turn}" data-number="{citation.number}" '
        f'aria-controls="source-{turn}-{citation.number}" aria-label="{escape(label)}" title="« {escape(quote)} »">'
        f"{citation.number}</button>"
    )


def _understood_html(answer: Answer) -> str:
    if " ".join(answer.standalone_question.split()) in {"", " ".join(answer.question.split())}:
        return ""
    return _note_html(f"{escape(strings.UNDERSTOOD)} <bdi>{escape(answer.standalone_question)}</bdi>")


def _note_html(inner: str) -> str:
    return f'<p class="note">{inner}</p>'


def _warnings_html(answer: Answer) -> str:
    if not answer.warnings:
        return ""
    items = "".join(f"<li>{set_text(warning)}</li>" for warning in answer.warnings)
    return f'<div class="warnings"><strong>{escape(strings.WARNINGS)}</strong><ul>{items}</ul></div>'


def _origin(answer: Answer) -> str:
    if answer.answerer == "extractive":
        return strings.EXTRACTIVE
    return strings.WRITTEN_BY.format(model=answer.model) if answer.model else strings.WRITTEN
