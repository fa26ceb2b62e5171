"""XLSX: the sheets of a workbook as tables, their numbers as shown."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ingest.readers.block_builder import Block, paragraph
from ingest.readers.figures.raised import LEVEL, RAISED, lowered
from ingest.readers.office.grid import Grid, Span
from ingest.readers.office.package import BROKEN, as_usual, check_package, damaged, parse_xml, walk_part
from ingest.readers.office.sheets import Hidden, Sheet, count_of, reading_of, visible_blocks
from ingest.readers.office.shown import shown
from ingest.readers.reading import Given, Reading, too_long

_KIND = "classeur"
_MOST_ROWS = 1_048_576  # of a sheet, as Excel has it
_MOST_SPANS = 100_000
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})(?::([A-Z]{1,3})(\d{1,7}))?")
_ON = {"1", "true"}
_DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


@dataclass(slots=True)
class _Layout:
    """What of a sheet stands beside its cells: what is hidden, merged cells, formulas without a result."""

    hidden: Hidden = field(default_factory=Hidden)
    spans: list[Span] = field(default_factory=list)
    uncalculated: int = 0


def read(given: Given) -> Reading:
    """The text of a workbook. Raises DocumentError for a file that is none, or that could not be unpacked safely."""
    archive = check_package(given, _KIND, ".xlsx", "xl/workbook.xml")
    try:
        content = as_usual(archive, given.content)
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            return _read(given, content, parts)
    except BROKEN as error:
        raise damaged(given, _KIND) from error


def _read(given: Given, content: bytes, parts: zipfile.ZipFile) -> Reading:
    import openpyxl  # with numpy, which it takes when it is there: only for workbooks

    with warnings.catch_warnings(action="ignore"):  # extensions that openpyxl leaves out, in every second workbook
        opened = openpyxl.load_workbook(
            io.BytesIO(content), read_only=True, data_only=True, keep_links=False, rich_text=True
        )
    paths = _sheet_paths(parts)
    hidden = [sheet.title for sheet in opened.worksheets if sheet.sheet_state != "visible"]
    sheets: list[Sheet] = []
    characters = 0
    for sheet in opened.worksheets:
        if sheet.title in hidden or sheet.title not in paths:
            continue
        made = _sheet(sheet, parts, paths[sheet.title])
        characters += sum(len(block.text) for block in made.blocks)
        if characters > given.max_text_bytes:
            raise too_long(given, characters)
        sheets.append(made)
    return reading_of(given, sheets, hidden, opened.properties.title, _left_out(parts))


def _sheet(sheet: Any, parts: zipfile.ZipFile, path: str) -> Sheet:
    """A sheet in blocks. Hidden rows and columns are left out, as if they were not there."""
    layout = _layout(parts, path)
    rows: dict[int, dict[int, str]] = {}
    sheet.reset_dimensions()  # what a file declares of its size is not believed
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if number > _MOST_ROWS:
            break
        held = {
            at: shown(_level(cell.value), cell.number_format)
            for at, cell in enumerate(cells, start=1)
            if cell.value is not None
        }
        if held:
            rows[number] = held
    blocks, remarks = visible_blocks(sheet.title, Grid(rows, layout.spans), layout.hidden, layout.uncalculated)
    return Sheet(sheet.title, [*blocks, *_drawn_texts(parts, path)], remarks)


def _level(value: Any) -> Any:
    """What a cell holds, its raised letters written in their line."""
    if not isinstance(value, list):
        return value  # of one look
    pieces = [f"{RAISED}{part}{LEVEL}" if _is_raised(part) else str(part) for part in value]
    return lowered("".join(pieces))


def _is_raised(part: Any) -> bool:
    font = getattr(part, "font", None)
    return font is not None and font.vertAlign == "superscript"


def _left_out(parts: zipfile.ZipFile) -> Iterator[str]:
    """What a workbook holds besides cells and is not read."""
    names = parts.namelist()
    charts = sum(bool(re.fullmatch(r"xl/charts/chart\d*\.xml", name)) for name in names)
    pictures = sum(name.startswith("xl/media/") for name in names)
    notes = sum(
        parts.read(name).count(b"<comment ") for name in names if re.fullmatch(r"xl/(?:.*/)?comments?\d*\.xml", name)
    )
    for number, noun in ((notes, "commentaire"), (charts, "graphique"), (pictures, "image")):
        if number:
            ending = ("e" if noun == "image" else "") + ("s" if number > 1 else "")
            yield f"{count_of(number, noun)} laissé{ending} de côté"


def _sheet_paths(parts: zipfile.ZipFile) -> dict[str, str]:
    """The part of each sheet, by its title."""
    targets = _targets(parts, "xl/workbook.xml")
    found = {}
    for element in parse_xml(parts.read("xl/workbook.xml")).iter("{*}sheet"):
        identifier = next((value for name, value in element.attrib.items() if name.endswith("}id")), "")
        if (path := targets.get(identifier)) in parts.namelist():
            found[element.get("name", "")] = str(path)
    return found


def _targets(parts: zipfile.ZipFile, path: str) -> dict[str, str]:
    """The parts that a part refers to, by the identifier of the reference."""
    folder, _, name = path.rpartition("/")
    relations = f"{folder}/_rels/{name}.rels"
    if relations not in parts.namelist():
        return {}
    found = {}
    for element in parse_xml(parts.read(relations)).iter("{*}Relationship"):
        if element.get("TargetMode") != "External":
            found[element.get("Id", "")] = _resolved(folder, element.get("Target", ""))
    return found


def _resolved(folder: str, target: str) -> str:
    if target.startswith("/"):
        return target[1:]
    place = folder.split("/")
    for step in target.split("/"):
        if step == "..":
            place = place[:-1]
        elif step != ".":
            place.append(step)
    return "/".join(place)


def _layout(parts: zipfile.ZipFile, path: str) -> _Layout:
    layout = _Layout()

    def row(element: Any) -> None:
        if element.get("hidden") in _ON and (number := element.get("r", "")).isdigit():
            layout.hidden.rows.add(int(number))
        for formula in element.iter("{*}f"):
            result = formula.getnext()
            if (result is None or not result.text) and formula.getparent().get("t") != "str":
                layout.uncalculated += 1

    def column(element: Any) -> None:
        if element.get("hidden") in _ON:
            first, last = int(element.get("min", "0")), int(element.get("max", "0"))
            layout.hidden.columns.update(range(max(1, first), min(last, 16_384) + 1))  # the columns that Excel has

    def merged(element: Any) -> None:
        match = _REFERENCE.fullmatch(element.get("ref", ""))
        if match and match[3] and len(layout.spans) < _MOST_SPANS:
            layout.spans.append(Span(int(match[2]), _column(match[1]), int(match[4]), _column(match[3])))

    walk_part(parts, path, {"row": row, "col": column, "mergeCell": merged})
    return layout


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _drawn_texts(parts: zipfile.ZipFile, path: str) -> Iterator[Block]:
    """The text boxes that lie over a sheet."""
    for drawing in _targets(parts, path).values():
        if not re.fullmatch(r"xl/drawings/drawing\d*\.xml", drawing) or drawing not in parts.namelist():
            continue
        for box in parse_xml(parts.read(drawing)).iter("{*}txBody"):
            for line in box.iter(f"{_DRAWN}p"):
                text = "".join(piece.text or "" for piece in line.iter(f"{_DRAWN}t"))
                if text.strip():
                    yield paragraph(text)
