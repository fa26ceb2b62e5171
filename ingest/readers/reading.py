"""What every reader is given, what it gives back, and the refusals that several of them share."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ingest.readers.metadata import Metadata
from kb.errors import DocumentError
from kb.text.domain import NO_DOMAIN, Domain

BYTES_PER_MB = 1_000_000
MEMBERS_AT_ONCE = 16_000_000
"""Bytes of files within a file that are handed over at a time: what is held in memory besides the largest of them."""


@dataclass(frozen=True, slots=True)
class Given:
    """The bytes of a document, its name for messages, and what is known of where they come from."""

    content: bytes
    name: str
    max_text_mb: int
    media_type: str | None = None
    url: str | None = None
    domain: Domain = NO_DOMAIN

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
