"""The container of a DOCX: a zip archive of XML, checked before anything is made of it."""

from __future__ import annotations

from ingest.readers.reading import Given
from kb.bounded.archives import (
    BombError,
    DamagedArchiveError,
    DoctypeError,
    EncryptedArchiveError,
    NoArchiveError,
    check_archive,
)
from kb.errors import DocumentError

_CUSTOM = "docProps/custom.xml"
_OLE = b"\xd0\xcf\x11\xe0"
_NO_DOCX = "ce n'est pas un document Word (.docx) ; vérifiez son format"


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
        archive = check_archive(given.content)
    except NoArchiveError:
        raise DocumentError(name, _NO_DOCX) from None
    except BombError:
        raise DocumentError(
            name,
            "le document se décompresse en un volume démesuré ; vérifiez d'où il vient ou enregistrez-le à nouveau",
        ) from None
    except EncryptedArchiveError:
        raise DocumentError(name, "document Word chiffré ; enregistrez-le sans mot de passe") from None
    except DamagedArchiveError:
        raise DocumentError(name, "le document Word est endommagé ; récupérez-le à nouveau") from None
    except DoctypeError:
        # Word never writes one: it is there to declare entities.
        raise DocumentError(name, "le document contient une déclaration DOCTYPE, refusée par sécurité") from None
    names = archive.namelist()
    if "word/document.xml" not in names and "[Content_Types].xml" not in names:
        raise DocumentError(name, _NO_DOCX)
    return _custom_properties(archive.read(_CUSTOM)) if _CUSTOM in names else {}


def _custom_properties(part: bytes) -> dict[str, object]:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(part, parser)
    except etree.XMLSyntaxError:
        return {}
    return {entry.get("name", ""): "".join(entry.itertext()).strip() for entry in root}
