"""A passage, or a part of one, with all that says what it is about."""

from __future__ import annotations

from kb.types import Document, Passage


def in_context(document: Document, passage: Passage, *parts: str) -> str:
    """The title and date of `document`, the headings and table header above `passage`, then `parts`, a line each.

    Without `parts`, the passage's own text. Everything that proves or decides reads a passage in this form; what is
    embedded of it is bounded and part of the store's fingerprint: see `kb.index.texts`.
    """
    about = (document.title, document.date or "", *passage.heading_path, passage.table_header)
    return "\n".join(line for line in (*about, *(parts or (passage.text,))) if line)
