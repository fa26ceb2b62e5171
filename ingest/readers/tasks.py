"""What the child processes of `bounded` are asked to do: the readers, as tasks on plain values (kb/bounded/child.py).

Every answer is {"error": [source, reason]} for what a reader refuses, or holds what it found.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import ingest.readers.docx.reader
import ingest.readers.html.reader
import ingest.readers.images.reader
import ingest.readers.markdown
import ingest.readers.pdf.reader
import ingest.readers.text  # noqa: F401  (imported before the process may not open files any more: none is slow)
from ingest.readers import read_document
from ingest.readers.listings import read_feed
from ingest.readers.page_links import page_links
from ingest.readers.reading import PictureError, RecognisedPage, RecognitionWanted
from kb.errors import DocumentError
from kb.text.domain import Domain


def read(content: bytes, about: dict[str, Any]) -> dict[str, Any]:
    """{"document": the fields of a Document}, or {"pages": [number from 0, …]} for those that have to be recognised
    first; `about` is what `read_document` takes, the domain and the pages as objects."""
    given = about | {"domain": Domain(**{part: tuple(texts) for part, texts in about["domain"].items()})}
    if (pages := about.get("recognised")) is not None:
        given["recognised"] = {int(number): RecognisedPage.from_json(page) for number, page in pages.items()}
    try:
        return {"document": asdict(read_document(content, **given))}
    except RecognitionWanted as wanted:
        return {"pages": list(wanted.pages)}
    except PictureError as error:
        return _refused(error) | {"picture": True}
    except DocumentError as error:
        return _refused(error)


def links(content: bytes, about: dict[str, Any]) -> dict[str, Any]:
    """{"links": [address, …], "next": address of the next part or null}; {} for content that is no HTML page."""
    found = page_links(content, about["url"], about["media_type"])
    return {} if found is None else {"links": list(found.links), "next": found.next_part}


def feed(content: bytes, about: dict[str, Any]) -> dict[str, Any]:
    """{"pages": [address, …], "sitemaps": [address, …]}."""
    try:
        found = read_feed(content, about["url"])
    except DocumentError as error:
        return _refused(error)
    return {"pages": list(found.pages), "sitemaps": list(found.sitemaps)}


def _refused(error: DocumentError) -> dict[str, Any]:
    return {"error": [error.source, error.reason]}
