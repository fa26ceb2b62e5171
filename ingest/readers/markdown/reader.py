"""Markdown (CommonMark with tables), with or without YAML front matter."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from functools import cache
from typing import Any

from lxml.html import defs
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

from ingest.readers.block_builder import assemble
from ingest.readers.dates import date_near_title
from ingest.readers.decoding import decode
from ingest.readers.html.cited import extract_last_sources, extract_named_sources
from ingest.readers.html.elements import is_struck
from ingest.readers.html.notes import settle_notes, without_calls
from ingest.readers.html.page import drop_hidden
from ingest.readers.html.panels import open_panels
from ingest.readers.html.parsing import parse_html
from ingest.readers.html.tree import blocks_of
from ingest.readers.markdown.front_matter import split_front_matter
from ingest.readers.metadata import Metadata, canonical_url
from ingest.readers.reading import STRUCK, Given, Reading, empty, no_text, too_long
from kb.errors import DocumentError

_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*+)[^<>]*+>")
_NOTE = re.compile(r"\[\^([^\]\s]{1,60})\]:[ \t]*(.*)")
_CALL = re.compile(r"\[\^([^\]\s]{1,60})\]")
_NOTE_HERE = re.compile(r"\^\[([^\[\]]{1,1000})\]")
_NOT_GOING_ON = re.compile(r"\[\^|[-*+]\s|\d{1,9}[.)]\s|#|>|\||```|~~~|<")
# Behind a full stop, a line that is not set in and begins a sentence is what comes after the list, not its last item.
_BEGINS = re.compile(r"(?:[«“\"(]\s?)?[A-ZÀ-ÖØ-ÞŒ0-9]")
_ENDS = tuple(".!?…:;")
_HEAD = 6  # blocks among which a letter or report has its date


def read(given: Given) -> Reading:
    """The text and the front matter. Raises DocumentError for front matter that has wrong types."""
    if len(given.content) > given.max_text_bytes:
        raise too_long(given, len(given.content))
    text = decode(given.content, given.name).replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise empty(given)
    front, body, remarks = split_front_matter(text, given.name)
    page = f"<html><body>{_parser().render(body)}</body></html>"
    root = parse_html(page, given.name)
    if root is None:
        raise no_text(given)
    settle_notes(root)
    open_panels(root)
    drop_hidden(root)
    try:
        sources = extract_named_sources(root) + extract_last_sources(root)
        blocks = blocks_of(root)
    except RecursionError:
        raise DocumentError(
            given.name, "les listes ou citations sont trop imbriquées ; simplifiez le document"
        ) from None
    if not blocks:
        raise no_text(given, "le document n'a que son en-tête")
    first = next((block for block in blocks if block.kind == "heading"), None)
    title = front.title or (first.text if first and (first.level == 1 or first is blocks[0]) else None)
    blocks = [replace(block, text=without_calls(block.text)) for block in blocks]
    date = date_near_title(block.text for block in blocks[:_HEAD] if block.kind == "paragraph")
    found = front.or_else(Metadata(date=date, cited_sources=sources))
    found = replace(found, title=title, url=canonical_url(front.url, given.url))
    return Reading(found, assemble(blocks, title), remarks=(*remarks, STRUCK) if is_struck(root) else remarks)


class _Renderer(RendererHTML):
    """HTML of which the visible text is what the Markdown shows."""

    def image(self, tokens: Any, idx: int, options: Any, env: Any) -> str:
        """The text that stands for an image."""
        return html.escape(self.renderInlineAsText(tokens[idx].children or [], options, env))

    def html_inline(self, tokens: Any, idx: int, *_: Any) -> str:
        """Raw HTML; what only looks like it (« <nom de la ville> ») is text."""
        return _known_tags(tokens[idx].content)

    def html_block(self, tokens: Any, idx: int, *_: Any) -> str:
        """The same for a block."""
        return _known_tags(tokens[idx].content)


@cache
def _parser() -> MarkdownIt:
    # By default, what lies deeper than 20 levels is lost without a word.
    parser = MarkdownIt("commonmark", {"maxNesting": 100}, renderer_cls=_Renderer).enable(["table", "strikethrough"])
    # Before what would take « [^1]: … » for the address of a link, and « [^1] » for a text.
    parser.block.ruler.before("reference", "note", _note, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    parser.inline.ruler.before("link", "note_call", _note_call)
    parser.block.ruler.before("paragraph", "after_list", _after_list, {"alt": ["paragraph"]})
    return parser


def _note(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A note, « [^1]: Hors taxes. » and its indented lines: paragraphs in their place, « Note 1 : Hors taxes. »."""
    first = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    match = _NOTE.match(first)
    if match is None or state.is_code_block(start):
        return False
    if silent:
        return True
    last = start + 1
    while last < end:
        line = state.src[state.bMarks[last] + state.tShift[last] : state.eMarks[last]]
        is_inside = state.sCount[last] > state.blkIndent + 1
        if state.isEmpty(last):
            # Indented paragraphs are the note's, a blank line before each.
            if last + 1 >= end or state.isEmpty(last + 1) or state.sCount[last + 1] <= state.blkIndent + 1:
                break
        elif not is_inside and (state.isEmpty(last - 1) or _NOT_GOING_ON.match(line)):
            break
        last += 1
    lines = [state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]] for line in range(start, last)]
    number = f"Note {match[1]}" if match[1].isdigit() else "Note"
    text = "\n".join([f"{number} : {match[2]}", *lines[1:]])
    for part in re.split(r"\n[ \t]*\n", text):
        state.push("paragraph_open", "p", 1).map = [start, last]
        inline = state.push("inline", "", 0)
        inline.content, inline.map, inline.children = part.strip(), [start, last], []
        state.push("paragraph_close", "p", -1)
    state.env.setdefault("notes", set()).add(match[1].casefold())
    state.line = last
    return True


def _after_list(state: StateBlock, line: int, _end: int, silent: bool) -> bool:
    """Whether a line ends the item before it, though CommonMark takes it for its continuation: people leave out the
    empty line after a list.
    """
    if not silent or not 0 <= state.sCount[line] < state.blkIndent or state.isEmpty(line - 1):
        return False
    above, own = (state.src[state.bMarks[at] + state.tShift[at] : state.eMarks[at]] for at in (line - 1, line))
    return above.rstrip().endswith(_ENDS) and _BEGINS.match(own) is not None and not _NOT_GOING_ON.match(own)


def _note_call(state: StateInline, silent: bool) -> bool:
    """A call, « [^1] », of a note that there is, is nothing; a note written where it is called stands in brackets."""
    match = _CALL.match(state.src, state.pos) or _NOTE_HERE.match(state.src, state.pos)
    if match is None or match.end() > state.posMax:
        return False
    if match.re is _CALL and match[1].casefold() not in state.env.get("notes", ()):
        return False
    if not silent:
        if match.re is _CALL:
            state.pending = state.pending.rstrip(" \u00a0\u202f")
        else:
            state.pending += f" (note : {match[1]})"
    state.pos = match.end()
    return True


def _known_tags(markup: str) -> str:
    def keep(match: re.Match[str]) -> str:
        return match[0] if match[1].lower() in defs.tags else html.escape(match[0])

    return _TAG.sub(keep, markup)
