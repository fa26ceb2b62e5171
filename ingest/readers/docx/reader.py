"""DOCX: headings, paragraphs, lists and tables in document order, as the author sees them with all changes accepted."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ingest.readers.block_builder import Block, Repeats, assemble, bullets, heading, item, one_line, paragraph, table
from ingest.readers.dates import date_near_title
from ingest.readers.docx.package import check_package
from ingest.readers.metadata import Metadata, canonical_url, from_mapping
from ingest.readers.reading import Given, Reading, no_text
from kb.errors import DocumentError

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Elements that only wrap others, with the tracked insertions and moves to here; deletions and moves from here are not
# among them, so what they hold is left out.
_WRAPPERS = {f"{_W}{name}" for name in "ins moveTo smartTag sdt sdtContent customXml hyperlink fldSimple".split()}
_DEEPEST = 8  # the nine levels of a list that Word knows, from 0
_MAX_SPAN = 100
_OFF = {"0", "false", "off"}


def read(given: Given) -> Reading:
    """The text of a DOCX. Raises DocumentError for a file that is none, or that could not be unpacked safely."""
    properties = check_package(given)
    import docx  # a third of a second: only for documents that need it

    try:
        opened = docx.Document(io.BytesIO(given.content))
        blocks, titles = _Body(opened).read()
        declared = one_line(opened.core_properties.title or "")
    except RecursionError:
        raise DocumentError(given.name, "le document imbrique trop d'éléments ; simplifiez-le") from None
    except (KeyError, ValueError, AttributeError, TypeError, IndexError, zipfile.BadZipFile, SyntaxError) as error:
        # What python-docx and lxml raise for parts that are missing or broken.
        raise DocumentError(
            given.name, "le document Word est endommagé ; rouvrez-le et enregistrez-le à nouveau en .docx"
        ) from error
    if not blocks:
        raise no_text(given)
    first = next((block.text for block in blocks if block.kind == "heading"), None)
    title = declared if re.search(r"\w", declared) else (titles[0] if titles else first)
    # The file's own dates say when it was saved, not when its text was published.
    lines = [block.text for block in blocks[:6] if block.kind != "table"]
    found = from_mapping(properties, given.name).or_else(Metadata(date=date_near_title(lines)))
    title = title or found.title
    return Reading(replace(found, title=title, url=canonical_url(found.url, given.url)), assemble(blocks, title))


class _Body:
    """Walks the body's XML: python-docx's own lists leave out content controls and tracked insertions."""

    def __init__(self, opened: Any) -> None:
        self._body = opened.element.body
        self._styles = {style.style_id: style for style in opened.styles if style.style_id}
        self._default = next((style for style in opened.styles if _is_default_paragraph(style)), None)
        self._numbering = _numbering_formats(opened)
        self._repeats = Repeats()
        self._counts: Counter[tuple[str, int]] = Counter()
        self._blocks: list[Block] = []
        self._items: list[str] = []
        self._titles: list[str] = []

    def read(self) -> tuple[list[Block], list[str]]:
        """The blocks, and the texts in the style « Title »."""
        self._walk(self._body)
        self._flush()
        return [block for block in self._blocks if block.text], self._titles

    def _walk(self, parent: Any) -> None:
        for child in parent:
            if child.tag == f"{_W}p":
                self._paragraph(child)
            elif child.tag == f"{_W}tbl":
                self._flush()
                cells = list(child.iter(f"{_W}tc"))
                if len(cells) == 1:
                    self._walk(cells[0])  # a frame around text, not a table
                    self._flush()
                else:
                    self._blocks += _table(child, self._repeats)
            elif child.tag in _WRAPPERS and not _is_table_of_contents(child):
                self._walk(child)

    def _paragraph(self, element: Any) -> None:
        text = one_line("".join(_runs_text(element)))
        boxes = list(_text_boxes(element))
        if text:
            self._add(element, text)
        for box in boxes:
            self._walk(box)

    def _add(self, element: Any, text: str) -> None:
        style = self._style(element)
        names = [name.lower() for name in _names(style)]
        if any(re.match(r"(?:toc|tm|table of figures)\b", name) for name in names):
            return
        level = _level(element, style, names)
        number = None if level else self._list_item(element, style, names)
        if number is not None:
            depth, count = number
            self._items.append(item(text, depth=depth, number=count))
            return
        self._flush()
        if "title" in names:
            self._titles.append(text)
            self._blocks.append(heading(text, 1))
        elif level:
            self._blocks.append(heading(text, level + 1))
        else:
            self._blocks.append(paragraph(text))

    def _flush(self) -> None:
        if self._items:
            self._blocks.append(bullets(self._items))
            self._items = []

    def _style(self, element: Any) -> Any:
        name = element.find(f"{_W}pPr/{_W}pStyle")
        return self._styles.get(name.get(f"{_W}val")) if name is not None else self._default

    def _list_item(self, element: Any, style: Any, names: list[str]) -> tuple[int, int | None] | None:
        """Depth and number (None for a bullet) of a paragraph that is a list item; None for another."""
        marks = [
            element.find(f"{_W}pPr/{_W}numPr"),
            *(ancestor.find(f"{_W}pPr/{_W}numPr") for ancestor in _lineage(style)),
        ]
        mark = next((found for found in marks if found is not None and found.find(f"{_W}numId") is not None), None)
        named = next((match for name in names if (match := re.match(r"list (bullet|number) ?(\d)?$", name))), None)
        if mark is None:
            if named is None:
                return None
            # A style of lists whose numbering the file has lost.
            return int(named[2] or 1) - 1, None
        identifier = mark.find(f"{_W}numId").get(f"{_W}val", "0")
        if identifier == "0":
            return None
        level = mark.find(f"{_W}ilvl")
        depth = min(_DEEPEST, int(level.get(f"{_W}val", "0"))) if level is not None else 0
        form = self._numbering.get((identifier, depth), "bullet")
        if named and named[2] and depth == 0:
            depth = int(named[2]) - 1
        if form in {"bullet", "none"}:
            return depth, None
        # A list that goes on after other text goes on counting too, as Word shows it.
        self._counts[identifier, depth] += 1
        for deeper in [key for key in self._counts if key[0] == identifier and key[1] > depth]:
            del self._counts[deeper]
        return depth, self._counts[identifier, depth]


def _table(element: Any, repeats: Repeats) -> list[Block]:
    """The rows as seen: a cell over several columns or rows repeated in each, deleted rows left out."""
    rows: list[list[str]] = []
    for row in _children(element, "tr"):
        if row.find(f"{_W}trPr/{_W}del") is not None:
            continue
        line: list[str] = []
        for cell in _children(row, "tc"):
            settings = cell.find(f"{_W}tcPr")
            span = settings.find(f"{_W}gridSpan") if settings is not None else None
            merge = settings.find(f"{_W}vMerge") if settings is not None else None
            text = _cell_text(cell)
            if merge is not None and merge.get(f"{_W}val", "continue") == "continue" and rows:
                above = rows[-1][len(line)] if len(line) < len(rows[-1]) else text
                text = above if repeats.allows(above) else ""
            width = span.get(f"{_W}val", "1") if span is not None else "1"
            line.append(text)
            more = range(min(_MAX_SPAN, _number(width)) - 1)
            line += [text for _ in more if repeats.allows(text)]
        rows.append(line)
    return table(rows)


def _number(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 1


def _children(element: Any, name: str) -> Iterator[Any]:
    for child in element:
        if child.tag == f"{_W}{name}":
            yield child
        elif child.tag in _WRAPPERS:
            yield from _children(child, name)


def _cell_text(cell: Any) -> str:
    texts = (one_line("".join(_runs_text(line))) for line in cell.iter(f"{_W}p"))
    return " ".join(text for text in texts if text)


def _runs_text(element: Any) -> Iterator[str]:
    """What a paragraph shows: hidden and deleted text and field codes left out, inserted text kept."""
    for child in element:
        if child.tag in _WRAPPERS:
            yield from _runs_text(child)
        elif child.tag == f"{_W}r" and not _is_hidden(child):
            for part in child:
                if part.tag == f"{_W}t":
                    yield part.text or ""
                elif part.tag in {f"{_W}tab", f"{_W}br", f"{_W}cr"}:
                    yield " "
                elif part.tag == f"{_W}noBreakHyphen":
                    yield "\u2011"


def _is_hidden(run: Any) -> bool:
    marks = (run.find(f"{_W}rPr/{_W}{name}") for name in ("vanish", "webHidden", "specVanish"))
    return any(mark is not None and mark.get(f"{_W}val", "true").lower() not in _OFF for mark in marks)


def _text_boxes(element: Any) -> Iterator[Any]:
    """The contents of the boxes anchored in a paragraph, once: files hold each a second time for old versions."""
    for box in element.iter(f"{_W}txbxContent"):
        if not any(parent.tag.endswith("}Fallback") or parent.tag == f"{_W}del" for parent in box.iterancestors()):
            yield box


def _is_table_of_contents(element: Any) -> bool:
    gallery = element.find(f"{_W}sdtPr/{_W}docPartObj/{_W}docPartGallery")
    return gallery is not None and gallery.get(f"{_W}val") == "Table of Contents"


def _is_default_paragraph(style: Any) -> bool:
    return style.element.get(f"{_W}type") == "paragraph" and style.element.get(f"{_W}default") in {"1", "true"}


def _lineage(style: Any) -> Iterator[Any]:
    """The XML of a style and of those it is based on, nearest first; a cycle ends it."""
    seen = set()
    while style is not None and style.style_id not in seen:
        seen.add(style.style_id)
        yield style.element
        style = getattr(style, "base_style", None)


def _names(style: Any) -> Iterator[str]:
    for element in _lineage(style):
        name = element.find(f"{_W}name")
        if name is not None:
            yield name.get(f"{_W}val", "")


def _level(element: Any, style: Any, names: list[str]) -> int:
    """The level of a heading, from 1; 0 for a paragraph that is none. Word names the styles alike in all languages."""
    for name in names:
        if match := re.match(r"(?:heading|titre) ([1-9])$", name):
            return int(match[1])
    for settings in (element.find(f"{_W}pPr"), *(ancestor.find(f"{_W}pPr") for ancestor in _lineage(style))):
        outline = settings.find(f"{_W}outlineLvl") if settings is not None else None
        if outline is not None and outline.get(f"{_W}val", "9") in set("012345678"):
            return int(outline.get(f"{_W}val")) + 1
    return 0


def _numbering_formats(opened: Any) -> dict[tuple[str, int], str]:
    """(list, level) -> how it is numbered: « bullet », « decimal », …"""
    try:
        root = opened.part.numbering_part.element
    except (KeyError, NotImplementedError, AttributeError):
        return {}
    forms: dict[str, dict[int, str]] = {}
    for abstract in root.iter(f"{_W}abstractNum"):
        levels = forms.setdefault(abstract.get(f"{_W}abstractNumId", ""), {})
        for level in abstract.iter(f"{_W}lvl"):
            form = level.find(f"{_W}numFmt")
            levels[int(level.get(f"{_W}ilvl", "0"))] = form.get(f"{_W}val", "bullet") if form is not None else "decimal"
    found = {}
    for number in root.iter(f"{_W}num"):
        link = number.find(f"{_W}abstractNumId")
        for depth, form in forms.get(link.get(f"{_W}val", "") if link is not None else "", {}).items():
            found[number.get(f"{_W}numId", ""), depth] = form
    return found
