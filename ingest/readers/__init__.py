"""Readers: bytes -> `Document`, one module or folder a format (`READERS`). `bounded` is the way in, for hostile files.

In a child process, as one of its `tasks`, `read_document`: bytes -> `decoding` -> `markdown`, `html`, `text`, `pdf`,
`docx` -> `block_builder` (one form for all), with what the document says of itself: `metadata`, and its date by
`dates`. `listings` reads where pages, feeds and sitemaps lead. A module is imported when its format comes.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import cast
from urllib.parse import unquote, urlsplit

from ingest.readers.reading import Given, Reading, empty, no_text, too_long
from kb.errors import DocumentError
from kb.text.domain import NO_DOMAIN, Domain
from kb.types import Document

# Change it whenever the same bytes would give another document: unchanged files are then read again. What the domain
# changes has a mark of its own (`Domain.reading_mark`).
READERS_VERSION = "6"

# Suffix or media type -> the module of this package whose `read` takes it.
READERS = {
    ".html": "html.reader",
    ".htm": "html.reader",
    ".xhtml": "html.reader",
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "text",
    ".text": "text",
    ".pdf": "pdf.reader",
    ".docx": "docx.reader",
    "text/html": "html.reader",
    "application/xhtml+xml": "html.reader",
    "text/markdown": "markdown",
    "text/x-markdown": "markdown",
    "text/plain": "text",
    "application/pdf": "pdf.reader",
    "application/x-pdf": "pdf.reader",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx.reader",
}
SUFFIXES = frozenset(key for key in READERS if key.startswith("."))
_PACKED = {"pdf.reader", "docx.reader"}  # what these read is many times the size of the file
_LONGEST_TITLE = 500  # characters: it goes with every passage
# Servers send these for whatever they do not know: the suffix says more.
_VAGUE_TYPES = frozenset(("text/plain", "application/octet-stream", "binary/octet-stream", "application/zip"))


def read_document(
    content: bytes,
    *,
    name: str,
    source: str,
    document_id: str,
    media_type: str | None = None,
    url: str | None = None,
    max_text_mb: int = 10,
    domain: Domain = NO_DOMAIN,
) -> Document:
    """The document that `content` holds.

    `name` is a file's path or an address: messages show it and its suffix tells the format, unless `media_type` (a
    Content-Type, parameters allowed) does. `url` is where the content was fetched from. `max_text_mb` limits the text
    in megabytes of 1,000,000 bytes. `domain` tells the rubrics and marks of the agency's own site. Raises DocumentError
    for whatever cannot be read or holds no text.

    It runs in this very process, as long and with as much memory as the content asks for: for content that nobody
    vouches for, `ingest.readers.bounded` runs it in a child.
    """
    module = _reader_name(name, media_type)
    given = Given(content, name, max_text_mb, media_type, url, domain)
    if not content.strip():
        raise empty(given)
    read = cast("Callable[[Given], Reading]", importlib.import_module(f"ingest.readers.{module}").read)
    reading = read(given)
    if not re.search(r"\w", reading.text):
        raise no_text(given)
    if (size := len(reading.text.encode())) > given.max_text_bytes:
        raise too_long(given, size)
    found = reading.metadata
    return Document(
        id=document_id,
        source=source,
        title=_shortened(found.title or _title_from_name(name)),
        text=reading.text,
        url=found.url,
        date=found.date,
        rubric=found.rubric,
        kind=found.kind,
        programmes=found.programmes,
        partners=found.partners,
        cited_sources=found.cited_sources,
        origin=found.origin,
        page_starts=reading.page_starts,
        remarks=reading.remarks,
        recognised=reading.recognised,
    )


def is_packed(name: str, media_type: str | None) -> bool:
    """Whether the file is of a format whose content is compressed."""
    try:
        return _reader_name(name, media_type) in _PACKED
    except DocumentError:
        return False


def _reader_name(name: str, media_type: str | None) -> str:
    kind = (media_type or "").split(";", 1)[0].strip().lower()
    suffix = _path(name).suffix.lower()
    for key in (kind if kind not in _VAGUE_TYPES else "", suffix, kind):
        if key in READERS:
            return READERS[key]
    raise DocumentError(
        name,
        f"format non pris en charge ({suffix or kind or 'sans extension'}) ; "
        f"formats lus : {', '.join(sorted(SUFFIXES))}",
    )


def _shortened(title: str) -> str:
    return title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1].rstrip() + "…"


def _path(name: str) -> PurePosixPath:
    return PurePosixPath(urlsplit(name).path) if re.match(r"https?://", name) else PurePosixPath(name)


def _title_from_name(name: str) -> str:
    """The file's name, when nothing in it is a title."""
    stem = unquote(_path(name).stem).strip()
    return stem or urlsplit(name).hostname or name
