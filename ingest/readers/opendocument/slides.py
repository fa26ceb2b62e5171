"""The slides of an OpenDocument presentation: title, text in reading order, tables, notes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.readers.block_builder import Block, one_line
from ingest.readers.office.slides import Slide
from ingest.readers.opendocument.numbering import Numbering
from ingest.readers.opendocument.styles import DRAW, PRESENTATION, SVG, TEXT, Element, Styles
from ingest.readers.opendocument.text import Body, words

_RUNNING = {"page-number", "footer", "date-time", "header"}  # the same on every slide
_MILLIMETRES = {"mm": 1.0, "cm": 10.0, "in": 25.4, "pt": 25.4 / 72, "px": 25.4 / 96}
_LENGTH = re.compile(r"(-?\d+(?:\.\d+)?)(mm|cm|in|pt|px)")
_LINE = 8  # millimetres: frames that begin within it stand side by side


def read_slides(body: Element, styles: Styles, numbering: Numbering) -> tuple[list[Slide], int]:
    """The slides under `office:presentation`, and how many comments were left out."""
    reader = Body(styles, numbering)
    slides = []
    for number, page in enumerate(body.iterchildren(f"{DRAW}page"), start=1):
        title, blocks = "", list[Block]()
        for frame in sorted(_frames(page), key=_place):
            kind = frame.get(f"{PRESENTATION}class", "")
            if kind in _RUNNING or frame.get(f"{PRESENTATION}placeholder") == "true":
                continue
            if kind == "title" and not title:
                title = one_line(" ".join(words(part) for part in frame.iter(f"{TEXT}p", f"{TEXT}h")))
            else:
                blocks += reader.read(frame)
        notes = [
            text
            for held in page.iterchildren(f"{PRESENTATION}notes")
            for frame in held.iter(f"{DRAW}frame")
            if frame.get(f"{PRESENTATION}class") == "notes"
            and (text := one_line(" ".join(words(part) for part in frame.iter(f"{TEXT}p"))))
        ]
        is_shown = not styles.is_unseen(page.get(f"{DRAW}style-name"))
        slides.append(Slide(number, title, blocks, notes, is_shown))
    return slides, reader.comments


def _frames(page: Element) -> Iterator[Element]:
    for child in page:
        if child.tag == f"{DRAW}g":
            yield from _frames(child)
        elif isinstance(child.tag, str) and child.tag.startswith(DRAW):
            yield child


def _place(frame: Element) -> tuple[int, float]:
    """The order of reading: from top to bottom, from left to right among frames of the same height."""
    across, down = (_millimetres(frame.get(f"{SVG}{name}", "")) for name in ("x", "y"))
    return round(down / _LINE), across


def _millimetres(length: str) -> float:
    match = _LENGTH.fullmatch(length)
    return float(match[1]) * _MILLIMETRES[match[2]] if match else 0.0
