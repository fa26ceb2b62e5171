"""Readers: bytes -> `Document`, one module or folder a format (`READERS`). `bounded` is the way in, for hostile files.

In a child process, as one of its `tasks`, `read_document`: bytes -> `sniffing` and `decoding` -> `markdown`, `html`,
`text`, `pdf`, `docx`, `office`, `opendocument`, `mail`, `images` (`figures` for several of them) -> `block_builder`
(one form for all), with what the document says of itself: `metadata`, and its date by `dates`. Pages that are pictures
come from `ocr`. `listings` reads where pages, feeds and sitemaps lead; `files` tells which files hold others, opens
those, and says why some are left aside. A module is imported when its format comes.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import cast
from urllib.parse import unquote, urlsplit

from ingest.readers.block_builder import one_line
from ingest.readers.dates import date_told
from ingest.readers.mending.lost_spaces import with_lost_spaces
from ingest.readers.metadata import letter_object, usable_title
from ingest.readers.reading import Given, Reading, RecognisedPage, empty, no_text, too_long
from ingest.readers.sniffing import sniffed
from kb.errors import DocumentError
from kb.text.domain import NO_DOMAIN, Domain
from kb.types import Document

# Change it whenever the same bytes would give another document: unchanged files are then read again. What the domain
# changes has a mark of its own (`Domain.reading_mark`).
READERS_VERSION = "9"

# Suffix or media type -> the module of this package whose `read` takes it.
READERS = {
    ".html": "html.reader",
    ".htm": "html.reader",
    ".xhtml": "html.reader",
    ".md": "markdown.reader",
    ".markdown": "markdown.reader",
    ".txt": "text",
    ".text": "text",
    ".pdf": "pdf.reader",
    ".docx": "docx.reader",
    ".docm": "docx.reader",
    ".dotx": "docx.reader",
    ".dotm": "docx.reader",
    ".xlsx": "office.workbook",
    ".xlsm": "office.workbook",
    ".xltx": "office.workbook",
    ".csv": "office.delimited",
    ".tsv": "office.delimited",
    ".rtf": "office.rtf",
    ".odt": "opendocument.reader",
    ".ott": "opendocument.reader",
    ".ods": "opendocument.reader",
    ".ots": "opendocument.reader",
    ".odp": "opendocument.reader",
    ".pptx": "office.presentation",
    ".pptm": "office.presentation",
    ".ppsx": "office.presentation",
    ".eml": "mail.message",
    ".mht": "mail.web_archive",
    ".mhtml": "mail.web_archive",
    ".png": "images.reader",
    ".jpg": "images.reader",
    ".jpeg": "images.reader",
    ".tif": "images.reader",
    ".tiff": "images.reader",
    ".webp": "images.reader",
    "image/png": "images.reader",
    "image/jpeg": "images.reader",
    "image/tiff": "images.reader",
    "image/webp": "images.reader",
    "text/html": "html.reader",
    "application/xhtml+xml": "html.reader",
    "text/markdown": "markdown.reader",
    "text/x-markdown": "markdown.reader",
    "text/plain": "text",
    "application/pdf": "pdf.reader",
    "application/x-pdf": "pdf.reader",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx.reader",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.template": "docx.reader",
    "application/vnd.ms-word.document.macroenabled.12": "docx.reader",
    "application/vnd.ms-word.template.macroenabled.12": "docx.reader",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "office.workbook",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "office.presentation",
    "application/vnd.oasis.opendocument.text": "opendocument.reader",
    "application/vnd.oasis.opendocument.spreadsheet": "opendocument.reader",
    "application/vnd.oasis.opendocument.presentation": "opendocument.reader",
    "text/csv": "office.delimited",
    "text/tab-separated-values": "office.delimited",
    "application/rtf": "office.rtf",
    "text/rtf": "office.rtf",
    "message/rfc822": "mail.message",
}
# What is no document itself, only holds some (`files`).
ARCHIVES = frozenset((".zip",))
SUFFIXES = ARCHIVES | {key for key in READERS if key.startswith(".")}
_PACKED = {
    "pdf.reader",
    "docx.reader",
    "office.workbook",
    "opendocument.reader",
    "office.presentation",
}  # what these read is many times the size of the file
# What marks were taken out of may have lost the spaces beside them; no page of these has a place of its own.
_UNMARKED = {"text", "markdown.reader", "html.reader"}
_HEAD = 3_000  # characters in which a document's first heading stands
_LONGEST_TITLE = 500  # characters: it goes with every passage
# Servers send these for whatever they do not know: the suffix says more.
VAGUE_TYPES = frozenset(
    (
        "text/plain",
        "application/octet-stream",
        "binary/octet-stream",
        "application/zip",
        "application/force-download",
        "application/download",
        "application/x-download",
        "application/unknown",
    )
)


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
    recognised: Mapping[int, RecognisedPage] | None = None,
) -> Document:
    """The document that `content` holds.

    `name` is a file's path or an address: messages show it and its suffix tells the format, unless `media_type` (a
    Content-Type, parameters allowed) does. `url` is where the content was fetched from. `max_text_mb` limits the text
    in megabytes of 1,000,000 bytes. `domain` tells the rubrics and marks of the agency's own site. `recognised` holds
    the pages that optical character recognition read, as soon as it was asked. Raises DocumentError for whatever cannot
    be read or holds no text, RecognitionWanted for pages that have to be recognised first.

    It runs in this very process, as long and with as much memory as the content asks for: for content that nobody
    vouches for, `ingest.readers.bounded` runs it in a child.
    """
    module = _reader_name(name, media_type, content)
    given = Given(content, name, max_text_mb, media_type, url, domain, recognised)
    if not content.strip():
        raise empty(given)
    read = cast("Callable[[Given], Reading]", importlib.import_module(f"ingest.readers.{module}").read)
    reading = read(given)
    if not re.search(r"\w", reading.text):
        raise no_text(given)
    if module in _UNMARKED:
        reading = replace(reading, text=with_lost_spaces(reading.text))
    if (size := len(reading.text.encode())) > given.max_text_bytes:
        raise too_long(given, size)
    found = reading.metadata
    # What a person wrote above a text is a title, whatever it is; programs make titles up.
    title = (
        found.title
        if module == "markdown.reader"
        else usable_title(found.title) or _first_heading(found.title, reading.text)
    )
    title = one_line(title or letter_object(reading.text[:_HEAD].split("\n")) or _title_from_name(name))
    return Document(
        id=document_id,
        source=source,
        title=_shortened(title),
        text=reading.text,
        url=found.url,
        date=found.date or date_told(title, reading.text, name),
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


def is_packed(name: str, media_type: str | None, content: bytes = b"") -> bool:
    """Whether the file is of a format whose content is compressed."""
    try:
        return _reader_name(name, media_type, content) in _PACKED
    except DocumentError:
        return False


def _reader_name(name: str, media_type: str | None, content: bytes) -> str:
    """The reader of a format: the one that the bytes are in, else that of the type or the suffix."""
    kind = (media_type or "").split(";", 1)[0].strip().lower()
    suffix = _path(name).suffix.lower()
    told = next((key for key in (kind if kind not in VAGUE_TYPES else "", suffix, kind) if key in READERS), None)
    found = sniffed(content)
    # HTML may stand at the head of a text in Markdown.
    if found in READERS and not (found == ".html" and told is not None and READERS[told] == "markdown.reader"):
        return READERS[found]
    if told is not None:
        return READERS[told]
    raise DocumentError(
        name,
        f"format non pris en charge ({suffix or kind or 'sans extension'}) ; "
        f"formats lus : {', '.join(sorted(SUFFIXES))}",
    )


def _first_heading(title: str | None, text: str) -> str | None:
    """The first heading of a text whose title is none that a person wrote; None for one without any title."""
    match = re.search(r"^#{1,6} (.{1,200})$", text[:_HEAD], re.MULTILINE) if title else None
    return usable_title(match[1]) if match else None


def _shortened(title: str) -> str:
    return title if len(title) <= _LONGEST_TITLE else title[: _LONGEST_TITLE - 1].rstrip() + "…"


def _path(name: str) -> PurePosixPath:
    return PurePosixPath(urlsplit(name).path) if re.match(r"https?://", name) else PurePosixPath(name)


def _title_from_name(name: str) -> str:
    """The file's name, when nothing in it is a title."""
    stem = unquote(_path(name).stem).strip()
    return stem or urlsplit(name).hostname or name
