"""What the child processes of `bounded` are asked to do: the readers, as tasks on plain values (kb/bounded/child.py).

Every answer is {"error": [source, reason]} for what a reader refuses, or holds what it found.
"""

from __future__ import annotations

import base64
from dataclasses import asdict
from typing import Any

import ingest.readers.docx.reader
import ingest.readers.html.reader
import ingest.readers.images.reader
import ingest.readers.markdown.reader
import ingest.readers.pdf.reader
import ingest.readers.text  # noqa: F401  (imported before the process may not open files any more: none is slow)
from ingest.readers import read_document
from ingest.readers.files.kinds import file_mark, is_container
from ingest.readers.files.members import members_of
from ingest.readers.listings import read_feed
from ingest.readers.page_links import page_links
from ingest.readers.reading import MEMBERS_AT_ONCE, PictureError, RecognisedPage, RecognitionWanted
from kb.errors import DocumentError
from kb.text.domain import Domain

_MOST_AT_ONCE = 500  # files of an answer: each takes some hundred bytes even without content


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


def members(content: bytes, about: dict[str, Any]) -> dict[str, Any]:
    """{"members": [{"name", "outcome", "trouble", "hash", "content" (base64) or null}, …], "next": where to go on, or
    null}: the files within a file, some megabytes of them at a time. Content with a hash of `known` is not sent again,
    unless it holds files in its turn."""
    found: list[dict[str, Any]] = []
    known, size, first = frozenset(about["known"]), 0, int(about["first"])
    try:
        for member in members_of(content, about["name"], about["max_file_mb"], first):
            if size > MEMBERS_AT_ONCE or len(found) >= _MOST_AT_ONCE:
                return {"members": found, "next": first + len(found)}
            held, mark = member.content, ""
            if held is not None:
                mark = file_mark(held, about["rules"], f"{about['name']}/{member.name}")
                held = None if mark in known and not is_container(member.name) else held
            size += len(held or b"")
            sent = None if held is None else base64.b64encode(held).decode("ascii")
            told = {"name": member.name, "outcome": member.outcome, "trouble": member.trouble}
            found.append(told | {"hash": mark, "content": sent})
    except DocumentError as error:
        return _refused(error)
    return {"members": found, "next": None}


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
