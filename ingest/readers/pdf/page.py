"""What a page of a PDF holds, as PDFium tells it: pieces of text, rules and fields, each with its place.

Lengths are in points, from the bottom left of the page as it is read: turned pages are turned back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Unreadable = Literal["image", "font"]
Rule = tuple[float, float, float, float]  # left, bottom, right, top of a line or of a box's edge


@dataclass(frozen=True, slots=True)
class Turn:
    """Turns what stands in a page's box so that text of `angle` degrees (0, 90, 180, 270) reads from left to right."""

    left: float
    low: float
    right: float
    high: float
    angle: int

    @property
    def is_idle(self) -> bool:
        """Whether everything stays where it is."""
        return not (self.angle or self.left or self.low)

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the turned page."""
        width, height = self.right - self.left, self.high - self.low
        return (width, height) if self.angle % 180 == 0 else (height, width)

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the page comes to stand."""
        match self.angle:
            case 90:
                return y - self.low, self.right - x
            case 180:
                return self.right - x, self.high - y
            case 270:
                return self.high - y, x - self.left
            case _:
                return x - self.left, y - self.low

    def box(self, left: float, low: float, right: float, high: float) -> Rule:
        """Where a box comes to stand: left, bottom, right, top."""
        (x, y), (other_x, other_y) = self.point(left, low), self.point(right, high)
        return min(x, other_x), min(y, other_y), max(x, other_x), max(y, other_y)


@dataclass(frozen=True, slots=True)
class Piece:
    """Text on one base line without a wide gap in it, set in one way.

    `angle` is what it is turned by against the text of its page, in degrees from 0 to 359. `pale`: it can hardly be
    seen. `spaced`: white space stands before it. `cut`: its last word goes on in the next line.
    """

    text: str
    x: float
    right: float
    base: float
    size: float
    bold: bool = False
    angle: int = 0
    pale: bool = False
    spaced: bool = False
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """What stands on a page without being of its text: a form's field, or what a reader wrote on it.

    `value` is what a field holds or a note says; of a box to check, `checked` its state. `name` is what the field is
    called where nothing beside it says so.
    """

    kind: Literal["field", "box", "text", "comment"]
    x: float
    bottom: float
    right: float
    top: float
    value: str = ""
    checked: bool = False
    name: str = ""

    def turned(self, turn: Turn) -> Mark:
        """The mark as it stands on the turned page."""
        x, bottom, right, top = turn.box(self.x, self.bottom, self.right, self.top)
        return replace(self, x=x, bottom=bottom, right=right, top=top)


@dataclass(frozen=True, slots=True)
class PageContent:
    """A page: its pieces in the file's order, its rules and marks, its size, whether pictures cover most of it, and the
    share of it, from 0, that images do."""

    pieces: tuple[Piece, ...] = ()
    rules: tuple[Rule, ...] = ()
    marks: tuple[Mark, ...] = ()
    width: float = 0.0
    height: float = 0.0
    pictured: bool = False
    images: float = 0.0


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file: its declared title, its pages, and how many characters all of them hold."""

    title: str
    pages: tuple[PageContent, ...]
    characters: int
