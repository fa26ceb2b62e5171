"""The values that an answer's sources give, by date or by whom, as tables with their sources; drawn where they are a
series.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import quote

from kb.retrieval.series import Group, Statement, Value, gathered
from kb.text.blocks import parse_blocks, table_header
from kb.text.moments import french_date, short_date
from kb.types import Answer, Citation, Passage
from kb.web import strings
from kb.web.chat.sources import reader_address
from kb.web.render import escape

TITLE = "Tableau des valeurs"
HINT = "Valeurs relevées dans les phrases citées : ouvrez leur source avant de les reprendre."
WHEN, OF, VALUE, SOURCE = "Date citée", "De qui, de quoi", "Valeur", "Source"
_DOWNLOADS = (("csv", "Télécharger en CSV"), ("xlsx", "Télécharger en XLSX"))
# The picture, in units of its own: labels, bars, values, one row a date.
_LABELS, _BARS, _WIDTH, _ROW, _THICK = 92, 150, 390, 26, 16
_LONGEST_VALUE = 24  # characters that fit beside the longest bar


def values_of(answer: Answer) -> list[Group]:
    """What the sources of an answer give."""
    names = {name for citation in answer.citations for name in citation.document.partners}
    return gathered(map(_statement, answer.citations), sorted(names))


def values_html(answer: Answer, turn: int, conversation: str) -> str:
    """The tables below an answer, closed at first; empty without any. `conversation` is where they are downloaded."""
    groups = values_of(answer) if not answer.refused else []
    if not groups:
        return ""
    address = f"/conversations/{quote(conversation, safe='')}/valeurs/{turn}"
    number = sum(len(group.values) for group in groups)
    return (
        f'<details class="values"><summary>{escape(TITLE)} ({strings.grouped(number)})</summary>'
        f"{groups_html(groups)}{downloads_html(address)}</details>"
    )


def groups_html(groups: Iterable[Group]) -> str:
    """The tables, each below its picture where it is a series, and how to read them."""
    tables = "".join(f"{chart_html(group) if group.is_series else ''}{_table_html(group)}" for group in groups)
    return f'{tables}<p class="hint">{escape(HINT)}</p>'


def downloads_html(address: str, query: str = "") -> str:
    """The links to the same tables as files, at `address` with their suffix."""
    links = "".join(
        f'<a href="{escape(f"{address}.{form}{query}")}" download>{escape(label)}</a>' for form, label in _DOWNLOADS
    )
    return f'<p class="downloads">{links}</p>'


def chart_html(group: Group) -> str:
    """A bar for each date. The table below it tells the same to whoever does not see it."""
    most = max(value.amount for value in group.values) or 1
    rows = []
    for number, value in enumerate(group.values):
        top, length = number * _ROW + 4, round(_BARS * float(value.amount / most), 1)
        line = top + _THICK - 4
        rows.append(
            f'<text class="when" x="{_LABELS - 8}" y="{line}" text-anchor="end">{escape(_short(value.when))}</text>'
            f'<rect x="{_LABELS}" y="{top}" width="{max(length, 1)}" height="{_THICK}" rx="3"></rect>'
            f'<text x="{_LABELS + length + 6}" y="{line}">{escape(_cut(value.written))}</text>'
        )
    told = " ; ".join(f"{french_date(value.when)} : {value.written}" for value in group.values)
    height = len(group.values) * _ROW + 4
    return (
        f'<svg class="chart" viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{escape(told)}">'
        f"{''.join(rows)}</svg>"
    )


def _table_html(group: Group) -> str:
    dated, named = (any(getattr(value, name) for value in group.values) for name in ("when", "of"))
    titles = [*([WHEN] if dated else []), *([OF] if named else []), VALUE, SOURCE]
    head = "".join(f'<th scope="col">{escape(title)}</th>' for title in titles)
    rows = "".join(_row_html(value, dated=dated, named=named) for value in group.values)
    frame = f'<div class="table" tabindex="0" role="group" aria-label="{escape(TITLE)}">'
    return f"{frame}<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"


def _row_html(value: Value, *, dated: bool, named: bool) -> str:
    said = value.statement
    address = escape(reader_address(said.document_id, said.start, said.end, said.quote))
    number = f"[{said.number}] " if said.number else ""
    cells = [
        *([f"<td>{escape(french_date(value.when) if value.when else '')}</td>"] if dated else []),
        *([f"<td><bdi>{escape(value.of)}</bdi></td>"] if named else []),
        f'<td class="value">{escape(value.written)}</td>',
        f'<td><a class="read" href="{address}">{number}<bdi>{escape(said.title)}</bdi></a></td>',
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _statement(citation: Citation) -> Statement:
    document = citation.document
    header = _header(citation.passage, citation.start)
    return Statement(document.id, document.title, citation.quote, citation.start, citation.end, header, citation.number)


def _header(passage: Passage, start: int) -> str:
    """The first line of the table that a row of a passage stands in; empty for what is no row."""
    at = start - passage.start
    for block in parse_blocks(passage.text):
        if block.start <= at < block.end:
            if block.kind == "table" and not passage.table_header:
                above = table_header(passage.text, block)
                return above.split("\n")[0] if at >= block.start + len(above) else ""
            break
    return passage.table_header.split("\n")[0]


def _short(date: str) -> str:
    return short_date(date) if len(date) > len("2024-12") else french_date(date)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1].rstrip()}…"


def statements_of(said: Sequence[tuple[str, str, str, int, int]]) -> list[Statement]:
    """Statements without a reference: (document id, title, words, start, end)."""
    return [Statement(name, title, text.strip("| "), start, end) for name, title, text, start, end in said]
