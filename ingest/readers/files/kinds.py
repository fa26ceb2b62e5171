"""Which files hold others, and the mark by which a file is known again. Light: the parent process imports it."""

from __future__ import annotations

import hashlib
from pathlib import PurePosixPath

from ingest.readers import ARCHIVES
from kb.index.catalog.hashes import joined_hash

CONTAINERS = ARCHIVES | {".eml"}
NESTED = "archive dans une archive : elle n'est pas ouverte ; sortez-la, ou décompressez-la"


def is_archive(name: str) -> bool:
    """Whether the file of a name is no document itself, only holds some."""
    return PurePosixPath(name).suffix.lower() in ARCHIVES


def is_container(name: str) -> bool:
    """Whether the file of a name holds others."""
    return PurePosixPath(name).suffix.lower() in CONTAINERS


def file_mark(content: bytes, rules: str, document_id: str) -> str:
    """The mark of all that decides what a file's bytes become (`rules`), and that of the bytes: see `joined_hash`."""
    reading = hashlib.sha256(f"{rules} {document_id}\n".encode()).hexdigest()
    return joined_hash(reading, hashlib.sha256(content).hexdigest())
