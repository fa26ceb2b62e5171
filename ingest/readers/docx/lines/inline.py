"""What a paragraph shows: the text of its runs, the notes that it calls, the boxes anchored in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ingest.readers.docx.lines.controls import chosen_entry, is_prompt
from ingest.readers.docx.lines.equations import linear
from ingest.readers.docx.lines.fields import Field, form_answer, whole_fields
from ingest.readers.docx.lines.settling import BREAK, GAP, PAGE, parts, settled
from ingest.readers.docx.lines.symbols import Marks, in_font, is_symbol_font, symbol
from ingest.readers.docx.ooxml import WRAPPERS, M, W, switch, value, whole
from ingest.readers.docx.styling.styles import PLAIN, Style, Styles
from ingest.readers.figures.raised import LEVEL, RAISED

NoteCall = tuple[str, str]  # « footnote » or « endnote », identifier
_CONTROL = f"{W}sdt"
_BREAKS = frozenset(f"{W}{name}" for name in "tab br cr ptab".split())


@dataclass(slots=True)
class Line:
    """A paragraph. `is_momentary`: it holds the day on which the file was last opened, which dates nothing."""

    raw: list[str] = field(default_factory=list)
    notes: list[NoteCall] = field(default_factory=list)
    boxes: list[Any] = field(default_factory=list)
    is_momentary: bool = False

    @property
    def text(self) -> str:
        """What it shows, on one line."""
        return settled("".join(self.raw))

    @property
    def parts(self) -> list[str]:
        """What it shows, in the parts that its tabs make."""
        return parts("".join(self.raw))


class Inline:
    """Reads the paragraphs of a story one after the other: fields may begin in one and end in another."""

    def __init__(self, root: Any, styles: Styles, marks: Marks) -> None:
        self._styles = styles
        self._marks = marks
        self._whole = whole_fields(root)
        self._fields: list[Field] = []
        self._unseen = 0  # fields open here that show nothing at this place
        self._line = Line()
        self._paragraph_style = PLAIN
        self._readers: dict[str, Callable[[Any], None]] = {
            f"{W}r": self._run,
            f"{W}fldSimple": self._simple_field,
            f"{M}oMath": self._equation,
            f"{M}oMathPara": self._walk,
            f"{W}ruby": self._ruby,
        }

    def line(self, paragraph: Any, style: Style = PLAIN) -> Line:
        """What `paragraph`, in that style, shows."""
        self._line = Line()
        self._paragraph_style = style
        self._walk(paragraph)
        return self._line

    def _walk(self, parent: Any) -> None:
        for child in parent:
            tag = child.tag
            if tag in self._readers:
                self._readers[tag](child)
            elif tag == _CONTROL:
                self._control(child)
            elif tag in WRAPPERS:
                self._walk(child)

    def _show(self, text: str) -> None:
        if self._is_shown():
            self._line.raw.append(text)

    def _is_shown(self) -> bool:
        return self._unseen == 0

    def _control(self, control: Any) -> None:
        if is_prompt(control, self._styles):
            return
        before = len(self._line.raw)
        for content in control.findall(f"{W}sdtContent"):
            self._walk(content)
        if not "".join(self._line.raw[before:]).strip():
            self._show(chosen_entry(control))

    def _simple_field(self, element: Any) -> None:
        self._field_begins(Field(element.get(f"{W}instr", "")))
        self._result_begins()
        self._walk(element)
        self._field_ends()

    def _equation(self, element: Any) -> None:
        self._show(f"{GAP}{linear(element)}{GAP}")

    def _ruby(self, element: Any) -> None:
        """Text with its pronunciation above it: the text."""
        for base in element.findall(f"{W}rubyBase"):
            self._walk(base)

    def _run(self, run: Any) -> None:
        look = run.find(f"{W}rPr")
        hidden, raised, font = False, False, None
        if look is not None or self._paragraph_style.hidden:
            hidden, raised, font = self._look(look)
        own_mark = False
        for part in run:
            tag = part.tag
            if tag == f"{W}fldChar":
                self._field_mark(part)
            elif tag == f"{W}instrText":
                if self._fields and not self._fields[-1].in_result:
                    self._fields[-1].instruction += part.text or ""
            elif hidden or own_mark:
                continue
            elif tag == f"{W}t":
                text = in_font(part.text or "", font) if font else part.text or ""
                text = self._marks.written(text)
                self._show(f"{RAISED}{text}{LEVEL}" if raised else text)
            elif tag in _BREAKS:
                self._show(BREAK)
            elif tag == f"{W}noBreakHyphen":
                self._show("\u2011")
            elif tag == f"{W}pgNum":
                self._show(PAGE)
            elif tag == f"{W}sym":
                self._show(self._marks.written(_sign(part)))
            elif tag in {f"{W}footnoteReference", f"{W}endnoteReference"}:
                if self._is_shown():
                    self._line.notes.append((tag.removeprefix(W).removesuffix("Reference"), part.get(f"{W}id", "")))
                # The author's own sign stands behind the call, in its run.
                own_mark = part.get(f"{W}customMarkFollows", "0").lower() in {"1", "true", "on"}
            elif tag in self._readers:
                self._readers[tag](part)
            elif self._is_shown():
                self._line.boxes += _outermost_boxes(part)

    def _look(self, look: Any) -> tuple[bool, bool, str | None]:
        """Whether a run is hidden and whether it is raised, and its font when that draws signs."""
        style = self._styles.get(value(look, "rStyle") or "") if look is not None else PLAIN
        stated = (switch(look, "vanish"), style.hidden, self._paragraph_style.hidden)
        hidden = next((state for state in stated if state is not None), False)
        hidden = hidden or bool(switch(look, "webHidden")) or bool(switch(look, "specVanish"))
        hidden = hidden or bool(switch(look, "strike") or switch(look, "dstrike"))  # said no more
        place = value(look, "vertAlign")
        raised = style.raised if place is None else place == "superscript"
        raised = raised or whole(value(look, "position"), 0) > 0  # lifted by hand
        fonts = look.find(f"{W}rFonts") if look is not None else None
        font = fonts.get(f"{W}ascii") or fonts.get(f"{W}hAnsi") if fonts is not None else None
        return hidden, raised, font if is_symbol_font(font) else None

    def _field_mark(self, mark: Any) -> None:
        kind = mark.get(f"{W}fldCharType")
        if kind == "begin":
            answer = form_answer(mark)
            self._show(answer or "")
            if mark in self._whole:
                self._field_begins(Field(answered=answer is not None))
        elif self._fields and kind == "separate":
            self._result_begins()
        elif self._fields and kind == "end":
            self._field_ends()

    def _field_begins(self, begun: Field) -> None:
        self._fields.append(begun)
        self._unseen += 1

    def _result_begins(self) -> None:
        current = self._fields[-1]
        if current.in_result:
            return
        current.in_result = True
        current.is_seen = current.shown not in {"nothing", "page"}
        self._unseen -= current.is_seen
        if current.shown == "reference":
            self._show(GAP)
        elif current.shown == "moment" and self._is_shown():
            self._line.is_momentary = True

    def _field_ends(self) -> None:
        ended = self._fields.pop()
        if ended.shown == "reference":
            self._show(GAP)
        self._unseen -= not ended.is_seen
        if ended.shown == "page":
            self._show(PAGE)
        elif not ended.in_result and (sign := ended.drawn()):
            self._show(self._marks.written(sign))


def _sign(part: Any) -> str:
    try:
        code = int(part.get(f"{W}char", ""), 16)
    except ValueError:
        return ""
    return symbol(part.get(f"{W}font"), code)


def _outermost_boxes(element: Any) -> Iterator[Any]:
    """The text boxes drawn in `element`; those within another one are read with it."""
    if element.tag == f"{W}txbxContent":
        yield element
    else:
        for child in element:
            yield from _outermost_boxes(child)
