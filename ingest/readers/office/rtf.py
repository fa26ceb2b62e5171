"""RTF: the text as striprtf finds it, with its tables, headings, notes and text boxes, read on as plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ingest.readers import text as plain_text
from ingest.readers.block_builder import SYMBOL_BOXES, one_line
from ingest.readers.figures.raised import LEVEL, RAISED, lowered
from ingest.readers.metadata import authors_title
from ingest.readers.office.grid import Grid, Span, table_blocks
from ingest.readers.reading import Given, Reading, no_text, too_long
from kb.errors import DocumentError

_BRACE = re.compile(r"(?<!\\)[{}]")
# Pictures and embedded objects: digits without end, that striprtf would look at one by one.
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}\s*){200,}")
# striprtf would write the address of a link behind its text.
_LINK = re.compile(r"(\\fldinst[^{}]{0,100}\{?[^{}]{0,200}?)HYPERLINK", re.IGNORECASE)
_TITLE = re.compile(r"\{\\info\b.{0,2000}?\{\\title ([^{}]{1,500})\}", re.DOTALL)
_APART = re.compile(r"\{(?:\\\*)?\\(footnote|shptxt)(?![a-z])")
# Characters that no text holds mark what striprtf says nothing of: ends of cells and rows, rows, headings, the right
# edge of a cell (in twips) and whether it continues the one above it or the one before it.
_CELL, _ROW_END, _ROW, _HEADING, _EDGE, _BELOW, _AFTER = "\x0e\x0f\x10\x11\x12\x13\x14"
_MARKS = (
    (r"\\(?:nest)?cell(?![a-z])", _CELL),
    (r"\\row(?![a-z])", _ROW_END),
    (r"\\trowd(?![a-z])", _ROW),
    (r"\\clvmrg(?![a-z])", _BELOW),
    (r"\\clmrg(?![a-z])", _AFTER),
    (r"\\cellx(-?\d{1,6})(?!\d)", rf"{_EDGE}\1;"),
)
_DEFINED = re.compile(rf"([{_BELOW}{_AFTER}]*)\s{{0,20}}{_EDGE}(-?\d+);")
_SUPER = re.compile(r"\\(?:super|up[1-9]\d?)(?![a-z\d]) ?")
_LEVEL_AGAIN = re.compile(r"(?<!\\)[{}]|\\(?:nosupersub|super0|up0|plain|par|cell)(?![a-z\d])")
_MOST_COLUMNS = 400  # distinct edges of cells: more is no table
_NO_BODY_TEXT = 9  # the outline level of what is no heading


@dataclass(frozen=True, slots=True)
class _Row:
    """The texts of a row's cells, their right edges and marks; neither of those where they are not told."""

    cells: list[str]
    edges: list[int]
    marks: list[str]


def read(given: Given) -> Reading:
    """The text of an RTF file. Raises DocumentError for a file that is none, or holds no text."""
    if not given.content.lstrip().startswith(b"{\\rtf"):
        raise DocumentError(given.name, "ce n'est pas un fichier RTF ; vérifiez son format")
    source = given.content.decode("latin-1")  # ASCII by its own rules: what is not comes as codes
    source = re.sub("[\x00-\x08\x0e-\x1f]", "", _HEX.sub("", source))
    if len(source) > 10 * given.max_text_bytes:
        raise too_long(given, len(source))
    text = _with_tables(lowered(_converted(_marked(_with_notes(source)))))
    if not re.search(r"\w", text):
        raise no_text(given)
    match = _TITLE.search(source)
    title = authors_title(_converted(f"{{\\rtf1 {match[1]}}}")) if match else None
    text = f"# {title}\n\n{text}" if title else text
    return plain_text.read(replace(given, content=text.encode(errors="ignore")))


def _converted(source: str) -> str:
    from striprtf.striprtf import rtf_to_text

    try:
        return str(rtf_to_text(source, errors="replace")).translate(SYMBOL_BOXES)
    except (ValueError, IndexError, LookupError, TypeError, OverflowError):
        return ""


def _with_notes(source: str) -> str:
    """`source` with footnotes and text boxes as paragraphs behind the one that they belong to: striprtf drops them."""
    pieces, waiting, done = list[str](), list[str](), 0
    for match in _APART.finditer(source):
        if match.start() < done:
            continue  # within another
        end = _group_end(source, match.start())
        before = source[done : match.start()]
        pieces += _placed(before, waiting)
        waiting.append(f"{'Note : ' if match[1] == 'footnote' else ''}{{{source[match.end() : end]}")
        done = end
    rest = source[done:]
    pieces += _placed(rest, waiting)
    if waiting:
        last = pieces.pop().rstrip().removesuffix("}")
        pieces += [last, "\\par ", *(f"{note}\\par " for note in waiting), "}"]
    return "".join(pieces)


