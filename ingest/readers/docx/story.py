"""A story of a document (its body, a note, a margin, a text box) -> blocks, in document order."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from ingest.readers.block_builder import Block, bullets, heading, item, paragraph, table
from ingest.readers.docx.lines.controls import is_prompt
from ingest.readers.docx.lines.inline import Inline, Line, NoteCall
from ingest.readers.docx.lines.settling import joined
from ingest.readers.docx.ooxml import WRAPPERS, W, children, value
from ingest.readers.docx.source import Source
from ingest.readers.docx.styling.numbering import Counters, Label
from ingest.readers.docx.styling.styles import Style, list_place, outline_level
from ingest.readers.docx.tables import Grid, is_frame, read_grid

_LIST_STYLE = re.compile(r"list (?:bullet|number) ?(\d)?$")
_PLAIN_NUMBER = re.compile(r"(\d{1,3})[.)]?")
_SENTENCE = re.compile(r"[.;!?…]\s|[.;:,]$")
_LINE = 90  # characters: what fits on a line of a page (A4, 12 points); a heading that no style marks is no longer
_MOST_LINES = 100  # that may tell the date: a margin has a few


class Story:
    """Reads one story. `titles` are the texts in the style « Title », `lines` what may tell its date, part by part."""

    def __init__(self, source: Source, root: Any, counters: Counters | None = None, *, flat: bool = False) -> None:
        self._source = source
        self._inline = Inline(root, source.styles, source.marks)
        self._counters = counters or Counters(source.numbering)
        self._flat = flat  # no tables, as in margins: they are there for their looks
        self._blocks: list[Block] = []
        self._items: list[str] = []
        self._calls: list[NoteCall] = []
        self._carried = ""
        self._level = 1
        self._worded: dict[tuple[int, str], int] = {}
        self.titles: list[str] = []
        self.lines: list[str] = []

    def read(self, parent: Any) -> list[Block]:
        """The blocks of what stands in `parent`."""
        self._walk(parent)
        self._end_carried()
        self._flush()
        return [block for block in self._blocks if block.text]

    def _walk(self, parent: Any) -> None:
        for child in parent:
            if child.tag == f"{W}p":
                self._paragraph(child)
            elif child.tag == f"{W}tbl":
                self._end_carried()
                self._flush()
                self._table(child)
                self._flush()
            elif child.tag == f"{W}altChunk":
                self._source.left_out += 1
            elif child.tag in WRAPPERS and not self._is_left_out(child):
                self._walk(child)

    def _paragraph(self, element: Any) -> None:
        style = self._source.styles.of_paragraph(element)
        text, label, line = self._read_line(element, style)
        if not style.is_contents and (text or (label is not None and label.is_worded)):
            self._add(text, style, label, self._heading_level(element, style))
        self._calls += line.notes
        if not self._items:
            self._flush()
        for box in line.boxes:
            self._flush()
            self._box(box)

    def _box(self, box: Any) -> None:
        story = Story(self._source, box, flat=self._flat)
        self._blocks += story.read(box)
        self.lines += story.lines
        self.titles += story.titles

    def _read_line(self, element: Any, style: Style) -> tuple[str, Label | None, Line]:
        """The text of a paragraph, its label (counted, even when nothing follows it) and what else it holds."""
        line = self._inline.line(element, style)
        text = line.text
        if not line.is_momentary and len(self.lines) < _MOST_LINES:
            self.lines += line.parts
        if _is_mark_deleted(element):
            self._carried = joined([self._carried, text])
            return "", None, line
        if self._carried:
            text, self._carried = f"{self._carried} {text}".strip(), ""
        return text, self._label(element, style), line

    def _label(self, element: Any, style: Style) -> Label | None:
        place = self._source.numbering.place(element, style)
        named = next((match for name in style.names if (match := _LIST_STYLE.match(name))), None)
        deep = int(named[1] or 1) - 1 if named else 0
        if place is not None:
            label = self._counters.next(*place)
            return replace(label, depth=label.depth or deep)
        if named is None or list_place(element.find(f"{W}pPr"))[0] == "0":
            return None
        return Label(deep, "", is_bullet=True)  # a style of lists whose numbering the file has lost

    def _heading_level(self, element: Any, style: Style) -> int:
        own = outline_level(element.find(f"{W}pPr"))
        return style.level or own or 0

    def _add(self, text: str, style: Style, label: Label | None, level: int) -> None:
        if style.is_title:
            self.titles.append(text)
            self._heading(text, 1)
        elif level:
            self._heading(label.before(text) if label and not label.is_bullet else text, level + 1)
        elif label is None:
            self._block(paragraph(text))
        elif label.is_worded:
            self._worded_line(text, label)
        else:
            self._items.append(self._item(text, label))

    def _item(self, text: str, label: Label) -> str:
        if label.is_bullet:
            box = self._source.marks.bullet(label.text)
            return item(f"{box}{text}" if box else text, depth=label.depth)
        if number := _PLAIN_NUMBER.fullmatch(label.text):
            return item(text, depth=label.depth, number=int(number[1]))
        return item(label.before(text), depth=label.depth)

    def _worded_line(self, text: str, label: Label) -> None:
        """« Article 3 » with what follows: a heading, although no style says so, unless it is a sentence."""
        if len(text) > _LINE or _SENTENCE.search(text):
            self._block(paragraph(label.before(text)))
            return
        kind = (label.depth, re.sub(r"\W.*", "", label.text))
        self._block(heading(label.before(text), self._worded.setdefault(kind, self._level + 1)))

    def _heading(self, text: str, level: int) -> None:
        self._level = level
        self._worded.clear()
        self._block(heading(text, level))

    def _block(self, block: Block) -> None:
        """Adds a block behind the list that stands open."""
        self._flush()
        self._blocks.append(block)

    def _end_carried(self) -> None:
        """Ends a paragraph whose own end was deleted, where no other one follows."""
        if self._carried:
            self._block(paragraph(self._carried))
            self._carried = ""

    def _flush(self) -> None:
        """Ends the list that stands open, and gives the notes called so far."""
        if self._items:
            self._blocks.append(bullets(self._items))
            self._items = []
        calls, self._calls = self._calls, []
        for call in calls:
            self._note(call)

    def _note(self, call: NoteCall) -> None:
        note = self._source.notes.take(call)
        if note is None:
            return
        blocks = Story(self._source, note, self._source.note_counters[call[0]]).read(note)
        if blocks and blocks[0].kind == "paragraph":
            blocks[0] = paragraph(f"Note : {blocks[0].text}")
        self._blocks += blocks

    def _table(self, element: Any) -> None:
        if self._flat or is_frame(element):
            for row in children(element, "tr"):
                self._frame_row(row)
            return
        self._blocks += self._grid(read_grid(element, self._cell, self._source.repeats))

    def _frame_row(self, row: Any) -> None:
        """The cells of a row one after the other; « Réf. : » in one and what it announces in the next are one line."""
        begin = len(self._blocks)
        for cell in children(row, "tc"):
            start = len(self._blocks)
            self._walk(cell)
            self._end_carried()
            self._flush()
            pair = self._blocks[start - 1 : start + 1] if start > begin else []
            if len(pair) == 2 and pair[0].text.endswith(":") and {block.kind for block in pair} == {"paragraph"}:
                self._blocks[start - 1 : start + 1] = [paragraph(f"{pair[0].text} {pair[1].text}")]

    def _grid(self, grid: Grid, header: str = "", label: str = "") -> list[Block]:
        """The blocks of a table; one from a cell of another has the name of its row (`label`) before each row."""
        rows = grid.texts
        if label:
            repeats = self._source.repeats
            rows = [[header, *rows[0]], *([label if repeats.allows(label) else "", *row] for row in rows[1:])]
        blocks = [paragraph(grid.title)] if grid.title else []
        blocks += table(rows)
        first = rows[0][0] if rows and rows[0] else ""
        for row_name, inner in grid.nested:
            blocks += self._grid(read_grid(inner, self._cell, self._source.repeats), first, row_name)
        return blocks

    def _cell(self, cell: Any) -> tuple[str, list[Any]]:
        """The text of a cell on one line, and the tables in it."""
        texts: list[str] = []
        tables: list[Any] = []
        self._gather(cell, texts, tables)
        carried, self._carried = self._carried, ""
        return joined([*texts, carried]), tables

    def _gather(self, parent: Any, texts: list[str], tables: list[Any]) -> None:
        for child in parent:
            if child.tag == f"{W}p":
                text, label, line = self._read_line(child, self._source.styles.of_paragraph(child))
                self._calls += line.notes
                if text and label is not None and label.is_bullet and texts and texts[-1][-1:].isalnum():
                    texts[-1] += " ;"  # the items of a list, as far as one line can have them
                texts.append(label.before(text) if label is not None and not label.is_bullet else text)
                for box in line.boxes:
                    self._gather(box, texts, tables)
            elif child.tag == f"{W}tbl" and is_frame(child):
                for row in children(child, "tr"):
                    for cell in children(row, "tc"):
                        self._gather(cell, texts, tables)
            elif child.tag == f"{W}tbl":
                tables.append(child)
            elif child.tag in WRAPPERS and not self._is_left_out(child):
                self._gather(child, texts, tables)

    def _is_left_out(self, wrapper: Any) -> bool:
        """Whether it is a table of contents, or a control that still asks for its text."""
        if wrapper.tag != f"{W}sdt":
            return False
        gallery = value(wrapper.find(f"{W}sdtPr/{W}docPartObj"), "docPartGallery")
        return gallery == "Table of Contents" or is_prompt(wrapper, self._source.styles)


def _is_mark_deleted(element: Any) -> bool:
    """Whether the end of a paragraph was deleted or moved: it goes on in the next one."""
    mark = element.find(f"{W}pPr/{W}rPr")
    return mark is not None and (mark.find(f"{W}del") is not None or mark.find(f"{W}moveFrom") is not None)
