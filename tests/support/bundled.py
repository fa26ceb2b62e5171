"""What the bundled corpus says of its own names: its domain, its headers, its acronyms, as a base of it knows them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

from ingest.readers import SUFFIXES, read_document
from kb.models.encoder import Encoder
from kb.question.glossary import merged
from kb.question.known_names import KnownNames
from kb.settings import Settings
from kb.text.acronyms import glossary, mentions
from kb.text.domain import Domain, read_domain
from kb.types import Document

CORPUS = Path(__file__).parents[2] / "corpus"
IngestedCorpus = Callable[[str], tuple[Settings, Encoder]]
"""A number format -> the settings of a store that holds the corpus, and its encoder. Tests only read that store."""


@cache
def bundled_domain() -> Domain:
    """The domain of the corpus."""
    return read_domain(CORPUS / "domain.toml")


@cache
def bundled_documents() -> tuple[Document, ...]:
    """Its documents."""
    domain = bundled_domain()
    return tuple(
        read_document(path.read_bytes(), name=path.name, source="corpus", document_id=path.name, domain=domain)
        for path in sorted((CORPUS / "documents").iterdir())
        if path.suffix in SUFFIXES
    )


@cache
def bundled_names() -> KnownNames:
    """The names that a base of the corpus knows."""
    documents = bundled_documents()
    told = [(document.id, mention) for document in documents for mention in mentions(document.text)]
    return KnownNames.of(bundled_domain(), documents, merged(glossary(told)).expansions)
