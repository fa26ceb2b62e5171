"""MHTML: the page of a web archive, as the reader of HTML has it, under the address that it was saved from."""

from __future__ import annotations

from dataclasses import replace

from ingest.readers.html import reader as html
from ingest.readers.mail.parsing import content_of, header, parse, parts_of
from ingest.readers.metadata import web_url
from ingest.readers.reading import Given, Reading, no_text


def read(given: Given) -> Reading:
    """The article of the page. Raises DocumentError for an archive without a page, or a page without text."""
    message = parse(given.content, given.name)
    parts = [part for part in parts_of(message, given.name) if part.get_content_type() in _PAGES]
    if not parts:
        raise no_text(given, "l'archive ne contient pas de page ; enregistrez-la à nouveau depuis un navigateur")
    start = header(message, "Content-Type").partition("start=")[2].strip("\"' ;<>").partition(">")[0]
    page = next((part for part in parts if start and start in header(part, "Content-ID")), parts[0])
    address = header(message, "Snapshot-Content-Location") or header(page, "Content-Location")
    charset = page.get_content_charset()
    return html.read(
        replace(
            given,
            content=content_of(page),
            media_type=f"text/html; charset={charset}" if charset else "text/html",
            url=given.url or web_url(address),
        )
    )


_PAGES = {"text/html", "application/xhtml+xml"}
