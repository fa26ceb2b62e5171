"""The container of office files: a zip archive of XML, checked before anything is made of it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

from lxml import etree

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

# What openpyxl, python-pptx and lxml raise for parts that are missing or broken: the first two assert what a whole file
# has, and python-pptx says so where one has what it does not know.
BROKEN = (
    *(KeyError, ValueError, AttributeError, TypeError, IndexError, OSError, zipfile.BadZipFile),
    *(etree.XMLSyntaxError, SyntaxError, AssertionError, NotImplementedError),
)
_OLE = b"\xd0\xcf\x11\xe0"
# « Strict Open XML » has the same elements under other names (ISO/IEC 29500-1 and -4).
_STRICT, _USUAL = "http://purl.oclc.org/ooxml/", "http://schemas.openxmlformats.org/"
_NAMES = (
    (f"{_STRICT}officeDocument/relationships", f"{_USUAL}officeDocument/2006/relationships"),
    (f"{_STRICT}spreadsheetml/main", f"{_USUAL}spreadsheetml/2006/main"),
    (f"{_STRICT}presentationml/main", f"{_USUAL}presentationml/2006/main"),
    (f"{_STRICT}drawingml/main", f"{_USUAL}drawingml/2006/main"),
    (f"{_STRICT}drawingml/chart", f"{_USUAL}drawingml/2006/chart"),
    (f"{_STRICT}drawingml/spreadsheetDrawing", f"{_USUAL}drawingml/2006/spreadsheetDrawing"),
    (f"{_STRICT}officeDocument/extendedProperties", f"{_USUAL}officeDocument/2006/extended-properties"),
)
# Shows and templates are read as what they hold.
_KINDS = (
    ("presentationml.slideshow.main+xml", "presentationml.presentation.main+xml"),
    ("presentationml.template.main+xml", "presentationml.presentation.main+xml"),
)


def check_package(given: Given, kind: str, suffix: str, part: str) -> zipfile.ZipFile:
    """The archive of an office file, once it is known to be safe to unpack.

    `kind` is what messages call the file (« classeur »), `suffix` that of the format to save it in, `part` one that it
    has to have. Raises DocumentError for another file, one that is encrypted or damaged, would unpack to an outsized
    volume, or declares a DOCTYPE.
    """
    name = given.name
    if given.content.startswith(_OLE):
        raise DocumentError(
            name, f"{kind} protégé par un mot de passe ou d'ancien format ; enregistrez-le en {suffix}, sans protection"
        )
    try:
        archive = check_archive(given.content)
    except NoArchiveError:
        raise DocumentError(name, f"ce n'est pas un {kind} ({suffix}) ; vérifiez son format") from None
    except BombError:
        raise DocumentError(
            name, f"le {kind} se décompresse en un volume démesuré ; vérifiez d'où il vient ou enregistrez-le à nouveau"
        ) from None
    except EncryptedArchiveError:
        raise DocumentError(name, f"{kind} chiffré ; enregistrez-le sans mot de passe") from None
    except DamagedArchiveError:
        raise damaged(given, kind) from None
    except DoctypeError:
        raise DocumentError(
            name, f"le {kind} contient une déclaration DOCTYPE, refusée par sécurité ; réenregistrez-le"
        ) from None
    if part not in archive.namelist():
        raise DocumentError(name, f"ce n'est pas un {kind} ({suffix}) ; vérifiez son format")
    return archive


def damaged(given: Given, kind: str) -> DocumentError:
    """The refusal of a file that its format's library cannot make sense of."""
    return DocumentError(given.name, f"le {kind} est endommagé ; rouvrez-le et enregistrez-le à nouveau")


def as_usual(archive: zipfile.ZipFile, content: bytes) -> bytes:
    """`content` in the form that libraries read: « Strict » names as the usual ones, shows as presentations."""
    changes: Mapping[str, bytes] = {
        entry: made
        for entry in archive.namelist()
        if entry.endswith((".xml", ".rels")) and (made := _renamed(archive.read(entry))) is not None
    }
    if not changes:
        return content
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as made_anew:
        for entry in archive.namelist():
            made_anew.writestr(entry, changes.get(entry) or archive.read(entry))
    return written.getvalue()


def _renamed(part: bytes) -> bytes | None:
    made = part
    for before, after in (*_NAMES, *_KINDS):
        made = made.replace(before.encode(), after.encode())
    return None if made == part else made


def parse_xml(part: bytes) -> Any:
    """The root of a part. Raises lxml.etree.XMLSyntaxError for one that is broken; entities stay unresolved."""
    return etree.fromstring(part, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))


def walk_part(archive: zipfile.ZipFile, entry: str, seen: Mapping[str, Callable[[Any], None]]) -> None:
    """Calls, for each element of a part, in order, what `seen` has for its name (without its namespace), then lets it
    go: a sheet of a hundred megabytes never stands whole in memory."""
    with archive.open(entry) as stream:
        tags = tuple(f"{{*}}{name}" for name in seen)
        for _, element in etree.iterparse(stream, events=("end",), tag=tags, resolve_entities=False, no_network=True):
            name = element.tag.rpartition("}")[2]
            seen[name](element)
            if name == "row":
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]
