"""Zip archives of XML (DOCX, XLSX), looked at before anything is made of them: what they unpack to is counted.

What an archive declares of its entries is checked first, because it costs nothing; then every entry is unpacked piece
by piece and counted, because an archive may lie.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

# A document of a thousand pages stays far below these; a bomb does not.
MAX_ENTRIES = 5_000
MAX_UNPACKED = 300_000_000  # bytes, all entries together
MAX_XML = 100_000_000  # bytes, one part
# Unpacked to packed. XML of Word is packed 10 to 30 times, a long table of equal rows 150; ten megabytes are a book.
MAX_RATIO = 200  # of what is above a megabyte
MAX_RATIO_OF_LARGE = 40  # of what is above ten

_PIECE = 1 << 20
_XML = (".xml", ".rels")
_MANIFEST = "META-INF/manifest.xml"  # of OpenDocument: OpenOffice 2 wrote a DOCTYPE in it, and nobody parses it here
_DAMAGED = (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, EOFError, RuntimeError, ValueError)


class NoArchiveError(Exception):
    """The content is no zip archive."""


class DamagedArchiveError(Exception):
    """An entry cannot be unpacked, or is not what the archive says it is."""


class EncryptedArchiveError(Exception):
    """An entry is encrypted."""


class BombError(Exception):
    """The archive unpacks to an outsized volume."""


class DoctypeError(Exception):
    """A part of XML has a document type: there is no honest reason for one, and entities are declared there."""


def check_archive(content: bytes) -> zipfile.ZipFile:
    """The archive in `content`, every entry of which unpacks to what is declared and fits the limits above.

    Raises NoArchiveError, BombError, EncryptedArchiveError, DamagedArchiveError and DoctypeError.
    """
    archive = list_archive(content)
    entries = archive.infolist()
    if _is_outsized(sum(entry.file_size for entry in entries), len(content)):
        raise BombError
    for entry in entries:
        is_xml = entry.filename.lower().endswith(_XML)
        if is_outsized_entry(entry) or (is_xml and entry.file_size > MAX_XML):
            raise BombError
        if entry.flag_bits & 1:
            raise EncryptedArchiveError
    for entry in entries:
        tail = b""
        for piece in unpacked(archive, entry):
            # The zeros are those of UTF-16.
            if (
                entry.filename.lower().endswith(_XML)
                and entry.filename != _MANIFEST
                and b"<!doctype" in (tail + piece).replace(b"\x00", b"").lower()
            ):
                raise DoctypeError
            tail = piece[-40:]
    return archive


def list_archive(content: bytes) -> zipfile.ZipFile:
    """The archive in `content`, by what it declares: nothing is unpacked. Raises NoArchiveError and BombError."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = archive.infolist()
    except (*_DAMAGED, UnicodeDecodeError, IndexError):
        raise NoArchiveError from None
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise BombError
    return archive


def is_outsized_entry(entry: zipfile.ZipInfo) -> bool:
    """Whether an entry declares that it unpacks to far more than anything that somebody wrote."""
    return _is_outsized(entry.file_size, entry.compress_size)


def unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """An entry, never more than a piece of it in memory: reading it whole would unpack first and count afterwards.

    Raises EncryptedArchiveError, and DamagedArchiveError for one that is not what the archive says of it.
    """
    if entry.flag_bits & 1:
        raise EncryptedArchiveError
    read = 0
    try:
        with archive.open(entry) as part:
            while piece := part.read(_PIECE):
                read += len(piece)
                if read > entry.file_size:
                    raise DamagedArchiveError
                yield piece
    except _DAMAGED:
        raise DamagedArchiveError from None
    if read != entry.file_size:
        raise DamagedArchiveError


def _is_outsized(unpacked: int, packed: int) -> bool:
    ratio = unpacked / max(1, packed)
    return (unpacked > 1_000_000 and ratio > MAX_RATIO) or (unpacked > 10_000_000 and ratio > MAX_RATIO_OF_LARGE)
