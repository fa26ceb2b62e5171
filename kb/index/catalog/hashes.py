"""The `file_hash` of a document. Apart from `rows`: what reads files imports this, and no SQLAlchemy with it."""

from __future__ import annotations

_JOINT = "."  # in a `file_hash`, between how the file is read and its bytes


def joined_hash(reading: str, content: str) -> str:
    """The `file_hash` of a file: how it is read, and its bytes, each by its SHA-256 in hexadecimal."""
    return f"{reading}{_JOINT}{content}"


def content_digest(file_hash: str) -> str | None:
    """The SHA-256 of the bytes, out of what `joined_hash` made; None for the hashes of pages and of before."""
    _, joint, digest = file_hash.partition(_JOINT)
    return digest if joint else None