def _placed(text: str, waiting: list[str]) -> Iterator[str]:
    """`text` with what waits behind its first paragraph, if one ends in it."""
    match = re.search(r"\\par(?![a-z])", text) if waiting else None
    if match is None:
        yield text
        return
    yield text[: match.end()]
    yield from (f" {note}\\par " for note in waiting)
    waiting.clear()
    yield text[match.end() :]


def _group_end(source: str, start: int) -> int:
    depth = 0
    for brace in _BRACE.finditer(source, start):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            return brace.end()
    return len(source)


def _marked(source: str) -> str:
    source = _with_raised(_LINK.sub(r"\1", source))
    for pattern, mark in _MARKS:
        source = re.sub(pattern, mark, source)
    return re.sub(
        r"\\outlinelevel(\d)", lambda match: "" if int(match[1]) == _NO_BODY_TEXT else f"{_HEADING}{match[1]} ", source
    )


def _with_raised(source: str) -> str:
    """`source` with marks around what is raised: until it says otherwise, or its group ends."""
    pieces, done = list[str](), 0
    for match in _SUPER.finditer(source):
        if match.start() < done:
            continue
        end = _level_again(source, match.end())
        pieces += [source[done : match.end()], RAISED, source[match.end() : end], LEVEL]
        done = end
    return "".join([*pieces, source[done:]])


def _level_again(source: str, start: int) -> int:
    depth = 0
    for match in _LEVEL_AGAIN.finditer(source, start):
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if depth < 0 or (depth == 0 and match[0] not in "{}"):
            return match.start()
    return len(source)


def _with_tables(text: str) -> str:
    """The text with its rows as tables and its headings as lines with `#`, the way plain text has them."""
    parts: list[str] = []
    rows: list[_Row] = []
    *with_rows, rest = text.split(_ROW_END)
    for piece in with_rows:
        before, _, row = piece.partition(_ROW)
        if before.strip():
            parts += [*_table(rows), before]
            rows = []
        rows.append(_row(row))
    parts += [*_table(rows), rest]
    lines = re.sub(f"[{_CELL}{_ROW}]", " ", _DEFINED.sub("", "\n\n".join(parts))).split("\n")
    return "\n".join(map(_heading_line, lines))


def _heading_line(line: str) -> str:
    match = re.match(rf"\s*{_HEADING}(\d) ?(.*)", line)
    if match is None:
        return line.replace(_HEADING, "")
    words = re.sub(rf"{_HEADING}\d ?", "", match[2]).strip()
    return f"\n{'#' * min(6, int(match[1]) + 1)} {words}\n" if words else ""


def _row(told: str) -> _Row:
    """A row from its cells and what it says of them, once before them or twice."""
    cells = [one_line(cell.replace(_ROW, " ")) for cell in _DEFINED.sub("", told).split(_CELL)]
    cells = cells if cells[-1] else cells[:-1]
    defined = _DEFINED.findall(told.rpartition(_ROW)[2])
    if len(defined) != len(cells):
        return _Row(cells, [], [])
    return _Row(cells, [int(edge) for _, edge in defined], [mark for mark, _ in defined])


def _table(rows: list[_Row]) -> list[str]:
    """The blocks of a table. A cell that reaches over edges of other rows' cells is merged."""
    edges = sorted({edge for row in rows for edge in row.edges})
    if not all(row.edges for row in rows) or len(edges) > _MOST_COLUMNS:
        plain = Grid({number: dict(enumerate(row.cells, start=1)) for number, row in enumerate(rows, start=1)})
        return [block.text for block in table_blocks(plain)]
    column = {edge: at for at, edge in enumerate(edges, start=1)}
    held: dict[int, dict[int, str]] = {}
    begun: dict[int, list[int]] = {}  # the last cell that began in a column: top, left, bottom, right
    spans: list[list[int]] = []
    for number, row in enumerate(rows, start=1):
        held[number], left, last = {}, 1, [0, 0, 0, 0]
        for text, edge, mark in zip(row.cells, row.edges, row.marks, strict=True):
            if _AFTER in mark:
                last[3] = column[edge]
            elif _BELOW in mark and left in begun:
                last = begun[left]
                last[2] = number
            else:
                held[number][left] = text
                last = begun[left] = [number, left, number, column[edge]]
                spans.append(last)
            left = column[edge] + 1
    merged = [Span(*span) for span in spans if span[:2] != span[2:]]
    return [block.text for block in table_blocks(Grid(held, merged))]
