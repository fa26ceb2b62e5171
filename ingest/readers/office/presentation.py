"""PPTX: titles, texts in reading order, tables, charts, diagrams and notes, a page a slide."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from ingest.readers.block_builder import Block, bullets, item, one_line, paragraph
from ingest.readers.figures.raised import LEVEL, RAISED, lowered
from ingest.readers.office.grid import Grid, Span, table_blocks
from ingest.readers.office.package import BROKEN, as_usual, check_package, damaged, parse_xml
from ingest.readers.office.sheets import count_of
from ingest.readers.office.shown import shown
from ingest.readers.office.slides import Slide, reading_of
from ingest.readers.reading import Given, Reading
from kb.errors import DocumentError

_KIND = "diaporama"
_LINE = 457_200  # half an inch in EMU: shapes that begin within it stand side by side
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_RUNNING = {"dt", "ftr", "sldNum", "hdr"}  # placeholders that say the same on every slide
_DEEPEST_GROUP = 30
_TITLE = 80  # characters: a line of a slide in large letters


def read(given: Given) -> Reading:
    """The text of a presentation. Raises DocumentError for a file that is none, or that is not safe to unpack."""
    archive = check_package(given, _KIND, ".pptx", "ppt/presentation.xml")
    import pptx
    from pptx.exc import PythonPptxError

    try:
        opened = pptx.Presentation(io.BytesIO(as_usual(archive, given.content)))
        slides = [_slide(slide, number) for number, slide in enumerate(opened.slides, start=1)]
        return reading_of(given, slides, opened.core_properties.title, _left_out(archive))
    except RecursionError:
        raise DocumentError(given.name, "le diaporama imbrique trop d'éléments ; simplifiez-le") from None
    except (*BROKEN, PythonPptxError) as error:
        raise damaged(given, _KIND) from error


def _left_out(archive: zipfile.ZipFile) -> Iterator[str]:
    names = archive.namelist()
    notes = sum(archive.read(name).count(b"<p:cm ") for name in names if name.startswith("ppt/comments/"))
    if notes:
        yield f"{count_of(notes, 'commentaire')} laissé{'s' if notes > 1 else ''} de côté"


def _slide(slide: Any, number: int) -> Slide:
    title = slide.shapes.title
    named = one_line(title.text_frame.text) if title is not None else ""
    blocks = [
        block
        for shape in _in_order(slide.shapes, 0)
        if title is None or shape.shape_id != title.shape_id
        for block in _blocks(shape)
        if block.text
    ]
    if not named and len(blocks) > 1 and _may_be_title(blocks[0]):
        named, blocks = blocks[0].text, blocks[1:]  # written in a box of its own
    notes = []
    if slide.has_notes_slide and (frame := slide.notes_slide.notes_text_frame) is not None:
        notes = [text for line in frame.paragraphs if (text := _text(line))]
    return Slide(number, named, blocks, notes, is_shown=slide.element.get("show") not in {"0", "false"})


def _may_be_title(block: Block) -> bool:
    return block.kind == "paragraph" and len(block.text) <= _TITLE and not block.text.endswith((".", ";", ":", ","))


def _in_order(shapes: Any, depth: int) -> Iterator[Any]:
    """The shapes from top to bottom, from left to right among those of the same height; groups by what they hold."""
    for shape in sorted(shapes, key=lambda shape: (round((shape.top or 0) / _LINE), shape.left or 0)):
        if hasattr(shape, "shapes"):
            if depth < _DEEPEST_GROUP:
                yield from _in_order(shape.shapes, depth + 1)
        elif not _is_running(shape):
            yield shape


def _is_running(shape: Any) -> bool:
    return shape.is_placeholder and any(element.get("type") in _RUNNING for element in shape.element.iter("{*}ph"))


def _blocks(shape: Any) -> list[Block]:
    if getattr(shape, "has_table", False):
        return table_blocks(_grid(shape.table))
    if getattr(shape, "has_chart", False):
        return _chart(shape.chart)
    if shape.has_text_frame:
        return _paragraphs(shape.text_frame.paragraphs)
    return _diagram(shape)


def _paragraphs(lines: Sequence[Any]) -> list[Block]:
    """The lines of a text box: a list where there are several without a full stop, paragraphs otherwise."""
    texts = [(line.level, text) for line in lines if (text := _text(line))]
    if len(texts) > 1 and (
        any(level for level, _ in texts) or sum(text.endswith(".") for _, text in texts) * 2 < len(texts)
    ):
        return [bullets(item(text, depth=level) for level, text in texts)]
    return [paragraph(text) for _, text in texts]


def _text(line: Any) -> str:
    """The text of a paragraph; python-pptx does not say which of its runs are raised."""
    pieces = []
    for run in line._element:
        text = "".join(part.text or "" for part in run.iter(f"{_A}t"))
        if run.tag == f"{_A}br":
            text = " "
        look = run.find(f"{_A}rPr")
        pieces.append(f"{RAISED}{text}{LEVEL}" if look is not None and _is_raised(look) else text)
    return one_line(lowered("".join(pieces)))


def _is_raised(look: Any) -> bool:
    return str(look.get("baseline", "")).strip("%").isdigit() and look.get("baseline") != "0"


def _grid(table: Any) -> Grid:
    rows: dict[int, dict[int, str]] = {}
    spans = []
    for number, row in enumerate(table.rows, start=1):
        cells = [(at, cell) for at, cell in enumerate(row.cells, start=1) if not cell.is_spanned]
        rows[number] = {at: one_line(" ".join(map(_text, cell.text_frame.paragraphs))) for at, cell in cells}
        spans += [
            Span(number, at, number + cell.span_height - 1, at + cell.span_width - 1)
            for at, cell in cells
            if cell.is_merge_origin
        ]
    return Grid(rows, spans)


def _chart(chart: Any) -> list[Block]:
    """The figures of a chart as a table, under its title."""
    title = one_line(chart.chart_title.text_frame.text) if chart.has_title and chart.chart_title.has_text_frame else ""
    names = [one_line(str(name)) for plot in list(chart.plots)[:1] for name in plot.categories]
    series = [serie for plot in chart.plots for serie in plot.series]
    rows = {1: {1: "Catégorie"} | {at: one_line(serie.name) for at, serie in enumerate(series, start=2)}}
    for number, name in enumerate(names):
        values = {at: list(serie.values) for at, serie in enumerate(series, start=2)}
        rows[number + 2] = {1: name} | {
            at: shown(held[number], _format(series[at - 2])) for at, held in values.items() if number < len(held)
        }
    made = table_blocks(Grid(rows)) if names and series else []
    return [paragraph(title), *made] if title else made


def _format(serie: Any) -> str:
    """The number format of a series' values."""
    return next((code.text or "" for code in serie._element.iter("{*}formatCode")), "")


def _diagram(shape: Any) -> list[Block]:
    """The texts of a diagram (SmartArt), which stand in a part of its own."""
    for element in shape.element.iter("{*}relIds"):
        part = shape.part.related_part(element.get(f"{_R}dm", ""))
        lines = []
        for point in parse_xml(part.blob).iter("{*}pt"):
            text = one_line(" ".join(piece.text or "" for piece in point.iter(f"{_A}t")))
            if text:
                lines.append(item(text))
        return [bullets(lines)]
    return []
