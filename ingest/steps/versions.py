"""Document -> the version of it that the index takes: its passages, what it says of acronyms, and its hashes."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace

from ingest.split import split_document
from kb.errors import DocumentError
from kb.index.embedding import NewVersion
from kb.models.encoder import Encoder
from kb.text.acronyms import mentions
from kb.text.folding import fold
from kb.types import Document

_LATER = frozenset(("parent", "remarks", "recognised"))  # fields that came later: absent, the mark is that of before


def content_hash(document: Document) -> str:
    """SHA-256 of the text (which readers normalise) and of the metadata that answers use, in hexadecimal."""
    held = {name: value for name, value in asdict(document).items() if name not in _LATER or value}
    return hashlib.sha256(json.dumps(held, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def storable(document: Document) -> Document:
    """A document without the character U+0000, which PostgreSQL does not take: in its text, a space stands there."""
    if not any("\0" in value for value in asdict(document).values() if isinstance(value, str)):
        return document

    def clean(value: str | None) -> str | None:
        return value and value.replace("\0", "")

    return replace(
        document,
        title=document.title.replace("\0", ""),
        text=document.text.replace("\0", " "),  # what is told by its place in the text stays there
        url=clean(document.url),
        date=clean(document.date),
        rubric=clean(document.rubric),
        kind=clean(document.kind),
        origin=clean(document.origin),
    )


def new_version(document: Document, encoder: Encoder, file_hash: str) -> NewVersion:
    """A document with its passages, ready to be embedded. Raises DocumentError when it holds no text."""
    passages = split_document(document, encoder.count_tokens, encoder.max_tokens)
    if not passages:
        raise DocumentError(document.id, "aucun texte à indexer ; vérifiez le contenu du fichier")
    is_glossary = "glossaire" in fold(f"{document.kind or ''} {document.title}")
    told = tuple(dict.fromkeys(mentions(f"{document.title}\n{document.text}", is_glossary=is_glossary)))
    return NewVersion(document, content_hash(document), file_hash, tuple(passages), told)
