"""What every reader is given, what it gives back, and the refusals that several of them share."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from ingest.readers.metadata import Metadata
from kb.errors import DocumentError
from kb.text.domain import NO_DOMAIN, Domain

BYTES_PER_MB = 1_000_000
MEMBERS_AT_ONCE = 16_000_000
"""Bytes of files within a file that are handed over at a time: what is held in memory besides the largest of them."""

STRUCK = "texte barré laissé de côté"
"""The remark on text that is struck out: beside it stands what is said instead."""

Outcome = Literal["read", "absent", "time", "failed", "large", "later"]
"""`read`; not tried, since OCR is not installed (`absent`) or the page comes after those that are read (`later`);
given up for the time that it takes, for a failure, or because the image is too large."""
_OUTCOMES: tuple[Outcome, ...] = ("read", "absent", "time", "failed", "large", "later")


@dataclass(frozen=True, slots=True)
class RecognisedLine:
    """A line, where it begins and ends and its base line in points from the bottom left, once the page is straight.

    `place` is its height on the page, from 0 (bottom) to 1; `size` that of its letters, in points, the same for all
    lines of text; `is_row` tells the cells of a table's row, with bars between them.
    """

    text: str
    size: float
    x: float
    right: float
    base: float
    place: float
    is_row: bool = False


@dataclass(frozen=True, slots=True)
class RecognisedPage:
    """The lines of a page, none but for a page that was `read`; `left_out` counts those that were no French text, or
    too uncertain to be kept."""

    lines: tuple[RecognisedLine, ...] = ()
    outcome: Outcome = "read"
    left_out: int = 0

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> RecognisedPage:
        """What `to_json` told. Raises KeyError, TypeError or ValueError for what it did not."""
        lines = tuple(
            RecognisedLine(
                text=str(line["text"]),
                size=float(line["size"]),
                x=float(line["x"]),
                right=float(line["right"]),
                base=float(line["base"]),
                place=float(line["place"]),
                is_row=bool(line["is_row"]),
            )
            for line in told["lines"]
        )
        outcome = next((known for known in _OUTCOMES if known == told["outcome"]), None)
        if outcome is None:
            raise ValueError(told["outcome"])
        return cls(lines, outcome, int(told["left_out"]))


@dataclass(frozen=True, slots=True)
class Given:
    """The bytes of a document, its name for messages, and what is known of where they come from.

    `recognised` holds, by their number from 0, the pages that the reader asked to have recognised, by raising
    `RecognitionWanted`; it is None as long as it may ask.
    """

    content: bytes
    name: str
    max_text_mb: int
    media_type: str | None = None
    url: str | None = None
    domain: Domain = NO_DOMAIN
    recognised: Mapping[int, RecognisedPage] | None = None

    @property
    def max_text_bytes(self) -> int:
        """The largest text that is read, in bytes of UTF-8."""
        return self.max_text_mb * BYTES_PER_MB


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader makes of a document: its metadata and its text in block form, and the rest as in `Document`."""

    metadata: Metadata
    text: str
    page_starts: tuple[int, ...] = ()
    remarks: tuple[str, ...] = ()
    recognised: tuple[tuple[int, int], ...] = ()


class PictureError(DocumentError):
    """A file of images in which no text is seen: a photograph, a logo. Folders hold them, and nothing is wrong."""


class RecognitionWanted(Exception):  # noqa: N818  (nothing went wrong)
    """A reader needs these pages, counted from 0, as optical character recognition sees them."""

    def __init__(self, pages: Sequence[int]) -> None:
        super().__init__(pages)
        self.pages = tuple(pages)


@dataclass(frozen=True, slots=True)
class Feed:
    """What a feed or sitemap holds: pages, and for an index of sitemaps the sitemaps."""

    pages: tuple[str, ...]
    sitemaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PageLinks:
    """Where a page leads: addresses in their one spelling, each once, and that of the article's next part."""

    links: tuple[str, ...]
    next_part: str | None


@dataclass(frozen=True, slots=True)
class FoundMember:
    """A file within a file. `content` is None for one that is known by its `hash`, and where `trouble` says why there
    is none: it is not wanted (`outcome` « ignored »), or cannot be had (« failed »)."""

    name: str
    content: bytes | None
    hash: str
    trouble: str = ""
    outcome: str = ""


def too_long(given: Given, size: int) -> DocumentError:
    """The refusal of a document that holds `size` bytes of text."""
    return DocumentError(
        given.name,
        f"{math.ceil(size / BYTES_PER_MB)} Mo de texte, la limite est de {given.max_text_mb} Mo : "
        "découpez le document ou relevez REPERES_MAX_TEXT_MB",
    )


def empty(given: Given) -> DocumentError:
    """The refusal of a document that holds nothing at all."""
    return DocumentError(given.name, "fichier vide ; complétez-le ou retirez-le")


def no_text(given: Given, hint: str = "vérifiez le contenu du fichier") -> DocumentError:
    """The refusal of a document that holds something, but no text."""
    return DocumentError(given.name, f"aucun texte à indexer ; {hint}")
