"""CSV and TSV: one table, its values as they are written (decimal commas, thousands, dates)."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator

from ingest.readers.block_builder import assemble
from ingest.readers.decoding import decode
from ingest.readers.metadata import Metadata, canonical_url
from ingest.readers.office.grid import Grid, grid_blocks
from ingest.readers.reading import Given, Reading, no_text, too_long
from kb.errors import DocumentError

_DELIMITERS = ";\t,|"  # those of French programs first: among equals the first one is taken
_SAMPLE = 200  # rows
_LONGEST_CELL = 10_000_000  # characters; csv stops at 131,072 unless it is told otherwise


def read(given: Given) -> Reading:
    """The table in a file. Raises DocumentError for one that is no text, or too long."""
    if len(given.content) > given.max_text_bytes:
        raise too_long(given, len(given.content))
    text = decode(given.content, given.name).replace("\r\n", "\n").replace("\r", "\n")
    first, _, rest = text.partition("\n")
    declared = first.strip().removeprefix("sep=") if first.lower().startswith("sep=") else ""
    if declared in set(_DELIMITERS):  # Excel's own way of saying it
        text = rest
    csv.field_size_limit(_LONGEST_CELL)
    try:
        rows = list(_rows(text, declared if declared and declared in _DELIMITERS else delimiter_of(text)))
    except csv.Error:
        raise DocumentError(
            given.name, "le fichier CSV est mal formé (guillemets) ; rouvrez-le dans un tableur et réenregistrez-le"
        ) from None
    grid = Grid({number: dict(enumerate(row, start=1)) for number, row in enumerate(rows, start=1)})
    blocks = grid_blocks(grid, 2)
    if not blocks:
        raise no_text(given)
    return Reading(Metadata(url=canonical_url(None, given.url)), assemble(blocks, None))


def delimiter_of(text: str) -> str:
    """What stands between the values: of the usual ones, that which cuts most rows in the same number of values."""
    best, best_score = ";", 0.0
    for delimiter in _DELIMITERS:
        try:
            widths = [len(row) for _, row in zip(range(_SAMPLE), _rows(text, delimiter), strict=False) if any(row)]
        except csv.Error:
            continue
        cut = Counter(width for width in widths if width > 1)
        if not cut:
            continue
        score = cut.most_common(1)[0][1] / len(widths)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
