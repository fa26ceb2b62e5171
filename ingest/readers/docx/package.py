"""The container of a DOCX: a zip archive of XML, checked before anything is made of it."""

from __future__ import annotations

import io
import zipfile
import zlib

from ingest.readers.reading import Given
from kb.errors import DocumentError

# A document of a thousand pages stays far below these; a bomb does not.
MAX_ENTRIES = 5_000
MAX_UNPACKED = 500_000_000  # bytes, all entries together
MAX_XML = 100_000_000  # bytes, one part
MAX_RATIO = 200  # unpacked to packed, for entries above a megabyte

_CUSTOM = "docProps/custom.xml"
_OLE = b"\xd0\xcf\x11\xe0"


def check_package(given: Given) -> dict[str, object]:
    """The custom properties of a DOCX by name, once the container is known to be safe to unpack.

    Raises DocumentError for a file that is no DOCX, is encrypted or damaged, would unpack to an outsized volume, or
    declares a DOCTYPE.
    """
    name = given.name
    if given.content.startswith(_OLE):
        raise DocumentError(
            name, "document Word protégé par un mot de passe ou d'ancien format (.doc) ; enregistrez-le en .docx"
        )
    try:
        archive = zipfile.ZipFile(io.BytesIO(given.content))
        entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise DocumentError(name, "ce n'est pas un document Word (.docx) ; vérifiez son format") from None
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise _bomb(name)
    for entry in entries:
        if entry.file_size > 1_000_000 and entry.file_size > MAX_RATIO * max(1, entry.compress_size):
            raise _bomb(name)
        if entry.flag_bits & 1:
            raise DocumentError(name, "document Word chiffré ; enregistrez-le sans mot de passe")
    if "word/document.xml" not in archive.namelist() and "[Content_Types].xml" not in archive.namelist():
        raise DocumentError(name, "ce n'est pas un document Word (.docx) ; vérifiez son format")
    custom: dict[str, object] = {}
    for entry in entries:
        if not entry.filename.lower().endswith((".xml", ".rels")):
            continue
        if entry.file_size > MAX_XML:
            raise _bomb(name)
        try:
            part = archive.read(entry)
        except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, EOFError, RuntimeError):
            raise DocumentError(name, "le document Word est endommagé ; récupérez-le à nouveau") from None
        # Word never writes one: it is there to declare entities. The zeros are those of UTF-16.
        if b"<!doctype" in part.replace(b"\x00", b"").lower():
            raise DocumentError(name, "le document contient une déclaration DOCTYPE, refusée par sécurité")
        if entry.filename == _CUSTOM:
            custom = _custom_properties(part)
    return custom


def _bomb(name: str) -> DocumentError:
    return DocumentError(
        name, "le document se décompresse en un volume démesuré ; vérifiez d'où il vient ou enregistrez-le à nouveau"
    )


def _custom_properties(part: bytes) -> dict[str, object]:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(part, parser)
    except etree.XMLSyntaxError:
        return {}
    return {entry.get("name", ""): "".join(entry.itertext()).strip() for entry in root}
