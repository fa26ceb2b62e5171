"""Lines on pages -> paragraphs, headings and lists: what a PDF shows but does not say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from ingest.readers.block_builder import item_from_line, one_line, render, table
from ingest.readers.lines import join_lines, words_of
from ingest.readers.pdf.lines import Line, Page, body_size, is_larger
from ingest.readers.pdf.tables.joining import continues, joined_rows
from kb.text.folding import fold

_MAX_HEADING = 160
_LONGEST_SENTENCE = 60  # characters: a longer one with its full stop is no heading, however large
_LONGEST_RUN = 500  # lines of one block: more is no paragraph, and each line is compared with those before it
_LONE_BULLET = re.compile(r"\s*[•▪●■◆➢‣◦\uf0a7\uf0b7\uf0d8\uf0fc]\s*$")
_BOX = re.compile(r"\[[x ]\] ")
_ENDED = (".", "!", "?", "…", ":", ";", "»")


@dataclass(frozen=True, slots=True)
class _Run:
    """Lines that make one block: (page from 0, line) each."""

    lines: list[tuple[int, Line]]
    level: int = 0  # of a heading


def first_big_line(pages: Sequence[Page]) -> str | None:
    """The largest lines of the first page with text, when they are larger than the text; else None."""
    page = next((found for page in pages if (found := [line for line in page if not line.table])), None)
    if page is None:
        return None
    if not is_larger(max(page, key=lambda line: line.size), body_size(pages)):
        return None
    largest = max(line.size for line in page)
    first = next(index for index, line in enumerate(page) if line.size >= largest - 0.2)
    lines: list[str] = []
    for line in page[first:]:
        if line.size < largest - 0.2 or len(lines) == 4:
            break
        lines.append(line.text)
    return one_line(join_lines(lines)) or None


def text_and_pages(pages: Sequence[Page], title: str | None) -> tuple[str, tuple[int, ...]]:
    """The text in block form without the heading that repeats `title`, and the offset at which each page begins."""
    words = words_of("\n".join(line.text for page in pages for line in page))
    runs = list(_runs(pages))
    levels = {
        size: level
        for level, size in enumerate(sorted({_heading_size(run) for run in runs if run.level}, reverse=True), 2)
    }
    blocks: list[tuple[str, list[tuple[int, int]]]] = []  # text, and (page, offset in it) where a page begins
    titled = False
    for run in runs:
        text, marks = _table(run) if run.lines[0][1].table else _joined(run, words)
        if not text:
            continue
        if not titled and title and run.lines[0][0] == 0 and fold(text) == fold(title) and len(runs) > 1:
            titled = True
            continue
        if run.level:
            hashes = "#" * min(6, levels[_heading_size(run)]) + " "
            text, marks = hashes + text, [(page, offset + len(hashes) if offset else 0) for page, offset in marks]
        blocks.append((text, marks))
    return _with_starts(_levelled(blocks), len(pages))


def _table(run: _Run) -> tuple[str, list[tuple[int, int]]]:
    """The table of a run, gone on over pages or not, and where in it each page begins."""
    rows, pages = joined_rows([(page, line.table) for page, line in run.lines if line.table])
    headed = any(rows[0])
    blocks = table(rows if headed else rows[1:], has_header=headed)
    if len(blocks) != 1 or blocks[0].kind != "table":
        text = "\n\n".join(render(block) for block in blocks)
        return text, [(page, 0) for page in dict.fromkeys(pages)]
    text = blocks[0].text
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    marks: dict[int, int] = {}
    shift = text.count("\n") + 1 - len(rows)  # the line below the header
    for at, page in enumerate(pages):
        marks.setdefault(page, 0 if at == 0 else starts[min(at + shift, len(starts) - 1)])
    return text, list(marks.items())


def _heading_size(run: _Run) -> float:
    return round(run.lines[0][1].size)


def _runs(pages: Sequence[Page]) -> Iterator[_Run]:
    """The lines that belong together, in order, over the ends of pages."""
    body = body_size(pages)
    gap = _line_gap(pages)
    run: list[tuple[int, Line]] = []
    notes: list[_Run] = []  # of the page before: they stand before a paragraph that goes on to the next one
    for number, page in enumerate(pages):
        lines, following = _notes_apart(page, number)
        for line in lines:
            goes_on = bool(run) and _goes_on(run, number, line, body, gap)
            if run and not goes_on:
                yield _finished(run, body)
                run = []
            yield from notes
            notes = []
            run.append((number, line))
        notes += following
    if run:
        yield _finished(run, body)
    yield from notes


def _notes_apart(page: Page, number: int) -> tuple[Page, list[_Run]]:
    """The lines of a page without its notes, and each of these as a run."""
    lines: Page = []
    notes: list[list[tuple[int, Line]]] = []
    for line in page:
        last = notes[-1][-1][1] if notes else None
        wrapped = last is not None and abs(line.size - last.size) < 0.3 and 0 < last.base - line.base < 1.6 * line.size
        if line.note:
            notes.append([(number, line)])
        elif wrapped and not line.table:
            notes[-1].append((number, line))
        else:
            lines.append(line)
    return lines, [_Run(note) for note in notes]


def _finished(run: list[tuple[int, Line]], body: float) -> _Run:
    if run[0][1].table or run[0][1].alone:
        return _Run(run)
    text = " ".join(line.text for _, line in run)
    bold = all(line.bold for _, line in run)
    headed = is_larger(run[0][1], body) or (bold and len(run) <= 2 and not text.rstrip().endswith(_ENDED))
    # The text of a page of tables in small letters is no heading.
    headed = headed and not (text.rstrip().endswith(".") and len(text) > _LONGEST_SENTENCE)
    return _Run(run, int(headed and len(text) <= _MAX_HEADING and re.search(r"[^\W\d_]", text) is not None))


def _line_gap(pages: Sequence[Page]) -> float:
    """The usual distance between the base lines of two lines of the same paragraph."""
    gaps = [
        above.base - below.base
        for page in pages
        for above, below in pairwise(page)
        if 0 < above.base - below.base < 3 * above.size
    ]
    return median(gaps) if gaps else 0.0


def _goes_on(run: list[tuple[int, Line]], page: int, line: Line, body: float, gap: float) -> bool:
    """Whether `line` belongs to the block that `run` has begun."""
    last_page, last = run[-1]
    if last.table or line.table:
        return bool(last.table and line.table and page == last_page + 1 and continues(last.table, line.table))
    if last.alone or line.alone or last.angle != line.angle or _BOX.match(line.text):
        return False
    if _BOX.match(run[0][1].text) and not line.text[:1].islower():
        return False
    if len(run) >= _LONGEST_RUN:
        return False
    if _LONE_BULLET.fullmatch(last.text):
        return True
    if item_from_line(line.text) or _LONE_BULLET.fullmatch(line.text):
        return _continues_sentence(run, line) and not re.match(r"\s*[•▪●■◆➢‣◦-]", line.text) and page == last_page
    if abs(line.size - last.size) > 0.6 and (is_larger(line, body) or is_larger(last, body)):
        return False
    if line.bold != last.bold and (last.bold and len(run) <= 2):
        return False
    if page != last_page:
        return _continues_sentence(run, line)
    distance = last.base - line.base
    if distance <= 0:
        # The top of the next column, or the same line seen twice.
        return _continues_sentence(run, line) or abs(distance) < last.size * 0.3
    if distance > max(gap * 1.35 + 1, line.size * 1.5 if is_larger(line, body) else 0):
        return distance < gap * 2 and _continues_sentence(run, line)
    # No space between paragraphs: a line that ends early ends its paragraph.
    widest = max(earlier.right for _, earlier in run)
    ended = last.text.rstrip().endswith(_ENDED) and line.text.strip()[:1].isupper()
    return not (ended and (last.right < max(widest, line.right) - 4 * last.size or line.x > last.x + last.size))


def _continues_sentence(run: list[tuple[int, Line]], line: Line) -> bool:
    last = run[-1][1].text.rstrip()
    return not last.endswith(_ENDED) and line.text.strip()[:1].islower() and len(last) > 20


def _joined(run: _Run, words: frozenset[str]) -> tuple[str, list[tuple[int, int]]]:
    """The text of a run, and where in it each page begins: joined page by page, so that the place is known."""
    pages = sorted({page for page, _ in run.lines})
    text = ""
    marks: list[tuple[int, int]] = []
    for page in pages:
        part = [line.text for at, line in run.lines if at == page]
        before = text
        text = one_line(join_lines([*([before] if before else []), *part], words))
        shared = next(
            (at for at, (a, b) in enumerate(zip(before, text, strict=False)) if a != b), min(len(before), len(text))
        )
        marks.append((page, shared + (text[shared : shared + 1] == " ") if before else 0))
    return item_from_line(text) if len(pages) == 1 and item_from_line(text) else text, marks


def _levelled(blocks: list[tuple[str, list[tuple[int, int]]]]) -> list[tuple[str, list[tuple[int, int]]]]:
    """Headings from `##` on, whatever the largest one was before the title left."""
    tops = [len(text) - len(text.lstrip("#")) for text, _ in blocks if re.match(r"#{1,6} ", text)]
    extra = min(tops) - 2 if tops else 0
    if extra <= 0:
        return blocks
    return [
        (text[extra:], [(page, max(0, offset - extra)) for page, offset in marks])
        if re.match(r"#{1,6} ", text)
        else (text, marks)
        for text, marks in blocks
    ]


def _with_starts(blocks: list[tuple[str, list[tuple[int, int]]]], count: int) -> tuple[str, tuple[int, ...]]:
    """The blocks as one text, items of a list on lines that follow, and the start of each of `count` pages."""
    starts: dict[int, int] = {}
    text = ""
    was_item = False
    for block, marks in blocks:
        is_item = re.match(r"(?:-|\d{1,3}\.) ", block) is not None
        if text:
            text += "\n" if is_item and was_item else "\n\n"
        for page, offset in marks:
            starts.setdefault(page, len(text) + offset)
        text += block
        was_item = is_item
    # A page without text begins where the next one does.
    following = len(text)
    for page in range(count - 1, -1, -1):
        following = starts.setdefault(page, following)
    if count:
        starts[0] = 0
    return text, tuple(starts[page] for page in range(count))
