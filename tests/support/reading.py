"""Reads content given in a test as if it were a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypedDict, Unpack

from bundled import bundled_domain
from ingest.readers import read_document
from ingest.readers.reading import RecognisedPage
from kb.text.domain import Domain
from kb.types import Document


class Options(TypedDict, total=False):
    """What `read_document` takes besides the content and the name."""

    media_type: str | None
    url: str | None
    max_text_mb: int
    domain: Domain
    recognised: Mapping[int, RecognisedPage] | None


def reader_of(default_name: str) -> Callable[..., Document]:
    """A function that reads content as a file of that name: `read(content, name, **options)`; texts as UTF-8, with the
    domain of the bundled corpus unless one is given."""

    def read(content: bytes | str, name: str = default_name, **options: Unpack[Options]) -> Document:
        content = content.encode() if isinstance(content, str) else content
        given = Options(domain=bundled_domain()) | options
        return read_document(content, name=name, source="essais", document_id=name, **given)

    return read
