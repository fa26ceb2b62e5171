"""Plain text: a note written as such, or a web page that someone saved as text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.readers.block_builder import Block, assemble, bullets, clean, heading, item_from_line, paragraph, table
from ingest.readers.dates import date_near_title, is_announcement
from ingest.readers.decoding import decode
from ingest.readers.html.boilerplate import is_known_rubric, is_provenance, is_saved_page, mark_of, strip_marks
from ingest.readers.html.notes import without_calls
from ingest.readers.lines import is_wrapped, join_lines, words_of, wrap_width
from ingest.readers.metadata import Metadata, canonical_url, letter_object
from ingest.readers.reading import Given, Reading, empty, too_long
from kb.text.blocks import cells
from kb.text.domain import Domain
from kb.text.folding import fold

_UNDERLINE = re.compile(r"\s*(?:={3,}|-{3,}|~{3,}|\*{3,}|_{3,})\s*$")
_HASHES = re.compile(r"(#{1,6})\s+(\S.*)$")
_SENTENCE_END = (".", ";", ",", "…", ":", "»", "!")
_MAX_HEADING = 120
_MAX_TITLE = 200
_FIGURES_APART = re.compile(r"(?<=[\d%€]) {2,}(?=[+-]?\d)")  # of two columns: they are never one number
_LETTER_HEAD = 10  # blocks above the text of a letter: who writes, to whom, where, when, about what
_DEEPEST = 12  # levels of a list
_SIGNATURES = (
    b"%PDF-",
    b"PK\x03\x04",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"\xd0\xcf\x11\xe0",
    b"\x1f\x8b",
    b"{\\rtf",
)


def read(given: Given) -> Reading:
    """The text; of a saved page, the article only, its first lines read as metadata."""
    if len(given.content) > given.max_text_bytes:
        raise too_long(given, len(given.content))
    if given.content.startswith(_SIGNATURES):
        # The file's name lies about its format: nothing in it can be read as text.
        decode(b"\x00", given.name)
    text = clean(decode(given.content, given.name).replace("\f", "\n\n")).expandtabs(4)
    lines = [_FIGURES_APART.sub(" ; ", line.rstrip()) for line in text.split("\n")]
    written = [line.strip() for line in lines if line.strip()]
    if not written:
        raise empty(given)
    if is_saved_page(written, given.domain):
        found, blocks = _saved_page(written, given.domain)
    else:
        found, blocks = _note(lines, given.domain)
    title = without_calls(found.title) if found.title else None
    blocks = [replace(block, text=without_calls(block.text)) for block in blocks]
    return Reading(replace(found, title=title, url=canonical_url(None, given.url)), assemble(blocks, title))


def _saved_page(lines: list[str], domain: Domain) -> tuple[Metadata, list[Block]]:
    """Each line is a paragraph. Above the article: rubrics, title, provenance, date."""
    body = next((index for index, line in enumerate(lines) if len(line) > _MAX_TITLE), len(lines))
    signs = [index for index in range(min(body, 7)) if is_provenance(lines[index]) or _is_dated(lines[index])]
    head = signs[0] if signs else min(2, body)
    names, rubric, title = lines[:head], None, None
    is_rubric = bool(names) and _is_rubric(names[0], domain)
    if names and (len(names) > 1 or is_rubric) and (is_rubric or (signs and len(names) == 2)):
        rubric, names = names[0], names[1:]
    if names:
        title, names = names[0], names[1:]
    head_end = head
    while head_end < len(lines) and (
        is_provenance(lines[head_end]) or _is_dated(lines[head_end]) or _is_date_below(lines, head_end)
    ):
        head_end += 1
    origin = next((line for line in lines[head:head_end] if is_provenance(line)), None)
    if not signs:
        head_end = head
    rest = [*names, *lines[head_end:]]
    items = [item_from_line(line) for line in rest]
    blocks = strip_marks(
        [Block("list", found) if found else paragraph(line) for line, found in zip(rest, items, strict=True)], domain
    )
    date = date_near_title(lines[:head_end])
    return Metadata(title=title, date=date, rubric=rubric, origin=origin), _merged_lists(_with_headings(blocks, domain))


def _is_dated(line: str) -> bool:
    return is_announcement(line) or fold(line).strip(" :.") in {"publie le", "publiee le", "mis en ligne le"}


def _is_date_below(lines: Sequence[str], index: int) -> bool:
    """Whether a line is the date that the « Publié le » above it announces."""
    return index > 0 and _is_dated(lines[index - 1]) and date_near_title(lines[index : index + 1]) is not None


def _is_rubric(line: str, domain: Domain) -> bool:
    """Whether a line is a list of rubrics: known ones, or one to four short names with capitals."""
    names = [name.strip() for name in line.split(",")]
    if all(is_known_rubric(name, domain) for name in names):
        return True
    return 1 < len(names) <= 4 and all(name[:1].isupper() and len(name.split()) <= 4 for name in names)


@dataclass(frozen=True, slots=True)
class _Group:
    """Lines without a blank one between them."""

    lines: list[str]


def _note(lines: Sequence[str], domain: Domain) -> tuple[Metadata, list[Block]]:
    """An ordinary text: paragraphs stand between blank lines, or each on its line. Nothing is left out."""
    width = wrap_width([line for line in lines if not _starts_block(line)])
    words = words_of("\n".join(lines)) if width else frozenset[str]()
    blocks: list[Block] = []
    for group in _groups(lines):
        blocks += _group_blocks(group.lines, width, words)
    blocks = _with_headings(_merged_lists(blocks), domain)
    date = date_near_title([line.strip() for line in lines if line.strip()][:6])
    return Metadata(title=_title(blocks, domain), date=date), blocks


def _groups(lines: Sequence[str]) -> list[_Group]:
    groups = [_Group([])]
    for line in lines:
        if line.strip():
            groups[-1].lines.append(line)
        elif groups[-1].lines:
            groups.append(_Group([]))
    return [group for group in groups if group.lines]


def _starts_block(line: str) -> bool:
    return bool(item_from_line(line) or _HASHES.match(line) or _UNDERLINE.match(line) or line.lstrip().startswith("|"))


def _group_blocks(lines: Sequence[str], width: int | None, words: frozenset[str]) -> list[Block]:
    blocks: list[Block] = []
    index = 0
    while index < len(lines):
        line = lines[index]
        index += 1
        if match := _HASHES.match(line):
            blocks.append(heading(match[2], len(match[1])))
            continue
        if (
            index < len(lines)
            and _UNDERLINE.match(lines[index])
            and len(line) <= _MAX_HEADING
            and not item_from_line(line)
        ):
            blocks.append(heading(line, 1 if lines[index].strip()[0] == "=" else 2))
            index += 1
            continue
        if _UNDERLINE.match(line):
            continue
        if line.lstrip().startswith("|") and index < len(lines) and re.match(r"\s*\|[\s:|-]+\|\s*$", lines[index]):
            end = next((at for at in range(index, len(lines)) if not lines[at].lstrip().startswith("|")), len(lines))
            blocks += table([cells(row) for row in (line, *lines[index + 1 : end])])
            index = end
            continue
        run = [line]
        is_item = bool(item_from_line(line))
        while (
            index < len(lines)
            and not _starts_block(lines[index])
            and _goes_on(run[-1], lines[index], line, width, is_item)
        ):
            run.append(lines[index])
            index += 1
        blocks.append(_item_block(run, words) if is_item else paragraph(join_lines(run, words)))
    return blocks


def _goes_on(line: str, following: str, first: str, width: int | None, is_item: bool) -> bool:
    """Whether `following` continues the paragraph or item that `first` began and `line` ends so far."""
    if is_item and _indent(following) > _indent(first):
        return True
    return width is not None and is_wrapped(line, following, width)


def _item_block(lines: Sequence[str], words: frozenset[str]) -> Block:
    joined = item_from_line(join_lines(lines, words))
    # Two to four spaces of indent a level is what people type; the levels are put right when items meet.
    return Block("list", " " * _indent(lines[0]) + joined)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" \u00a0"))


def _merged_lists(blocks: Sequence[Block]) -> list[Block]:
    """Lists that follow each other made one, their indents made levels of two spaces."""
    merged: list[Block] = []
    run: list[str] = []
    for block in [*blocks, None]:
        if block is not None and block.kind == "list":
            run += block.text.split("\n")
            continue
        if run:
            merged.append(bullets(_levels(run)))
            run = []
        if block is not None:
            merged.append(block)
    return merged


def _levels(lines: Sequence[str]) -> list[str]:
    stack: list[int] = []
    levelled = []
    for line in lines:
        indent = _indent(line)
        while stack and indent < stack[-1]:
            stack.pop()
        if not stack or (indent > stack[-1] and len(stack) <= _DEEPEST):
            stack.append(indent)
        levelled.append("  " * (len(stack) - 1) + line.strip())
    return levelled


def _with_headings(blocks: Sequence[Block], domain: Domain) -> list[Block]:
    """`blocks`, a short line that ends like no sentence and stands before a paragraph or list made a heading."""
    made = list(blocks)
    for index, block in enumerate(blocks):
        if block.kind != "paragraph" or not _may_head(block.text, domain) or index + 1 == len(blocks):
            continue
        before, after = (blocks[index - 1] if index else None), blocks[index + 1]
        if after.kind == "paragraph" and (len(after.text) <= len(block.text) * 1.5 or _may_head(after.text, domain)):
            continue
        if after.kind in {"heading", "table"}:
            continue
        if (
            before is not None
            and before.kind == "paragraph"
            and not before.text.endswith((*_SENTENCE_END, "?", ")", '"'))
        ):
            continue  # one of several loose lines (an address, a signature), not a heading
        made[index] = heading(block.text, 2)
    return made


def _may_head(text: str, domain: Domain) -> bool:
    return (
        len(text) <= _MAX_HEADING
        and not text.endswith(_SENTENCE_END)
        and bool(re.match(r"[«\"“(]?\s?[^\W_]", text))
        and not text[0].islower()
        and mark_of(text, domain) is None
        and not is_announcement(text)
        and date_near_title([text]) is None
        and "http" not in text
    )


def _title(blocks: Sequence[Block], domain: Domain) -> str | None:
    """The first line, when it is a title: a heading, or a short line above the text. A letter has its object."""
    if not blocks or len(blocks) == 1:
        return None
    first = blocks[0]
    about = letter_object(block.text for block in blocks[:_LETTER_HEAD])
    if date_near_title([first.text]) is not None or (about and first.text.isupper()):
        return about  # below who writes, where and when
    if first.kind == "heading" or (
        first.kind == "paragraph" and len(first.text) <= _MAX_HEADING and _may_head(first.text, domain)
    ):
        return first.text
    return None
