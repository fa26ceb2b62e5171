"""The texts that are embedded and indexed for a passage and for the section it stands in."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence

from kb.index.spelled import SpelledText, spelled_out
from kb.types import Document, Passage

# Change it whenever the same passage would be embedded with another text: it is part of the store's fingerprint.
TEXTS_VERSION = "2"
_NAMESPACE = uuid.UUID("0a3f7f3e-9f4e-5a51-8a55-0f6a3c1d7b21")
# A title or heading longer than this many characters says nothing more to a reader either; with the headings'
# number bounded too, the context stays within what the splitter leaves for it (CONTEXT_TOKENS).
_LONGEST_TITLE = 150
_LONGEST_CONTEXT = 260


def passage_text(document: Document, passage: Passage) -> str:
    """What is embedded for a passage: title, headings, the table's header where the passage continues a table, text."""
    lines = [section_title(document.title, passage.heading_path)]
    if passage.table_header:
        lines.append(_shorten(passage.table_header.split("\n", 1)[0], _LONGEST_TITLE))
    return "\n".join([*lines, passage.text])


def text_to_read(document: Document, passage: Passage) -> SpelledText:
    """What the reader is given of a passage: title, headings, and the text with its tables spelled out."""
    title = section_title(document.title, passage.heading_path)
    return spelled_out(passage.text, passage.table_header or "", f"{title}\n")


def section_title(title: str, heading_path: Sequence[str]) -> str:
    """The title of a section: that of its document, then its headings, outermost first."""
    return _shorten(
        " — ".join(_shorten(title_or_heading, _LONGEST_TITLE) for title_or_heading in (title, *heading_path)),
        _LONGEST_CONTEXT,
    )


def section_id(document: Document, heading_path: Sequence[str]) -> str:
    """UUIDv5 of a document's id, its title and a heading path: the passages of one section share it."""
    return str(uuid.uuid5(_NAMESPACE, "\x1f".join((document.id, document.title, *heading_path))))


def text_hash(text: str) -> str:
    """The key under which an embedding is reused: SHA-256 of the exact text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _shorten(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"
