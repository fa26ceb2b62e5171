"""A sentence of a document with its reference, as one line to paste: « … » (title, kind, date, page, address)."""

from __future__ import annotations

from kb.answering.serialize import pages_told
from kb.text.blocks import unescaped
from kb.text.moments import french_date
from kb.types import Document
from kb.web import strings
from kb.web.render import escape, page_url, shown_text


def reference_text(document: Document, start: int = 0, end: int = 0) -> str:
    """What tells a document, and the page of the words `text[start:end]`: « Titre, rapport, 4 décembre 2025, p. 3 »."""
    pages = pages_told(document, start, end) if end > start else ""
    kind, url = document.rubric or document.kind, page_url(document.url)
    facts = [document.title, kind, french_date(document.date), pages, url]
    return shown_text(", ".join(" ".join(fact.split()) for fact in facts if fact))


def citation_text(document: Document, start: int, end: int, quote: str) -> str:
    """The words `quote == document.text[start:end]` with their reference."""
    said = " ".join(unescaped(shown_text(quote)).strip("| \n").replace("|", " ; ").split())
    return f"« {said} » ({reference_text(document, start, end)})"


def cite_button(document: Document, start: int, end: int, quote: str) -> str:
    """The button that copies it (assets/sharing/sharing.js)."""
    cited = escape(citation_text(document, start, end, quote))
    return f'<button type="button" class="cite" data-cite="{cited}">{escape(strings.CITE)}</button>'
